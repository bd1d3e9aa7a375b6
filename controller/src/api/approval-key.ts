import type { z } from "@hono/zod-openapi";
import type { Approval } from "@loa/shared/trust/approval.ts";
import type { ApprovedOrder } from "@loa/shared/trust/order.ts";
import { keysToApprove, type Lineages, type WhyNot } from "../domain/drafts.ts";
import type { ApprovalProblem } from "../draft-keeper.ts";
import { passkeyByCredential } from "../store/passkeys.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { assertionBody, ShownDraft } from "./draft-shapes.ts";
import { HttpProblem, type ProblemCode } from "./http-problem.ts";
import type { Operator } from "./operator.ts";

/** What a person is told who may not approve. */
const problemFor: Readonly<Record<Exclude<WhyNot, "over">, ProblemCode>> = {
  author: "same-person",
  "wrong-role": "forbidden",
  "no-key": "no-approval-key",
  "not-allowed": "forbidden",
  already: "already-approved",
};

/** A text that somebody is asked to approve. */
export interface AskedText {
  /** Null: nothing stands against it. */
  readonly whyNot: WhyNot | null;
  /** What is told of one that takes no approvals any more. */
  readonly over: () => HttpProblem;
}

/** The person's approval under the name that the key has in the roster. Refuses whoever may not approve at all. */
export async function requireApproval(
  deps: ApiDeps,
  operator: Operator,
  { whyNot, over }: AskedText,
  { credential, ...assertion }: z.infer<typeof assertionBody>,
): Promise<Approval> {
  if (deps.rosters.inForce() === null) throw new HttpProblem("no-roster");
  if (whyNot === "over") throw over();
  if (whyNot !== null) throw new HttpProblem(problemFor[whyNot], { whyNot });
  return { key: await ownKey(deps, operator, credential), ...assertion };
}

/** Why it counted for nothing after all. */
export function approvalProblem(problem: ApprovalProblem, over: AskedText["over"]): HttpProblem {
  switch (problem) {
    case "no-roster":
      return new HttpProblem("no-roster");
    case "already":
      return new HttpProblem("already-approved");
    case "bad-signature":
      return new HttpProblem("approval-refused");
    case "over":
      return over();
  }
}

/** What the person who asks may do with it. */
export function standpointOn(
  { rosters, clock }: ApiDeps,
  { userId }: Operator,
  text: Pick<ApprovedOrder, "severity">,
  lineages: Lineages,
  whyNot: WhyNot | null,
): Pick<ShownDraft, "needed" | "mayApprove" | "whyNot" | "keys"> {
  const roster = rosters.inForce();
  if (roster === null) return { needed: null, mayApprove: false, whyNot, keys: [] };
  const keys = keysToApprove(roster, text, userId, lineages, clock.now()).flatMap(({ id, passkey }) =>
    passkey === null ? [] : [{ key: id, credential: passkey.credential, rpId: passkey.rpId }],
  );
  return { needed: roster.approvals[text.severity], mayApprove: whyNot === null, whyNot, keys };
}

async function ownKey(deps: ApiDeps, operator: Operator, credential: string): Promise<string> {
  const key = deps.rosters.inForce()?.keys.find(({ passkey, holder }) => {
    return passkey?.credential === credential && holder?.person === operator.userId;
  });
  if (key === undefined) throw new HttpProblem("no-approval-key");
  // Boxes believe it until the next roster; here a key that was taken away counts no more.
  const passkey = await passkeyByCredential(deps.db, credential);
  if (passkey?.userId !== operator.userId) throw new HttpProblem("no-approval-key");
  return key.id;
}
