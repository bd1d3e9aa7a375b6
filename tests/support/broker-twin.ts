import type { Broker, ClientEvent, FromBox } from "@loa/controller/bus/broker-port.ts";
import { createRefusals } from "@loa/controller/bus/refusals.ts";
import type { Clock, PublicKey } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { Outgoing } from "@loa/shared/wire/topics.ts";
import { createLogBook } from "./log-book.ts";

/** A broker with nobody behind it: a test reads what was published, and speaks for the boxes. */
export interface BrokerTwin {
  readonly controllerKey: PublicKey;
  readonly sent: readonly Outgoing[];
  readonly kicked: readonly BoxId[];
  /** While true, everything that is published is lost. */
  losesAll: boolean;
  fromBox(message: FromBox): void;
  connected(box: BoxId): void;
  /** For one run of the controller; an older run hears and says nothing any more. */
  open(): Broker;
}

export function createBrokerTwin(controllerKey: PublicKey, clock: Clock): BrokerTwin {
  const sent: Outgoing[] = [];
  const kicked: BoxId[] = [];
  let onMessage: ((message: FromBox) => void)[] = [];
  let onClient: ((event: ClientEvent) => void)[] = [];
  let run = 0;
  const twin: BrokerTwin = {
    controllerKey,
    losesAll: false,
    sent,
    kicked,
    fromBox(message) {
      for (const listener of onMessage) listener(message);
    },
    connected(box) {
      for (const listener of onClient) listener({ kind: "connected", box });
    },
    open() {
      run += 1;
      const ours = run;
      onMessage = [];
      onClient = [];
      return {
        publish(message) {
          if (run === ours && !twin.losesAll) sent.push(message);
        },
        onMessage: (listener) => void onMessage.push(listener),
        onClient: (listener) => void onClient.push(listener),
        kick: (box) => void kicked.push(box),
        stats: () => ({
          connections: 0,
          messagesIn: 0,
          messagesOut: sent.length,
          refused: createRefusals(clock, createLogBook()).counts(),
          slowReadersKicked: 0,
          retained: 0,
        }),
        close: async () => undefined,
      };
    },
  };
  return twin;
}
