import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { checkedAtOnce } from "@loa/controller/bus/signature-checks.ts";
import { type Heart, startHeart } from "@loa/controller/heart.ts";
import { createLiveFeed } from "@loa/controller/live-feed.ts";
import type { Blobs } from "@loa/controller/ports.ts";
import { insertArea, insertPlacement } from "@loa/controller/store/areas.ts";
import { insertBox } from "@loa/controller/store/boxes.ts";
import { insertBulletin } from "@loa/controller/store/bulletins.ts";
import { insertClip } from "@loa/controller/store/clips.ts";
import { insertCluster } from "@loa/controller/store/clusters.ts";
import type { Database } from "@loa/controller/store/database.ts";
import { openDatabase } from "@loa/controller/store/migrate.ts";
import { openSqlite } from "@loa/controller/store/open-sqlite.ts";
import { insertPlanState } from "@loa/controller/store/plan-states.ts";
import { insertProgramme } from "@loa/controller/store/programmes.ts";
import { insertSchedule } from "@loa/controller/store/schedules.ts";
import { insertUser } from "@loa/controller/store/users.ts";
import { createWork } from "@loa/controller/work.ts";
import type {
  AreaId,
  BoxId,
  BulletinId,
  ClusterId,
  ProgrammeId,
  ScheduleId,
  Sha256,
  UserId,
} from "@loa/shared/kernel/ids.ts";
import { ok } from "@loa/shared/kernel/result.ts";
import { asInstant, type LocalDate, type LocalTime } from "@loa/shared/kernel/time.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import { areaTopic } from "@loa/shared/wire/topics.ts";
import { type BrokerTwin, createBrokerTwin } from "../support/broker-twin.ts";
import { unsignedOrder } from "../support/emergency-orders.ts";
import { createLogBook } from "../support/log-book.ts";
import { createQuietMetrics } from "../support/quiet-metrics.ts";
import { recurrenceOf } from "../support/schedules.ts";
import { atMost, type BenchRow } from "./bench-row.ts";

const boxes = 10_000;
const communes = 100;
const provincialSchedules = 6;
const communeSchedules = 4;
const province = "province" as AreaId;
const user = "operator" as UserId;
const keys = newKeyPair();
const lastBox = `box-${communes - 1}-${boxes / communes - 1}` as BoxId;
const giveUpAfterMs = 120_000;

/** One change of a provincial schedule: every box gets a new plan, compiled, written down, signed and sent. */
export async function bench(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "loa-bench-"));
  const db = await openDatabase(openSqlite(join(folder, "loa.sqlite")));
  try {
    await foundProvince(db);
    return await measure(db);
  } finally {
    await db.destroy();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(db: Database): Promise<BenchRow[]> {
  const first = await start(db);
  await until(() => first.broker.sent.length >= boxes);
  await first.heart.close();
  await db.updateTable("outbox").set({ state: "accepted", done_at: nodeClock.now() }).execute();

  const { heart, broker } = await start(db);
  await addSchedule(db, "changed", province);
  const bareMs = await bareSignatures();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  // A turn of the loop, so that the signatures above are not measured as a hold.
  await until(() => true);
  delay.enable();
  const begun = performance.now();
  heart.changes.planInputsChanged();
  await until(() => broker.sent.length >= boxes);
  const tookMs = performance.now() - begun;
  delay.disable();
  const emergency = await raiseAmidPlans(db, heart, broker);
  await heart.close();
  return [
    ...emergency,
    atMost(`compile and sign plans of ${boxes} boxes`, tookMs / 1_000, "s", 5),
    atMost("longest hold of the event loop meanwhile", delay.max / 1e6, "ms", 50),
    atMost("the same, against as many bare signatures", tookMs / bareMs, "x", 12),
  ];
}

/** The worst moment for an emergency: every box of the province is getting a new plan. */
async function raiseAmidPlans(db: Database, heart: Heart, broker: BrokerTwin): Promise<BenchRow[]> {
  await addSchedule(db, "changed-again", province);
  const before = broker.sent.length;
  heart.changes.planInputsChanged();
  await until(() => broker.sent.length > before + 50);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const begun = performance.now();
  await heart.changes.raise(unsignedOrder("flood", [province], { at: nodeClock.now(), by: user }));
  const tookMs = performance.now() - begun;
  if (!broker.sent.some((one) => one.topic === areaTopic(province))) throw new Error("it was not said");
  // Nobody answers, so each of the boxes gets its own copy after two seconds.
  await until(() => broker.sent.length >= before + 2 * boxes);
  delay.disable();
  return [
    atMost(`emergency for ${boxes} boxes amid new plans for all, order to message`, tookMs, "ms", 50),
    atMost("longest hold of the event loop until each box was sent its own", delay.max / 1e6, "ms", 100),
  ];
}

async function start(db: Database) {
  const log = createLogBook();
  const broker = createBrokerTwin(keys.publicKey, nodeClock);
  const work = createWork(nodeTimers, log);
  const ports = {
    clock: nodeClock,
    timers: nodeTimers,
    random: nodeRandom,
    log,
    crypto: nodeCrypto,
    signatures: checkedAtOnce(nodeCrypto),
    blobs: forgetfulBlobs,
    broker: async () => broker.open(),
    metrics: createQuietMetrics(),
    authority: null,
  };
  const config = { issuer: "controller", ...keys };
  const heart = await startHeart({ ports, config, db, work, feed: createLiveFeed(nodeTimers) });
  // The first look at the plans after a start is over when the page knows what comes next.
  await until(() => heart.fleet.now(lastBox)?.row.next != null);
  return { heart, broker };
}

async function bareSignatures(): Promise<number> {
  const text = "x".repeat(4_000);
  const begun = performance.now();
  for (let count = 0; count < boxes; count += 1) nodeCrypto.sign(keys.privateKey, text);
  return performance.now() - begun;
}

async function until(isSo: () => boolean): Promise<void> {
  const limit = performance.now() + giveUpAfterMs;
  do {
    if (performance.now() > limit) throw new Error("the plans never came");
    await new Promise((resolve) => setTimeout(resolve, 20));
  } while (!isSo());
}

const forgetfulBlobs: Blobs = {
  put: async () => ok(undefined),
  putText: async () => ok(undefined),
  remove: async () => undefined,
  size: async () => null,
  read: () => new Blob([]).stream(),
};

async function foundProvince(db: Database): Promise<void> {
  const at = nodeClock.now();
  const from = "2020-01-01" as LocalDate;
  await insertUser(db, { id: user, name: "operator", passwordHash: "", createdAt: at });
  await insertArea(db, { id: province, kind: "province", name: "Tỉnh" });
  await insertPlacement(db, { areaId: province, parentId: null, from, to: null });
  await addProgramme(db);
  for (let number = 0; number < provincialSchedules; number += 1) {
    await addSchedule(db, `province-${number}`, province);
  }
  await db.transaction().execute(async (tx) => {
    for (let commune = 0; commune < communes; commune += 1) await addCommune(tx, commune, from);
  });
}

async function addCommune(db: Database, number: number, from: LocalDate): Promise<void> {
  const areaId = `commune-${number}` as AreaId;
  await insertArea(db, { id: areaId, kind: "commune", name: `Xã ${number}` });
  await insertPlacement(db, { areaId, parentId: province, from, to: null });
  for (let schedule = 0; schedule < communeSchedules; schedule += 1) {
    await addSchedule(db, `commune-${number}-${schedule}`, areaId);
  }
  for (let box = 0; box < boxes / communes; box += 1) await addBox(db, areaId, `${number}-${box}`);
}

async function addBox(db: Database, areaId: AreaId, name: string): Promise<void> {
  const cluster = `cluster-${name}` as ClusterId;
  const place = {
    horns: 2,
    people: null,
    latitude: null,
    longitude: null,
    gainDb: 0,
    zones: [1] as const,
    alignDelayMs: 0,
    turn: 0,
  };
  await insertCluster(db, { id: cluster, name: `Cụm loa ${name}`, areaId, ...place });
  await insertBox(db, {
    id: `box-${name}` as BoxId,
    clusterId: cluster,
    publicKey: keys.publicKey,
    passwordSha256: "0".repeat(64),
    enrolledAt: nodeClock.now(),
    revokedAt: null,
    simulated: false,
  });
  await insertPlanState(db, `box-${name}` as BoxId);
}

async function addProgramme(db: Database): Promise<void> {
  const made = { areaId: province, createdBy: user, createdAt: nodeClock.now() };
  const clip = "c".repeat(64) as Sha256;
  await insertClip(
    db,
    {
      sha256: clip,
      sizeBytes: 480_000,
      durationMs: 60_000,
      gainDb: 0,
      loudnessLufs: -16,
      truePeakDb: -1,
      waveform: [],
      sourceSha256: clip,
      trimmedStartMs: 0,
      trimmedEndMs: 0,
    },
    { by: user, fileName: "news.mp3", at: made.createdAt },
  );
  const bulletin = "first" as BulletinId;
  await insertBulletin(db, { ...made, id: bulletin, title: "Tin", class: "normal", field: "other", clip });
  const items = [bulletin, bulletin, bulletin].map((one) => ({ bulletin: one, end: "soft" as const }));
  await insertProgramme(db, { ...made, id: "news" as ProgrammeId, title: "Tin", items });
}

async function addSchedule(db: Database, id: string, area: AreaId): Promise<void> {
  await insertSchedule(db, {
    id: id as ScheduleId,
    title: "Chương trình phát thanh buổi sáng",
    programmeId: "news" as ProgrammeId,
    class: "normal",
    order: 0,
    recurrence: recurrenceOf({ times: ["05:00:00" as LocalTime, "17:00:00" as LocalTime] }),
    areas: [area],
    chime: false,
    turns: false,
    exception: "none",
    exceptionBy: null,
    exceptionAt: null,
    createdBy: user,
    createdAt: asInstant(nodeClock.now()),
    withdrawnAt: null,
  });
}
