import type { Broker } from "@loa/controller/bus/broker-port.ts";
import type { BrokerAccess } from "@loa/controller/ports.ts";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { NetworkSurroundings, Overheard } from "./connection.ts";
import type { SeededRandom } from "./random.ts";
import { type BrokerRoom, createBrokerRoom } from "./virtual-broker.ts";
import { createVirtualLink, type VirtualLink } from "./virtual-link.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** All lines of the province and the one broker in the middle. */
export interface VirtualNetwork extends NetworkSurroundings {
  linkOf(box: BoxId): VirtualLink;
  /** The broker that listens now; null while the controller is down. */
  readonly room: BrokerRoom | null;
  startBroker(access: BrokerAccess): Broker;
  /** The process died: connections close, nothing is kept, no will is published. */
  killBroker(): void;
  /** The broker lost its memory and every connection, and goes on. */
  restartBroker(): void;
  overhear(listener: Overheard): void;
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
