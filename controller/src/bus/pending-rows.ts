import type { Clock, Log, Random } from "@loa/shared/kernel/ambient.ts";
import { asInstant, asMonotonic, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { planBody, stopBody } from "@loa/shared/wire/bodies.ts";
import type { Database } from "../store/database.ts";
import { dueOutbox, type OutboxRow } from "../store/outbox.ts";
import type { PendingCommand } from "./pending.ts";

/** Rows of a province of 10,000 boxes, each with a plan and several commands; what is beyond waits for a restart. */
const MAX_PENDING = 100_000;
/** After a start the rows go out over this time; a box that connects gets its own at once. */
const SPREAD_MS = 10 * SECOND_MS;

/** What an earlier run wrote down and no box has answered. */
export async function readPending(
  db: Database,
  { clock, random, log }: { readonly clock: Clock; readonly random: Random; readonly log: Log },
): Promise<readonly PendingCommand[]> {
  const endOfTime = asInstant(8.64e15);
  const rows = await dueOutbox(db, endOfTime, MAX_PENDING);
  if (rows.length === MAX_PENDING) log.warn("outbox.not-all-read", { limit: MAX_PENDING });
  const now = clock.monotonic();
  return rows.flatMap((row) => {
    const command = commandOf(row, asMonotonic(now + random.next() * SPREAD_MS));
    return command === null ? [] : [command];
  });
}

function commandOf(row: OutboxRow, nextAt: PendingCommand["nextAt"]): PendingCommand | null {
  const { commandId: command, boxId: box, body: text, expiresAt } = row;
  const read = (): unknown => JSON.parse(text);
  if (row.kind === "plan") {
    const { revision } = planBody.parse(read()).plan;
    return { command, box, kind: "plan", body: read, revision, expiresAt, attempts: 0, nextAt };
  }
  if (row.kind !== "stop") return null;
  const body = stopBody.parse(read());
  return { command, box, kind: "stop", body: () => body, revision: null, expiresAt, attempts: 0, nextAt };
}
