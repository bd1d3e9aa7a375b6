import type { BrokerStats } from "./bus/broker-port.ts";
import type { PresenceState } from "./domain/box-row.ts";

/** Counters of the controller as Prometheus reads them. */
export interface Metrics {
  requestServed(method: string, route: string, status: number, tookMs: number): void;
  /** The text exposition format, with what is only known at the moment of asking. */
  render(now: MetricsNow): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface MetricsNow {
  readonly boxes: Readonly<Record<PresenceState, number>>;
  readonly outboxPending: number;
  readonly livePages: number;
  readonly broker: BrokerStats;
}
