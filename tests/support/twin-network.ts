import type { Bus } from "@loa/edge-agent/ports.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { areaTopic, boxTopic } from "@loa/shared/wire/topics.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { createVirtualBus, type VirtualBus } from "@loa/simulator/virtual/virtual-bus.ts";
import { createVirtualNetwork } from "@loa/simulator/virtual/virtual-network.ts";
import { createVirtualTime } from "@loa/simulator/virtual/virtual-time.ts";
import { type Network, province } from "../contract/broker.contract.ts";
import { passwordOf } from "./aedes-network.ts";
import { createLogBook } from "./log-book.ts";

/** World time that passes in one turn of the real event loop. */
const STEP_MS = 10;

/** The simulator's broker and buses; virtual time runs as fast as the test waits. */
export async function startTwinNetwork(): Promise<Network> {
  const time = createVirtualTime(asInstant(Date.UTC(2026, 10, 23)));
  const network = createVirtualNetwork(time, createSeededRandom("contract"), createLogBook());
  const revoked = new Set<string>();
  const broker = network.startBroker({
    authenticate(clientId, _username, password) {
      if (revoked.has(clientId)) return "revoked";
      return password === passwordOf(clientId) ? "ok" : "wrong-password";
    },
    allowedSubscriptions: (box) =>
      new Set([boxTopic(box, "plan"), boxTopic(box, "command"), areaTopic(province)]),
  });
  const buses = new Map<Bus, VirtualBus>();
  let isRunning = true;
  const turn = async (): Promise<void> => {
    await time.runUntil(time.now() + STEP_MS);
    if (isRunning) setImmediate(turn);
  };
  void turn();
  return {
    broker,
    bus(box, password = passwordOf(box)) {
      const bus = createVirtualBus(network, { box, password }, () => true);
      buses.set(bus, bus);
      return bus;
    },
    cut: (bus) => buses.get(bus)?.break(),
    revoke: (box) => void revoked.add(box),
    async stop() {
      isRunning = false;
      await broker.close();
    },
  };
}
