import { treeOn } from "@loa/shared/broadcast/area.ts";
import { asInstant, type Instant, toLocal } from "@loa/shared/kernel/time.ts";
import { type BoxDirectory, createBoxDirectory } from "./box-directory.ts";
import type { PendingCommand } from "./bus/pending.ts";
import { readPending } from "./bus/pending-rows.ts";
import { createSequences, type Sequences } from "./bus/sequences.ts";
import type { StreamStart } from "./event-keeper.ts";
import type { HeartParts } from "./heart-parts.ts";
import { allPlacements } from "./store/areas.ts";
import { allBoxesSeen, type BoxSeen } from "./store/box-seen.ts";
import { allPlacedBoxes } from "./store/boxes.ts";
import type { Database } from "./store/database.ts";
import { allPlanProgress, type PlanProgress } from "./store/plan-writes.ts";
import { putSetting, readSetting } from "./store/settings.ts";
import { type LastReceipts, readLastReceipts, readStreams } from "./store/start-rows.ts";

/** What earlier runs have written down, read into memory: connecting boxes never wait for the database. */
export interface Past {
  readonly directory: BoxDirectory;
  readonly progress: readonly PlanProgress[];
  readonly pending: readonly PendingCommand[];
  readonly streams: readonly StreamStart[];
  readonly boxesSeen: readonly BoxSeen[];
  readonly lastReceipts: LastReceipts;
  /** How far receipts were looked for; null before the first look. */
  readonly lastLook: Instant | null;
  readonly sequences: Sequences;
}

export async function readPast({ ports, db, work }: HeartParts): Promise<Past> {
  const { clock, crypto, log } = ports;
  const tree = treeOn(await allPlacements(db), toLocal(clock.now()).date);
  const lastLook = await readSetting(db, "receipts.looked-up-to");
  return {
    directory: createBoxDirectory(await allPlacedBoxes(db), tree, crypto),
    progress: await allPlanProgress(db),
    pending: await readPending(db, ports),
    streams: await readStreams(db),
    boxesSeen: await allBoxesSeen(db),
    lastReceipts: await readLastReceipts(db),
    lastLook: lastLook === null ? null : asInstant(Number(lastLook)),
    sequences: await createSequences(sequenceStore(db), clock, work, log),
  };
}

function sequenceStore(db: Database) {
  return {
    read: async () => Number((await readSetting(db, "sequence.reserved")) ?? "0"),
    reserveUpTo: (highest: number) => putSetting(db, "sequence.reserved", String(highest)),
  };
}
