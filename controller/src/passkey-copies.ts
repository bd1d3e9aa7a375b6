import type { Crypto, Log } from "@loa/shared/kernel/ambient.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { signatureCountOf } from "@loa/shared/trust/approval.ts";
import type { Roster } from "@loa/shared/trust/roster.ts";
import type { GivenApproval } from "./domain/drafts.ts";
import { writeAudit } from "./store/audit.ts";
import type { Database } from "./store/database.ts";
import { notePasskeyUse, type Passkey, passkeyByCredential, setCopied } from "./store/passkeys.ts";
import { hasRisen } from "./webauthn.ts";

/** A count of signatures that did not rise: there are two of this key. Said once, in log, record and pages. */
export async function noteCopy(
  tx: Database,
  { credentialId, userId, purpose }: Passkey,
  at: Instant,
  log: Log,
): Promise<void> {
  if (!(await setCopied(tx, credentialId, at))) return;
  log.warn("passkey.copied", { passkey: credentialId, person: userId });
  const detail = { passkey: credentialId, purpose };
  await writeAudit(tx, {
    at,
    userId,
    act: "passkey.copied",
    subject: `user:${userId}`,
    areaId: null,
    detail,
  });
}

/** After an approval. A copy is told of and refuses nothing: the person may be the one who must warn a province. */
export async function noteApprovingUse(
  tx: Database,
  { approval, at }: GivenApproval,
  { roster, crypto, log }: ApprovingUseParts,
): Promise<void> {
  const named = roster()?.keys.find(({ id }) => id === approval.key)?.passkey ?? null;
  const passkey = named === null ? null : await passkeyByCredential(tx, named.credential);
  const counter = signatureCountOf(approval, crypto);
  if (passkey === null || counter === null) return;
  if (hasRisen(passkey, counter)) await notePasskeyUse(tx, passkey.credentialId, counter, at);
  else await noteCopy(tx, passkey, at, log);
}

interface ApprovingUseParts {
  readonly roster: () => Roster | null;
  readonly crypto: Crypto;
  readonly log: Log;
}
