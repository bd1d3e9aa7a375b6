import type { AreaId, BoxId, CommandId } from "@loa/shared/kernel/ids.ts";
import { asMonotonic, type Instant, type MonotonicMs, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { Publisher } from "./bus/publisher.ts";
import type { CommandKind } from "./domain/resend.ts";
import type { Database } from "./store/database.ts";
import { insertOutbox, type OutboxRow } from "./store/outbox.ts";
import type { Work } from "./work.ts";

/** The one envelope on the area's topic has this long to be acknowledged; then each box gets its own. */
const AREA_GRACE_MS = 2 * SECOND_MS;
/** Rows between two breaths: a slice of inserts holds the event loop for some 10 ms. */
const ROWS_A_SLICE = 1_000;

/** One command for all boxes of an area: said once on its topic, and to each box that has not answered. */
export interface AreaCommand {
  readonly id: CommandId;
  readonly kind: Extract<CommandKind, "stop" | "test">;
  readonly area: AreaId;
  readonly boxes: readonly BoxId[];
  readonly body: unknown;
  readonly at: Instant;
  readonly expiresAt: Instant;
}

export async function writeAreaCommand(tx: Database, work: Work, one: AreaCommand): Promise<void> {
  const body = JSON.stringify(one.body);
  const rows = one.boxes.map(
    (boxId): OutboxRow => ({
      commandId: one.id,
      boxId,
      kind: one.kind,
      body,
      areaId: one.area,
      createdAt: one.at,
      expiresAt: one.expiresAt,
      attempts: 0,
      nextAt: plus(one.at, AREA_GRACE_MS),
      state: "pending",
      reason: null,
      doneAt: null,
    }),
  );
  for (let done = 0; done < rows.length; done += ROWS_A_SLICE) {
    if (done > 0) await work.breathe();
    await insertOutbox(tx, rows.slice(done, done + ROWS_A_SLICE));
  }
}

export function sayAreaCommand(publisher: Publisher, one: AreaCommand, now: MonotonicMs): void {
  const { id: command, kind, body, expiresAt } = one;
  const nextAt = asMonotonic(now + AREA_GRACE_MS);
  publisher.publishToArea(one.area, kind, command, body, expiresAt);
  publisher.add(
    one.boxes.map((box) => ({
      ...{ command, box, kind, expiresAt, nextAt },
      body: () => body,
      revision: null,
      attempts: 0,
    })),
  );
}
