import { z } from "@hono/zod-openapi";
import { cause, evidence, verdict } from "@loa/shared/broadcast/receipt.ts";
import { capability, deviceFailure } from "@loa/shared/device/capability.ts";
import { faultKind } from "@loa/shared/device/fault.ts";
import { deviceAlias } from "@loa/shared/device/site-binding.ts";
import { areaId, boxId, clusterId, occurrenceId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { refusal } from "@loa/shared/wire/envelope.ts";
import type { Against, BoxFault, BoxNow, BoxRow, ReceiptRow } from "../domain/box-row.ts";
import type { PlanProblem } from "../domain/plan-compiler.ts";

export const planProblemKinds = [
  "plan-too-large",
  "too-many-schedules",
  "too-many-clips",
  "too-many-relays",
  "no-area",
] as const satisfies readonly PlanProblem["kind"][];

const severity = z.enum(["warning", "critical"]);

const faultShape = z
  .object({
    kind: faultKind,
    severity,
    since: instant,
    point: capability.nullable(),
    value: z.number().nullable(),
    threshold: z.number().nullable(),
  })
  .openapi("Fault", {
    description: "`point` raised it at `value`, being beyond `threshold`; null where no measured point did",
  }) satisfies z.ZodType<BoxFault>;

const against = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("presence"), state: z.enum(["suspect", "offline", "unknown"]), severity }),
    z.object({ kind: z.literal("cause"), cause, severity }),
    z.object({ kind: z.literal("fault"), fault: faultKind, severity }),
    z.object({ kind: z.literal("no-look"), severity }),
  ])
  .openapi("Against", {
    description: "`no-look`: the box has not looked at its next occurrence in the 15 minutes before it",
  }) satisfies z.ZodType<Against>;

export const boxRow = z
  .object({
    boxId,
    clusterId,
    clusterName: z.string(),
    areaId,
    areaName: z.string(),
    simulated: z.boolean(),
    presence: z.object({
      state: z.enum(["online", "suspect", "offline", "unknown"]),
      since: instant,
      heardAt: instant.nullable(),
    }),
    wantedRevision: z.number().int(),
    appliedRevision: z.number().int(),
    planProblem: z
      .enum([...planProblemKinds, ...refusal.options])
      .nullable()
      .openapi({ description: "Why the plan cannot be made, or why the box has refused it" }),
    onAir: z
      .object({
        occurrenceId,
        title: z.string(),
        since: instant,
        /** Null for what is no emergency. */
        emergency: z.enum(["actual", "exercise"]).nullable(),
      })
      .nullable(),
    next: z.object({ occurrenceId, title: z.string(), dueAt: instant }).nullable(),
    readiness: z.object({
      state: z.enum(["ready", "not-ready", "unknown"]),
      lacks: z.array(cause).readonly(),
      at: instant.nullable(),
      stage: z.enum(["next", "early", "late"]).nullable(),
    }),
    against: z.array(against).readonly().openapi({
      description: "What stands in the way of the next occurrence, critical first; empty: nothing is known",
    }),
    faults: z.array(faultShape).readonly(),
    faultsAt: instant.nullable(),
    lastReceipt: z
      .object({
        occurrenceId,
        title: z.string(),
        verdict,
        cause: cause.nullable(),
        dueAt: instant,
        at: instant,
      })
      .nullable(),
    clips: z.object({ wanted: z.number().int(), present: z.number().int() }).nullable(),
  })
  .openapi("BoxRow") satisfies z.ZodType<BoxRow>;

export const receiptRow = z
  .object({
    occurrenceId,
    title: z.string(),
    boxId,
    clusterName: z.string(),
    dueAt: instant,
    verdict,
    cause: cause.nullable(),
    evidence: evidence.nullable(),
    at: instant,
  })
  .openapi("ReceiptRow") satisfies z.ZodType<ReceiptRow>;

export const boxDetail = boxRow
  .extend({
    now: instant,
    profile: z.string().nullable(),
    agentVersion: z.string().nullable(),
    values: z
      .array(
        z.object({
          capability,
          unit: z.string(),
          value: z.number().nullable(),
          at: instant,
          quality: z.enum(["good", "invalid", "stale"]),
        }),
      )
      .readonly(),
    devices: z
      .array(
        z.object({
          alias: deviceAlias,
          profile: z.string(),
          state: z.enum(["answers", "unusable", "unknown"]),
          cause: deviceFailure.nullable(),
          since: instant.nullable(),
          toldAt: instant,
        }),
      )
      .readonly(),
    dataUse: z
      .array(
        z.object({
          month: z.string(),
          upBytes: z.number().int(),
          downBytes: z.number().int(),
          soundBytes: z.number().int(),
          aroundBytes: z.number().int(),
          at: instant,
        }),
      )
      .readonly()
      .openapi({
        description:
          "As the box counts, newest month first; `soundBytes` is a part of `downBytes`, `aroundBytes` an estimate of TLS, TCP and IP around both",
      }),
    level: z.object({ rms: z.number(), peak: z.number(), at: instant }).nullable(),
    receipts: z.array(receiptRow).readonly(),
    asRun: z
      .array(
        z.object({
          occurrenceId,
          title: z.string(),
          startedAt: instant,
          endedAt: instant,
          offsetMs: z.number().int(),
          rmsDb: z.number().nullable(),
          /** It stood in for a part of the programme that failed. */
          isFiller: z.boolean(),
          clock: evidence.shape.clock,
          clockErrorMs: z.number().nullable(),
          /** It began together with its neighbours, by a good clock. */
          inStep: z.boolean(),
          /** What a relay has cost. */
          receivedBytes: z.number().int(),
        }),
      )
      .readonly(),
    faultLog: z.array(faultShape.extend({ clearedAt: instant.nullable() })).readonly(),
    listenUrl: z.string().nullable(),
  })
  .openapi("BoxDetail") satisfies z.ZodType<BoxRow & Omit<BoxNow, "row">>;
