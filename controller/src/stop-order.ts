import type { Clock, Random } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, BoxId, UserId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import { type AreaCommand, sayAreaCommand, writeAreaCommand } from "./area-command.ts";
import type { Publisher } from "./bus/publisher.ts";
import type { StopOrder } from "./changes.ts";
import type { EmergencyKeeper } from "./emergency-keeper.ts";
import { writeAudit } from "./store/audit.ts";
import type { Database } from "./store/database.ts";
import { insertStop } from "./store/stop-orders.ts";
import type { Work } from "./work.ts";

/** A box that hears it later has been silent, or played what was due afterwards; but an emergency may go on longer. */
const STOP_VALID_MS = HOUR_MS;

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
  const expiresAt = Math.max(plus(at, STOP_VALID_MS), emergencies.lastEndIn(area) ?? 0) as Instant;
  const command: AreaCommand = {
    id: newCommandId(at, random),
    kind: "stop",
    body: { at },
    ...{ area, boxes, at, expiresAt },
  };
  const { id } = command;
  const say = () => {
    emergencies.stopped(area, at);
    sayAreaCommand(publisher, command, clock.monotonic());
  };
  try {
    await db.transaction().execute(write);
  } finally {
    // Silence does not wait for the disk, whatever is wrong with it; who asked is told of it.
    say();
  }
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
    await writeAreaCommand(tx, work, command);
  }
}
