import { z } from "@hono/zod-openapi";
import { areaId, sha256, standingApprovalId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import {
  leastCertainty,
  leastSeverity,
  leastUrgency,
  standingApproval,
} from "@loa/shared/trust/standing-approval.ts";
import { ALARM_DAYS } from "../domain/expiry.ts";
import { approvalStates } from "../domain/standing-approvals.ts";
import { draftShape } from "./draft-shapes.ts";
import { emergencyDraft, person, severity } from "./emergency-shapes.ts";

const { sender, events, eventCodes } = standingApproval.shape;
const least = z
  .strictObject({ urgency: leastUrgency, severity: leastSeverity, certainty: leastCertainty })
  .openapi({ description: "What an alert must say of itself at the least" });

/** One person's text; how it is said is that of every emergency. */
export const standingDraft = emergencyDraft
  .omit({ replaces: true, approveWithinMin: true })
  .extend({
    areas: standingApproval.shape.areas,
    /** One whose certificate is known. */
    sender,
    events: events.default([]),
    eventCodes: eventCodes.default([]),
    least: least.default({ urgency: "Expected", severity: "Severe", certainty: "Likely" }),
    codes: z
      .array(z.strictObject({ valueName: z.string(), value: z.string(), area: areaId }))
      .max(200)
      .default([])
      .openapi({ description: "What the sender's own geocodes mean here; `loa:area` is known" }),
    validDays: z.number().int().min(1).max(365).default(90),
  })
  .refine((draft) => draft.events.length + draft.eventCodes.length > 0, "of no event")
  .openapi("StandingApprovalDraft");
export type StandingDraft = z.infer<typeof standingDraft>;

export const standingApprovalShape = z
  .object({
    id: standingApprovalId,
    /** The text that is signed, and its hash: the challenge for the passkey. */
    payload: z.string(),
    challenge: z.string(),
    /** `void`: the roster does not know enough of its approvers any more. */
    state: z.enum(approvalStates),
    severity,
    sender: z.string(),
    /** SHA-256 of the sender's keys, and until when each signs. */
    senderKeys: z.array(z.object({ sha256, to: instant })).readonly(),
    /** False: its certificate was changed or taken away since, and no alert goes out under this any more. */
    isKeyKnown: z.boolean(),
    events: z.array(z.string()).readonly(),
    eventCodes: z.array(z.object({ valueName: z.string(), value: z.string() })).readonly(),
    least,
    /** Those that one may see. */
    areas: z.array(areaId).readonly(),
    areaNames: z.array(z.string()).readonly(),
    /** How many geocodes of the sender are understood. */
    codes: z.number().int(),
    clusters: z.number().int(),
    boxes: z.number().int(),
    people: z.number().int().nullable(),
    headline: z.string(),
    sirenMs: z.number().int(),
    times: z.number().int(),
    gapMs: z.number().int(),
    durationMs: z.number().int(),
    message: z.enum(["built-in", "clip"]),
    clip: draftShape.shape.clip,
    spoken: draftShape.shape.spoken,
    correction: draftShape.shape.correction,
    correctionClip: draftShape.shape.correctionClip,
    correctionSpoken: draftShape.shape.correctionSpoken,
    author: person,
    draftedAt: instant,
    from: instant,
    to: instant,
    /** The last threshold before its end that was passed; null: nobody needs to be told. */
    alarmDays: z.union(ALARM_DAYS.map((days) => z.literal(days))).nullable(),
    /** How many persons must approve; null: no roster is in force. */
    needed: z.number().int().nullable(),
    approvals: draftShape.shape.approvals,
    mayApprove: z.boolean(),
    whyNot: draftShape.shape.whyNot,
    /** The asker's own passkeys for it. */
    keys: draftShape.shape.keys,
    withdrawnAt: instant.nullable(),
    withdrawnBy: person.nullable(),
    /** How many alerts went out under it. */
    uses: z.number().int(),
    lastUsedAt: instant.nullable(),
  })
  .openapi("StandingApproval");
export type ShownStandingApproval = z.infer<typeof standingApprovalShape>;

export const oneStandingApproval = {
  "application/json": { schema: z.object({ standingApproval: standingApprovalShape }) },
};
