import { userId } from "@loa/shared/kernel/ids.ts";
import { approveWith, type SoftwareKey, softwareKey } from "@loa/shared/node/software-authenticator.ts";
import { registrationOf } from "@loa/shared/node/software-registration.ts";
import { z } from "zod";
import type { Operator } from "../operator.ts";

/** A person with a passkey in software, who approves what others have drafted. */
export const softwareApprover = z.strictObject({
  person: userId,
  name: z.string(),
  password: z.string(),
  key: softwareKey,
});
export type SoftwareApprover = z.infer<typeof softwareApprover>;

const madeUser = z.object({ id: userId, name: z.string(), password: z.string() });
const options = z.object({ challenge: z.string() });
const openStanding = z.object({ standingApproval: z.object({ challenge: z.string() }) });
const openDraft = z.object({ draft: z.object({ challenge: z.string() }) });

/** A new person of the province, let in by its administrator. */
export async function newApprover(
  admin: Operator,
  { name, province, key }: { readonly name: string; readonly province: string; readonly key: SoftwareKey },
): Promise<SoftwareApprover> {
  const grants = [{ role: "emergency-approver", areaId: province }];
  const { id, password } = await admin.do("POST", "/api/v1/users", madeUser, { name, grants });
  return { person: id, name, password, key };
}

/** The person must have signed in. */
export async function registerKey(own: Operator, { key, name }: SoftwareApprover): Promise<void> {
  const { challenge } = await own.do("POST", "/api/v1/passkeys/options?purpose=approve", options);
  const passkey = registrationOf(key, challenge);
  await own.do("POST", "/api/v1/passkeys", z.unknown(), { name: `Khóa phần mềm của ${name}`, passkey });
}

/** Looks at the draft as it is now, and signs what is there. The person must have signed in. */
export async function approveDraft<Schema extends z.ZodType>(
  own: Operator,
  { key }: Pick<SoftwareApprover, "key">,
  draft: string,
  answer: Schema,
): Promise<z.infer<Schema>> {
  const path = `/api/v1/emergency-drafts/${draft}`;
  const { draft: open } = await own.do("GET", path, openDraft);
  const { key: _, ...assertion } = approveWith(key, "k", open.challenge);
  return await own.do("POST", `${path}/approvals`, answer, { credential: key.credential, ...assertion });
}

/** The same for what is approved in advance of alerts. */
export async function approveStanding(
  own: Operator,
  { key }: Pick<SoftwareApprover, "key">,
  id: string,
): Promise<void> {
  const path = `/api/v1/standing-approvals/${id}`;
  const { standingApproval: open } = await own.do("GET", path, openStanding);
  const { key: _, ...assertion } = approveWith(key, "k", open.challenge);
  await own.do("POST", `${path}/approvals`, z.unknown(), { credential: key.credential, ...assertion });
}
