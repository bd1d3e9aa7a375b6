import type { Clock, Random } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, BoxId, UserId } from "@loa/shared/kernel/ids.ts";
import { asMonotonic, HOUR_MS, type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import type { PendingCommand } from "./bus/pending.ts";
import type { Publisher } from "./bus/publisher.ts";
import type { StopOrder } from "./changes.ts";
import type { EmergencyKeeper } from "./emergency-keeper.ts";
import { writeAudit } from "./store/audit.ts";
import type { Database } from "./store/database.ts";
import { isDiskFull } from "./store/disk-full.ts";
import { insertOutbox } from "./store/outbox.ts";
import { insertStop } from "./store/stop-orders.ts";
import type { Work } from "./work.ts";

/** A box that hears it later has been silent, or played what was due afterwards; but an emergency may go on longer. */
const STOP_VALID_MS = HOUR_MS;
/** The one envelope on the area's topic has this long to be acknowledged; then each box gets its own. */
const AREA_GRACE_MS = 2 * SECOND_MS;
/** Rows between two breaths: a slice of inserts holds the event loop for some 10 ms. */
const ROWS_A_SLICE = 1_000;

export interface StopParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly db: Database;
  readonly work: Work;
  readonly publisher: Publisher;
  readonly emergencies: Pick<EmergencyKeeper, "stopped" | "lastEndIn">;
}

/** Silence for an area: written down for each of its boxes in one transaction, then said to all of them at once. */
export async function orderStop(
  { clock, random, db, work, publisher, emergencies }: StopParts,
  area: AreaId,
  by: UserId,
  boxes: readonly BoxId[],
): Promise<StopOrder> {
  const at = clock.now();
  const id = newCommandId(at, random);
  const expiresAt = Math.max(plus(at, STOP_VALID_MS), emergencies.lastEndIn(area) ?? 0) as Instant;
  const body = { at };
  const rows = boxes.map((boxId) => ({
    commandId: id,
    boxId,
    kind: "stop",
    body: JSON.stringify(body),
    areaId: area,
    createdAt: at,
    expiresAt,
    attempts: 0,
    nextAt: plus(at, AREA_GRACE_MS),
    state: "pending" as const,
    reason: null,
    doneAt: null,
  }));
  const nextAt = asMonotonic(clock.monotonic() + AREA_GRACE_MS);
  const say = () => {
    emergencies.stopped(area);
    publisher.publishToArea(area, "stop", id, body, expiresAt);
    publisher.add(boxes.map((box) => pendingStop(id, box, body, expiresAt, nextAt)));
  };
  try {
    await db.transaction().execute(write);
  } catch (error) {
    // Silence does not wait for room on the disk: it is said all the same, and who asked is told of the disk.
    if (isDiskFull(error)) say();
    throw error;
  }
  say();
  return { id, at, boxes: boxes.length };

  async function write(tx: Database): Promise<void> {
    await insertStop(tx, { id, areaId: area, at, by });
    await writeAudit(tx, {
      at,
      userId: by,
      act: "stop.ordered",
      subject: `stop:${id}`,
      areaId: area,
      detail: { boxes: boxes.length },
    });
    for (let done = 0; done < rows.length; done += ROWS_A_SLICE) {
      if (done > 0) await work.breathe();
      await insertOutbox(tx, rows.slice(done, done + ROWS_A_SLICE));
    }
  }
}

function pendingStop(
  command: PendingCommand["command"],
  box: BoxId,
  body: unknown,
  expiresAt: PendingCommand["expiresAt"],
  nextAt: PendingCommand["nextAt"],
): PendingCommand {
  return { command, box, kind: "stop", body: () => body, revision: null, expiresAt, attempts: 0, nextAt };
}
