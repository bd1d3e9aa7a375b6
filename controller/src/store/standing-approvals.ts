import { type StandingApprovalId, type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { approval } from "@loa/shared/trust/approval.ts";
import { readStandingApproval } from "@loa/shared/trust/standing-approval.ts";
import { z } from "zod";
import type { GivenApproval } from "../domain/drafts.ts";
import type { AheadInput } from "../domain/plan-tables.ts";
import type { KeptApproval } from "../domain/standing-approvals.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";

const approvalRow = z.object({
  id: z.string(),
  payload: z.string(),
  granted_at: instant.nullable(),
  withdrawn_at: instant.nullable(),
  withdrawn_by: userId.nullable(),
  uses: z.number(),
  last_used_at: instant.nullable(),
});

const signatureRow = z
  .object({ standing_approval_id: z.string(), person: userId, at: instant, approval: jsonColumn(approval) })
  .transform(({ standing_approval_id: id, ...given }) => ({ id, given }));

export async function insertStandingApproval(
  db: Database,
  { approved, payload }: KeptApproval,
): Promise<void> {
  await db
    .insertInto("standing_approval")
    .values({
      ...{ id: approved.id, payload, ends_at: approved.to, granted_at: null },
      ...{ withdrawn_at: null, withdrawn_by: null, uses: 0, last_used_at: null },
    })
    .execute();
}

export async function insertStandingSignature(
  db: Database,
  id: StandingApprovalId,
  { person, at, approval: given }: GivenApproval,
): Promise<void> {
  await db
    .insertInto("standing_approval_signature")
    .values({ standing_approval_id: id, person, at, approval: JSON.stringify(given) })
    .execute();
}

export async function setGranted(db: Database, id: StandingApprovalId, at: Instant): Promise<void> {
  await db.updateTable("standing_approval").set({ granted_at: at }).where("id", "=", id).execute();
}

export async function setStandingWithdrawn(
  db: Database,
  id: StandingApprovalId,
  { at, by }: { readonly at: Instant; readonly by: UserId },
): Promise<void> {
  await db
    .updateTable("standing_approval")
    .set({ withdrawn_at: at, withdrawn_by: by })
    .where("id", "=", id)
    .where("withdrawn_at", "is", null)
    .execute();
}

export async function noteStandingUse(db: Database, id: StandingApprovalId, at: Instant): Promise<void> {
  await db
    .updateTable("standing_approval")
    .set((eb) => ({ uses: eb("uses", "+", 1), last_used_at: at }))
    .where("id", "=", id)
    .execute();
}

/** Those that had not ended at this instant, the last one first. */
export async function standingApprovalsSince(db: Database, since: Instant): Promise<readonly KeptApproval[]> {
  const rows = await db
    .selectFrom("standing_approval")
    .where("ends_at", ">", since)
    .selectAll()
    .orderBy("id")
    .execute();
  const signatures = await db
    .selectFrom("standing_approval_signature")
    .innerJoin(
      "standing_approval",
      "standing_approval.id",
      "standing_approval_signature.standing_approval_id",
    )
    .where("standing_approval.ends_at", ">", since)
    .selectAll("standing_approval_signature")
    .orderBy("standing_approval_signature.at")
    .orderBy("standing_approval_signature.person")
    .execute();
  const given = Map.groupBy(
    signatures.map((row) => signatureRow.parse(row)),
    (one) => one.id,
  );
  return rows.map((row) =>
    fromRow(
      row,
      (given.get(row.id) ?? []).map((one) => one.given),
    ),
  );
}

/** Clips of those that are granted and were not taken back, with where and until when they may be said. */
export async function clipsAhead(db: Database): Promise<readonly AheadInput[]> {
  const rows = await db
    .selectFrom("standing_approval")
    .where("granted_at", "is not", null)
    .where("withdrawn_at", "is", null)
    .select("payload")
    .orderBy("id")
    .execute();
  return rows.flatMap(({ payload }) => {
    const approved = readStandingApproval(payload);
    if (approved === null) return [];
    const { areas, to, notice, correction } = approved;
    const clips = [notice, correction?.notice ?? null].filter((one) => one !== null);
    return clips.length === 0 ? [] : [{ areas, to, clips }];
  });
}

function fromRow(raw: unknown, approvals: readonly GivenApproval[]): KeptApproval {
  const row = approvalRow.parse(raw);
  const approved = readStandingApproval(row.payload);
  if (approved === null) throw new TypeError(`standing approval ${row.id}: its text is none`);
  const { withdrawn_at: at, withdrawn_by: by } = row;
  return {
    ...{ approved, payload: row.payload, approvals, grantedAt: row.granted_at },
    withdrawn: at === null || by === null ? null : { at, by },
    ...{ uses: row.uses, lastUsedAt: row.last_used_at },
  };
}
