import type { BusFailure } from "@loa/edge-agent/ports.ts";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { Outgoing } from "@loa/shared/wire/topics.ts";
import type { Direction, VirtualLink } from "./virtual-link.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Every message that reached its reader, for the trace and the invariants. */
export type Overheard = (direction: Direction, box: BoxId, topic: string, payload: string) => void;

/** One MQTT connection. Its two ends learn of its end at different times. */
export interface Connection {
  readonly box: BoxId;
  readonly link: VirtualLink;
  readonly subscribe: readonly string[];
  /** What may be refused of what it asks for; the broker adds what it grants to `readable`. */
  readonly also: readonly string[];
  readonly perhaps: readonly string[];
  readable: readonly string[];
  readonly will: Outgoing;
  isLiveAtBroker: boolean;
  isLiveAtBox: boolean;
  /** The same as questions, asked for every message that is under way. */
  readonly isAtBroker: () => boolean;
  readonly isAtBox: () => boolean;
  /** Tells the box's end; does nothing when that end is gone. */
  readonly closeAtBox: (reason: BusFailure) => void;
  /** Hands one message to the box's end. */
  readonly deliverToBox: (topic: string, payload: string) => void;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What both ends of the network share. */
export interface NetworkSurroundings {
  readonly time: VirtualTime;
  readonly log: Log;
  /** What the controller left pending after a message is awaited through this. */
  afterController: () => void | Promise<void>;
  readonly overheard: Overheard;
}
