import { createHash } from "node:crypto";

/**
 * One row of the audit as it stands in the table. The rows form a chain: each has the SHA-256 of the row before it and
 * of its own columns, so that a row that was changed, removed or put in between breaks all that follow.
 */
export interface AuditLink {
  readonly id: number;
  readonly at: number;
  readonly user_id: string | null;
  readonly act: string;
  readonly subject: string;
  readonly area_id: string | null;
  /** The text itself: the same JSON written otherwise is another row. */
  readonly detail: string;
}

/** Stands for the hash of the row before the first. */
export const BEFORE_THE_FIRST = "0".repeat(64);

/** Hex SHA-256 over the hash before, a line feed and the columns as a JSON array in the order of the table. */
export function linkHash(previous: string, row: AuditLink): string {
  const columns = JSON.stringify([
    row.id,
    row.at,
    row.user_id,
    row.act,
    row.subject,
    row.area_id,
    row.detail,
  ]);
  return createHash("sha256").update(`${previous}\n${columns}`, "utf8").digest("hex");
}
