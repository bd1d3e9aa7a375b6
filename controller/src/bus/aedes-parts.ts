import { Readable } from "node:stream";
import type { Client, Said } from "./broker-client.ts";
import type { KeptSession } from "./kept-session.ts";

/**
 * Aedes keeps connections and their handshakes; who gets what is decided here, so its emitter and its persistence
 * are replaced by ones that carry nothing, and keep only what `KeptSession` keeps. With that the dangers measured in its
 * defaults have no place to happen: the queue whose recursion killed the process, the de-duplication that lost messages
 * (moscajs/aedes#994, #955), the scan of all retained messages at each SUBSCRIBE, queues without limit.
 *
 * Both answer at once where the originals wait a turn: a connection that ends is then gone before the next one with
 * the same id is entered, and cannot take its entry away.
 */

/** The shape of mqemitter that Aedes uses. */
export const deafEmitter = {
  on(_topic: string, _listener: unknown, done?: () => void): void {
    done?.();
  },
  removeListener(_topic: string, _listener: unknown, done?: () => void): void {
    done?.();
  },
  emit(_packet: unknown, done?: () => void): void {
    done?.();
  },
  close(done?: () => void): void {
    done?.();
  },
};

/** What Aedes may ask about the sessions of its clients. */
export interface SessionBook {
  /** The session that outlives this connection; null for a clean one. */
  keptOf(client: Client): KeptSession | null;
  findKept(id: string): KeptSession | undefined;
  /** Packet ids of QoS 2 messages that the client has not released yet. */
  incomingOf(client: Client): Set<number>;
  /** A QoS 2 message that is new. */
  takeOnce(client: Client, packet: Said): void;
}

interface Numbered {
  readonly messageId: number;
}

/** The part of aedes-persistence that Aedes reaches with our emitter. */
export function createPersistence(book: SessionBook) {
  return {
    // Aedes refuses a `setup` that is not an async function.
    async setup(): Promise<void> {},
    // Who subscribed to what is in the session already, without what was denied.
    async addSubscriptions(): Promise<void> {},
    async removeSubscriptions(): Promise<void> {},
    async cleanSubscriptions(): Promise<void> {},
    async cleanIncoming(): Promise<void> {},
    async subscriptionsByTopic(): Promise<readonly never[]> {
      return [];
    },
    async subscriptionsByClient({ id }: { readonly id: string }) {
      return [...(book.findKept(id)?.filters ?? [])].map(([topic, qos]) => ({ topic, qos }));
    },
    async outgoingEnqueueCombi(): Promise<void> {},
    /** PUBACK or PUBCOMP. */
    async outgoingClearMessageId(client: Client, { messageId }: Numbered): Promise<undefined> {
      book.keptOf(client)?.completed(messageId);
      return undefined;
    },
    /** PUBREC; Aedes sends the PUBREL. */
    async outgoingUpdate(client: Client, { messageId }: Numbered): Promise<void> {
      book.keptOf(client)?.received(messageId);
    },
    outgoingStream: (): Readable => Readable.from([]),
    /** Rejects when this QoS 2 message is new. */
    async incomingGetPacket(client: Client, { messageId }: Numbered): Promise<Numbered> {
      if (!book.incomingOf(client).has(messageId)) throw new Error("no such packet");
      return { messageId };
    },
    /** Aedes may ask this twice for one that came twice in a chunk. */
    async incomingStorePacket(client: Client, packet: Said & Numbered): Promise<void> {
      const incoming = book.incomingOf(client);
      if (incoming.has(packet.messageId)) return;
      incoming.add(packet.messageId);
      book.takeOnce(client, packet);
    },
    async incomingDelPacket(client: Client, { messageId }: Numbered): Promise<void> {
      book.incomingOf(client).delete(messageId);
    },
    async storeRetained(): Promise<void> {},
    createRetainedStreamCombi: (): Readable => Readable.from([]),
    // The will of a live connection is in the connection; this copy is for other brokers of a cluster.
    async putWill(): Promise<void> {},
    async delWill(): Promise<void> {},
    streamWill: (): Readable => Readable.from([]),
  };
}
