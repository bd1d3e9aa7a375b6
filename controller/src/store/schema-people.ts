import type { Generated } from "kysely";

/** Who may sign in, and with what; see `schema.ts` for how values stand in columns. */

export interface UserTable {
  id: string;
  name: string;
  /** argon2id, PHC string. */
  password_hash: string;
  created_at: number;
  disabled_at: number | null;
  /** 1 for the account that is kept in a safe for the day when nobody else can sign in. */
  break_glass: Generated<number>;
}
export interface SessionTable {
  /** SHA-256 hex of the cookie's value. */
  id_sha256: string;
  user_id: string;
  created_at: number;
  last_used_at: number;
  expires_at: number;
  /** When its person last showed a password, a passkey or a fresh sign-in elsewhere; 0: never. */
  proven_at: Generated<number>;
  /** `password`, `passkey` or `oidc`. */
  method: Generated<string>;
  /** From where it was begun. */
  address: Generated<string>;
}
export interface PasskeyTable {
  /** Base64url, as the authenticator gave it. */
  credential_id: string;
  user_id: string;
  /** COSE_Key (RFC 9052) in base64url. */
  public_key: string;
  /** `ES256` or `EdDSA`. */
  algorithm: string;
  /** Of signatures, as last told; 0 for ever from keys that are kept in several places. */
  counter: number;
  /** JSON array: how a browser reaches it. */
  transports: string;
  name: string;
  /** `sign-in` or `approve`. */
  purpose: string;
  created_at: number;
  last_used_at: number | null;
  /** When its count of signatures did not rise: somebody has a copy. */
  copied_at: number | null;
}
/** A person at an OpenID provider: `subject` is unique at its `issuer`. */
export interface IdentityTable {
  issuer: string;
  subject: string;
  user_id: string;
  linked_at: number;
  linked_by: string | null;
}
