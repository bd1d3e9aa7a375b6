import type { Approval } from "@loa/shared/trust/approval.ts";
import type { WhyNot } from "../domain/drafts.ts";
import { passkeyByCredential } from "../store/passkeys.ts";
import type { ApiDeps } from "./api-deps.ts";
import { HttpProblem, type ProblemCode } from "./http-problem.ts";
import type { Operator } from "./operator.ts";

/** What a person is told who may not approve. */
export const problemFor: Readonly<Record<Exclude<WhyNot, "over">, ProblemCode>> = {
  author: "same-person",
  "wrong-role": "forbidden",
  "no-key": "no-approval-key",
  "not-allowed": "forbidden",
  already: "already-approved",
};

/** The person's approval under the name that the key has in the roster. */
export async function ownApproval(
  deps: ApiDeps,
  operator: Operator,
  credential: string,
  assertion: Omit<Approval, "key">,
): Promise<Approval> {
  const key = deps.rosters.inForce()?.keys.find(({ passkey, holder }) => {
    return passkey?.credential === credential && holder?.person === operator.userId;
  });
  if (key === undefined) throw new HttpProblem("no-approval-key");
  // Boxes believe it until the next roster; here a key that was taken away counts no more.
  const passkey = await passkeyByCredential(deps.db, credential);
  if (passkey?.userId !== operator.userId) throw new HttpProblem("no-approval-key");
  return { key: key.id, ...assertion };
}
