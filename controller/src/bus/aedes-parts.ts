import { Readable } from "node:stream";

/**
 * Aedes keeps connections and their handshakes; who gets what is decided here, so its emitter and its persistence
 * are replaced by ones that carry and keep nothing. With that the dangers measured in its defaults have no place
 * to happen: the queue whose recursion killed the process, the de-duplication that lost messages
 * (moscajs/aedes#994, #955), the scan of all retained messages at each SUBSCRIBE, queues for absent clients.
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

/** The part of aedes-persistence that clean sessions with QoS 0 and 1 reach. */
export const emptyPersistence = {
  // Aedes refuses a `setup` that is not an async function.
  async setup(): Promise<void> {},
  async cleanSubscriptions(): Promise<void> {},
  async cleanIncoming(): Promise<void> {},
  async subscriptionsByTopic(): Promise<readonly never[]> {
    return [];
  },
  async outgoingEnqueueCombi(): Promise<void> {},
  async outgoingClearMessageId(): Promise<undefined> {
    return undefined;
  },
  outgoingStream: (): Readable => Readable.from([]),
  async storeRetained(): Promise<void> {},
  createRetainedStreamCombi: (): Readable => Readable.from([]),
  // The will of a live connection is in the connection; this copy is for other brokers of a cluster.
  async putWill(): Promise<void> {},
  async delWill(): Promise<void> {},
  streamWill: (): Readable => Readable.from([]),
};
