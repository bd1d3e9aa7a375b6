import { readFileSync, writeFileSync } from "node:fs";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { approveWith, newSoftwareKey, softwareKey } from "@loa/shared/node/software-authenticator.ts";
import { registrationOf } from "@loa/shared/node/software-registration.ts";
import { challengeOf } from "@loa/shared/trust/approval.ts";
import { z } from "zod";
import { textInWords } from "./approved-words.ts";
import { passwordOf } from "./roster-commands.ts";
import { type SignedIn, signIn } from "./signed-in.ts";
import { isAgreed, say } from "./terminal.ts";

export interface NewApprover {
  readonly url: string;
  /** Name without port to which the key is bound. */
  readonly rpId: string;
  readonly origin: string;
  /** Whose passkey it becomes at the controller; null: the file only. */
  readonly user: string | null;
  readonly out: string;
}

const ways = z.object({ approvalOrigin: z.url() });

/** Where the control room says that emergencies are approved. */
export async function approvalOriginOf(url: string): Promise<string> {
  const answer = await fetch(new URL("/api/v1/session/ways", url));
  return ways.parse(await answer.json()).approvalOrigin;
}

/** A key in a file, for scripts and rehearsals: whoever has the file can approve with it. */
export async function makeApprover({ url, rpId, origin, user, out }: NewApprover): Promise<void> {
  const key = newSoftwareKey(rpId, origin);
  writeFileSync(out, `${JSON.stringify(key, null, 2)}\n`, { flag: "wx", mode: 0o600, flush: true });
  say(`${out}: a passkey of ${rpId} in software. A person in office keeps one in hardware instead.`);
  if (user === null) return;
  const person = await signIn(url, user, await passwordOf(user));
  const { challenge } = await person.do(
    "POST",
    "/api/v1/passkeys/options?purpose=approve",
    z.object({ challenge: z.string() }),
  );
  const passkey = registrationOf(key, challenge);
  await person.do("POST", "/api/v1/passkeys", z.unknown(), { name: "keys approver", passkey });
  say(`It is a passkey of ${user} now. The next roster lets it approve.`);
}

export interface Approving {
  readonly key: string;
  readonly url: string;
  readonly user: string;
  /** Id of a draft or of a standing approval; null: the one that waits for this person. */
  readonly draft: string | null;
  readonly isAgreed: boolean;
}

const waiting = z.object({
  id: z.string(),
  payload: z.string(),
  mayApprove: z.boolean(),
  whyNot: z.string().nullable(),
  areaNames: z.array(z.string()),
  boxes: z.number(),
  author: z.object({ name: z.string() }),
});
type Waiting = z.infer<typeof waiting> & { readonly path: string };
const drafts = z.object({ drafts: z.array(waiting) });
const standings = z.object({ standingApprovals: z.array(waiting) });

const count = { needed: z.number().nullable(), approvals: z.array(z.unknown()) };
const approved = z.union([
  z.object({ draft: z.object(count), emergency: z.unknown() }),
  z.object({ standingApproval: z.object({ ...count, state: z.string() }) }),
]);

/** Shows what is to be approved out of the very text that is signed, and signs it. */
export async function approve(one: Approving): Promise<void> {
  const person = await signIn(one.url, one.user, await passwordOf(one.user));
  const text = oneOf(await allWaiting(person), one.draft);
  const words = textInWords(text.payload, text);
  if (words === null) throw new Error("this is no text that boxes know, or not in its one form");
  for (const line of words) say(line);
  if (!(await isAgreed("Do you approve this?", one.isAgreed))) throw new Error("nothing was approved");
  const key = softwareKey.parse(JSON.parse(readFileSync(one.key, "utf8")));
  // The challenge is made of what was shown, not taken from the controller.
  const { key: _, ...assertion } = approveWith(key, "k", challengeOf(text.payload, nodeCrypto));
  const path = `${text.path}/${text.id}/approvals`;
  say(outcomeOf(await person.do("POST", path, approved, { credential: key.credential, ...assertion })));
}

async function allWaiting(person: SignedIn): Promise<readonly Waiting[]> {
  const ofDrafts = "/api/v1/emergency-drafts";
  const ofStandings = "/api/v1/standing-approvals";
  const drafted = await person.do("GET", ofDrafts, drafts);
  const standing = await person.do("GET", ofStandings, standings);
  return [
    ...drafted.drafts.map((one) => ({ ...one, path: ofDrafts })),
    ...standing.standingApprovals.map((one) => ({ ...one, path: ofStandings })),
  ];
}

function oneOf(all: readonly Waiting[], wanted: string | null): Waiting {
  const some = all.filter(({ id, mayApprove }) => (wanted === null ? mayApprove : id === wanted));
  const [text, ...others] = some;
  if (text === undefined) throw new Error("nothing waits for your approval");
  if (others.length > 0) throw new Error(`several wait, say which: ${some.map(({ id }) => id).join(", ")}`);
  if (!text.mayApprove) throw new Error(`you cannot approve it: ${text.whyNot}`);
  return text;
}

function outcomeOf(answer: z.infer<typeof approved>): string {
  const { needed, approvals } = "draft" in answer ? answer.draft : answer.standingApproval;
  if ("draft" in answer && answer.emergency !== null) return "Approved, and it went out.";
  if ("standingApproval" in answer && answer.standingApproval.state === "in-force")
    return "Approved, and it is in force.";
  return `Approved: ${approvals.length} of ${needed}.`;
}
