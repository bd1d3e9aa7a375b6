import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { AllowedSubscriptions, Refusal } from "./broker-port.ts";
import { type ConnectRequest, type ConnectVerdict, judgeConnect } from "./connect-rules.ts";
import { refusalOfPublish, refusalOfSending } from "./topic-rights.ts";

/**
 * Who may do what. The broker itself speaks all of MQTT 3.1.1 (patterns, QoS 2, sessions that are kept); what of it a
 * client may use is said here, and `boxRights` leaves little.
 */
export interface BrokerRights {
  connect(request: ConnectRequest, maxKeepaliveS: number): ConnectVerdict;
  /** Null when the client may say it. */
  publish(client: BoxId, topic: string, payload: Uint8Array): Refusal | null;
  subscribe(client: BoxId, filter: string): boolean;
  /** What the control room may say. */
  send(topic: string, payload: Uint8Array): Refusal | null;
  /** Whether what a client says goes to other clients too, and not to the control room alone. */
  readonly isRelaying: boolean;
  /** A client that sends with more ends its connection. */
  readonly maxQos: 1 | 2;
}

/**
 * Exact topics, its own and its areas'; nothing from box to box; no QoS 2, which no topic of ours has; clean sessions,
 * since a queue kept for an absent box would play stale commands to it.
 */
export function boxRights(allowed: AllowedSubscriptions): BrokerRights {
  return {
    connect: judgeConnect,
    publish: refusalOfPublish,
    subscribe: (box, filter) => allowed(box).has(filter),
    send: refusalOfSending,
    isRelaying: false,
    maxQos: 1,
  };
}
