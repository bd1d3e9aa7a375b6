import { areaId, sha256, standingApprovalId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { leastCertainty, leastSeverity, leastUrgency } from "@loa/shared/trust/standing-approval.ts";
import { z } from "zod";
import { type Assertion, whyNotApprove } from "./draft-calls.ts";
import type { EmergencyWish } from "./emergency-calls.ts";
import { severity } from "./emergency-shapes.ts";
import { get, send } from "./http.ts";

/** What was approved in advance of the alerts of others. */

const person = z.object({ id: z.string(), name: z.string() });

export const approvalState = z.enum(["open", "in-force", "void", "withdrawn", "expired"]);
export type ApprovalState = z.infer<typeof approvalState>;

const least = z.object({ urgency: leastUrgency, severity: leastSeverity, certainty: leastCertainty });
export type Least = z.infer<typeof least>;

export const standingApproval = z.object({
  id: standingApprovalId,
  payload: z.string(),
  challenge: z.string(),
  state: approvalState,
  severity,
  sender: z.string(),
  senderKeys: z.array(z.object({ sha256, to: instant })),
  isKeyKnown: z.boolean(),
  events: z.array(z.string()),
  eventCodes: z.array(z.object({ valueName: z.string(), value: z.string() })),
  least,
  areas: z.array(areaId),
  areaNames: z.array(z.string()),
  codes: z.number(),
  clusters: z.number(),
  boxes: z.number(),
  people: z.number().nullable(),
  headline: z.string(),
  sirenMs: z.number(),
  times: z.number(),
  durationMs: z.number(),
  gapMs: z.number(),
  clip: sha256.nullable(),
  spoken: z.string().nullable(),
  correction: z.enum(["none", "built-in", "clip"]),
  correctionClip: sha256.nullable(),
  correctionSpoken: z.string().nullable(),
  author: person,
  draftedAt: instant,
  from: instant,
  to: instant,
  alarmDays: z.number().nullable(),
  needed: z.number().nullable(),
  approvals: z.array(z.object({ person, at: instant })),
  mayApprove: z.boolean(),
  whyNot: whyNotApprove.nullable(),
  keys: z.array(z.object({ key: z.string(), credential: z.string(), rpId: z.string() })),
  withdrawnAt: instant.nullable(),
  withdrawnBy: person.nullable(),
  uses: z.number(),
  lastUsedAt: instant.nullable(),
});
export type StandingApproval = z.infer<typeof standingApproval>;

export interface StandingWish extends Omit<EmergencyWish, "replaces"> {
  readonly sender: string;
  readonly events: readonly string[];
  readonly least: Least;
  readonly validDays: number;
}

const list = z.object({ standingApprovals: z.array(standingApproval), senders: z.array(z.string()) });
const one = z.object({ standingApproval });
const root = "/api/v1/standing-approvals";

export const standingApprovals = () => get(list, root);
export const standingApprovalOf = (id: string) => get(one, `${root}/${id}`);
export const draftStandingApproval = (wish: StandingWish) => send(one, "POST", root, wish);
export const approveStanding = (id: string, assertion: Assertion) =>
  send(one, "POST", `${root}/${id}/approvals`, assertion);
export const withdrawStanding = (id: string) => send(one, "POST", `${root}/${id}/withdraw`);

/** As another person of the demonstration. */
export const approveStandingAs = (id: string, person: string) =>
  send(z.unknown(), "POST", "/sim/approve-standing", { standingApproval: id, person });
