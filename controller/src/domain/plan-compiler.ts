import { type AirRules, combineRules } from "@loa/shared/broadcast/air-rules.ts";
import { type AreaTree, lineageOf, treeOn } from "@loa/shared/broadcast/area.ts";
import type { Clip, Manifest } from "@loa/shared/broadcast/content.ts";
import { MAX_PLAN_BYTES, type Plan, type PlannedSchedule, type Volume } from "@loa/shared/broadcast/plan.ts";
import type { RelaySource } from "@loa/shared/broadcast/relay.ts";
import type { AreaId, BoxId, ClusterId, ScheduleId, Sha256 } from "@loa/shared/kernel/ids.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { type LocalDate, toLocal } from "@loa/shared/kernel/time.ts";
import { correctedVolume, settingsInForce } from "./area-settings.ts";
import type { ClusterInput, PlanTables } from "./plan-tables.ts";
import { atTurn, isInPlans, type MadeSchedule, madeOf } from "./planned-schedule.ts";
import { clipIn, inRendition, wantedAlong } from "./rendition.ts";

/** Lower-case hex SHA-256 of UTF-8 text. */
export type Hash = (text: string) => Sha256;

/** What all boxes share that stand in one area with the same settings. */
export interface PlanGroup {
  readonly areaId: AreaId;
  readonly lineage: readonly AreaId[];
  readonly rules: AirRules;
  readonly schedules: readonly PlannedSchedule[];
  readonly relays: readonly RelaySource[];
  readonly filler: Sha256 | null;
  readonly volume: Volume;
  readonly zones: readonly Plan["zones"][number][];
  readonly alignDelayMs: number;
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
      readonly kind: "too-many-clips" | "too-many-relays";
      readonly areaId: AreaId;
      readonly count: number;
      readonly limit: number;
    }
  /** The area of the cluster does not stand in the tree on that day. */
  | { readonly kind: "no-area"; readonly areaId: AreaId };

export const MAX_PLANNED_SCHEDULES = 200;
export const MAX_PLANNED_RELAYS = 16;
export const MAX_MANIFEST_CLIPS = 4_096;

export interface PlanCompiler {
  /** The answer is worked out once for each area and settings, so 10,000 boxes cost a few hundred of these. */
  groupOf(cluster: ClusterInput): Result<PlanGroup, PlanProblem>;
  /** Schedules that name a programme, bulletin, clip or relay that is not there: they are in no plan. */
  readonly broken: readonly ScheduleId[];
}

export function createPlanCompiler(tables: PlanTables, date: LocalDate, hash: Hash): PlanCompiler {
  const tree = treeOn(tables.placements, date);
  const broken: ScheduleId[] = [];
  const byArea = new Map<AreaId, MadeSchedule[]>();
  for (const schedule of tables.schedules) {
    if (!isInPlans(schedule, date)) continue;
    const one = madeOf(schedule, tables);
    if (one === null) {
      broken.push(schedule.id);
      continue;
    }
    for (const area of schedule.areas) byArea.set(area, [...(byArea.get(area) ?? []), one]);
  }
  const ahead = tables.ahead.filter(({ to }) => toLocal(to).date >= date);
  const areas = new Map<AreaId, Result<AreaPart, PlanProblem>>();
  const groups = new Map<string, Result<PlanGroup, PlanProblem>>();

  function areaPart(id: AreaId): Result<AreaPart, PlanProblem> {
    const known = areas.get(id);
    if (known !== undefined) return known;
    const part = areaPartOf(id, tree, { ...tables, ahead }, byArea, hash);
    areas.set(id, part);
    return part;
  }

  return {
    broken,
    groupOf(cluster) {
      const { areaId, gainDb, zones, alignDelayMs, turn } = cluster;
      const key = `${areaId} ${gainDb} ${zones.join()} ${alignDelayMs} ${turn}`;
      const known = groups.get(key);
      if (known !== undefined) return known;
      const part = areaPart(areaId);
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
    volume: group.volume,
    zones: [...group.zones],
    rules: group.rules,
    relays: [...group.relays],
    filler: group.filler,
    alignDelayMs: group.alignDelayMs,
    schedules: [...group.schedules],
  };
}

/** Names what a plan asks of a box, its revision left out: the revision grows when this changes, and only then. */
export function bodySha256Of(group: PlanGroup, box: BoxId, cluster: ClusterId, hash: Hash): Sha256 {
  return hash(`${box} ${cluster} ${group.sha256}`);
}

/** Everything that depends on the area alone. */
interface AreaPart {
  readonly areaId: AreaId;
  readonly lineage: readonly AreaId[];
  readonly rules: AirRules;
  /** The same list for all boxes of one turn. */
  readonly schedulesAt: (turn: number) => readonly PlannedSchedule[];
  readonly relays: readonly RelaySource[];
  readonly filler: Sha256 | null;
  /** Of the area, before any cluster's correction. */
  readonly volume: Volume;
  readonly manifest: ManifestText;
  readonly sha256: Sha256;
}

function areaPartOf(
  areaId: AreaId,
  tree: AreaTree,
  tables: PlanTables,
  byArea: ReadonlyMap<AreaId, readonly MadeSchedule[]>,
  hash: Hash,
): Result<AreaPart, PlanProblem> {
  const lineage = lineageOf(tree, areaId);
  if (lineage.length === 0) return fail({ kind: "no-area", areaId });
  const chosen = new Map<ScheduleId, MadeSchedule>();
  for (const area of lineage) for (const one of byArea.get(area) ?? []) chosen.set(one.planned.id, one);
  const { made, wanted } = tables.renditions;
  const { kind } = wantedAlong(lineage, wanted);
  const sorted = [...chosen.values()]
    .map((one) => inRendition(one, kind, made))
    .sort((a, b) => (a.planned.id < b.planned.id ? -1 : 1));
  const inForce = settingsInForce(lineage, tables.settings);
  const fillerBase = inForce.filler === null ? undefined : tables.clips.get(inForce.filler);
  const fillerClip = fillerBase === undefined ? undefined : clipIn(kind, fillerBase, made);
  const ahead = tables.ahead.filter((one) => one.areas.some((area) => lineage.includes(area)));
  const clips = clipsOf(sorted, [
    ...(fillerClip === undefined ? [] : [fillerClip]),
    ...ahead.flatMap((one) => one.clips),
  ]);
  const relays = relaysOf(sorted);
  const rules = combineRules(lineage.flatMap((area) => tables.rules.get(area) ?? []));
  const manifest = manifestOf(clips, hash);
  const filler = fillerClip?.sha256 ?? null;
  const { volume } = inForce;
  const all = sorted.map(({ planned, turns }) => ({ planned, turns }));
  const shared = JSON.stringify({ lineage, rules, all, relays, filler, volume, manifest: manifest.sha256 });
  const problem = tooMuch(areaId, {
    schedules: sorted.length,
    relays: relays.length,
    clips: clips.length,
    bytes: utf8Length(shared) + REST_OF_PLAN_BYTES,
  });
  if (problem !== null) return fail(problem);
  const atTurns = new Map<number, readonly PlannedSchedule[]>();
  const schedulesAt = (turn: number) => {
    const known = atTurns.get(turn) ?? sorted.map((one) => atTurn(one, turn));
    atTurns.set(turn, known);
    return known;
  };
  return ok({ areaId, lineage, rules, schedulesAt, relays, filler, volume, manifest, sha256: hash(shared) });
}

/** Box, cluster, revision, zones, delay and corrected figures at their longest, with their names. */
const REST_OF_PLAN_BYTES = 512;

interface PlanSize {
  readonly schedules: number;
  readonly relays: number;
  readonly clips: number;
  /** Turns are counted as their names, which are longer than their milliseconds. */
  readonly bytes: number;
}

function tooMuch(areaId: AreaId, { schedules, relays, clips, bytes }: PlanSize): PlanProblem | null {
  if (schedules > MAX_PLANNED_SCHEDULES) {
    return { kind: "too-many-schedules", areaId, count: schedules, limit: MAX_PLANNED_SCHEDULES };
  }
  if (relays > MAX_PLANNED_RELAYS) {
    return { kind: "too-many-relays", areaId, count: relays, limit: MAX_PLANNED_RELAYS };
  }
  if (clips > MAX_MANIFEST_CLIPS) {
    return { kind: "too-many-clips", areaId, count: clips, limit: MAX_MANIFEST_CLIPS };
  }
  if (bytes > MAX_PLAN_BYTES) return { kind: "plan-too-large", areaId, bytes, limit: MAX_PLAN_BYTES };
  return null;
}

function groupOf(part: AreaPart, cluster: ClusterInput, hash: Hash): PlanGroup {
  const { gainDb, zones, alignDelayMs, turn } = cluster;
  const { schedulesAt, ...shared } = part;
  const schedules = schedulesAt(turn);
  const volume = correctedVolume(part.volume, gainDb);
  // A turn counts only where something is spoken in turns.
  const turnsMs = schedules.map((one) => one.turnMs).join();
  const sha256 = hash(`${part.sha256} ${gainDb} ${zones.join()} ${alignDelayMs} ${turnsMs}`);
  return { ...shared, schedules, volume, zones, alignDelayMs, sha256 };
}

function clipsOf(schedules: readonly MadeSchedule[], others: readonly Clip[]): readonly Clip[] {
  const all = [...schedules.flatMap((one) => one.clips), ...others];
  const clips = new Map(all.map((clip) => [clip.sha256, clip]));
  return [...clips.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
}

function relaysOf(schedules: readonly MadeSchedule[]): readonly RelaySource[] {
  const relays = new Map(schedules.flatMap((one) => one.relays).map((relay) => [relay.id, relay]));
  return [...relays.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
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
