import { bookedStream } from "@loa/shared/broadcast/emergency.ts";
import { cause, verdict } from "@loa/shared/broadcast/receipt.ts";
import { areaId, boxId, emergencyId, occurrenceId, standingApprovalId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { presenceState } from "./cabinet-shapes.ts";

/** What the API answers of emergencies, as the page reads it. */

export const severity = z.enum(["actual", "exercise"]);
export type Severity = z.infer<typeof severity>;

const person = z.object({ name: z.string() });

export const emergency = z.object({
  id: emergencyId,
  occurrenceId,
  severity,
  headline: z.string(),
  /** What it says, where a machine reads a typed text. */
  message: z.enum(["built-in", "clip"]),
  spoken: z.string().nullable(),
  stream: bookedStream.nullable(),
  at: instant,
  /** A box that hears of it at once has said all of it by then. */
  saidAt: instant,
  expiresAt: instant,
  times: z.number(),
  areas: z.array(areaId),
  areaNames: z.array(z.string()),
  raisedBy: person,
  standing: z.enum(["in-force", "stopped", "cancelled", "over"]),
  /** Where a STOP made it void: of one in force, too. */
  stoppedAreaNames: z.array(z.string()),
  cancelledAt: instant.nullable(),
  /** Null also where the sender of its alert has taken it back. */
  cancelledBy: person.nullable(),
  standingApproval: z.object({ id: standingApprovalId, sender: z.string() }).nullable(),
  approvedBy: z.array(person),
  correction: z.enum(["none", "built-in", "clip"]),
  correctedAt: instant.nullable(),
});
export type Emergency = z.infer<typeof emergency>;
export const emergencies = z.object({ emergencies: z.array(emergency) });
export const raised = z.object({ emergency });
/** Where two persons approve it is a draft first. */
export const raisedOrDraft = z.union([raised, z.object({ draft: z.object({ id: emergencyId }) })]);
/** A second press is refused, and names what the first one raised. */
export const raisedBefore = z.object({ code: z.literal("already-raised"), emergency: emergencyId });

export const boxState = z.enum([
  "failed",
  "refused",
  "offline",
  "waiting",
  "acknowledged",
  "stopped",
  "audible",
]);
export type BoxState = z.infer<typeof boxState>;

export const emergencyBox = z.object({
  boxId,
  clusterName: z.string(),
  areaName: z.string(),
  state: boxState,
  sounding: z.boolean(),
  firstSoundAt: instant.nullable(),
  reason: z.string().nullable(),
  verdict: verdict.nullable(),
  cause: cause.nullable(),
  presence: presenceState,
  correction: z.enum(["saying", "said", "owed"]).nullable(),
});
export type EmergencyBox = z.infer<typeof emergencyBox>;

export const tally = z.object({
  targeted: z.number(),
  acknowledged: z.number(),
  audible: z.number(),
  failed: z.number(),
  refused: z.number(),
  stopped: z.number(),
  waiting: z.number(),
  offline: z.number(),
});
export type EmergencyTally = z.infer<typeof tally>;
const correctionTally = z.object({ saying: z.number(), said: z.number(), owed: z.number() });
export type CorrectionTally = z.infer<typeof correctionTally>;
export const tallied = z.object({
  emergency,
  tally,
  correction: correctionTally.nullable(),
  boxes: z.array(emergencyBox),
});
export type Tallied = z.infer<typeof tallied>;
