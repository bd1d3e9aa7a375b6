import type { AirRules } from "@loa/shared/broadcast/air-rules.ts";
import type { Placement } from "@loa/shared/broadcast/area.ts";
import type { BulletinClass, Clip } from "@loa/shared/broadcast/content.ts";
import type { Plan } from "@loa/shared/broadcast/plan.ts";
import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import type { AreaId, BulletinId, ClusterId, ProgrammeId, ScheduleId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";

/** What the operators wrote, as far as plans are made of it. */
export interface PlanTables {
  readonly placements: readonly Placement[];
  readonly rules: ReadonlyMap<AreaId, AirRules>;
  readonly schedules: readonly ScheduleInput[];
  readonly programmes: ReadonlyMap<ProgrammeId, readonly BulletinId[]>;
  /** The clip of each bulletin. */
  readonly clips: ReadonlyMap<BulletinId, Clip>;
}

export interface ScheduleInput {
  readonly id: ScheduleId;
  readonly title: string;
  readonly class: BulletinClass;
  readonly order: number;
  readonly recurrence: Recurrence;
  /** When it was made: it has no start before. */
  readonly effectiveFrom: Instant;
  readonly programmeId: ProgrammeId;
  readonly areas: readonly AreaId[];
  /** `waiting`: made against the rules, and no second person has confirmed it yet. */
  readonly standing: "in-force" | "waiting" | "withdrawn";
  readonly exception: boolean;
}

export interface ClusterInput {
  readonly id: ClusterId;
  readonly areaId: AreaId;
  readonly gainDb: number;
  readonly zones: readonly Plan["zones"][number][];
}
