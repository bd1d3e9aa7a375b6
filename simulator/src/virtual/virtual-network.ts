import type { Broker } from "@loa/controller/bus/broker-port.ts";
import type { BrokerAccess } from "@loa/controller/ports.ts";
import type { BusFailure } from "@loa/edge-agent/ports.ts";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { Outgoing } from "@loa/shared/wire/topics.ts";
import type { SeededRandom } from "./random.ts";
import { type BrokerRoom, createBrokerRoom } from "./virtual-broker.ts";
import { createVirtualLink, type Direction, type VirtualLink } from "./virtual-link.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Every message that reached its reader, for the trace and the invariants. */
export type Overheard = (direction: Direction, box: BoxId, topic: string, payload: string) => void;

/** One MQTT connection. Its two ends learn of its end at different times. */
export interface Connection {
  readonly box: BoxId;
  readonly link: VirtualLink;
  readonly subscribe: readonly string[];
  readonly will: Outgoing;
  isLiveAtBroker: boolean;
  isLiveAtBox: boolean;
  /** Tells the box's end; does nothing when that end is gone. */
  readonly closeAtBox: (reason: BusFailure) => void;
  /** Hands one message to the box's end. */
  readonly deliverToBox: (topic: string, payload: string) => void;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** All lines of the province and the one broker in the middle. */
export interface VirtualNetwork {
  readonly time: VirtualTime;
  readonly log: Log;
  linkOf(box: BoxId): VirtualLink;
  /** The broker that listens now; null while the controller is down. */
  readonly room: BrokerRoom | null;
  startBroker(access: BrokerAccess): Broker;
  /** The process died: connections close, nothing is kept, no will is published. */
  killBroker(): void;
  /** The broker lost its memory and every connection, and goes on. */
  restartBroker(): void;
  /** What the controller left pending after a message is awaited through this. */
  afterController: () => void | Promise<void>;
  overhear(listener: Overheard): void;
  readonly overheard: Overheard;
}

export function createVirtualNetwork(time: VirtualTime, random: SeededRandom, log: Log): VirtualNetwork {
  const links = new Map<BoxId, VirtualLink>();
  const ears: Overheard[] = [];
  let room: BrokerRoom | null = null;
  const network: VirtualNetwork = {
    time,
    log,
    linkOf(box) {
      let link = links.get(box);
      if (link === undefined) {
        link = createVirtualLink(time, random.stream(box));
        links.set(box, link);
        link.onCut(() => room?.watchCut(box));
      }
      return link;
    },
    get room() {
      return room;
    },
    startBroker(access) {
      room?.end();
      const opened = createBrokerRoom(network, access);
      room = opened;
      return {
        ...opened.broker,
        async close() {
          opened.end();
          if (room === opened) room = null;
        },
      };
    },
    killBroker() {
      room?.end();
      room = null;
    },
    restartBroker: () => room?.forget(),
    afterController: () => undefined,
    overhear: (ear) => void ears.push(ear),
    overheard(direction, box, topic, payload) {
      for (const ear of ears) ear(direction, box, topic, payload);
    },
  };
  return network;
}
