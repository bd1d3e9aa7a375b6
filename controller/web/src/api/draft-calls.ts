import { bookedStream } from "@loa/shared/broadcast/emergency.ts";
import { type Capability, capability } from "@loa/shared/device/capability.ts";
import { areaId, type BoxId, boxId, emergencyId, sha256 } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { emergency, severity } from "./emergency-shapes.ts";
import { get, send } from "./http.ts";

/** Drafts of emergencies, which wait for the approval of two persons. */

const person = z.object({ id: z.string(), name: z.string() });

export const draftStanding = z.enum(["open", "raised", "withdrawn", "expired", "overtaken"]);
export type DraftStanding = z.infer<typeof draftStanding>;

export const whyNotApprove = z.enum(["author", "no-key", "not-allowed", "wrong-role", "already", "over"]);
export type WhyNotApprove = z.infer<typeof whyNotApprove>;

export const draft = z.object({
  id: emergencyId,
  /** The text that is signed. */
  payload: z.string(),
  /** What a key signs: SHA-256 of the payload, base64url. */
  challenge: z.string(),
  severity,
  headline: z.string(),
  areas: z.array(areaId),
  areaNames: z.array(z.string()),
  clusters: z.number(),
  boxes: z.number(),
  /** Null where nobody has counted them. */
  people: z.number().nullable(),
  sirenMs: z.number(),
  times: z.number(),
  gapMs: z.number(),
  durationMs: z.number(),
  clip: sha256.nullable(),
  /** What the clip says, where a machine has read a typed text. */
  spoken: z.string().nullable(),
  correction: z.enum(["none", "built-in", "clip"]),
  stream: bookedStream.nullable(),
  correctionClip: sha256.nullable(),
  correctionSpoken: z.string().nullable(),
  replaces: emergencyId.nullable(),
  author: person,
  draftedAt: instant,
  approveBy: instant,
  /** Null while no roster is in force. */
  needed: z.number().nullable(),
  approvals: z.array(z.object({ person, at: instant })),
  mayApprove: z.boolean(),
  whyNot: whyNotApprove.nullable(),
  keys: z.array(z.object({ key: z.string(), credential: z.string(), rpId: z.string() })),
  standing: draftStanding,
  /** Of a local emergency: where, what starts it, and between when. */
  box: z.object({ id: boxId, clusterName: z.string() }).nullable(),
  atBox: z
    .object({
      state: z.enum(["on-its-way", "held", "refused", "not-sent"]),
      reason: z.string().nullable(),
    })
    .nullable(),
  trigger: z.object({ capability, edge: z.enum(["above", "below"]), limit: z.number() }).nullable(),
  from: instant.nullable(),
  to: instant.nullable(),
});
export type Draft = z.infer<typeof draft>;

const one = z.object({ draft });
const list = z.object({ drafts: z.array(draft) });
const approved = z.object({ draft, emergency: emergency.nullable() });
const approvers = z.object({ approvers: z.array(z.object({ person: z.string(), name: z.string() })) });

const root = "/api/v1/emergency-drafts";

export interface Assertion {
  readonly credential: string;
  readonly authenticatorData: string;
  readonly clientDataJSON: string;
  readonly signature: string;
}

export const drafts = () => get(list, root);
export const draftOf = (id: string) => get(one, `${root}/${id}`);
export const approve = (id: string, assertion: Assertion) =>
  send(approved, "POST", `${root}/${id}/approvals`, assertion);
export const withdrawDraft = (id: string) => send(one, "POST", `${root}/${id}/withdraw`);
export const draftAgain = (id: string) => send(one, "POST", `${root}/${id}/again`);

export interface LocalWish {
  readonly headline: string;
  readonly trigger: {
    readonly capability: Capability;
    readonly edge: "above" | "below";
    readonly limit: number;
  };
  readonly from: Instant;
  readonly to: Instant;
  readonly confirm: string;
}

const localOrdersOf = (box: BoxId) => `/api/v1/boxes/${box}/local-orders`;
export const localOrders = (box: BoxId) => get(list, localOrdersOf(box));
export const draftLocalOrder = (box: BoxId, wish: LocalWish) =>
  send(one, "POST", localOrdersOf(box), { ...wish, message: null });

/** The other persons of the demonstration; not there where there is no simulator. */
export const simulatedApprovers = () => get(approvers, "/sim/approvers");
export const approveAs = (id: string, person: string) =>
  send(z.unknown(), "POST", "/sim/approve", { draft: id, person });
/** The holders of the demonstration's offline root sign the roster that the control room proposes now. */
export const signRosterAsRoot = () => send(z.object({ version: z.number() }), "POST", "/sim/sign-roster", {});
