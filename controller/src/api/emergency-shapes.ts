import { z } from "@hono/zod-openapi";
import { MAX_CLIP_MS } from "@loa/shared/broadcast/content.ts";
import { bookedStream, MAX_EMERGENCY_MS } from "@loa/shared/broadcast/emergency.ts";
import { cause, verdict } from "@loa/shared/broadcast/receipt.ts";
import {
  areaId,
  boxId,
  bulletinId,
  emergencyId,
  occurrenceId,
  relayId,
  sha256,
  standingApprovalId,
  userId,
} from "@loa/shared/kernel/ids.ts";
import { instant, MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { boxStates } from "../domain/emergencies.ts";

/** Where a roster is in force an order names at most 200 (`emergencyOrder`); more stand under their common root. */
const MAX_AREAS = 200;
export const severity = z.enum(["actual", "exercise"]);

const emergencyMessage = z
  .union([z.strictObject({ bulletin: bulletinId }), z.strictObject({ clip: sha256 })])
  .nullable()
  .openapi({ description: "Null: the notice that is built into every box" });
export type EmergencyMessage = z.infer<typeof emergencyMessage>;

/** How it is said; the same for the ones that boxes start by themselves. */
export const spoken = {
  headline: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .refine((text) => text.isWellFormed(), "half of a character"),
  message: emergencyMessage,
  sirenS: z.number().int().min(0).max(60).default(8),
  times: z.number().int().min(1).max(100).default(2),
  gapS: z
    .number()
    .int()
    .min(0)
    .max(30 * 60)
    .default(5),
  durationMin: z
    .number()
    .int()
    .min(1)
    .max(MAX_EMERGENCY_MS / MINUTE_MS)
    .default(60),
};

/** Nobody approves tomorrow what was true today. */
const MAX_APPROVE_WITHIN_MIN = 24 * 60;

export const emergencyDraft = z
  .strictObject({
    areas: z.array(areaId).min(1).max(MAX_AREAS),
    severity,
    ...spoken,
    stream: z
      .strictObject({
        relay: relayId,
        minutes: z
          .number()
          .int()
          .min(1)
          .max(MAX_CLIP_MS / MINUTE_MS),
      })
      .optional()
      .openapi({
        description:
          "A relay that is passed on behind the message: the line input of the box, a station with https, or one in the province's own network; of -20 dB or more",
      }),
    correction: emergencyMessage
      .optional()
      .openapi({ description: "What is said in one press when it was wrong; left out: nothing is prepared" }),
    replaces: emergencyId
      .optional()
      .openapi({ description: "One in force that this one takes the place of" }),
    approveWithinMin: z.number().int().min(1).max(MAX_APPROVE_WITHIN_MIN).default(30),
    confirm: z
      .string()
      .max(40)
      .openapi({ description: "«KHẨN CẤP» for an actual one, «DIỄN TẬP» for an exercise" }),
  })
  .openapi("EmergencyDraft");
export type EmergencyDraft = z.infer<typeof emergencyDraft>;

export const person = z.object({ id: userId, name: z.string() });

export const emergencyShape = z
  .object({
    id: emergencyId,
    /** Under this name it stands in receipts and on the air. */
    occurrenceId,
    severity,
    headline: z.string(),
    at: instant,
    /** A box that hears of it at once has said all of it by then. */
    saidAt: instant,
    expiresAt: instant,
    sirenMs: z.number().int(),
    times: z.number().int(),
    gapMs: z.number().int(),
    message: z.enum(["built-in", "clip"]),
    /** Word for word, where the clip is a text that a machine reads. */
    spoken: z.string().nullable(),
    stream: bookedStream.nullable(),
    /** Those that one may see. */
    areas: z.array(areaId).readonly(),
    areaNames: z.array(z.string()).readonly(),
    /** Who wrote it. */
    raisedBy: person,
    /** Empty where no roster was in force. */
    approvedBy: z.array(person).readonly(),
    replaces: emergencyId.nullable(),
    /** What was prepared for the case that it was wrong. */
    correction: z.enum(["none", "built-in", "clip"]),
    /** Stopped: in all of its areas. */
    standing: z.enum(["in-force", "stopped", "cancelled", "over"]),
    /** Its areas and parts of them in which a STOP made it void, as far as one may see them. */
    stoppedAreas: z.array(areaId).readonly(),
    stoppedAreaNames: z.array(z.string()).readonly(),
    cancelledAt: instant.nullable(),
    /** Null also where the sender of its alert has taken it back. */
    cancelledBy: person.nullable(),
    /** Under which it went out by itself, and whose alert it was; null: persons have approved it. */
    standingApproval: z.object({ id: standingApprovalId, sender: z.string() }).nullable(),
    correctedAt: instant.nullable(),
  })
  .openapi("Emergency");
export type ShownEmergency = z.infer<typeof emergencyShape>;

export const emergencyBox = z
  .object({
    boxId,
    clusterName: z.string(),
    areaId,
    areaName: z.string(),
    state: z.enum(boxStates),
    /** Whether it says that it is on the air there now. */
    sounding: z.boolean(),
    firstSoundAt: instant.nullable(),
    /** Why the box refused the message. */
    reason: z.string().nullable(),
    verdict: verdict.nullable(),
    cause: cause.nullable(),
    presence: z.enum(["online", "suspect", "offline", "unknown"]),
    /** Owed: what was wrong was heard there, and not that it was. Null: nothing was corrected, or nothing was heard. */
    correction: z.enum(["saying", "said", "owed"]).nullable(),
  })
  .openapi("EmergencyBox");
export type EmergencyBox = z.infer<typeof emergencyBox>;

export const emergencyTally = z
  .object({
    targeted: z.number().int(),
    /** Boxes that have answered that they have it, whatever became of it then; the others count states. */
    acknowledged: z.number().int(),
    audible: z.number().int(),
    failed: z.number().int(),
    refused: z.number().int(),
    stopped: z.number().int(),
    waiting: z.number().int(),
    offline: z.number().int(),
  })
  .openapi("EmergencyTally");

export const correctionTally = z
  .object({ saying: z.number().int(), said: z.number().int(), owed: z.number().int() })
  .openapi("CorrectionTally", {
    description: "Boxes that say the correction, have said it, and have not yet",
  });
