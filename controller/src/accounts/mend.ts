import type { UserId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { AuditAct } from "../domain/audit-acts.ts";
import { writeAudit } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import { linkIdentity, unlinkIdentity } from "../store/identities.ts";
import { removePasskeysOf } from "../store/passkeys.ts";
import { deleteSessionsOf } from "../store/sessions.ts";
import { setBreakGlass, setDisabled, setPassword } from "../store/users.ts";

/** What is mended at the machine itself, when nobody can sign in to do it at the page. */
export type Mending =
  /** A new password; sessions, passkeys and the link to a provider are gone. */
  | { readonly kind: "recover"; readonly passwordHash: string }
  | { readonly kind: "break-glass"; readonly isOn: boolean }
  /** Nothing of the account opens anything, until it is let in again. */
  | { readonly kind: "shut-out"; readonly isOn: boolean }
  | { readonly kind: "link"; readonly issuer: string; readonly subject: string };

const actOf = {
  recover: "user.recovered",
  "break-glass": "user.break-glass-set",
  "shut-out": "user.shut-out",
  link: "identity.linked",
} as const satisfies Record<Mending["kind"], AuditAct>;

/** With its row in the audit, by nobody's account: whoever stands at the machine. */
export async function mend(db: Database, user: UserId, mending: Mending, at: Instant): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await change(tx, user, mending, at);
    await writeAudit(tx, {
      at,
      userId: null,
      act: actOf[mending.kind],
      subject: `user:${user}`,
      areaId: null,
      detail: detailOf(mending),
    });
  });
}

async function change(tx: Database, user: UserId, mending: Mending, at: Instant): Promise<void> {
  switch (mending.kind) {
    case "recover":
      return await recoverAccount(tx, user, mending.passwordHash);
    case "break-glass":
      return await setBreakGlass(tx, user, mending.isOn);
    case "shut-out":
      await setDisabled(tx, user, mending.isOn ? at : null);
      return await deleteSessionsOf(tx, user);
    case "link": {
      const { issuer, subject } = mending;
      return await linkIdentity(tx, { issuer, subject, userId: user, linkedAt: at, linkedBy: null });
    }
  }
}

/** Whatever opened the account before opens it no more: sessions, passkeys, the link to a provider. */
export async function recoverAccount(tx: Database, user: UserId, passwordHash: string): Promise<void> {
  await setPassword(tx, user, passwordHash);
  await removePasskeysOf(tx, user);
  await unlinkIdentity(tx, user);
  await deleteSessionsOf(tx, user);
}

function detailOf(mending: Mending): Readonly<Record<string, unknown>> {
  if (mending.kind === "recover") return { at: "machine" };
  const { kind: _, ...rest } = mending;
  return { ...rest, at: "machine" };
}
