import { type ClusterId, clusterId, type UserId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { flag } from "./json-column.ts";

export interface NewClaim {
  /** SHA-256 hex of the whole code, check character included. */
  readonly codeSha256: string;
  readonly clusterId: ClusterId;
  readonly createdBy: UserId;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly simulated: boolean;
}

export interface Claim {
  readonly clusterId: ClusterId;
  readonly expiresAt: Instant;
  readonly usedAt: Instant | null;
  readonly simulated: boolean;
}

const claimRow = z
  .object({
    cluster_id: clusterId,
    expires_at: instant,
    used_at: instant.nullable(),
    simulated: flag,
  })
  .transform(
    (row): Claim => ({
      clusterId: row.cluster_id,
      expiresAt: row.expires_at,
      usedAt: row.used_at,
      simulated: row.simulated,
    }),
  );

export async function insertClaim(db: Database, one: NewClaim): Promise<void> {
  await db
    .insertInto("claim")
    .values({
      code_sha256: one.codeSha256,
      cluster_id: one.clusterId,
      created_by: one.createdBy,
      created_at: one.createdAt,
      expires_at: one.expiresAt,
      used_at: null,
      used_by_box: null,
      simulated: one.simulated ? 1 : 0,
    })
    .execute();
}

/** The newest code of a cluster replaces those that were not used. */
export async function dropUnusedClaims(db: Database, cluster: ClusterId): Promise<void> {
  await db.deleteFrom("claim").where("cluster_id", "=", cluster).where("used_at", "is", null).execute();
}

export async function claimByCode(db: Database, codeSha256: string): Promise<Claim | null> {
  const row = await db
    .selectFrom("claim")
    .where("code_sha256", "=", codeSha256)
    .select(["cluster_id", "expires_at", "used_at", "simulated"])
    .executeTakeFirst();
  return row === undefined ? null : claimRow.parse(row);
}

/** False when somebody else used it first: the caller rolls back. */
export async function useClaim(
  db: Database,
  codeSha256: string,
  by: { readonly box: string; readonly at: Instant },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("claim")
    .set({ used_at: by.at, used_by_box: by.box })
    .where("code_sha256", "=", codeSha256)
    .where("used_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
