import type { Clock, Log, Random } from "@loa/shared/kernel/ambient.ts";
import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import { asInstant, asMonotonic, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { cancelBody, stopBody } from "@loa/shared/wire/bodies.ts";
import { z } from "zod";
import { bodyOf } from "../emergency-letters.ts";
import type { Database } from "../store/database.ts";
import type { StoredEmergency } from "../store/emergencies.ts";
import { dueOutbox, type OutboxRow } from "../store/outbox.ts";
import { planText } from "../store/plan-writes.ts";
import type { PendingCommand } from "./pending.ts";

/** Rows of a province of 10,000 boxes, each with a plan and several commands; what is beyond waits for a restart. */
const MAX_PENDING = 100_000;
/** After a start the rows go out over this time; a box that connects gets its own at once. */
const SPREAD_MS = 10 * SECOND_MS;

/** What an earlier run wrote down and no box has answered. */
export async function readPending(
  db: Database,
  emergencies: ReadonlyMap<EmergencyId, StoredEmergency>,
  { clock, random, log }: { readonly clock: Clock; readonly random: Random; readonly log: Log },
): Promise<readonly PendingCommand[]> {
  const endOfTime = asInstant(8.64e15);
  const rows = await dueOutbox(db, endOfTime, MAX_PENDING);
  if (rows.length === MAX_PENDING) log.warn("outbox.not-all-read", { limit: MAX_PENDING });
  const now = clock.monotonic();
  const pending: PendingCommand[] = [];
  for (const row of rows) {
    const said =
      row.kind === "plan" ? await readPlan(db, row) : (readStop(row) ?? readEmergency(row, emergencies));
    if (said === null) continue;
    const { commandId: command, boxId: box, expiresAt } = row;
    const nextAt = asMonotonic(now + random.next() * SPREAD_MS);
    pending.push({ ...said, command, box, expiresAt, attempts: 0, nextAt });
  }
  return pending;
}

type Said = Pick<PendingCommand, "kind" | "body" | "revision">;

function readStop(row: OutboxRow): Said | null {
  if (row.kind === "test") return { kind: "test", body: () => ({}), revision: null };
  if (row.kind !== "stop") return null;
  const body = stopBody.parse(JSON.parse(row.body));
  return { kind: "stop", body: () => body, revision: null };
}

/** The row names the emergency, which lies beside it once for all boxes. */
function readEmergency(row: OutboxRow, emergencies: ReadonlyMap<EmergencyId, StoredEmergency>): Said | null {
  if (row.kind !== "emergency" && row.kind !== "cancel") return null;
  const body = cancelBody.parse(JSON.parse(row.body));
  if (row.kind === "cancel") return { kind: "cancel", body: () => body, revision: null };
  const stored = emergencies.get(body.emergency);
  return stored === undefined ? null : { kind: "emergency", body: () => bodyOf(stored), revision: null };
}

/** The row names the revision, the plan lies in the one place where a box has its plan. */
async function readPlan(db: Database, row: OutboxRow): Promise<Said | null> {
  const { revision } = planRow.parse(JSON.parse(row.body));
  const text = await planText(db, row.boxId, revision);
  if (text === null) return null;
  return { kind: "plan", body: (): unknown => ({ plan: JSON.parse(text) }), revision };
}

const planRow = z.object({ revision: z.number().int().min(1) });
