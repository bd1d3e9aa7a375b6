import { startAedesBroker } from "@loa/controller/bus/aedes-broker.ts";
import type { AedesBrokerOptions } from "@loa/controller/bus/aedes-broker-options.ts";
import type { Broker } from "@loa/controller/bus/broker-port.ts";
import { createMqttBus } from "@loa/edge-agent/adapters/mqtt-bus.ts";
import type { Bus } from "@loa/edge-agent/ports.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { areaTopic, boxTopic } from "@loa/shared/wire/topics.ts";
import { type Network, province } from "../contract/broker.contract.ts";
import { createLogBook } from "./log-book.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

export const keepaliveS = 30;

export function passwordOf(box: string): string {
  return `secret of ${box}`;
}

export type TestBroker = Broker & { readonly port: number; revoke(box: BoxId): void };

/** The embedded broker; it knows every box whose password is `passwordOf` its id. */
export async function startTestBroker(options: Partial<AedesBrokerOptions> = {}): Promise<TestBroker> {
  const revoked = new Set<string>();
  const broker = await startAedesBroker({
    host: "127.0.0.1",
    port: 0,
    clock: nodeClock,
    log: createLogBook(),
    authenticate(clientId, _username, password) {
      if (revoked.has(clientId)) return "revoked";
      return password === passwordOf(clientId) ? "ok" : "wrong-password";
    },
    allowedSubscriptions: (box) =>
      new Set([boxTopic(box, "plan"), boxTopic(box, "command"), areaTopic(province)]),
    ...options,
  });
  return { ...broker, revoke: (box) => void revoked.add(box) };
}

export async function startAedesNetwork(): Promise<Network> {
  const broker = await startTestBroker();
  const cables = await startCables(broker.port);
  return {
    broker,
    ...cables.network,
    revoke: broker.revoke,
    async stop() {
      await cables.close();
      await broker.close();
    },
  };
}

/** Two cables to the broker, taken in turn by buses, so that one can be cut and the other not. */
export async function startCables(port: number): Promise<{
  readonly network: Pick<Network, "bus" | "cut">;
  close(): Promise<void>;
}> {
  const spare: TcpProxy[] = [await startTcpProxy(port), await startTcpProxy(port)];
  const all = [...spare];
  const cableOf = new Map<Bus, TcpProxy>();
  return {
    network: {
      bus(box, password = passwordOf(box)) {
        const cable = spare.shift() ?? all[0];
        if (cable === undefined) throw new Error("no cable");
        const bus = createMqttBus({ url: `mqtt://127.0.0.1:${cable.port}`, box, password, keepaliveS });
        cableOf.set(bus, cable);
        return bus;
      },
      cut: (bus) => cableOf.get(bus)?.cut(),
    },
    async close() {
      for (const bus of cableOf.keys()) bus.disconnect();
      for (const cable of all) await cable.close();
    },
  };
}
