import { z } from "@hono/zod-openapi";
import { airRules } from "@loa/shared/broadcast/air-rules.ts";
import { bulletinClass, bulletinField } from "@loa/shared/broadcast/content.ts";
import { recurrence } from "@loa/shared/broadcast/recurrence.ts";
import { areaId, occurrenceId, programmeId, scheduleId, sha256, userId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import type { DryRun, SchedulingProblem } from "../domain/scheduling.ts";

/** More areas than this are named by the area above them. */
const MAX_AREAS = 500;

const common = {
  title: z.string().trim().min(1).max(200),
  areas: z.array(areaId).min(1).max(MAX_AREAS),
  recurrence,
  order: z.number().int().min(0).max(1_000).default(0),
  /** A chime before the first item. */
  chime: z.boolean().default(false),
  /** Clusters speak one after the other, in the order of their `turn`. */
  turns: z.boolean().default(false),
  /** Make it although rules forbid it: it waits, in no plan, for a second person's confirmation. */
  askException: z.boolean().default(false),
};

/** Either of a programme, or the quick form: of a clip, which makes its bulletin and programme. */
export const scheduleDraft = z
  .union([
    z.strictObject({ ...common, programmeId }),
    z.strictObject({ ...common, clip: sha256, class: bulletinClass, field: bulletinField }),
  ])
  .openapi("ScheduleDraft");
export type ScheduleDraft = z.infer<typeof scheduleDraft>;

export const scheduleShape = z
  .object({
    id: scheduleId,
    title: z.string(),
    programmeId,
    class: z.enum(["normal", "priority"]),
    order: z.number().int(),
    recurrence,
    areas: z.array(areaId).readonly(),
    /** In the order of `areas`. */
    areaNames: z.array(z.string()).readonly(),
    chime: z.boolean(),
    turns: z.boolean(),
    exception: z.enum(["none", "asked", "confirmed"]),
    exceptionBy: userId.nullable(),
    createdBy: userId,
    createdByName: z.string(),
    createdAt: instant,
    withdrawnAt: instant.nullable(),
    /** The next start; null when there is none any more. */
    nextAt: instant.nullable(),
  })
  .openapi("Schedule");

const problemShape = z
  .object({
    code: z.enum([
      "quiet-hours",
      "day-not-allowed",
      "too-many-sessions",
      "session-too-long",
      "clash",
      "in-the-past",
      "no-boxes",
      "no-content",
      "area-not-yours",
      "plan-too-large",
      "too-many-relays",
    ]),
    areaId: areaId.nullable(),
    occurrenceId: occurrenceId.nullable(),
    at: instant.nullable(),
    withScheduleId: scheduleId.nullable(),
    withTitle: z.string().nullable(),
    limit: z.number().nullable(),
    times: z.number().int(),
    boxes: z.number().int(),
  })
  .openapi("SchedulingProblem") satisfies z.ZodType<SchedulingProblem>;

export const dryRunShape = z
  .object({
    ok: z.boolean(),
    needsException: z.boolean(),
    firstAt: instant.nullable(),
    starts: z
      .array(z.object({ occurrenceId, at: instant, endsAt: instant, boxes: z.number().int() }))
      .readonly(),
    problems: z.array(problemShape).readonly(),
    explanation: z
      .array(z.object({ areaId, areaName: z.string(), boxes: z.number().int(), rules: airRules }))
      .readonly(),
  })
  .openapi("DryRun") satisfies z.ZodType<DryRun>;
