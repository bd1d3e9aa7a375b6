import { HOUR_MS, MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";

export interface BrokerLimits {
  /** Connections in all; more are closed at once. 10,000 boxes and as many again that are about to time out. */
  readonly maxConnections: number;
  /**
   * Connections of one address that have not yet proved who they are; more are closed at once. It is large because
   * the boxes of a whole network of mobile phones may stand behind one address (carrier-grade NAT).
   */
  readonly maxPendingPerAddress: number;
  /** Bytes before CONNECT is accepted. An honest CONNECT (id, name, password, will) has less than 1 kB. */
  readonly connectBytes: number;
  /** One frame after that. The largest honest one is a publish of 32 KiB with its topic. */
  readonly frameBytes: number;
  /** Bytes a socket may hold back; a box that reads slower is cut off and comes back for the newest state. */
  readonly slowReaderBytes: number;
  /** A connection that has said nothing for so long after being opened is closed. */
  readonly connectTimeoutMs: number;
  /** A box that does not take the broker's own answers for so long is cut off. */
  readonly drainTimeoutMs: number;
  /** Longer keepalives are refused: a box that lost its power would look connected for hours. */
  readonly maxKeepaliveS: number;
  /** Retained topics in all; more are delivered but not kept. */
  readonly maxRetained: number;
  /** Sessions that outlive their connection, for clients that may have one; then a new one is refused. */
  readonly maxSessions: number;
  /** How long such a session waits for its client to come back; then all of it is forgotten. */
  readonly sessionMs: number;
  /** Messages and their bytes that wait in such a session; then the oldest goes. */
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  /** Messages of one session that were sent and are not acknowledged; more wait. */
  readonly maxInFlight: number;
  /** QoS 2 messages of one client that it has not released; with one more its connection ends. */
  readonly maxHalfOpen: number;
}

export const defaultLimits: BrokerLimits = {
  maxConnections: 20_000,
  maxPendingPerAddress: 4_096,
  connectBytes: 4 * 1024,
  frameBytes: 64 * 1024,
  slowReaderBytes: 256 * 1024,
  connectTimeoutMs: 20 * SECOND_MS,
  drainTimeoutMs: 10 * SECOND_MS,
  maxKeepaliveS: (5 * MINUTE_MS) / SECOND_MS,
  maxRetained: 50_000,
  maxSessions: 256,
  sessionMs: 1 * HOUR_MS,
  maxWaiting: 1_000,
  maxWaitingBytes: 512 * 1024,
  maxInFlight: 32,
  maxHalfOpen: 32,
};

/** The kernel's queue of connections not yet taken: with Node's default of 511 a reconnect storm is reset. */
export const listenBacklog = 4096;

/** Levels and length of a topic; ours have six levels and at most 90 characters. */
export const maxTopicLevels = 8;
export const maxTopicLength = 200;
