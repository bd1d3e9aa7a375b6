import { join } from "node:path";
import { insertBox } from "@loa/controller/store/boxes.ts";
import { insertCluster } from "@loa/controller/store/clusters.ts";
import type { Database } from "@loa/controller/store/database.ts";
import { openDatabase } from "@loa/controller/store/migrate.ts";
import { openSqlite } from "@loa/controller/store/open-sqlite.ts";
import { insertPlanState } from "@loa/controller/store/plan-states.ts";
import type { PublicKey } from "@loa/shared/kernel/ambient.ts";
import { type AreaId, clusterId } from "@loa/shared/kernel/ids.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { type ControlRoomProcess, startControlRoomProcess } from "../support/control-room-process.ts";
import { eventuallySo } from "../support/eventually.ts";
import { crowdBox } from "./crowd-box.ts";

/** A control room to which a crowd belongs, and the books that it keeps. */
export interface CrowdRoom {
  readonly room: ControlRoomProcess;
  /** All of the crowd sign with it: what checking costs is the same. */
  readonly keys: ReturnType<typeof newKeyPair>;
  /** Rows that wait for an answer of a box. */
  pending(): Promise<number>;
  /** When each box of the crowd had accepted the command of the latest emergency, wall time, ms. */
  acceptedAts(): Promise<readonly number[]>;
  close(): Promise<void>;
}

const PLANS_LIMIT_MS = 120_000;

/** Enrolling so many over HTTP is not what is measured: they are written where the control room looks for them. */
export async function openCrowdRoom(folder: string, boxes: number, isTls = false): Promise<CrowdRoom> {
  const keys = newKeyPair();
  const dataFolder = join(folder, "room");
  const room = await startControlRoomProcess({ dataFolder, isTls });
  await room.running().stop();
  const db = await openDatabase(openSqlite(join(dataFolder, "loa.sqlite")));
  const pending = async () => (await pendingRows(db)).length;
  await db.transaction().execute((tx) => addCrowd(tx, room.root, boxes, keys.publicKey));
  // Everybody's first plan, which nobody here asks for, is not what is measured either.
  await room.startAgain();
  await eventuallySo("every box has a plan", PLANS_LIMIT_MS, async () => (await pending()) === boxes);
  await room.running().stop();
  await db.updateTable("outbox").set({ state: "accepted", done_at: nodeClock.now() }).execute();
  await room.startAgain();
  return {
    room,
    keys,
    pending,
    acceptedAts: () => acceptedAts(db),
    async close() {
      await db.destroy();
      await room.running().stop();
    },
  };
}

async function addCrowd(db: Database, areaId: AreaId, boxes: number, publicKey: PublicKey): Promise<void> {
  const place = {
    horns: 2,
    people: null,
    latitude: null,
    longitude: null,
    gainDb: 0,
    alignDelayMs: 0,
    turn: 0,
  };
  for (let number = 0; number < boxes; number += 1) {
    const id = crowdBox(number);
    const cluster = clusterId.parse(`cum-${number}`);
    await insertCluster(db, { id: cluster, name: `Cụm loa ${number}`, areaId, zones: [1], ...place });
    await insertBox(db, {
      id,
      clusterId: cluster,
      publicKey,
      passwordSha256: nodeCrypto.sha256Hex(id),
      enrolledAt: nodeClock.now(),
      revokedAt: null,
      simulated: false,
    });
    await insertPlanState(db, id);
  }
}

function pendingRows(db: Database) {
  return db.selectFrom("outbox").where("state", "=", "pending").select("box_id").execute();
}

async function acceptedAts(db: Database): Promise<readonly number[]> {
  const latest = db.selectFrom("emergency").orderBy("at", "desc").select("command_id").limit(1);
  const rows = await db
    .selectFrom("outbox")
    .where("command_id", "=", latest)
    .where("state", "=", "accepted")
    .select("done_at")
    .execute();
  return rows.flatMap((row) => (row.done_at === null ? [] : [row.done_at]));
}
