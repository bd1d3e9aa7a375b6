import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { areaTopic } from "@loa/shared/wire/topics.ts";
import type { DemoTrust } from "@loa/simulator/trust/demo-trust.ts";
import { eventuallySo } from "../support/eventually.ts";
import { temporaryFolder } from "../support/temp-folder.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { startTold, type Told } from "./crowd-process.ts";
import { goAhead } from "./go-ahead.ts";
import { type PlainServer, startPlainServer } from "./plain-server.ts";
import { medianOf, quantileOf } from "./quantiles.ts";
import { armed, raiseApproved } from "./raise-approved.ts";
import type { TrustAnswer, TrustOrder } from "./trust-crowd.ts";
import { type CrowdRoom, openCrowdRoom } from "./trust-crowd-room.ts";

const BOXES = 10_000;
const ROUNDS = 5;
const SETTLED_LIMIT_MS = 60_000;

type TrustCrowd = Told<TrustOrder, TrustAnswer>;

/** One emergency for 10,000 connections of a real control room, against as many plain sockets of the same run. */
export async function bench(): Promise<BenchRow[]> {
  goAhead();
  await using folder = await temporaryFolder();
  const [boxes, plainBoxes] = [startCrowd(), startCrowd()];
  const plain = await startPlainServer();
  const room = await openCrowdRoom(folder.path, BOXES);
  try {
    const refused = await join(boxes, room.room.mqttPort, areaTopic(room.room.root));
    await join(plainBoxes, plain.port, null);
    return [
      atMost(`connections refused, of ${BOXES}`, refused, "connections", 0),
      ...(await measure(room, boxes, plain, plainBoxes)),
    ];
  } finally {
    await boxes.stop();
    await plainBoxes.stop();
    await room.close();
    plain.close();
  }
}

function startCrowd(): TrustCrowd {
  return startTold<TrustOrder, TrustAnswer>("trust-crowd.ts");
}

async function join(crowd: TrustCrowd, port: number, area: string | null): Promise<number> {
  const answer = await crowd.tell({ kind: "join", port, count: BOXES, area });
  if (answer.kind !== "joined") throw new Error(`the crowd answered ${answer.kind}`);
  return answer.failed;
}

/** Rounds of both in turn, so that whatever else the machine does hits them alike. */
async function measure(
  room: CrowdRoom,
  boxes: TrustCrowd,
  plain: PlainServer,
  plainBoxes: TrustCrowd,
): Promise<BenchRow[]> {
  const trust = await armed(room.room);
  const floors: number[] = [];
  const lasts: number[] = [];
  const acks: number[] = [];
  // The first one says how long a message is, and makes everybody warm.
  let { frameBytes } = await emergencyRound(room, trust, boxes, "khởi động");
  for (let round = 0; round < ROUNDS; round += 1) {
    floors.push(await plainRound(plain, plainBoxes, frameBytes));
    const said = await emergencyRound(room, trust, boxes, `${round}`);
    lasts.push(said.lastMs);
    acks.push(said.ackMs);
    frameBytes = said.frameBytes;
  }
  const what = `emergency for ${BOXES} connections`;
  const ackMs = medianOf(acks);
  return [
    atMost(
      `${what}: press to last delivery, against plain sockets`,
      medianOf(lasts) / medianOf(floors),
      "x",
      1.5,
    ),
    atMost(`${what}: press to last delivery, median of ${ROUNDS}`, medianOf(lasts), "ms", 1_000),
    atMost(`${what}: press until 95 % have acknowledged, median of ${ROUNDS}`, ackMs, "ms", 3_000),
    // Each answer is signed by the crowd and looked at by us: that is nearly all of it.
    atMost(
      "the same, against as many signatures made and looked at",
      ackMs / bareAnswersMs(room.keys),
      "x",
      2,
    ),
  ];
}

function bareAnswersMs({ privateKey, publicKey }: CrowdRoom["keys"]): number {
  const text = "x".repeat(500);
  const from = performance.now();
  for (let count = 0; count < BOXES; count += 1)
    nodeCrypto.verify(publicKey, text, nodeCrypto.sign(privateKey, text));
  return performance.now() - from;
}

async function plainRound(plain: PlainServer, crowd: TrustCrowd, frameBytes: number): Promise<number> {
  await crowd.tell({ kind: "await", plainBytes: frameBytes });
  const bytes = Buffer.alloc(frameBytes, 1);
  const from = process.hrtime.bigint();
  plain.write(bytes);
  return Number((await crowd.arrivedNs()) - from) / 1e6;
}

/**
 * Signing 10,000 answers takes a second of the crowd's processor, which 10,000 boxes have of their own: it begins when
 * the last one has been reached, so that it delays no delivery.
 */
async function emergencyRound(
  { room, keys, acceptedAts }: CrowdRoom,
  trust: DemoTrust,
  crowd: TrustCrowd,
  name: string,
): Promise<{ lastMs: number; ackMs: number; frameBytes: number }> {
  await crowd.tell({ kind: "await", plainBytes: 0 });
  const from = { ns: process.hrtime.bigint(), at: Date.now() };
  const order = { area: room.root, headline: `Đo ${name}`, sirenS: 8, times: 1, durationMin: 30 };
  const raising = raiseApproved(room.desk.operator, order, trust);
  const arrivedMs = Number((await crowd.arrivedNs()) - from.ns) / 1e6;
  const answered = await crowd.tell({ kind: "acknowledge", privateKey: keys.privateKey });
  if (answered.kind !== "acknowledged") throw new Error(`the crowd answered ${answered.kind}`);
  const { pressedAt } = await raising;
  const lastMs = arrivedMs - (pressedAt - from.at);
  // Rows are written while answers come, so that none is pending says little.
  const hasAll = async () => (await acceptedAts()).length === BOXES;
  await eventuallySo("every box has answered", SETTLED_LIMIT_MS, hasAll);
  const ackMs = quantileOf(await acceptedAts(), 0.95) - pressedAt;
  return { lastMs, ackMs, frameBytes: answered.frameBytes };
}
