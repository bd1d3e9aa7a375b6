import { type AreaTree, treeOn } from "@loa/shared/broadcast/area.ts";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import type { CommandId } from "@loa/shared/kernel/ids.ts";
import { asInstant, DAY_MS, type Instant, plus, toLocal } from "@loa/shared/kernel/time.ts";
import type { SignedRoster } from "@loa/shared/trust/roster.ts";
import { type BoxDirectory, createBoxDirectory } from "./box-directory.ts";
import type { PendingCommand } from "./bus/pending.ts";
import { readPending } from "./bus/pending-rows.ts";
import { createSequences, type Sequences } from "./bus/sequences.ts";
import { type Draft, endOfDraft, isTouchedBy } from "./domain/drafts.ts";
import { areasStopped } from "./domain/emergency-stops.ts";
import { EARLY_LOOK_MS } from "./domain/readiness.ts";
import type { CommandKind } from "./domain/resend.ts";
import type { KeptApproval } from "./domain/standing-approvals.ts";
import type { EmergencyPast } from "./emergency-keeper.ts";
import type { StreamStart } from "./event-keeper.ts";
import type { HeartParts } from "./heart-parts.ts";
import type { PendingLocal } from "./local-keeper.ts";
import { allPlacements } from "./store/areas.ts";
import { allClones, type BoxClone } from "./store/box-clones.ts";
import { allBoxesSeen, type BoxSeen } from "./store/box-seen.ts";
import { allPlacedBoxes } from "./store/boxes.ts";
import type { Database } from "./store/database.ts";
import { emergenciesSince, type StoredEmergency } from "./store/emergencies.ts";
import { draftsSince } from "./store/emergency-drafts.ts";
import { answersTo, lastRowsOf, pendingOf } from "./store/outbox.ts";
import { allPlanProgress, type PlanProgress } from "./store/plan-writes.ts";
import { looksSince, type StoredLook } from "./store/readiness-looks.ts";
import { allRosters } from "./store/rosters.ts";
import { putSetting, readSetting } from "./store/settings.ts";
import { standingApprovalsSince } from "./store/standing-approvals.ts";
import { type LastReceipts, readLastReceipts, readStreams } from "./store/start-rows.ts";
import { areasStoppedSince, stopsSince } from "./store/stop-orders.ts";
import type { ToldWithdrawals } from "./withdrawal-keeper.ts";

/** What earlier runs have written down, read into memory: connecting boxes never wait for the database. */
export interface Past {
  readonly directory: BoxDirectory;
  readonly progress: readonly PlanProgress[];
  readonly pending: readonly PendingCommand[];
  readonly streams: readonly StreamStart[];
  readonly boxesSeen: readonly BoxSeen[];
  readonly lastReceipts: LastReceipts;
  /** Looks at occurrences that may still lie ahead. */
  readonly looks: readonly StoredLook[];
  /** How far receipts were looked for; null before the first look. */
  readonly lastLook: Instant | null;
  readonly sequences: Sequences;
  readonly emergencies: readonly EmergencyPast[];
  readonly drafts: readonly Draft[];
  readonly locals: readonly PendingLocal[];
  readonly standingApprovals: readonly KeptApproval[];
  readonly withdrawals: ToldWithdrawals;
  readonly rosters: readonly SignedRoster[];
  readonly clones: readonly BoxClone[];
}

export async function readPast({ ports, db, work }: HeartParts): Promise<Past> {
  const { clock, crypto, log } = ports;
  const tree = treeOn(await allPlacements(db), toLocal(clock.now()).date);
  const emergencies = await emergenciesSince(db, plus(clock.now(), -EMERGENCY_DAYS * DAY_MS));
  const byId = new Map(emergencies.map((one) => [one.emergency.id, one]));
  const lastLook = await readSetting(db, "receipts.looked-up-to");
  return {
    directory: createBoxDirectory(await allPlacedBoxes(db), tree, crypto),
    progress: await allPlanProgress(db),
    pending: await readPending(db, byId, ports),
    locals: await pendingOfKind(db, "local"),
    standingApprovals: await standingApprovalsSince(db, plus(clock.now(), -SHOWN_STANDING_DAYS * DAY_MS)),
    withdrawals: {
      pending: await pendingOfKind(db, "withdraw"),
      toldAt: await lastRowsOf(db, "withdraw"),
    },
    streams: await readStreams(db),
    boxesSeen: await allBoxesSeen(db),
    lastReceipts: await readLastReceipts(db),
    looks: await looksSince(db, plus(clock.now(), -EARLY_LOOK_MS)),
    lastLook: lastLook === null ? null : asInstant(Number(lastLook)),
    clones: await allClones(db),
    emergencies: await Promise.all(emergencies.map((one) => pastOf(db, one))),
    drafts: await pastDrafts({ db, log }, tree, plus(clock.now(), -EMERGENCY_DAYS * DAY_MS)),
    rosters: await allRosters(db),
    sequences: await createSequences(sequenceStore(db), clock, work, log),
  };
}

/** No emergency lasts longer than a day; until then its receipts are still to come. */
const EMERGENCY_DAYS = 2;

async function pastOf(db: Database, stored: StoredEmergency): Promise<EmergencyPast> {
  const { command, cancelled, emergency } = stored;
  const rows = async (of: CommandId | undefined) =>
    new Set(of === undefined ? [] : (await answersTo(db, of)).map((row) => row.boxId));
  return {
    stored,
    told: { raise: await rows(command), cancel: await rows(cancelled?.command) },
    stopped: areasStopped(emergency, await stopsSince(db, emergency.at)),
  };
}

/** Standing approvals that ended before are in the record only. */
const SHOWN_STANDING_DAYS = 90;

async function pendingOfKind(db: Database, kind: CommandKind): Promise<readonly PendingLocal[]> {
  return (await pendingOf(db, kind)).map(({ commandId: command, boxId: box }) => ({ command, box }));
}

/** Longest that a draft waits for its approvals. */
const MAX_APPROVE_DAYS = 7;

/** Those with which somebody can still do something, or of which receipts may come. */
async function pastDrafts(
  { db, log }: { readonly db: Database; readonly log: Log },
  tree: AreaTree,
  since: Instant,
): Promise<readonly Draft[]> {
  const drafts = await draftsSince(db, plus(since, -MAX_APPROVE_DAYS * DAY_MS), log);
  const some = drafts.filter((one) => endOfDraft(one) >= since);
  return await Promise.all(some.map((one) => held(db, one, tree)));
}

/** A STOP after it was written holds also in this run. */
async function held(db: Database, draft: Draft, tree: AreaTree): Promise<Draft> {
  const { order } = draft;
  if (order.kind !== "emergency") return draft;
  const stopped = await areasStoppedSince(db, order.draftedAt);
  return { ...draft, isOvertaken: stopped.some((area) => isTouchedBy(order.areas, area, tree)) };
}

function sequenceStore(db: Database) {
  return {
    read: async () => Number((await readSetting(db, "sequence.reserved")) ?? "0"),
    reserveUpTo: (highest: number) => putSetting(db, "sequence.reserved", String(highest)),
  };
}
