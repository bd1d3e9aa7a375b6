import { type AreaId, areaId, type BoxId, boxId, type CommandId, commandId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { inParts } from "./in-parts.ts";

export const outboxState = z.enum(["pending", "accepted", "refused", "expired", "replaced"]);
export type OutboxState = z.infer<typeof outboxState>;

/** One command for one box, until the box itself has answered it. */
export interface OutboxRow {
  /** Id of the envelope, the same at every sending and for every box of an area. */
  readonly commandId: CommandId;
  readonly boxId: BoxId;
  readonly kind: string;
  /** JSON of the envelope's body. */
  readonly body: string;
  /** The area on whose topic it was first published; null for the box's own topic. */
  readonly areaId: AreaId | null;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly attempts: number;
  readonly nextAt: Instant;
  readonly state: OutboxState;
  readonly reason: string | null;
  readonly doneAt: Instant | null;
}

const outboxRow = z
  .object({
    command_id: commandId,
    box_id: boxId,
    kind: z.string(),
    body: z.string(),
    area_id: areaId.nullable(),
    created_at: instant,
    expires_at: instant.nullable(),
    attempts: z.number(),
    next_at: instant,
    state: outboxState,
    reason: z.string().nullable(),
    done_at: instant.nullable(),
  })
  .transform(
    (row): OutboxRow => ({
      commandId: row.command_id,
      boxId: row.box_id,
      kind: row.kind,
      body: row.body,
      areaId: row.area_id,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      attempts: row.attempts,
      nextAt: row.next_at,
      state: row.state,
      reason: row.reason,
      doneAt: row.done_at,
    }),
  );

const COLUMNS = 12;

export async function insertOutbox(db: Database, rows: readonly OutboxRow[]): Promise<void> {
  for (const some of inParts(rows, COLUMNS)) {
    await db.insertInto("outbox").values(some.map(toColumns)).execute();
  }
}

/** Pending rows whose time has come, the longest waiting first. */
export async function dueOutbox(db: Database, now: Instant, limit: number): Promise<readonly OutboxRow[]> {
  const rows = await db
    .selectFrom("outbox")
    .where("state", "=", "pending")
    .where("next_at", "<=", now)
    .selectAll()
    .orderBy("next_at")
    .orderBy("command_id")
    .limit(limit)
    .execute();
  return rows.map((row) => outboxRow.parse(row));
}

/** Rows of one kind that no box has answered, oldest first. */
export async function pendingOf(
  db: Database,
  kind: string,
): Promise<readonly Pick<OutboxRow, "commandId" | "boxId">[]> {
  const rows = await db
    .selectFrom("outbox")
    .where("state", "=", "pending")
    .where("kind", "=", kind)
    .select(["command_id", "box_id"])
    .orderBy("created_at")
    .execute();
  return rows.map((row) => ({ commandId: commandId.parse(row.command_id), boxId: boxId.parse(row.box_id) }));
}

/** When the newest row of one kind was written for each box. */
export async function lastRowsOf(db: Database, kind: string): Promise<ReadonlyMap<BoxId, Instant>> {
  const rows = await db
    .selectFrom("outbox")
    .where("kind", "=", kind)
    .groupBy("box_id")
    .select((eb) => ["box_id", eb.fn.max("created_at").as("at")])
    .execute();
  return new Map(rows.map((row) => [boxId.parse(row.box_id), instant.parse(Number(row.at))]));
}

/** Ends a pending row; false when it was not pending any more, which is no mistake: answers may come twice. */
export async function settleOutbox(
  db: Database,
  row: Pick<OutboxRow, "boxId" | "commandId">,
  end: {
    readonly state: Exclude<OutboxState, "pending">;
    readonly reason: string | null;
    readonly at: Instant;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("outbox")
    .set({ state: end.state, reason: end.reason, done_at: end.at })
    .where("command_id", "=", row.commandId)
    .where("box_id", "=", row.boxId)
    .where("state", "=", "pending")
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** What one box made of a command. */
export type BoxAnswer = Pick<OutboxRow, "boxId" | "state" | "reason">;

const answerRow = z.object({ box_id: boxId, state: outboxState, reason: z.string().nullable() });

/** What each box made of one command; of 10,000 boxes, so no more of the row than that is read. */
export async function answersTo(db: Database, command: CommandId): Promise<readonly BoxAnswer[]> {
  const rows = await db
    .selectFrom("outbox")
    .where("command_id", "=", command)
    .select(["box_id", "state", "reason"])
    .orderBy("box_id")
    .execute();
  return rows.map((raw) => {
    const { box_id, state, reason } = answerRow.parse(raw);
    return { boxId: box_id, state, reason };
  });
}

/** What the box made of the newest command of a kind; null: there was none. */
export async function lastAnswerOf(
  db: Database,
  box: BoxId,
  kind: string,
): Promise<Omit<BoxAnswer, "boxId"> | null> {
  const row = await db
    .selectFrom("outbox")
    .where("box_id", "=", box)
    .where("kind", "=", kind)
    .select(["state", "reason"])
    .orderBy("created_at", "desc")
    .orderBy("command_id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : answerRow.omit({ box_id: true }).parse(row);
}

function toColumns(row: OutboxRow) {
  return {
    command_id: row.commandId,
    box_id: row.boxId,
    kind: row.kind,
    body: row.body,
    area_id: row.areaId,
    created_at: row.createdAt,
    expires_at: row.expiresAt,
    attempts: row.attempts,
    next_at: row.nextAt,
    state: row.state,
    reason: row.reason,
    done_at: row.doneAt,
  };
}
