import { readFileSync, writeFileSync } from "node:fs";
import { toLocal } from "@loa/shared/kernel/time.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { approveWith, newSoftwareKey, softwareKey } from "@loa/shared/node/software-authenticator.ts";
import { registrationOf } from "@loa/shared/node/software-registration.ts";
import { challengeOf } from "@loa/shared/trust/approval.ts";
import { readOrder } from "@loa/shared/trust/order.ts";
import { z } from "zod";
import { passwordOf } from "./roster-commands.ts";
import { signIn } from "./signed-in.ts";
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
  /** Null: the one draft that waits for this person. */
  readonly draft: string | null;
  readonly isAgreed: boolean;
}

const draftShape = z.object({
  id: z.string(),
  payload: z.string(),
  mayApprove: z.boolean(),
  whyNot: z.string().nullable(),
  areaNames: z.array(z.string()),
  boxes: z.number(),
  author: z.object({ name: z.string() }),
});
const listed = z.object({ drafts: z.array(draftShape) });
const approved = z.object({
  draft: z.object({ needed: z.number().nullable(), approvals: z.array(z.unknown()) }),
  emergency: z.unknown(),
});

/** Shows what is to be approved out of the very text that is signed, and signs it. */
export async function approve(one: Approving): Promise<void> {
  const person = await signIn(one.url, one.user, await passwordOf(one.user));
  const { drafts } = await person.do("GET", "/api/v1/emergency-drafts", listed);
  const waiting = drafts.filter(({ id, mayApprove }) => (one.draft === null ? mayApprove : id === one.draft));
  const [draft, ...others] = waiting;
  if (draft === undefined) throw new Error("nothing waits for your approval");
  if (others.length > 0)
    throw new Error(`several wait, say which: ${waiting.map(({ id }) => id).join(", ")}`);
  if (!draft.mayApprove) throw new Error(`you cannot approve it: ${draft.whyNot}`);
  describe(draft);
  if (!(await isAgreed("Do you approve this?", one.isAgreed))) throw new Error("nothing was approved");
  const key = softwareKey.parse(JSON.parse(readFileSync(one.key, "utf8")));
  // The challenge is made of what was shown, not taken from the controller.
  const { key: _, ...assertion } = approveWith(key, "k", challengeOf(draft.payload, nodeCrypto));
  const path = `/api/v1/emergency-drafts/${draft.id}/approvals`;
  const answer = await person.do("POST", path, approved, { credential: key.credential, ...assertion });
  const { needed, approvals } = answer.draft;
  say(
    answer.emergency === null ? `Approved: ${approvals.length} of ${needed}.` : "Approved, and it went out.",
  );
}

function describe({ payload, areaNames, boxes, author }: z.infer<typeof draftShape>): void {
  const order = readOrder(payload);
  if (order === null) throw new Error("this is no order, or not in its one form");
  const { severity, headline, times, durationMs, notice } = order;
  say(severity === "actual" ? "ACTUAL EMERGENCY («KHẨN CẤP»)" : "exercise («DIỄN TẬP»)");
  say(`  ${headline}`);
  say(`  ${areaNames.join(", ")}: ${boxes} boxes`);
  say(`  said ${times} times, ${notice === null ? "built-in words" : `clip ${notice.sha256}`}`);
  say(`  for ${Math.round(durationMs / 60_000)} min, written by ${author.name}`);
  if (order.kind === "emergency") {
    if (order.replaces !== null) say(`  in the place of ${order.replaces}`);
    if (order.correction !== null) say("  with a correction, for the case that it was wrong");
    return;
  }
  const { trigger, from, to, box } = order;
  say(`  started by ${box} itself, whenever ${trigger.capability} is ${trigger.edge} ${trigger.limit},`);
  say(`  from ${toLocal(from).date} to ${toLocal(to).date}`);
}
