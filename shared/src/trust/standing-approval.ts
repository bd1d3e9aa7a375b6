import { z } from "zod";
import { emergency } from "../broadcast/emergency.ts";
import { areaId, standingApprovalId, userId } from "../kernel/ids.ts";
import { DAY_MS, instant } from "../kernel/time.ts";
import { canonicalText, readCanonical } from "./canonical.ts";
import { base64Url } from "./keys.ts";
import { emergencyOrder, signedOrder } from "./order.ts";

/** Longest time for which persons can approve in advance. */
const MAX_STANDING_MS = 366 * DAY_MS;
/** With its approvals and an alert it must fit one envelope, characters. */
export const MAX_STANDING_CHARS = 8 * 1024;
/** gzip as base64url, characters: 12 KiB packed. */
const MAX_PACKED_CHARS = 16 * 1024;

/** A sender's key: SubjectPublicKeyInfo (RFC 5280) in DER as base64url, and the days of its certificate. */
const senderKey = z.strictObject({ publicKey: base64Url.max(1_024), from: instant, to: instant });
export type SenderKey = z.infer<typeof senderKey>;

/** Words of CAP, compared letter by letter. */
const word = z.string().min(1).max(200);
const named = z.strictObject({ valueName: word, value: word });

/** The gravest first; `Unknown` is never enough. */
export const leastUrgency = z.enum(["Immediate", "Expected", "Future"]);
export const leastSeverity = z.enum(["Extreme", "Severe", "Moderate", "Minor"]);
export const leastCertainty = z.enum(["Observed", "Likely", "Possible"]);

/**
 * What persons approve once for many alerts: that those of one sender, of these kinds, here, until then, are announced at
 * once in words that were chosen beforehand. Of an alert's own words none is ever spoken.
 */
export const standingApproval = z
  .strictObject({
    v: z.literal(1),
    kind: z.literal("standing-approval"),
    id: standingApprovalId,
    severity: emergency.shape.severity,
    /** As it stands in `sender` of its messages. */
    sender: word,
    /** One of them has signed the alert, or it is none. */
    keys: z.array(senderKey).min(1).max(4),
    /** One of these `event` texts, or one of these codes. */
    events: z.array(word).max(32),
    eventCodes: z.array(named).max(32),
    least: z.strictObject({ urgency: leastUrgency, severity: leastSeverity, certainty: leastCertainty }),
    /** Nowhere else it sounds, whatever the codes below say. */
    areas: z.array(areaId).min(1).max(64),
    /** What the `geocode`s of its alerts mean: a box knows no areas but its own. */
    places: z
      .array(
        z.strictObject({
          valueName: word,
          codes: z
            .array(z.tuple([word, areaId]))
            .min(1)
            .max(200),
        }),
      )
      .min(1)
      .max(8),
    headline: emergencyOrder.shape.headline,
    sirenMs: emergencyOrder.shape.sirenMs,
    notice: emergencyOrder.shape.notice,
    times: emergencyOrder.shape.times,
    gapMs: emergencyOrder.shape.gapMs,
    /** No longer than the alert holds, and never longer than this. */
    durationMs: emergencyOrder.shape.durationMs,
    /** What is said in one press when the alert was wrong; null: nothing was prepared. */
    correction: z.strictObject({ notice: emergencyOrder.shape.notice }).nullable(),
    /** Who wrote it, and may not approve it. */
    author: userId,
    draftedAt: instant,
    from: instant,
    to: instant,
  })
  .refine(({ events, eventCodes }) => events.length + eventCodes.length > 0, "of no event")
  .refine(({ from, to }) => from < to && to - from <= MAX_STANDING_MS, "not within a year");
export type StandingApproval = z.infer<typeof standingApproval>;

/** Its canonical text, and who has approved that very text. */
const signedStandingApproval = z.strictObject({
  payload: z.string().min(2).max(MAX_STANDING_CHARS),
  approvals: signedOrder.shape.approvals,
});
export type SignedStandingApproval = z.infer<typeof signedStandingApproval>;

/** An alert as its sender signed it. */
export const packedAlert = base64Url.max(MAX_PACKED_CHARS);

/** Why an emergency was not approved by itself: the alert of which it comes, and what allows that. */
export const alertProof = z.strictObject({ standing: signedStandingApproval, alert: packedAlert });
export type AlertProof = z.infer<typeof alertProof>;

export function standingApprovalText(contents: StandingApproval): string {
  return canonicalText<StandingApproval>(standingApproval, contents);
}

export function readStandingApproval(payload: string): StandingApproval | null {
  return readCanonical<StandingApproval>(standingApproval, payload);
}
