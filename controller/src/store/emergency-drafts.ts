import type { Log } from "@loa/shared/kernel/ambient.ts";
import { type EmergencyId, type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { approval } from "@loa/shared/trust/approval.ts";
import { readOrder } from "@loa/shared/trust/order.ts";
import { z } from "zod";
import type { Draft, GivenApproval } from "../domain/drafts.ts";
import type { Database } from "./database.ts";
import { inParts } from "./in-parts.ts";
import { jsonColumn } from "./json-column.ts";

const draftRow = z.object({
  id: z.string(),
  payload: z.string(),
  approve_by: instant,
  raised_at: instant.nullable(),
  withdrawn_at: instant.nullable(),
  withdrawn_by: userId.nullable(),
});

const approvalRow = z
  .object({ draft_id: z.string(), person: userId, at: instant, approval: jsonColumn(approval) })
  .transform(({ draft_id: draft, ...given }) => ({ draft, given }));

export async function insertDraft(db: Database, { order, payload, approveBy }: Draft): Promise<void> {
  await db
    .insertInto("emergency_draft")
    .values({
      id: order.id,
      payload,
      box_id: order.kind === "emergency" ? null : order.box,
      drafted_at: order.draftedAt,
      approve_by: approveBy,
      raised_at: null,
      withdrawn_at: null,
      withdrawn_by: null,
    })
    .execute();
}

export async function insertApproval(db: Database, draft: EmergencyId, given: GivenApproval): Promise<void> {
  await db
    .insertInto("emergency_approval")
    .values({
      draft_id: draft,
      person: given.person,
      at: given.at,
      approval: JSON.stringify(given.approval),
    })
    .execute();
}

export async function setRaised(db: Database, draft: EmergencyId, at: Instant): Promise<void> {
  await db.updateTable("emergency_draft").set({ raised_at: at }).where("id", "=", draft).execute();
}

export async function setWithdrawn(
  db: Database,
  draft: EmergencyId,
  { at, by }: { readonly at: Instant; readonly by: UserId | null },
): Promise<void> {
  await db
    .updateTable("emergency_draft")
    .set({ withdrawn_at: at, withdrawn_by: by })
    .where("id", "=", draft)
    .where("withdrawn_at", "is", null)
    .execute();
}

/**
 * Those that boxes hold, however old, and the others that were drafted at or after this instant. Whether a STOP came is
 * not here. What no box would take any more by the rules of this release is told to the log and left out.
 */
export async function draftsSince(
  db: Database,
  since: Instant,
  log: Pick<Log, "warn">,
): Promise<readonly Draft[]> {
  const rows = await db
    .selectFrom("emergency_draft")
    .where((eb) =>
      eb.or([
        eb("drafted_at", ">=", since),
        eb.and([
          eb("box_id", "is not", null),
          eb("raised_at", "is not", null),
          eb("withdrawn_at", "is", null),
        ]),
      ]),
    )
    .select(["id", "payload", "approve_by", "raised_at", "withdrawn_at", "withdrawn_by"])
    .orderBy("drafted_at")
    .execute();
  const given: z.infer<typeof approvalRow>[] = [];
  for (const some of inParts(rows)) {
    const found = await db
      .selectFrom("emergency_approval")
      .where(
        "draft_id",
        "in",
        some.map((row) => row.id),
      )
      .selectAll()
      .orderBy("at")
      .orderBy("person")
      .execute();
    given.push(...found.map((row) => approvalRow.parse(row)));
  }
  const byDraft = Map.groupBy(given, (one) => one.draft);
  return rows.flatMap((row) => {
    const given = (byDraft.get(row.id) ?? []).map((one) => one.given);
    const draft = fromRow(row, given);
    if (draft === null) log.warn("draft.unreadable", { draft: row.id });
    return draft === null ? [] : [draft];
  });
}

/** Who has approved each, the first first. */
export async function approversOf(
  db: Database,
  ids: readonly EmergencyId[],
): Promise<ReadonlyMap<string, readonly UserId[]>> {
  const found: { readonly draft_id: string; readonly person: UserId }[] = [];
  for (const some of inParts(ids)) {
    const rows = await db
      .selectFrom("emergency_approval")
      .where("draft_id", "in", some)
      .select(["draft_id", "person"])
      .orderBy("at")
      .orderBy("person")
      .execute();
    found.push(...rows.map((row) => ({ ...row, person: userId.parse(row.person) })));
  }
  const byDraft = Map.groupBy(found, (row) => row.draft_id);
  return new Map([...byDraft].map(([id, rows]) => [id, rows.map((row) => row.person)]));
}

/** Null: its text is no order. */
function fromRow(raw: unknown, approvals: readonly GivenApproval[]): Draft | null {
  const row = draftRow.parse(raw);
  const order = readOrder(row.payload);
  if (order === null) return null;
  const { withdrawn_at: at, withdrawn_by: by } = row;
  return {
    order,
    payload: row.payload,
    approveBy: row.approve_by,
    approvals,
    raisedAt: row.raised_at,
    withdrawn: at === null ? null : { at, by },
    isOvertaken: false,
  };
}
