import { type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";

/** What boxes can check, too; others are not let in. */
export const passkeyAlgorithms = ["ES256", "EdDSA"] as const;
export type PasskeyAlgorithm = (typeof passkeyAlgorithms)[number];

/** A key that boxes believe signs nothing but approvals: what is signed to come in may be any text's hash. */
export const passkeyPurposes = ["sign-in", "approve"] as const;
export type PasskeyPurpose = (typeof passkeyPurposes)[number];

export interface Passkey {
  /** Base64url, as the authenticator gave it. */
  readonly credentialId: string;
  readonly userId: UserId;
  /** COSE_Key (RFC 9052). */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly algorithm: PasskeyAlgorithm;
  /** Of signatures, as last told. */
  readonly counter: number;
  /** How a browser reaches it: `usb`, `internal`, `hybrid` … */
  readonly transports: readonly string[];
  readonly name: string;
  readonly purpose: PasskeyPurpose;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | null;
  /** When its count of signatures did not rise for the first time: somebody has a copy of it. */
  readonly copiedAt: Instant | null;
}

const passkeyRow = z
  .object({
    credential_id: z.string(),
    user_id: userId,
    public_key: z.string(),
    algorithm: z.enum(passkeyAlgorithms),
    counter: z.number(),
    transports: jsonColumn(z.array(z.string())),
    name: z.string(),
    purpose: z.enum(passkeyPurposes),
    created_at: instant,
    last_used_at: instant.nullable(),
    copied_at: instant.nullable(),
  })
  .transform(
    (row): Passkey => ({
      credentialId: row.credential_id,
      userId: row.user_id,
      publicKey: new Uint8Array(Buffer.from(row.public_key, "base64url")),
      algorithm: row.algorithm,
      counter: row.counter,
      transports: row.transports,
      name: row.name,
      purpose: row.purpose,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
      copiedAt: row.copied_at,
    }),
  );

export async function insertPasskey(db: Database, passkey: Passkey): Promise<void> {
  await db
    .insertInto("passkey")
    .values({
      credential_id: passkey.credentialId,
      user_id: passkey.userId,
      public_key: Buffer.from(passkey.publicKey).toString("base64url"),
      algorithm: passkey.algorithm,
      counter: passkey.counter,
      transports: JSON.stringify(passkey.transports),
      name: passkey.name,
      purpose: passkey.purpose,
      created_at: passkey.createdAt,
      last_used_at: passkey.lastUsedAt,
      copied_at: passkey.copiedAt,
    })
    .execute();
}

/** Null for keys that nobody has, and for those of persons who were disabled. */
export async function passkeyByCredential(db: Database, credentialId: string): Promise<Passkey | null> {
  const row = await db
    .selectFrom("passkey")
    .innerJoin("user", "user.id", "passkey.user_id")
    .where("passkey.credential_id", "=", credentialId)
    .where("user.disabled_at", "is", null)
    .selectAll("passkey")
    .executeTakeFirst();
  return row === undefined ? null : passkeyRow.parse(row);
}

/** Also of persons who were disabled. Oldest first. */
export async function passkeysOf(db: Database, user: UserId): Promise<readonly Passkey[]> {
  const rows = await db
    .selectFrom("passkey")
    .where("user_id", "=", user)
    .selectAll()
    .orderBy("created_at")
    .orderBy("credential_id")
    .execute();
  return rows.map((row) => passkeyRow.parse(row));
}

/** Whether a key is known, whosever it is. */
export async function isPasskeyKnown(db: Database, credentialId: string): Promise<boolean> {
  const row = await db
    .selectFrom("passkey")
    .where("credential_id", "=", credentialId)
    .select("credential_id")
    .executeTakeFirst();
  return row !== undefined;
}

export async function notePasskeyUse(
  db: Database,
  credentialId: string,
  counter: number,
  at: Instant,
): Promise<void> {
  await db
    .updateTable("passkey")
    .set({ counter, last_used_at: at })
    .where("credential_id", "=", credentialId)
    .execute();
}

/** Whether this is the first that is heard of a copy. */
export async function setCopied(db: Database, credentialId: string, at: Instant): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("passkey")
    .set({ copied_at: at })
    .where("credential_id", "=", credentialId)
    .where("copied_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Keys of which somebody has a copy, and since when that is known. */
export async function copiedCredentials(db: Database): Promise<ReadonlyMap<string, Instant>> {
  const rows = await db
    .selectFrom("passkey")
    .where("copied_at", "is not", null)
    .select(["credential_id", "copied_at"])
    .execute();
  return new Map(rows.map((row) => [row.credential_id, instant.parse(row.copied_at)]));
}

/** Whether the person had it. */
export async function renamePasskey(
  db: Database,
  user: UserId,
  credentialId: string,
  name: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("passkey")
    .set({ name })
    .where("user_id", "=", user)
    .where("credential_id", "=", credentialId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Whether the person had it. */
export async function removePasskey(db: Database, user: UserId, credentialId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("passkey")
    .where("user_id", "=", user)
    .where("credential_id", "=", credentialId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function removePasskeysOf(db: Database, user: UserId): Promise<void> {
  await db.deleteFrom("passkey").where("user_id", "=", user).execute();
}
