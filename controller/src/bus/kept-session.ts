import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { BrokerLimits } from "./broker-limits.ts";
import { packetIdAfter, publishFrame, pubrelFrame, type Qos } from "./publish-frame.ts";

export interface KeptMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
}

/**
 * What is remembered of a client that asked for a session (MQTT 3.1.1, 3.1.2.4): its subscriptions, what it has not
 * acknowledged, and what waits for it. Boxes get none: see `box-rights.ts`.
 */
export interface KeptSession {
  readonly filters: Map<string, Qos>;
  /** Packet ids of QoS 2 messages that came from the client and are not released yet (4.3.3). */
  readonly incoming: Set<number>;
  /** When the client left; null while it is connected. */
  leftAt: MonotonicMs | null;
  /** A connection is ready: what was not acknowledged goes out again, in its order, then what waited. */
  attach(write: (frame: Buffer) => void): void;
  detach(at: MonotonicMs): void;
  take(message: KeptMessage): void;
  /** PUBREC: from now on only its id is known. */
  received(packetId: number): void;
  /** PUBACK or PUBCOMP. */
  completed(packetId: number): void;
}

/** Sent and not acknowledged; null: received, and only PUBCOMP is missing. */
type InFlight = Map<number, KeptMessage | null>;

/** `onDropped` is told when the queue is full and its oldest message goes: a client that comes back wants the newest. */
export function createKeptSession(
  limits: Pick<BrokerLimits, "maxInFlight" | "maxWaiting" | "maxWaitingBytes">,
  onDropped: () => void,
): KeptSession {
  const inFlight: InFlight = new Map();
  const waiting: KeptMessage[] = [];
  let write: ((frame: Buffer) => void) | null = null;
  let lastId = 0;
  let waitingBytes = 0;

  function freeId(): number {
    do lastId = packetIdAfter(lastId);
    while (inFlight.has(lastId));
    return lastId;
  }

  function takeOldest(): KeptMessage | undefined {
    const message = waiting.shift();
    waitingBytes -= message?.payload.length ?? 0;
    return message;
  }

  function makeRoomFor({ payload }: KeptMessage): void {
    const hasRoom = () =>
      waiting.length < limits.maxWaiting && waitingBytes + payload.length <= limits.maxWaitingBytes;
    while (!hasRoom() && takeOldest() !== undefined) onDropped();
  }

  function sendWaiting(): void {
    while (write !== null && inFlight.size < limits.maxInFlight) {
      const message = takeOldest();
      if (message === undefined) return;
      const packetId = freeId();
      inFlight.set(packetId, message);
      write(publishFrame({ ...message, packetId }));
    }
  }

  return {
    filters: new Map(),
    incoming: new Set(),
    leftAt: null,
    attach(to) {
      write = to;
      this.leftAt = null;
      for (const [packetId, message] of inFlight)
        to(message === null ? pubrelFrame(packetId) : publishFrame({ ...message, packetId, isAgain: true }));
      sendWaiting();
    },
    detach(at) {
      write = null;
      this.leftAt = at;
    },
    take(message) {
      // Nothing of QoS 0 waits (3.1.2.4 leaves it open).
      if (message.qos === 0) return write?.(publishFrame({ ...message, packetId: 0 }));
      makeRoomFor(message);
      waiting.push(message);
      waitingBytes += message.payload.length;
      sendWaiting();
    },
    received(packetId) {
      if (inFlight.has(packetId)) inFlight.set(packetId, null);
    },
    completed(packetId) {
      if (inFlight.delete(packetId)) sendWaiting();
    },
  };
}
