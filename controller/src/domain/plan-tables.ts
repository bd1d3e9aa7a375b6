import type { AirRules } from "@loa/shared/broadcast/air-rules.ts";
import type { Placement } from "@loa/shared/broadcast/area.ts";
import type { BulletinClass, Clip } from "@loa/shared/broadcast/content.ts";
import type { Plan } from "@loa/shared/broadcast/plan.ts";
import type { ProgrammeItem } from "@loa/shared/broadcast/programme.ts";
import type { Recurrence } from "@loa/shared/broadcast/recurrence.ts";
import type { RelaySource } from "@loa/shared/broadcast/relay.ts";
import type {
  AreaId,
  BulletinId,
  ClusterId,
  ProgrammeId,
  RelayId,
  ScheduleId,
} from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { AreaSettings } from "./area-settings.ts";
import type { RenditionTables } from "./rendition.ts";

/** What the operators wrote, as far as plans are made of it. */
export interface PlanTables {
  readonly placements: readonly Placement[];
  readonly rules: ReadonlyMap<AreaId, AirRules>;
  readonly settings: ReadonlyMap<AreaId, AreaSettings>;
  readonly schedules: readonly ScheduleInput[];
  readonly programmes: ReadonlyMap<ProgrammeId, readonly ProgrammeItem[]>;
  /** The clip of each bulletin. */
  readonly clips: ReadonlyMap<BulletinId, Clip>;
  readonly renditions: RenditionTables;
  readonly relays: ReadonlyMap<RelayId, RelaySource>;
  /** What may have to be said there at any moment, when no network may be left to fetch it. */
  readonly ahead: readonly AheadInput[];
}

/** Clips of a standing approval. */
export interface AheadInput {
  readonly areas: readonly AreaId[];
  readonly clips: readonly Clip[];
  readonly to: Instant;
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
  /** Whether a chime goes before the first item. */
  readonly chime: boolean;
  /** Whether clusters speak one after the other, each in its own turn. */
  readonly turns: boolean;
  /** `waiting`: made against the rules, and no second person has confirmed it yet. */
  readonly standing: "in-force" | "waiting" | "withdrawn";
  readonly exception: boolean;
}

export interface ClusterInput {
  readonly id: ClusterId;
  readonly areaId: AreaId;
  /** Correction of this installation, added to the volume of its area. */
  readonly gainDb: number;
  readonly zones: readonly Plan["zones"][number][];
  readonly alignDelayMs: number;
  /** Its place in the row where neighbours speak in turns; 0 is the first. */
  readonly turn: number;
}
