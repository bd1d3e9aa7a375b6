import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { issueCertificate, newP256Key, serialFrom } from "@loa/controller/adapters/x509.ts";
import { DAY_MS, plus } from "@loa/shared/kernel/time.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { areaTopic } from "@loa/shared/wire/topics.ts";
import { z } from "zod";
import { temporaryFolder } from "../support/temp-folder.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { crowdBox } from "./crowd-box.ts";
import { startTold, type Told } from "./crowd-process.ts";
import { goAhead } from "./go-ahead.ts";
import { raiseApproved } from "./raise-approved.ts";
import type { Fleet, Heard, StormAnswer, StormOrder } from "./trust-connects-crowd.ts";
import { type CrowdRoom, openCrowdRoom } from "./trust-crowd-room.ts";

const BOXES = 2_000;
const BACK_LIMIT_S = 90;
const EMERGENCY_LIMIT_MS = 12_000;
const OFF_LIMIT_MS = 60_000;

type Crowd = Told<StormOrder, StormAnswer>;

/** The power of a province comes back: a killed control room starts again, and all its boxes knock at once. */
export async function bench(): Promise<BenchRow[]> {
  goAhead();
  await using folder = await temporaryFolder();
  const crowd = startTold<StormOrder, StormAnswer>("trust-connects-crowd.ts");
  const room = await openCrowdRoom(folder.path, BOXES, true);
  try {
    const fleet = await certified(join(folder.path, "room", "keys"));
    await room.room.running().kill();
    await room.room.startAgain();
    return await measure(room, crowd, fleet);
  } finally {
    await crowd.stop();
    await room.close();
  }
}

/** Signed by the room's own authority; that they were not enrolled one by one is not what is measured. */
async function certified(keys: string): Promise<Fleet> {
  const rootPem = await readFile(join(keys, "authority.crt"), "utf8");
  const signer = { rootPem, keyPem: await readFile(join(keys, "authority.key"), "utf8") };
  const key = await newP256Key();
  const now = nodeClock.now();
  const validity = { from: plus(now, -DAY_MS), to: plus(now, DAY_MS) };
  const boxes: Fleet["boxes"][number][] = [];
  for (let number = 0; number < BOXES; number += 1) {
    const id = crowdBox(number);
    const purpose = { kind: "client", commonName: id } as const;
    const { pem } = await issueCertificate(signer, key, purpose, serialFrom(nodeRandom.bytes(16)), validity);
    boxes.push({ id, cert: pem });
  }
  return { ca: rootPem, key, boxes };
}

async function measure({ room }: CrowdRoom, crowd: Crowd, fleet: Fleet): Promise<BenchRow[]> {
  const from = Date.now();
  const storming = crowd.tell({ kind: "storm", port: room.mqttPort, area: areaTopic(room.root), fleet });
  await crowd.arrivedNs();
  const order = { area: room.root, headline: "Đo cơn bão", sirenS: 8, times: 1, durationMin: 30 };
  const { pressedAt } = await raiseApproved(room.desk.operator, order);
  const over = await storming;
  if (over.kind !== "over") throw new Error(`the crowd answered ${over.kind}`);
  const heard = await crowd.tell({ kind: "listen" });
  if (heard.kind !== "heard") throw new Error(`the crowd answered ${heard.kind}`);
  const inThen = heard.boxes.filter(({ inAt }) => inAt <= pressedAt);
  return [
    atMost(`${BOXES} boxes come by certificate at once after a restart: refused`, over.refused, "boxes", 0),
    atMost("the same, until the last is back", (over.lastAt - from) / 1_000, "s", BACK_LIMIT_S),
    atMost(
      `emergency amid them: press to the last of the ${inThen.length} that were in`,
      lastMs(inThen, pressedAt),
      "ms",
      EMERGENCY_LIMIT_MS,
    ),
    atMost("a box that is revoked: press until it is off", await revokedMs(room, crowd), "ms", OFF_LIMIT_MS),
  ];
}

async function revokedMs({ desk }: CrowdRoom["room"], crowd: Crowd): Promise<number> {
  const watching = crowd.tell({ kind: "watch" });
  const pressedAt = Date.now();
  await desk.operator.do("POST", `/api/v1/boxes/${crowdBox(0)}/revoke`, z.unknown());
  const off = await watching;
  if (off.kind !== "off") throw new Error(`the crowd answered ${off.kind}`);
  return off.at - pressedAt;
}

/** Whoever did not hear it at all makes it endless. */
function lastMs(boxes: readonly Heard[], pressedAt: number): number {
  return Math.max(...boxes.map(({ heardAt }) => (heardAt ?? Number.POSITIVE_INFINITY) - pressedAt));
}
