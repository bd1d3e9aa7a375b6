import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { Outgoing } from "@loa/shared/wire/topics.ts";

/**
 * The pipe between the control room and its boxes. It loses what it carries whenever it likes (a restart, a kicked
 * reader): the outbox sends again until the box itself has answered.
 */
export interface Broker {
  /** Encodes once and writes to every subscriber. What the topics table does not allow is refused and logged. */
  publish(message: Outgoing): void;
  /** Only from boxes that proved who they are, on a topic that is theirs, below its size, as UTF-8 text. */
  onMessage(listener: (message: FromBox) => void): void;
  onClient(listener: (event: ClientEvent) => void): void;
  /** Ends the live connection of a box, which is refused from then on until its credential is good again. */
  kick(box: BoxId): void;
  stats(): BrokerStats;
  close(): Promise<void>;
}

export interface FromBox {
  readonly box: BoxId;
  readonly topic: string;
  readonly payload: string;
}

export interface ClientEvent {
  readonly kind: "connected" | "disconnected";
  readonly box: BoxId;
}

/** Counters since the start, and what is there now. */
export interface BrokerStats {
  /** Null where an external broker holds the connections and does not tell. */
  readonly connections: number | null;
  readonly messagesIn: number;
  /** Copies handed to sockets: one publish to 10,000 boxes counts 10,000. */
  readonly messagesOut: number;
  readonly refused: Readonly<Record<Refusal, number>>;
  readonly slowReadersKicked: number;
  readonly retained: number;
}

export type Refusal =
  | "too-many-connections"
  | "connect-too-big"
  | "frame-too-big"
  | "bad-frame"
  | "bad-id"
  | "bad-session"
  | "sessions-full"
  | "bad-will"
  | "bad-handshake"
  | "bad-certificate"
  | "unknown"
  | "wrong-password"
  | "revoked"
  | "limited"
  | "bad-topic"
  | "topic-denied"
  | "subscription-denied"
  | "payload-too-big"
  | "payload-not-text"
  | "retained-full"
  | "queue-full"
  | "silent"
  | "not-connected"
  | "link-full";

/** Synchronous and in memory: connecting must not depend on the database. */
export type Authenticate = (
  clientId: string,
  username: string,
  password: string,
  address: string,
) => "ok" | "unknown" | "wrong-password" | "revoked" | "limited";

/** Topics a box may subscribe to: exact strings, its own `down` topics and its own ancestors' area topics. */
export type AllowedSubscriptions = (box: BoxId) => ReadonlySet<string>;
