import { type AirRules, combineRules } from "@loa/shared/broadcast/air-rules.ts";
import { type AreaTree, lineageOf, treeOn } from "@loa/shared/broadcast/area.ts";
import type { Clip, Manifest } from "@loa/shared/broadcast/content.ts";
import { MAX_PLAN_BYTES, type Plan, type PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import type { AreaId, BoxId, ClusterId, ScheduleId, Sha256 } from "@loa/shared/kernel/ids.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { LocalDate } from "@loa/shared/kernel/time.ts";
import type { ClusterInput, PlanTables, ScheduleInput } from "./plan-tables.ts";
import { isInPlans, plannedOf } from "./planned-schedule.ts";

/** Lower-case hex SHA-256 of UTF-8 text. */
export type Hash = (text: string) => Sha256;

/** What all boxes share that stand in one area with the same settings. */
export interface PlanGroup {
  readonly areaId: AreaId;
  readonly lineage: readonly AreaId[];
  readonly rules: AirRules;
  readonly schedules: readonly PlannedSchedule[];
  readonly gainDb: number;
  readonly zones: readonly Plan["zones"][number][];
  readonly manifest: ManifestText;
  /** Of everything above: two groups with the same hash ask the same of a box. */
  readonly sha256: Sha256;
}

/** The manifest as the exact bytes that are stored and named by their hash. */
export interface ManifestText {
  readonly sha256: Sha256;
  readonly text: string;
}

export type PlanProblem =
  | {
      readonly kind: "plan-too-large";
      readonly areaId: AreaId;
      readonly bytes: number;
      readonly limit: number;
    }
  | {
      readonly kind: "too-many-schedules";
      readonly areaId: AreaId;
      readonly count: number;
      readonly limit: number;
    }
  | {
      readonly kind: "too-many-clips";
      readonly areaId: AreaId;
      readonly count: number;
      readonly limit: number;
    }
  /** The area of the cluster does not stand in the tree on that day. */
  | { readonly kind: "no-area"; readonly areaId: AreaId };

export const MAX_PLANNED_SCHEDULES = 200;
export const MAX_MANIFEST_CLIPS = 4_096;

export interface PlanCompiler {
  /** The answer is worked out once for each area and settings, so 10,000 boxes cost a few hundred of these. */
  groupOf(cluster: ClusterInput): Result<PlanGroup, PlanProblem>;
  /** Schedules that name a programme, bulletin or clip that is not there: they are in no plan. */
  readonly broken: readonly ScheduleId[];
}

export function createPlanCompiler(tables: PlanTables, date: LocalDate, hash: Hash): PlanCompiler {
  const tree = treeOn(tables.placements, date);
  const broken: ScheduleId[] = [];
  const byArea = new Map<AreaId, Ready[]>();
  for (const schedule of tables.schedules) {
    if (!isInPlans(schedule, date)) continue;
    const one = readyOf(schedule, tables);
    if (one === null) {
      broken.push(schedule.id);
      continue;
    }
    for (const area of schedule.areas) byArea.set(area, [...(byArea.get(area) ?? []), one]);
  }
  const areas = new Map<AreaId, Result<AreaPart, PlanProblem>>();
  const groups = new Map<string, Result<PlanGroup, PlanProblem>>();

  function areaPart(id: AreaId): Result<AreaPart, PlanProblem> {
    const known = areas.get(id);
    if (known !== undefined) return known;
    const part = areaPartOf(id, tree, tables.rules, byArea, hash);
    areas.set(id, part);
    return part;
  }

  return {
    broken,
    groupOf(cluster) {
      const key = `${cluster.areaId} ${cluster.gainDb} ${cluster.zones.join()}`;
      const known = groups.get(key);
      if (known !== undefined) return known;
      const part = areaPart(cluster.areaId);
      const group = part.ok ? ok(groupOf(part.value, cluster, hash)) : part;
      groups.set(key, group);
      return group;
    },
  };
}

/** The wanted state of one box. */
export function planOf(group: PlanGroup, box: BoxId, cluster: ClusterId, revision: number): Plan {
  return {
    v: 1,
    box,
    cluster,
    lineage: [...group.lineage],
    revision,
    manifest: group.manifest.sha256,
    volume: { gainDb: group.gainDb, byHour: [], capDb: group.gainDb, emergencyDb: group.gainDb },
    zones: [...group.zones],
    rules: group.rules,
    relays: [],
    filler: null,
    alignDelayMs: 0,
    schedules: [...group.schedules],
  };
}

/** Names what a plan asks of a box, its revision left out: the revision grows when this changes, and only then. */
export function bodySha256Of(group: PlanGroup, box: BoxId, cluster: ClusterId, hash: Hash): Sha256 {
  return hash(`${box} ${cluster} ${group.sha256}`);
}

/** A schedule as boxes see it, and the clips it needs. */
interface Ready {
  readonly planned: PlannedSchedule;
  readonly clips: readonly Clip[];
}

function readyOf(schedule: ScheduleInput, tables: PlanTables): Ready | null {
  if (schedule.class === "emergency") return null;
  const clips: Clip[] = [];
  for (const bulletin of tables.programmes.get(schedule.programmeId) ?? []) {
    const clip = tables.clips.get(bulletin);
    if (clip === undefined) return null;
    clips.push(clip);
  }
  if (clips.length === 0) return null;
  const planned = plannedOf(schedule, tables);
  return planned === null ? null : { planned, clips };
}

/** Everything that depends on the area alone. */
interface AreaPart {
  readonly areaId: AreaId;
  readonly lineage: readonly AreaId[];
  readonly rules: AirRules;
  readonly schedules: readonly PlannedSchedule[];
  readonly manifest: ManifestText;
  readonly sha256: Sha256;
}

function areaPartOf(
  areaId: AreaId,
  tree: AreaTree,
  rulesOf: ReadonlyMap<AreaId, AirRules>,
  byArea: ReadonlyMap<AreaId, readonly Ready[]>,
  hash: Hash,
): Result<AreaPart, PlanProblem> {
  const lineage = lineageOf(tree, areaId);
  if (lineage.length === 0) return fail({ kind: "no-area", areaId });
  const chosen = new Map<ScheduleId, Ready>();
  for (const area of lineage) for (const one of byArea.get(area) ?? []) chosen.set(one.planned.id, one);
  const sorted = [...chosen.values()].sort((a, b) => (a.planned.id < b.planned.id ? -1 : 1));
  const schedules = sorted.map((one) => one.planned);
  const clips = clipsOf(sorted);
  const rules = combineRules(lineage.flatMap((area) => rulesOf.get(area) ?? []));
  const manifest = manifestOf(clips, hash);
  const shared = JSON.stringify({ lineage, rules, schedules, manifest: manifest.sha256 });
  const problem = tooMuch(areaId, schedules.length, clips.length, utf8Length(shared) + REST_OF_PLAN_BYTES);
  if (problem !== null) return fail(problem);
  return ok({ areaId, lineage, rules, schedules, manifest, sha256: hash(shared) });
}

/** Box, cluster, revision, gain and zones at their longest, with their names. */
const REST_OF_PLAN_BYTES = 256;

function tooMuch(areaId: AreaId, schedules: number, clips: number, bytes: number): PlanProblem | null {
  if (schedules > MAX_PLANNED_SCHEDULES) {
    return { kind: "too-many-schedules", areaId, count: schedules, limit: MAX_PLANNED_SCHEDULES };
  }
  if (clips > MAX_MANIFEST_CLIPS) {
    return { kind: "too-many-clips", areaId, count: clips, limit: MAX_MANIFEST_CLIPS };
  }
  if (bytes > MAX_PLAN_BYTES) return { kind: "plan-too-large", areaId, bytes, limit: MAX_PLAN_BYTES };
  return null;
}

function groupOf(part: AreaPart, { gainDb, zones }: ClusterInput, hash: Hash): PlanGroup {
  return { ...part, gainDb, zones, sha256: hash(`${part.sha256} ${gainDb} ${zones.join()}`) };
}

function clipsOf(schedules: readonly Ready[]): readonly Clip[] {
  const clips = new Map(schedules.flatMap((one) => one.clips.map((clip) => [clip.sha256, clip] as const)));
  return [...clips.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
}

function manifestOf(clips: readonly Clip[], hash: Hash): ManifestText {
  const manifest: Manifest = { v: 1, clips: [...clips] };
  const text = JSON.stringify(manifest);
  return { text, sha256: hash(text) };
}

/** Bytes of a text in UTF-8; lone surrogates count as the replacement character that they become. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}
