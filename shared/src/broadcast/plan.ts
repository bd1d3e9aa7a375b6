import { z } from "zod";
import { areaId, boxId, clusterId, scheduleId, sha256 } from "../kernel/ids.ts";
import { instant } from "../kernel/time.ts";
import { planItem } from "./air-item.ts";
import { airRules, timeSpan } from "./air-rules.ts";
import { MAX_PROGRAMME_ITEMS } from "./content.ts";
import { recurrence } from "./recurrence.ts";
import { relaySource } from "./relay.ts";

/** Largest plan, in bytes of JSON: base64url makes 4 of 3, and the signed message around it must stay within 32 KiB. */
export const MAX_PLAN_BYTES = 23 * 1024;

/** Sound needs this long for 680 m: nobody hears two clusters that are further apart as one. */
export const MAX_ALIGN_DELAY_MS = 2_000;

export const plannedSchedule = z.object({
  id: scheduleId,
  title: z.string().min(1).max(200),
  class: z.enum(["normal", "priority"]),
  /** The commune user's order among priority items; lower first. */
  order: z.number().int().min(0).max(1_000),
  recurrence,
  /** Starts before this were never asked for: a schedule made at 05:01 does not join its own 05:00 half-way. */
  effectiveFrom: instant,
  /** Where neighbours speak in turns: how much later than its rule says this box begins, ms. */
  turnMs: z
    .number()
    .int()
    .min(0)
    .max(4 * 3_600_000),
  /** Whether a chime goes before the first item. */
  chime: z.boolean(),
  items: z.array(planItem).min(1).max(MAX_PROGRAMME_ITEMS),
  /** True when a second person confirmed that it may sound in quiet hours or past a cap. */
  exception: z.boolean(),
});
export type PlannedSchedule = z.infer<typeof plannedSchedule>;

const gainDb = z.number().min(-80).max(20);

/**
 * No emergency is quieter, whatever a plan says: a hundredth of the amplifier's power is still heard near the horn. A plan
 * that wants less was made by a mistake or by a thief.
 */
export const LEAST_EMERGENCY_DB = -20;

/** Gain of the amplifier, dB. */
export const volume = z.object({
  /** Outside every span below. */
  gainDb,
  /** Volume profile by hour; where two spans overlap the quieter holds. */
  byHour: z.array(z.object({ span: timeSpan, gainDb })).max(8),
  /** Nothing but an emergency is louder. */
  capDb: gainDb,
  /** Of emergencies, at any hour. */
  emergencyDb: gainDb,
});
export type Volume = z.infer<typeof volume>;

/** The wanted state of one box: rules, not expanded dates. */
export const plan = z.object({
  v: z.literal(1),
  box: boxId,
  cluster: clusterId,
  /** The area of the cluster and all above it, nearest first. */
  lineage: z.array(areaId).min(1).max(16),
  /** Only grows; 0 is «no plan yet». */
  revision: z.number().int().min(1),
  manifest: sha256,
  volume,
  /** Loudspeaker lines that are switched on for every programme; an emergency switches on all that there are. */
  zones: z.array(z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)])).min(1),
  rules: airRules,
  relays: z.array(relaySource).max(16),
  /** What is played where a source fails; null: silence. It is in the manifest like every clip. */
  filler: sha256.nullable(),
  /** Added to every planned start, so that sound from several clusters meets the ear together, ms. */
  alignDelayMs: z.number().int().min(0).max(MAX_ALIGN_DELAY_MS),
  schedules: z.array(plannedSchedule).max(200),
});
export type Plan = z.infer<typeof plan>;
