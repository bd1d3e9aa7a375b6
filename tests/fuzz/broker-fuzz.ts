import { connect } from "node:net";
import type { FromBox } from "@loa/controller/bus/broker-port.ts";
import { refusalOfPublish } from "@loa/controller/bus/topic-rights.ts";
import { boxId } from "@loa/shared/kernel/ids.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { passwordOf, startTestBroker, type TestBroker } from "../support/aedes-network.ts";
import { eventually } from "../support/eventually.ts";
import { startOpenBroker } from "../support/open-rights.ts";
import { connectFrame } from "../support/raw-mqtt.ts";
import { bentBytes } from "./bend-bytes.ts";
import { startCanary } from "./canary.ts";
import type { Fuzz } from "./fuzz.ts";
import { connectFor, hostileTalk } from "./hostile-packets.ts";

/** Hostile clients at one time. */
const width = 8;
/** How long the broker may think about what one has said before that one hangs up, ms. */
const patienceMs = 15;
/** Of what lives, with some of what the collector has not looked at yet. */
const maxMemoryBytes = 300 * 1024 * 1024;
/** Rounds of one broker; every second of them has open rights. */
const roundsOfOne = 400;

/** Hostile clients at the broker's port, and a box beside them that must notice nothing. */
export const brokerFuzz: Fuzz = {
  name: "broker",
  async run({ seed, firstRound, isOver }) {
    let round = firstRound;
    const refused = new Map<string, number>();
    while (!isOver(round)) {
      const limits = { connectTimeoutMs: 500, maxPendingPerAddress: 64 };
      const isOpen = Math.floor(round / roundsOfOne) % 2 === 1;
      const broker = await (isOpen ? startOpenBroker({ limits }) : startTestBroker({ limits }));
      if (!isOpen) broker.onMessage(refuseForeign);
      const canary = await startCanary(broker);
      const end = round + roundsOfOne - (round % roundsOfOne);
      const next = () => (round < end && !isOver(round) ? round++ : null);
      await Promise.all(Array.from({ length: width }, () => attackInTurn(seed, broker, next)));
      await canary.finish();
      await eventually(
        "only the canary is connected",
        10_000,
        () => broker.stats().connections === 1 || null,
      );
      for (const [reason, count] of Object.entries(broker.stats().refused))
        refused.set(reason, (refused.get(reason) ?? 0) + count);
      canary.leave();
      await broker.close();
    }
    const { heapUsed, external } = process.memoryUsage();
    if (heapUsed + external > maxMemoryBytes) throw new Error(`${heapUsed + external} bytes of memory`);
    const counts = [...refused]
      .filter(([, count]) => count > 0)
      .map(([reason, count]) => `${reason} ${count}`);
    return { rounds: round - firstRound, note: counts.join(", ") };
  },
};

/** Whatever is said at the port: what comes through is the sender's own, and fits its topic. */
function refuseForeign({ box, topic, payload }: FromBox): void {
  const refusal = refusalOfPublish(box, topic, Buffer.from(payload));
  if (refusal !== null) throw new Error(`came through: ${refusal} of ${box} on ${topic}`);
}

async function attackInTurn(seed: string, broker: TestBroker, next: () => number | null): Promise<void> {
  for (let round = next(); round !== null; round = next()) {
    const random = createSeededRandom(`${seed}/broker/${round}`);
    const box = boxId.parse(`fuzz-${round % width}`);
    const isHonestAtFirst = random.chance(0.8);
    const hello = isHonestAtFirst
      ? connectFrame({ clientId: box, password: passwordOf(box), clean: random.chance(0.95) })
      : connectFor(random, box);
    const waits = random.chance(0.9);
    const begins = isHonestAtFirst || random.chance(0.7) ? hello : bentBytes(hello, random);
    await say(broker.port, begins, waits, hostileTalk(random, box));
  }
}

/** Says all of it, waits a moment, and is gone, unless the broker hangs up before. */
function say(port: number, hello: Buffer, waits: boolean, pieces: readonly Buffer[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    let patience = setTimeout(() => socket.destroy(), 10 * patienceMs);
    const go = () => {
      for (const piece of pieces) socket.write(piece);
      clearTimeout(patience);
      patience = setTimeout(() => socket.destroy(), patienceMs);
    };
    socket.on("error", () => undefined);
    if (waits) socket.once("data", go);
    socket.on("data", () => undefined);
    socket.once("close", () => {
      clearTimeout(patience);
      resolve();
    });
    socket.once("connect", () => {
      socket.write(hello);
      if (!waits) go();
    });
  });
}
