import { clip } from "@loa/shared/broadcast/content.ts";
import {
  bookedStream,
  type Emergency,
  emergency as emergencyShape,
} from "@loa/shared/broadcast/emergency.ts";
import {
  type AreaId,
  areaId,
  type BoxId,
  boxId,
  type CommandId,
  commandId,
  type EmergencyId,
  emergencyId,
  type UserId,
  userId,
} from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { type SignedOrder, signedOrder } from "@loa/shared/trust/order.ts";
import { type AlertProof, alertProof } from "@loa/shared/trust/standing-approval.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { inParts } from "./in-parts.ts";
import { jsonColumn } from "./json-column.ts";

export interface StoredEmergency {
  readonly emergency: Emergency;
  /** None of them lies in another one. */
  readonly areas: readonly AreaId[];
  /** Id of the envelopes that raise it. */
  readonly command: CommandId;
  /** Who wrote it; others have approved it where a roster is in force. */
  readonly raisedBy: UserId;
  /** What boxes check it by; null where no roster was in force. */
  readonly signed: SignedOrder | AlertProof | null;
  readonly cancelled: {
    readonly at: Instant;
    /** Null: who sent the alert of which it came. */
    readonly by: UserId | null;
    /** Whether its prepared correction was said with it. */
    readonly isCorrected: boolean;
    /** Id of the envelopes that cancel it. */
    readonly command: CommandId;
  } | null;
}

const emergencyRow = z.object({
  id: emergencyId,
  severity: z.enum(["actual", "exercise"]),
  headline: z.string(),
  at: instant,
  expires_at: instant,
  siren_ms: z.number(),
  notice: jsonColumn(clip).nullable(),
  times: z.number(),
  gap_ms: z.number(),
  command_id: commandId,
  raised_by: userId,
  replaces: emergencyId.nullable(),
  stream: jsonColumn(bookedStream).nullable(),
  correction: jsonColumn(emergencyShape.shape.correction.unwrap()).nullable(),
  signed_order: jsonColumn(z.union([signedOrder, alertProof])).nullable(),
  corrected_at: instant.nullable(),
  cancelled_at: instant.nullable(),
  cancelled_by: userId.nullable(),
  cancel_command_id: commandId.nullable(),
});

export async function insertEmergency(db: Database, one: StoredEmergency): Promise<void> {
  const { emergency, areas } = one;
  await db
    .insertInto("emergency")
    .values({
      id: emergency.id,
      severity: emergency.severity,
      headline: emergency.headline,
      at: emergency.at,
      expires_at: emergency.expiresAt,
      siren_ms: emergency.sirenMs,
      notice: emergency.notice === null ? null : JSON.stringify(emergency.notice),
      times: emergency.times,
      gap_ms: emergency.gapMs,
      command_id: one.command,
      raised_by: one.raisedBy,
      replaces: emergency.replaces ?? null,
      stream: emergency.stream === undefined ? null : JSON.stringify(emergency.stream),
      correction: emergency.correction === undefined ? null : JSON.stringify(emergency.correction),
      signed_order: one.signed === null ? null : JSON.stringify(one.signed),
      corrected_at: null,
      cancelled_at: null,
      cancelled_by: null,
      cancel_command_id: null,
    })
    .execute();
  await db
    .insertInto("emergency_area")
    .values(areas.map((area) => ({ emergency_id: emergency.id, area_id: area })))
    .execute();
}

export async function setCancelled(
  db: Database,
  id: EmergencyId,
  { at, by, command, isCorrected }: NonNullable<StoredEmergency["cancelled"]>,
): Promise<void> {
  await db
    .updateTable("emergency")
    .set({
      cancelled_at: at,
      cancelled_by: by,
      cancel_command_id: command,
      corrected_at: isCorrected ? at : null,
    })
    .where("id", "=", id)
    .where("cancelled_at", "is", null)
    .execute();
}

/** Those that were raised at or after this instant, newest first. */
export async function emergenciesSince(db: Database, since: Instant): Promise<readonly StoredEmergency[]> {
  const rows = await db
    .selectFrom("emergency")
    .where("at", ">=", since)
    .selectAll()
    .orderBy("at", "desc")
    .orderBy("id")
    .execute();
  const areas = await db
    .selectFrom("emergency_area")
    .innerJoin("emergency", "emergency.id", "emergency_area.emergency_id")
    .where("emergency.at", ">=", since)
    .select(["emergency_area.emergency_id", "emergency_area.area_id"])
    .orderBy("emergency_area.area_id")
    .execute();
  const areasOf = Map.groupBy(areas, (row) => row.emergency_id);
  return rows.map((row) => fromRow(row, areasOf.get(row.id) ?? []));
}

export async function emergencyById(db: Database, id: EmergencyId): Promise<StoredEmergency | null> {
  const row = await db.selectFrom("emergency").where("id", "=", id).selectAll().executeTakeFirst();
  if (row === undefined) return null;
  const areas = await db
    .selectFrom("emergency_area")
    .where("emergency_id", "=", id)
    .select("area_id")
    .orderBy("area_id")
    .execute();
  return fromRow(row, areas);
}

/** Of those that exist, the cancelled too. */
export async function headlinesOf(
  db: Database,
  ids: readonly EmergencyId[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const some of inParts(ids)) {
    const rows = await db
      .selectFrom("emergency")
      .where("id", "in", some)
      .select(["id", "headline"])
      .execute();
    for (const row of rows) found.set(row.id, row.headline);
  }
  return found;
}

/** A box says that it sounds there; its first word stands. */
export async function insertSound(
  db: Database,
  emergency: EmergencyId,
  box: BoxId,
  at: Instant,
): Promise<void> {
  await db
    .insertInto("emergency_sound")
    .values({ emergency_id: emergency, box_id: box, at })
    .onConflict((conflict) => conflict.columns(["emergency_id", "box_id"]).doNothing())
    .execute();
}

/** When it first sounded at each box. */
export async function soundsOf(db: Database, emergency: EmergencyId): Promise<ReadonlyMap<BoxId, Instant>> {
  const rows = await db
    .selectFrom("emergency_sound")
    .where("emergency_id", "=", emergency)
    .select(["box_id", "at"])
    .execute();
  return new Map(rows.map((row) => [boxId.parse(row.box_id), instant.parse(row.at)]));
}

function fromRow(raw: unknown, areas: readonly { readonly area_id: string }[]): StoredEmergency {
  const row = emergencyRow.parse(raw);
  const { cancelled_at, cancelled_by, cancel_command_id } = row;
  const isCancelled = cancelled_at !== null && cancel_command_id !== null;
  return {
    emergency: {
      id: row.id,
      severity: row.severity,
      headline: row.headline,
      at: row.at,
      expiresAt: row.expires_at,
      sirenMs: row.siren_ms,
      notice: row.notice,
      times: row.times,
      gapMs: row.gap_ms,
      ...(row.replaces === null ? {} : { replaces: row.replaces }),
      ...(row.stream === null ? {} : { stream: row.stream }),
      ...(row.correction === null ? {} : { correction: row.correction }),
    },
    areas: areas.map((one) => areaId.parse(one.area_id)),
    command: row.command_id,
    raisedBy: row.raised_by,
    signed: row.signed_order,
    cancelled: isCancelled
      ? {
          at: cancelled_at,
          by: cancelled_by,
          command: cancel_command_id,
          isCorrected: row.corrected_at !== null,
        }
      : null,
  };
}
