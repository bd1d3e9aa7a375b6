import { MAX_PROGRAMME_MS } from "@loa/shared/broadcast/content.ts";
import { MAX_SHIFT_MS } from "@loa/shared/broadcast/on-air.ts";
import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import type { BoxId, OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, type MonotonicMs, plus } from "@loa/shared/kernel/time.ts";
import type { BoxDirectory } from "./box-directory.ts";
import type { WriteQueue } from "./bus/write-queue.ts";
import { type Awaited, newlyDue, REPORT_GRACE_MS, receiptWait } from "./domain/receipts.ts";
import type { FleetMemory } from "./fleet-memory.ts";
import { createNextOccurrences } from "./next-occurrence.ts";
import type { PlanKeeper } from "./plan-keeper.ts";
import { putUnknownReceipt, type StoredReceipt } from "./store/receipts.ts";
import { putSetting } from "./store/settings.ts";

/** Says `unknown`, with its cause, in the place of boxes whose receipt does not come. */
export interface ReceiptKeeper {
  /** Looks what has become due. Also called before other schedules take the place of those of a moment ago. */
  look(): void;
  /** Something is due that no plan says. */
  expect(due: Awaited): void;
  /** The box itself has spoken. */
  came(box: BoxId, occurrence: OccurrenceId): void;
  close(): void;
}

export interface ReceiptKeeperParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly writes: WriteQueue;
  readonly directory: BoxDirectory;
  readonly plans: () => PlanKeeper;
  readonly fleet: FleetMemory;
  /** After the commit, if nothing better was there. */
  readonly written: (receipt: StoredReceipt) => void;
}

/** After a longer standstill nobody asks for receipts of what was due before. */
const LONGEST_LOOK_BACK_MS = 7 * DAY_MS;
/** What may still have been under way when the last run ended. */
const OPEN_AT_MOST_MS = MAX_PROGRAMME_MS + MAX_SHIFT_MS + REPORT_GRACE_MS;
/** After a start the boxes need this long to come back and tell. */
const RETURN_GRACE_MS = MINUTE_MS;
/** The wall clock may be set while we sleep. */
const LONGEST_SLEEP_MS = MINUTE_MS;
/** A larger difference between the wall clock and the monotonic one is a step, not an adjustment. */
const CLOCK_STEP_MS = 5 * MINUTE_MS;
const SHORTEST_SLEEP_MS = 100;

/** How far it has looked is written down this often, when nothing was due that would be lost. */
const REMEMBER_PAUSE_MS = HOUR_MS;

interface Watched {
  readonly due: Awaited;
  readonly boxes: Set<BoxId>;
  lookAt: Instant;
}

/** `lookedUpTo`: how far the last run had looked; null when there was none. */
export function createReceiptKeeper(parts: ReceiptKeeperParts, lastLook: Instant | null): ReceiptKeeper {
  const { clock, timers, directory, fleet, writes } = parts;
  const startedAt = clock.now();
  const nextOf = createNextOccurrences();
  const watched = new Map<OccurrenceId, Watched[]>();
  let lookedUpTo =
    lastLook === null || lastLook > startedAt
      ? startedAt
      : (Math.max(lastLook - OPEN_AT_MOST_MS, startedAt - LONGEST_LOOK_BACK_MS) as Instant);
  /** Null until the first look: the time since the last run is real time. */
  let lookedAt: MonotonicMs | null = null;
  let rememberedAt = lookedUpTo;
  let cancelLook = () => {};
  let isClosed = false;
  if (lastLook === null) rememberLook();

  function collect(now: Instant): void {
    const audiences = parts.plans().audiences();
    if (audiences.size === 0) return;
    noticeStep(now);
    if (now <= lookedUpTo) return;
    const after = Math.max(lookedUpTo, now - LONGEST_LOOK_BACK_MS) as Instant;
    for (const [schedules, boxes] of audiences) {
      const first = nextOf(schedules, after);
      if (first === null || first.at > now) continue;
      for (const due of newlyDue(schedules, boxes, after, now)) {
        const were = boxes.filter((box) => (directory.find(box)?.enrolledAt ?? now) <= due.at);
        if (were.length === 0) continue;
        watch(due, were);
      }
    }
    lookedUpTo = now;
  }

  function watch(due: Awaited, boxes: Iterable<BoxId>): void {
    const lookAt = Math.max(plus(due.at, REPORT_GRACE_MS), plus(startedAt, RETURN_GRACE_MS)) as Instant;
    const others = watched.get(due.id) ?? [];
    watched.set(due.id, [...others, { due, boxes: new Set(boxes), lookAt }]);
  }

  /** The time that somebody set away never was, so nothing was due in it; set back, it is only looked at again. */
  function noticeStep(now: Instant): void {
    const monotonic = clock.monotonic();
    const stepMs = lookedAt === null ? 0 : now - lookedUpTo - (monotonic - lookedAt);
    lookedAt = monotonic;
    if (Math.abs(stepMs) < CLOCK_STEP_MS) return;
    parts.log.warn("clock.stepped", { stepMs });
    lookedUpTo = now;
  }

  function judge(now: Instant): void {
    for (const [id, all] of watched) {
      for (const one of all) if (one.lookAt <= now) judgeOne(one, now);
      const left = all.filter((one) => one.boxes.size > 0);
      if (left.length === 0) watched.delete(id);
      else if (left.length < all.length) watched.set(id, left);
    }
  }

  function judgeOne(one: Watched, now: Instant): void {
    let lookAt = plus(now, MINUTE_MS);
    for (const box of one.boxes) {
      const wait = receiptWait(one.due, fleet.sight(box), now);
      if (wait.kind === "wait") {
        if (wait.until < lookAt) lookAt = wait.until;
        continue;
      }
      one.boxes.delete(box);
      writeUnknown(box, one.due, wait.cause, now);
    }
    one.lookAt = lookAt;
  }

  function writeUnknown(box: BoxId, due: Awaited, cause: StoredReceipt["cause"], at: Instant): void {
    const { id: occurrenceId, sourceId, at: dueAt } = due;
    const receipt = {
      occurrenceId,
      boxId: box,
      sourceId,
      dueAt,
      verdict: "unknown",
      cause,
      evidence: null,
      at,
    } as const;
    let isNew = false;
    writes.add({
      async store(tx) {
        isNew = await putUnknownReceipt(tx, receipt);
      },
      stored() {
        if (isNew) parts.written(receipt);
      },
    });
  }

  function rememberLook(): void {
    rememberedAt = lookedUpTo;
    const text = String(lookedUpTo);
    writes.add({ store: (tx) => putSetting(tx, "receipts.looked-up-to", text) });
  }

  function look(): void {
    cancelLook();
    const now = clock.now();
    const before = watched.size;
    collect(now);
    if (watched.size > before || Math.abs(lookedUpTo - rememberedAt) >= REMEMBER_PAUSE_MS) rememberLook();
    judge(now);
    if (!isClosed) cancelLook = timers.after(sleepMs(now), look);
  }

  function sleepMs(now: Instant): number {
    let next: number = LONGEST_SLEEP_MS;
    for (const all of watched.values()) for (const one of all) next = Math.min(next, one.lookAt - now);
    for (const schedules of parts.plans().audiences().keys()) {
      const start = nextOf(schedules, now);
      if (start !== null) next = Math.min(next, start.at - now);
    }
    return Math.max(SHORTEST_SLEEP_MS, next);
  }

  return {
    look,
    expect(due) {
      watch(due, due.boxes);
      look();
    },
    came(box, occurrence) {
      for (const one of watched.get(occurrence) ?? []) one.boxes.delete(box);
    },
    close() {
      isClosed = true;
      cancelLook();
      rememberLook();
    },
  };
}
