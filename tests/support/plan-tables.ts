import { createHash } from "node:crypto";
import { createPlanCompiler, type PlanGroup } from "@loa/controller/domain/plan-compiler.ts";
import type { ClusterInput, PlanTables, ScheduleInput } from "@loa/controller/domain/plan-tables.ts";
import { NO_RENDITIONS } from "@loa/controller/domain/rendition.ts";
import type {
  AreaId,
  BulletinId,
  ClusterId,
  ProgrammeId,
  ScheduleId,
  Sha256,
} from "@loa/shared/kernel/ids.ts";
import { asInstant, type LocalDate } from "@loa/shared/kernel/time.ts";
import { recurrenceOf } from "./schedules.ts";

export const hash = (text: string) => createHash("sha256").update(text).digest("hex") as Sha256;
export const today = "2026-11-23" as LocalDate;
export const [province, commune, other] = ["province", "commune", "other"] as AreaId[] as [
  AreaId,
  AreaId,
  AreaId,
];
/** The clip of the bulletin that every schedule plays. */
export const clip = { sha256: "c".repeat(64) as Sha256, sizeBytes: 480_000, durationMs: 60_000, gainDb: -2 };

export function scheduleInput(
  changed: Partial<Omit<ScheduleInput, "id">> & { id?: string } = {},
): ScheduleInput {
  const { id = "morning", ...rest } = changed;
  return {
    id: id as ScheduleId,
    title: "Bản tin sáng",
    class: "normal",
    order: 0,
    recurrence: recurrenceOf(),
    effectiveFrom: asInstant(0),
    programmeId: "news" as ProgrammeId,
    areas: [commune],
    chime: false,
    turns: false,
    standing: "in-force",
    exception: false,
    ...rest,
  };
}

export function tablesOf(changed: Partial<PlanTables> = {}): PlanTables {
  const from = "2020-01-01" as LocalDate;
  return {
    placements: [
      { areaId: province, parentId: null, from, to: null },
      { areaId: commune, parentId: province, from, to: null },
      { areaId: other, parentId: province, from, to: null },
    ],
    rules: new Map(),
    schedules: [scheduleInput()],
    settings: new Map(),
    relays: new Map(),
    programmes: new Map([["news" as ProgrammeId, [{ bulletin: "first" as BulletinId, end: "soft" }]]]),
    clips: new Map([["first" as BulletinId, clip]]),
    renditions: NO_RENDITIONS,
    ahead: [],
    ...changed,
  };
}

export const clusterIn = (areaId: AreaId, changed: Partial<ClusterInput> = {}): ClusterInput => ({
  id: "cluster-1" as ClusterId,
  areaId,
  gainDb: 0,
  zones: [1],
  alignDelayMs: 0,
  turn: 0,
  ...changed,
});

export function groupIn(area: AreaId, tables: PlanTables, date = today): PlanGroup {
  const group = createPlanCompiler(tables, date, hash).groupOf(clusterIn(area));
  if (!group.ok) throw new Error(group.error.kind);
  return group.value;
}
