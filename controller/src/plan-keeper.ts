import { type AreaTree, treeOn } from "@loa/shared/broadcast/area.ts";
import type { PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import type { Clock, Crypto, Log, Random, Timers } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, BoxId, ScheduleId, Sha256 } from "@loa/shared/kernel/ids.ts";
import { ok, type Result } from "@loa/shared/kernel/result.ts";
import {
  addDays,
  HOUR_MS,
  type LocalDate,
  type LocalTime,
  SECOND_MS,
  toInstant,
  toLocal,
} from "@loa/shared/kernel/time.ts";
import type { Refusal } from "@loa/shared/wire/envelope.ts";
import type { Reported } from "@loa/shared/wire/uplink.ts";
import type { BoxDirectory } from "./box-directory.ts";
import type { CommandEnd, Publisher } from "./bus/publisher.ts";
import type { WriteQueue } from "./bus/write-queue.ts";
import type { BoxRow } from "./domain/box-row.ts";
import {
  bodySha256Of,
  createPlanCompiler,
  type PlanCompiler,
  type PlanGroup,
  type PlanProblem,
} from "./domain/plan-compiler.ts";
import type { PlanTables, ScheduleInput } from "./domain/plan-tables.ts";
import type { SourceId } from "./domain/receipts.ts";
import { issuePlans, type PlanIssue } from "./plan-issue.ts";
import type { Blobs } from "./ports.ts";
import type { Database } from "./store/database.ts";
import { readPlanTables } from "./store/plan-tables.ts";
import { type PlanProgress, setApplied } from "./store/plan-writes.ts";
import type { Work } from "./work.ts";

/** The wanted plan of every box: compiled from the tables, and given to the outbox where it changed. */
export interface PlanKeeper {
  /** The tables changed, or the day did. Changes that come together are compiled together. */
  refresh(): void;
  stateOf(box: BoxId): BoxPlan | null;
  /** How many boxes will not get what their area wants of them. */
  problems(): number;
  /** Boxes by the schedules that they share. */
  audiences(): ReadonlyMap<readonly PlannedSchedule[], readonly BoxId[]>;
  /** Schedules in force, and those that wait for their second person. */
  scheduleOf(id: ScheduleId): ScheduleInput | null;
  /** Also of schedules that were withdrawn in this run; empty for others. */
  titleOf(id: SourceId): string;
  treeOn(date: LocalDate): AreaTree;
  reported(box: BoxId, reported: Reported): void;
  ended(end: CommandEnd): void;
  forget(box: BoxId): void;
  close(): void;
}

export interface BoxPlan {
  readonly wantedRevision: number;
  readonly appliedRevision: number;
  /** Null until the first compilation after the start, and for boxes whose plan cannot be made. */
  readonly group: PlanGroup | null;
  readonly problem: BoxRow["planProblem"];
}

export interface PlanKeeperParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly db: Database;
  readonly blobs: Blobs;
  readonly work: Work;
  readonly writes: WriteQueue;
  readonly directory: BoxDirectory;
  readonly publisher: () => Publisher;
  /** Before other schedules take the place of those of a moment ago. */
  readonly beforeChange: () => void;
  readonly afterChange: () => void;
}

interface Kept {
  revision: number;
  bodySha256: string;
  applied: number;
  /** Highest revision that the box itself has named. */
  reported: number;
  /** Session and roster in which the same plan was sent once more, because the box said that it had an older one. */
  repeatedIn: string | null;
  group: PlanGroup | null;
  /** Why the latest plan could not be made; the box keeps the one that it has. */
  unmade: PlanProblem["kind"] | null;
  /** Why the box does not want the latest plan. */
  refused: Refusal | null;
}

type Wanted = Result<{ readonly group: PlanGroup; readonly bodySha256: string }, PlanProblem>;

/** Compiling takes up to 1 ms where an area is new, so a slice holds the event loop for some 20 ms. */
const BOXES_A_SLICE = 25;
/** Plans in one transaction: each commit waits for the disk, and each plan is some 4 kB. */
const PLANS_A_COMMIT = 30;
const RETRY_PAUSE_MS = 5 * SECOND_MS;
/** Trees of other days, which boxes ask for with what they tell; a box may name any day, so they are not kept for ever. */
const MAX_TREES = 100;

export function createPlanKeeper(parts: PlanKeeperParts, progress: readonly PlanProgress[]): PlanKeeper {
  const { clock, timers, log, work, directory, writes } = parts;
  const hash = (text: string) => parts.crypto.sha256Hex(text) as Sha256;
  const kept = new Map(progress.map((one) => [one.boxId, keptFrom(one)]));
  /** Boxes that need their plan again: above this revision, or (0) the same one. */
  const again = new Map<BoxId, number>();
  const storedManifests = new Set<Sha256>();
  const titles = new Map<SourceId, string>();
  const trees = new Map<LocalDate, AreaTree>();
  let tables: PlanTables | null = null;
  let schedules: ReadonlyMap<ScheduleId, ScheduleInput> = new Map();
  let audiences: ReadonlyMap<readonly PlannedSchedule[], readonly BoxId[]> = new Map();
  let isStale = false;
  let isRunning = false;
  let isClosed = false;
  let cancelRetry = () => {};
  let cancelMidnight = () => {};

  function keptOf(box: BoxId): Kept {
    const known = kept.get(box);
    if (known !== undefined) return known;
    const fresh = nothingKept();
    kept.set(box, fresh);
    return fresh;
  }

  /** One run at a time; what comes meanwhile is done by the same run. */
  function wake(): void {
    if (isRunning || isClosed) return;
    isRunning = true;
    work.run("plans", async () => {
      try {
        while (!isClosed && (isStale || again.size > 0)) {
          if (isStale) await compileAll();
          await issueAgain();
        }
      } catch (error) {
        isStale = true;
        cancelRetry = timers.after(RETRY_PAUSE_MS, wake);
        throw error;
      } finally {
        isRunning = false;
      }
    });
  }

  async function compileAll(): Promise<void> {
    isStale = false;
    const read = await readPlanTables(parts.db);
    const date = toLocal(clock.now()).date;
    const compiler = createPlanCompiler(read, date, hash);
    for (const schedule of compiler.broken) log.warn("schedule.without-content", { schedule });
    const wanted = await compileBoxes(compiler);
    parts.beforeChange();
    tables = read;
    schedules = new Map(read.schedules.map((one) => [one.id, one]));
    for (const { id, title } of read.schedules) titles.set(id, title);
    trees.clear();
    directory.setTree(treeOn(read.placements, date));
    const changed = adopt(wanted);
    if (wanted.size > BOXES_A_SLICE) await work.breathe();
    parts.afterChange();
    for (let at = 0; at < changed.length; at += PLANS_A_COMMIT) {
      if (at > 0 || wanted.size > BOXES_A_SLICE) await work.breathe();
      await issue(changed.slice(at, at + PLANS_A_COMMIT));
    }
  }

  async function compileBoxes(compiler: PlanCompiler): Promise<ReadonlyMap<BoxId, Wanted>> {
    const wanted = new Map<BoxId, Wanted>();
    const refused = new Set<AreaId>();
    let count = 0;
    for (const { id, cluster } of directory.inService()) {
      count += 1;
      if (count % BOXES_A_SLICE === 0) await work.breathe();
      const group = compiler.groupOf(cluster);
      if (group.ok) {
        const bodySha256 = bodySha256Of(group.value, id, cluster.id, hash);
        wanted.set(id, ok({ group: group.value, bodySha256 }));
        continue;
      }
      wanted.set(id, group);
      if (refused.has(cluster.areaId)) continue;
      refused.add(cluster.areaId);
      log.warn("plan.refused", { ...group.error });
    }
    return wanted;
  }

  /** Takes the new plans in, and answers those that ask something else of their box than before. */
  function adopt(wanted: ReadonlyMap<BoxId, Wanted>): readonly PlanIssue[] {
    const changed: PlanIssue[] = [];
    const sharing = new Map<readonly PlannedSchedule[], BoxId[]>();
    for (const { id, cluster } of directory.inService()) {
      const one = keptOf(id);
      const found = wanted.get(id);
      if (found !== undefined) one.unmade = found.ok ? null : found.error.kind;
      const { group, bodySha256 } = found?.ok ? found.value : one;
      if (group === null) continue;
      one.group = group;
      const boxes = sharing.get(group.schedules);
      if (boxes === undefined) sharing.set(group.schedules, [id]);
      else boxes.push(id);
      if (bodySha256 === one.bodySha256) continue;
      const revision = Math.max(one.revision, one.reported) + 1;
      changed.push({ box: id, cluster: cluster.id, group, bodySha256, revision, applied: one.applied });
    }
    audiences = sharing;
    return changed;
  }

  async function issueAgain(): Promise<void> {
    const issues: PlanIssue[] = [];
    const taken: BoxId[] = [];
    for (const [box, above] of [...again].slice(0, PLANS_A_COMMIT)) {
      taken.push(box);
      const one = keptOf(box);
      const placed = directory.find(box);
      if (placed === null || one.group === null || (above === 0 && parts.publisher().planPending(box)))
        continue;
      const revision = above === 0 ? Math.max(1, one.revision) : Math.max(one.revision, above) + 1;
      const bodySha256 = bodySha256Of(one.group, box, placed.clusterId, hash);
      issues.push({
        box,
        cluster: placed.clusterId,
        group: one.group,
        bodySha256,
        revision,
        applied: one.applied,
      });
    }
    await issue(issues);
    for (const box of taken) again.delete(box);
    if (again.size > 0) await work.breathe();
  }

  async function issue(issues: readonly PlanIssue[]): Promise<void> {
    const pending = await issuePlans(parts, storedManifests, issues);
    for (const { box, revision, bodySha256 } of issues) {
      const one = keptOf(box);
      one.revision = revision;
      one.bodySha256 = bodySha256;
      one.refused = null;
    }
    parts.publisher().add(pending.filter((one) => directory.find(one.box) !== null));
  }

  function setAppliedRevision(box: BoxId, one: Kept, revision: number): void {
    if (one.applied === revision) return;
    one.applied = revision;
    writes.add({ store: (tx) => setApplied(tx, box, revision) });
  }

  function sendAgain(box: BoxId, above: number): void {
    again.set(box, Math.max(above, again.get(box) ?? 0));
    wake();
  }

  /** The tree is dated and schedules end, so each day has its own plans. An hour at most, for a clock may be set. */
  function armMidnight(): void {
    const now = clock.now();
    const today = toLocal(now).date;
    const midnight = toInstant(addDays(today, 1), "00:00:00" as LocalTime);
    cancelMidnight = timers.after(Math.min(HOUR_MS, Math.max(SECOND_MS, midnight - now)), () => {
      if (toLocal(clock.now()).date !== today) keeper.refresh();
      armMidnight();
    });
  }

  const keeper: PlanKeeper = {
    refresh() {
      isStale = true;
      wake();
    },
    stateOf(box) {
      const one = kept.get(box);
      return one === undefined ? null : stateOf(one);
    },
    problems: () => [...kept.values()].filter((one) => problemOf(one) !== null).length,
    audiences: () => audiences,
    scheduleOf: (id) => schedules.get(id) ?? null,
    titleOf: (id) => titles.get(id) ?? "",
    treeOn(date) {
      const known = trees.get(date) ?? treeOn(tables?.placements ?? [], date);
      if (trees.size >= MAX_TREES) trees.clear();
      trees.set(date, known);
      return known;
    },
    reported(box, { revision, session, roster }) {
      const one = keptOf(box);
      one.reported = revision;
      setAppliedRevision(box, one, revision);
      if (revision > one.revision) sendAgain(box, revision);
      else if (revision < one.revision && !parts.publisher().planPending(box)) {
        // By a newer roster it may take what it refused by the one before.
        const round = `${session} ${roster}`;
        if (one.repeatedIn === round) return;
        one.repeatedIn = round;
        sendAgain(box, 0);
      }
    },
    ended({ command, state, reason }) {
      if (command.kind !== "plan" || command.revision === null) return;
      const one = keptOf(command.box);
      if (state === "refused") one.refused = reason;
      if (state === "accepted") setAppliedRevision(command.box, one, Math.max(one.applied, command.revision));
      if (reason === "stale-revision") sendAgain(command.box, Math.max(one.reported, command.revision));
    },
    forget(box) {
      kept.delete(box);
      again.delete(box);
      keeper.refresh();
    },
    close() {
      isClosed = true;
      cancelRetry();
      cancelMidnight();
    },
  };
  armMidnight();
  return keeper;
}

function nothingKept(): Kept {
  return {
    revision: 0,
    bodySha256: "",
    applied: 0,
    reported: 0,
    repeatedIn: null,
    group: null,
    unmade: null,
    refused: null,
  };
}

function keptFrom({ revision, bodySha256, appliedRevision: applied }: PlanProgress): Kept {
  return { ...nothingKept(), revision, bodySha256, applied, reported: applied };
}

function stateOf(one: Kept): BoxPlan {
  const { revision, applied, group } = one;
  return { wantedRevision: revision, appliedRevision: applied, group, problem: problemOf(one) };
}

function problemOf(one: Kept): BoxPlan["problem"] {
  return one.unmade ?? one.refused;
}
