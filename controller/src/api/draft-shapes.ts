import { z } from "@hono/zod-openapi";
import { bookedStream } from "@loa/shared/broadcast/emergency.ts";
import { capability } from "@loa/shared/device/capability.ts";
import { areaId, boxId, emergencyId, sha256 } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { approval } from "@loa/shared/trust/approval.ts";
import { localOrder } from "@loa/shared/trust/order.ts";
import { draftStandings } from "../domain/drafts.ts";
import { emergencyShape, person, severity, spoken } from "./emergency-shapes.ts";

export const draftShape = z
  .object({
    /** Of the emergency that it becomes. */
    id: emergencyId,
    kind: z.enum(["emergency", "local-emergency"]),
    /** The text that is signed, and its hash: the challenge for the passkey. */
    payload: z.string(),
    challenge: z.string(),
    severity,
    headline: z.string(),
    /** Those that one may see. */
    areas: z.array(areaId).readonly(),
    areaNames: z.array(z.string()).readonly(),
    clusters: z.number().int(),
    boxes: z.number().int(),
    /** Null: nobody has told how many live there. */
    people: z.number().int().nullable(),
    sirenMs: z.number().int(),
    times: z.number().int(),
    gapMs: z.number().int(),
    durationMs: z.number().int(),
    message: z.enum(["built-in", "clip"]),
    clip: sha256.nullable(),
    /** Word for word, where the clip is a text that a machine reads. */
    spoken: z.string().nullable(),
    stream: bookedStream.nullable(),
    correction: z.enum(["none", "built-in", "clip"]),
    correctionClip: sha256.nullable(),
    correctionSpoken: z.string().nullable(),
    replaces: emergencyId.nullable(),
    author: person,
    draftedAt: instant,
    approveBy: instant,
    /** How many persons must approve; null: no roster is in force. */
    needed: z.number().int().nullable(),
    approvals: z.array(z.object({ person, at: instant })).readonly(),
    /** Whether the one who asks may approve it now, why not, and with which keys. */
    mayApprove: z.boolean(),
    whyNot: z.enum(["over", "author", "wrong-role", "no-key", "not-allowed", "already"]).nullable(),
    keys: z.array(z.object({ key: z.string(), credential: z.string(), rpId: z.string() })).readonly(),
    standing: z.enum(draftStandings),
    /** Of a local emergency: where, what starts it, and between when. */
    box: z.object({ id: boxId, clusterName: z.string() }).nullable(),
    /** What the box made of it once it was approved: a list with one that it refuses is refused whole. */
    atBox: z
      .object({
        state: z.enum(["on-its-way", "held", "refused", "not-sent"]),
        reason: z.string().nullable(),
      })
      .nullable(),
    trigger: z.object({ capability, edge: z.enum(["above", "below"]), limit: z.number() }).nullable(),
    from: instant.nullable(),
    to: instant.nullable(),
  })
  .openapi("Draft");
export type ShownDraft = z.infer<typeof draftShape>;

export const oneDraft = { "application/json": { schema: z.object({ draft: draftShape }) } };

/** As `@simplewebauthn/browser` gives it. */
export const assertionBody = z
  .strictObject({
    credential: z.string().min(1).max(344),
    authenticatorData: approval.shape.authenticatorData,
    clientDataJSON: approval.shape.clientDataJSON,
    signature: approval.shape.signature,
  })
  .openapi("Assertion");

export const approvedAnswer = z.object({ draft: draftShape, emergency: emergencyShape.nullable() });

/** A message that a box starts by itself ranks as actual, so its confirmation is that of an actual one. */
export const localDraft = z
  .strictObject({
    ...spoken,
    trigger: z.strictObject(localOrder.shape.trigger.shape),
    from: instant,
    to: instant,
    approveWithinMin: z
      .number()
      .int()
      .min(1)
      .max(7 * 24 * 60)
      .default(24 * 60),
    confirm: z.string().max(40),
  })
  .openapi("LocalDraft");
