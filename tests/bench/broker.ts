import { startAedesBroker } from "@loa/controller/bus/aedes-broker.ts";
import type { AedesBrokerOptions } from "@loa/controller/bus/aedes-broker-options.ts";
import type { Broker } from "@loa/controller/bus/broker-port.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { areaTopic } from "@loa/shared/wire/topics.ts";
import { createLogBook } from "../support/log-book.ts";
import { publishFrame } from "../support/raw-mqtt.ts";
import { atLeast, atMost, type BenchRow } from "./bench-row.ts";
import { type Crowd, startCrowd } from "./crowd-process.ts";
import { type PlainServer, startPlainServer } from "./plain-server.ts";

const boxes = 2_000;
const rounds = 7;
/** About the size of a signed emergency. */
const command = "x".repeat(1_200);
const topic = areaTopic("khanh-hoa" as AreaId);
const passwordPrefix = "secret of ";
const senders = 200;
const eventsEach = 200;
const eventPayload = "e".repeat(300);

/** The embedded broker on this machine: fan-out against plain sockets of the same run, ingest, and connecting. */
export async function bench(): Promise<BenchRow[]> {
  const broker = await startAedesBroker(brokerOptions());
  const plain = await startPlainServer();
  const [boxCrowd, plainCrowd] = [startCrowd(), startCrowd()];
  try {
    const connects = await join(boxCrowd, broker.port, topic);
    await join(plainCrowd, plain.port, null);
    const fanOut = await measureFanOut(boxCrowd, broker, plainCrowd, plain);
    const ingest = await measureIngest(boxCrowd, broker);
    return [
      atLeast(`connect and subscribe, ${boxes} boxes at once`, connects.perSecond, "boxes/s", 800),
      atMost("connections lost in that storm", connects.failed, "boxes", 0),
      atMost("one publish until the last box, against plain sockets", fanOut.ratio, "x", 1.5),
      atMost(`one publish until the last of ${boxes} boxes`, fanOut.lastMs, "ms", 250),
      atMost("the same, time the control room is held up", fanOut.heldMs, "ms", 200),
      atLeast("QoS 1 events heard in-process", ingest, "messages/s", 9_000),
    ];
  } finally {
    await boxCrowd.stop();
    await plainCrowd.stop();
    await broker.close();
    plain.close();
  }
}

function brokerOptions(): AedesBrokerOptions {
  return {
    host: "127.0.0.1",
    port: 0,
    clock: nodeClock,
    log: createLogBook(),
    authenticate: (id, _name, password) => (password === `${passwordPrefix}${id}` ? "ok" : "wrong-password"),
    allowedSubscriptions: () => new Set([topic]),
  };
}

async function join(
  crowd: Crowd,
  port: number,
  subscribeTo: string | null,
): Promise<{ perSecond: number; failed: number }> {
  const answer = await crowd.tell({ kind: "join", port, count: boxes, topic: subscribeTo, passwordPrefix });
  if (answer.kind !== "joined") throw new Error(`the crowd answered ${answer.kind}`);
  return { perSecond: Math.round(boxes / (answer.tookMs / 1_000)), failed: answer.failed };
}

/** Rounds of both in turn, so that whatever else the machine does hits them alike; medians. */
async function measureFanOut(
  boxCrowd: Crowd,
  broker: Broker,
  plainCrowd: Crowd,
  plain: PlainServer,
): Promise<{ ratio: number; lastMs: number; heldMs: number }> {
  const frame = publishFrame(topic, command, 1);
  const last: number[] = [];
  const held: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floor.push(await untilLastMs(plainCrowd, frame.length, () => plain.write(frame)));
    const lastMs = await untilLastMs(boxCrowd, frame.length, () => {
      const from = performance.now();
      broker.publish({ topic, payload: command, qos: 1, retain: false });
      held.push(performance.now() - from);
    });
    last.push(lastMs);
  }
  const lastMs = median(last);
  return { ratio: rounded(lastMs / median(floor)), lastMs: rounded(lastMs), heldMs: rounded(median(held)) };
}

/** From the call of `send` until the last of the crowd has the bytes. */
async function untilLastMs(crowd: Crowd, bytes: number, send: () => void): Promise<number> {
  await crowd.tell({ kind: "await-bytes", bytes });
  const from = process.hrtime.bigint();
  send();
  return Number((await crowd.arrivedNs()) - from) / 1e6;
}

async function measureIngest(crowd: Crowd, broker: Broker): Promise<number> {
  const total = senders * eventsEach;
  let heard = 0;
  let from = 0;
  const done = new Promise<number>((resolve) => {
    broker.onMessage(() => {
      if (heard === 0) from = performance.now();
      heard += 1;
      if (heard === total) resolve(performance.now() - from);
    });
  });
  await crowd.tell({ kind: "send-events", boxes: senders, each: eventsEach, payload: eventPayload });
  return Math.round(total / ((await done) / 1_000));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
