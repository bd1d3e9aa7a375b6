import { z } from "zod";
import { emergency } from "../broadcast/emergency.ts";
import { plan } from "../broadcast/plan.ts";
import { cause, evidence, receipt } from "../broadcast/receipt.ts";
import { commandId, emergencyId, occurrenceId, standingApprovalId } from "../kernel/ids.ts";
import { instant } from "../kernel/time.ts";
import { signedOrder } from "../trust/order.ts";
import { alertProof } from "../trust/standing-approval.ts";
import { refusal } from "./envelope.ts";

/** Bodies of the envelopes that go down to a box, by kind. */
export const planBody = z.object({ plan });

/** STOP voids the plays that were due before `at` in its audience; plans stay, later plays sound. */
export const stopBody = z.object({ at: instant });

/** Everything of an emergency but its sound: key, audience, sequence, time, disk and the signed answer. */
export const testBody = z.strictObject({});

/**
 * Raises an emergency in the audience. Where a roster is in force, with what the approvers have signed: this very order,
 * or in advance what its sender's alert is.
 */
export const emergencyBody = z.object({
  emergency,
  order: signedOrder.optional(),
  proof: alertProof.optional(),
});

/** Standing approvals that were taken back and had not ended by themselves; a box holds so many. */
export const MAX_WITHDRAWN = 128;

/** What was said before stays so. `until`: when it ends by itself. */
export const withdrawBody = z.strictObject({
  standings: z
    .array(z.strictObject({ id: standingApprovalId, until: instant }))
    .min(1)
    .max(MAX_WITHDRAWN),
});

/** Local emergencies of one box. */
export const MAX_LOCAL = 8;

/** The local emergencies of a box, all of them: what is not named any more is forgotten. */
export const localBody = z.object({ orders: z.array(signedOrder).max(MAX_LOCAL) });

/** Takes an emergency off the air and off the disk; one that was never heard of is refused when it comes later. */
export const cancelBody = z.object({
  emergency: emergencyId,
  /** The correction that was approved with it is said now. */
  correctedAt: instant.optional(),
});

/** The controller's answer to the nonce of a session: signed time. */
export const timeBody = z.object({ nonce: z.string().min(1).max(64), at: instant });

/** The controller holds every event of this stream up to and including this number: the box may forget them. */
export const receivedBody = z.object({ stream: z.string().min(1).max(64), upTo: z.number().int().min(0) });

/** What became of a command on the box. `highest` lets a restored controller adopt the box's sequence floor. */
export const ackBody = z.object({
  command: commandId,
  state: z.enum(["accepted", "refused"]),
  reason: refusal.nullable(),
  highest: z.number().int().min(0),
});
export type AckBody = z.infer<typeof ackBody>;

/** One stretch of sound that really left the mixer. */
export const asRun = z.object({
  kind: z.literal("as-run"),
  occurrenceId,
  startedAt: instant,
  endedAt: instant,
  /** Where in the programme it began, ms. */
  offsetMs: z.number().int().min(0),
  /** Mean level of the mixed output, dBFS; null when nothing was measured. */
  rmsDb: z.number().nullable(),
  /** True: it stood in for a part of the programme that failed. */
  isFiller: z.boolean().default(false),
  /** How the box knew the time when this was written, and its estimate of the error, ms. */
  clock: evidence.shape.clock.default("untrusted"),
  clockErrorMs: z.number().nullable().default(null),
  /** Whether it began where the clock wanted it, by a clock good enough to sound together with others. */
  inStep: z.boolean().default(false),
  /** What a relay has cost in this stretch. */
  receivedBytes: z.number().int().min(0).default(0),
});
export type AsRun = z.infer<typeof asRun>;

export const receiptEvent = z.object({ kind: z.literal("receipt"), receipt });

/** The quiet look at the cabinet once a day: relays, read-back and line, without a sound that anybody hears. */
export const selfTest = z.object({
  kind: z.literal("self-test"),
  at: instant,
  outcome: z.enum(["passed", "failed", "skipped"]),
  /** Why it failed, or was skipped. */
  cause: cause.nullable(),
  /** What was looked at; `null`: this cabinet cannot tell. */
  switches: z.boolean().nullable(),
  readBack: z.boolean().nullable(),
  line: z.boolean().nullable(),
  /** What the line would draw at full output, by the programmes since the last test; null: nobody measured it. */
  lineCurrentA: z.number().nullable(),
  /** As the device itself measured it during the test. */
  lineImpedanceOhm: z.number().nullable(),
});
export type SelfTest = z.infer<typeof selfTest>;

export const boxEvent = z.discriminatedUnion("kind", [asRun, receiptEvent, selfTest]);
export type BoxEvent = z.infer<typeof boxEvent>;

/** An event is kept on the box until `received` covers its number. A new stream begins when the store was lost. */
export const eventBody = z.object({
  stream: z.string().min(1).max(64),
  number: z.number().int().min(1),
  event: boxEvent,
});
export type EventBody = z.infer<typeof eventBody>;
