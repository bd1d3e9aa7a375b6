import type { Emergency } from "@loa/shared/broadcast/emergency.ts";
import type { BrokerStats } from "./bus/broker-port.ts";
import type { Counters } from "./counters.ts";
import type { PresenceState } from "./domain/box-row.ts";

/** Counters of the controller as Prometheus reads them. */
export interface Metrics {
  requestServed(method: string, route: string, status: number, tookMs: number): void;
  /** An emergency went out to all its areas, this long after it was asked for. */
  emergencySaid(severity: Emergency["severity"], tookMs: number): void;
  /** A box said that it sounds there, this long after it was raised. */
  emergencyHeard(severity: Emergency["severity"], afterMs: number): void;
  /** The text exposition format, with what is only known at the moment of asking. */
  render(now: MetricsNow): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface MetricsNow extends HeartFigures {
  /** What was refused at the pages and the API, by reason, since the start. */
  readonly requestsRefused: Readonly<Partial<Record<string, number>>>;
  readonly livePages: number;
  readonly expiring: number;
}

/** What the controller knows of itself, all from memory: it can be asked while the store is down. */
export interface HeartFigures {
  readonly boxes: Readonly<Record<PresenceState, number>>;
  readonly outboxPending: number;
  readonly emergenciesInForce: number;
  /** Boxes whose plan cannot be made, or that have refused it. */
  readonly planProblems: number;
  /** What boxes said and was not believed, by reason, since the start. */
  readonly messagesRefused: ReturnType<Counters["refused"]>;
  /** What boxes have refused of what came to them in our name, by reason, since the start. */
  readonly commandsRefused: ReturnType<Counters["refusedByBoxes"]>;
  /** Writes that the store has not taken yet. */
  readonly writesWaiting: number;
  readonly samplesDropped: number;
  readonly broker: BrokerStats;
}
