import { createHash } from "node:crypto";
import { checkedAtOnce } from "@loa/controller/bus/signature-checks.ts";
import { type Heart, startHeart } from "@loa/controller/heart.ts";
import { createLiveFeed, type LiveFeed } from "@loa/controller/live-feed.ts";
import type { Blobs } from "@loa/controller/ports.ts";
import { insertArea, insertPlacement } from "@loa/controller/store/areas.ts";
import { insertBox } from "@loa/controller/store/boxes.ts";
import { insertBulletin } from "@loa/controller/store/bulletins.ts";
import { insertClip } from "@loa/controller/store/clips.ts";
import { insertCluster } from "@loa/controller/store/clusters.ts";
import type { Database } from "@loa/controller/store/database.ts";
import { openDatabase } from "@loa/controller/store/migrate.ts";
import { insertPathTest, type PathTest } from "@loa/controller/store/path-tests.ts";
import { insertPlanState } from "@loa/controller/store/plan-states.ts";
import { insertProgramme } from "@loa/controller/store/programmes.ts";
import { insertSchedule } from "@loa/controller/store/schedules.ts";
import { insertUser } from "@loa/controller/store/users.ts";
import { createWork } from "@loa/controller/work.ts";
import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import type { PublicKey } from "@loa/shared/kernel/ambient.ts";
import type {
  AreaId,
  BulletinId,
  ClusterId,
  ProgrammeId,
  ScheduleId,
  Sha256,
  UserId,
} from "@loa/shared/kernel/ids.ts";
import { ok } from "@loa/shared/kernel/result.ts";
import { DAY_MS, type Instant, type LocalDate, plus } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { createVirtualDatabase } from "@loa/simulator/virtual/virtual-database.ts";
import { type BoxPuppet, createBoxPuppet } from "./box-puppet.ts";
import { type BrokerTwin, createBrokerTwin } from "./broker-twin.ts";
import { createLogBook, type LogBook } from "./log-book.ts";
import { createQuietMetrics } from "./quiet-metrics.ts";
import { recurrenceOf } from "./schedules.ts";
import { createTestTime, type TestTime } from "./test-time.ts";

export const province = "province" as AreaId;
export const commune = "commune" as AreaId;
export const operator = "operator" as UserId;

/** The heart of a controller over a real store in memory, on virtual time, with a broker that a test plays. */
export interface HeartWorld {
  readonly time: TestTime;
  readonly broker: BrokerTwin;
  readonly log: LogBook;
  /** What open pages are told. */
  readonly feed: LiveFeed;
  /** The running one. */
  heart(): Heart;
  /** Ends the process at this instant and starts another over the same store. */
  crash(): Promise<void>;
  /** Enrols a box in the commune. */
  addBox(id: string): Promise<BoxPuppet>;
  addSchedule(id: string, changed?: Partial<Recurrence>): Promise<void>;
  /** Commits it and wakes nobody, as when the process dies between the two. */
  commitSchedule(id: string, changed?: Partial<Recurrence>): Promise<void>;
  db(): Database;
  rows(sql: string): readonly unknown[];
  close(): Promise<void>;
}

/** `withPathTests`: the weekly test of the way of emergencies is due; else nothing comes in between what a test looks at. */
export async function createHeartWorld({
  withPathTests = false,
  signatures = checkedAtOnce(nodeCrypto),
} = {}): Promise<HeartWorld> {
  const time = createTestTime();
  const keys = newKeyPair();
  const log = createLogBook();
  const broker = createBrokerTwin(keys.publicKey, time.clock);
  const file = createVirtualDatabase();
  const random = createSeededRandom("heart-world");
  const feed = createLiveFeed(time.timers);
  let db = await openDatabase(file.open());
  await foundProvince(db, time);
  if (!withPathTests) await insertPathTest(db, neverAgain(time.clock.now()));
  let running = await start();

  async function start(): Promise<Heart> {
    const ports = {
      clock: time.clock,
      timers: time.timers,
      random,
      log,
      crypto: nodeCrypto,
      signatures,
      blobs: memoryBlobs(),
      broker: async () => broker.open(),
      metrics: createQuietMetrics(),
      authority: null,
    };
    const work = createWork(time.timers, log);
    const config = { issuer: "controller", ...keys };
    return await startHeart({ ports, config, db, work, feed });
  }

  async function commitSchedule(id: string, changed: Partial<Recurrence> = {}): Promise<void> {
    await insertSchedule(db, {
      id: id as ScheduleId,
      title: "Bản tin sáng",
      programmeId: "news" as ProgrammeId,
      class: "normal",
      order: 0,
      recurrence: recurrenceOf(changed),
      areas: [commune],
      chime: false,
      turns: false,
      exception: "none",
      exceptionBy: null,
      exceptionAt: null,
      createdBy: operator,
      createdAt: time.clock.now(),
      withdrawnAt: null,
    });
  }

  return {
    time,
    broker,
    log,
    feed,
    heart: () => running,
    async crash() {
      file.kill();
      db = await openDatabase(file.open());
      running = await start();
    },
    async addBox(id) {
      const puppet = createBoxPuppet(id, broker);
      const clusterId = `cluster-${id}` as ClusterId;
      await insertCluster(db, {
        id: clusterId,
        name: `Cụm loa ${id}`,
        areaId: commune,
        horns: 2,
        people: null,
        latitude: null,
        longitude: null,
        gainDb: 0,
        zones: [1],
        alignDelayMs: 0,
        turn: 0,
      });
      await insertBox(db, {
        id: puppet.id,
        clusterId,
        publicKey: puppet.publicKey as PublicKey,
        passwordSha256: createHash("sha256").update(`secret of ${id}`).digest("hex"),
        enrolledAt: time.clock.now(),
        revokedAt: null,
        simulated: false,
      });
      await insertPlanState(db, puppet.id);
      await running.changes.boxEnrolled(puppet.id);
      await time.advance(0);
      return puppet;
    },
    commitSchedule,
    async addSchedule(id, changed = {}) {
      await commitSchedule(id, changed);
      running.changes.planInputsChanged();
      await time.advance(0);
    },
    db: () => db,
    rows: (sql) => file.rows(sql),
    async close() {
      await running.close();
      file.close();
    },
  };
}

/** A commune in a province, and a programme of one minute that schedules can name. */
async function foundProvince(db: Database, { clock }: TestTime): Promise<void> {
  const at = clock.now();
  const made = { areaId: province, createdBy: operator, createdAt: at };
  const from = "2020-01-01" as LocalDate;
  const clip = "c".repeat(64) as Sha256;
  await insertUser(db, { id: operator, name: "operator", passwordHash: "", createdAt: at });
  await insertArea(db, { id: province, kind: "province", name: "Tỉnh" });
  await insertArea(db, { id: commune, kind: "commune", name: "Xã" });
  await insertPlacement(db, { areaId: province, parentId: null, from, to: null });
  await insertPlacement(db, { areaId: commune, parentId: province, from, to: null });
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
    { by: operator, fileName: "news.mp3", at },
  );
  const bulletin = "first" as BulletinId;
  await insertBulletin(db, { ...made, id: bulletin, title: "Tin", class: "normal", field: "other", clip });
  const items = [{ bulletin, end: "soft" as const }];
  await insertProgramme(db, { ...made, id: "news" as ProgrammeId, title: "Tin", items });
}

function memoryBlobs(): Blobs {
  const blobs = new Map<Sha256, string>();
  return {
    put: async () => ok(undefined),
    async putText(sha256, text) {
      blobs.set(sha256, text);
      return ok(undefined);
    },
    async remove(sha256) {
      blobs.delete(sha256);
    },
    size: async (sha256) => blobs.get(sha256)?.length ?? null,
    read: (sha256, start, end) => new Blob([blobs.get(sha256)?.slice(start, end) ?? ""]).stream(),
  };
}

/** The last test went out in ten years. */
function neverAgain(now: Instant): PathTest {
  const at = plus(now, 3_650 * DAY_MS);
  return {
    id: newCommandId(at, createSeededRandom("path-tests")),
    areaId: province,
    at,
    by: null,
    judgedAt: at,
  };
}
