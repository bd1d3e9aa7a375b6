import type { AedesBrokerOptions } from "@loa/controller/bus/aedes-broker-options.ts";
import type { BrokerRights } from "@loa/controller/bus/box-rights.ts";
import { type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import { startTestBroker, type TestBroker } from "./aedes-network.ts";

/** Nobody may subscribe to what lies below it. */
export const closedTopic = "test/nosubscribe";

/**
 * Lets clients do all that MQTT 3.1.1 knows, with our broker as the plain server between them: how it behaves as such is
 * what the conformance tests look at.
 */
export function openRights(): BrokerRights {
  let guests = 0;
  return {
    connect({ clientId, clean }) {
      if (clientId === "") {
        guests += 1;
        // MQTT 3.1.1, 3.1.3-8: without a name there is no session to come back to.
        return clean ? { ok: true, box: `guest-${guests}` as BoxId } : { ok: false, reason: "bad-id" };
      }
      const id = boxId.safeParse(clientId);
      return id.success ? { ok: true, box: id.data } : { ok: false, reason: "bad-id" };
    },
    publish: (_client, topic) => (topic.startsWith("$SYS/") ? "topic-denied" : null),
    subscribe: (_client, filter) => !filter.startsWith(closedTopic),
    send: () => null,
    isRelaying: true,
    maxQos: 2,
  };
}

/** The very broker of the control room with open rights. */
export function startOpenBroker(options: Partial<AedesBrokerOptions> = {}): Promise<TestBroker> {
  return startTestBroker({ authenticate: () => "ok", rights: openRights(), ...options });
}
