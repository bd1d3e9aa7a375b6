import { lineageOf } from "@loa/shared/broadcast/area.ts";
import type { Receipt } from "@loa/shared/broadcast/receipt.ts";
import type { Clock } from "@loa/shared/kernel/ambient.ts";
import type { BoxId, EmergencyId, OccurrenceId, ScheduleId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { EventBody } from "@loa/shared/wire/bodies.ts";
import type { BoxDirectory } from "./box-directory.ts";
import type { Answers } from "./bus/answers.ts";
import type { WriteQueue } from "./bus/write-queue.ts";
import type { Counters } from "./counters.ts";
import {
  afterRepeat,
  afterStoring,
  EMPTY_STREAM,
  type EventStream,
  isStored,
  streamFromStore,
} from "./domain/event-stream.ts";
import { afterOneMore, eventsOfABox, type Pace } from "./domain/message-pace.ts";
import type { ScheduleInput } from "./domain/plan-tables.ts";
import { readOccurrenceId, type SourceId, wasEverPlanned, wasEverRaised } from "./domain/receipts.ts";
import type { EmergencyKeeper } from "./emergency-keeper.ts";
import type { OtherMessage } from "./messages.ts";
import type { PlanKeeper } from "./plan-keeper.ts";
import { insertAsRun } from "./store/as-run.ts";
import type { Database } from "./store/database.ts";
import { emergencyById } from "./store/emergencies.ts";
import { insertEvent } from "./store/events.ts";
import { toInput } from "./store/plan-tables.ts";
import { putBoxReceipt, type StoredReceipt } from "./store/receipts.ts";
import { scheduleById } from "./store/schedules.ts";
import { insertSelfTest } from "./store/self-tests.ts";

/** Keeps what boxes give as evidence, each once, and tells them so after it is durable. */
export interface EventKeeper {
  take(box: BoxId, body: EventBody, envelope: string): void;
  forget(box: BoxId): void;
}

export interface EventKeeperParts {
  readonly clock: Clock;
  readonly writes: WriteQueue;
  readonly answers: Answers;
  readonly counters: Counters;
  readonly directory: BoxDirectory;
  readonly plans: () => PlanKeeper;
  readonly emergencies: Pick<EmergencyKeeper, "find">;
  /** What boxes say besides: corrections, and what they start themselves. */
  readonly other: (id: EmergencyId) => OtherMessage | null;
  /** After the commit. */
  readonly receiptStored: (receipt: StoredReceipt) => void;
}

/** A box begins a new stream when its store was lost; older ones of a box than these are only in the store. */
const STREAMS_A_BOX = 8;

/** Events that wait for the store, of all boxes: some 40 MB when the disk is full and every box has much to tell. */
export const MAX_UNDER_WAY = 10_000;

/** One stream as the store tells it at the start. */
export interface StreamStart {
  readonly boxId: BoxId;
  readonly stream: string;
  /** Events up to here were removed, being old; 0: none. */
  readonly floor: number;
  readonly highest: number;
  /** Of events above the floor. */
  readonly count: number;
}

export function createEventKeeper(parts: EventKeeperParts, starts: readonly StreamStart[]): EventKeeper {
  const { clock, writes, answers } = parts;
  const streams = new Map<BoxId, Map<string, EventStream>>();
  /** On their way into the store. */
  const underWay = new Set<string>();
  const paces = new Map<BoxId, Pace>();

  for (const { boxId, stream, floor, highest, count } of starts) {
    remember(boxId, stream, streamFromStore(floor, highest, count));
  }

  function remember(box: BoxId, name: string, stream: EventStream): void {
    const ofBox = streams.get(box) ?? new Map<string, EventStream>();
    ofBox.delete(name);
    ofBox.set(name, stream);
    const [oldest] = ofBox.keys();
    if (ofBox.size > STREAMS_A_BOX && oldest !== undefined) ofBox.delete(oldest);
    streams.set(box, ofBox);
  }

  const streamOf = (box: BoxId, name: string) => streams.get(box)?.get(name) ?? EMPTY_STREAM;

  function isTooFast(box: BoxId): boolean {
    const pace = afterOneMore(paces.get(box) ?? null, clock.monotonic(), eventsOfABox);
    if (pace !== null) paces.set(box, pace);
    return pace === null;
  }

  function tellReceived(box: BoxId, name: string, stream: EventStream): void {
    remember(box, name, stream);
    if (stream.upTo > 0) answers.received(box, name, stream.upTo);
  }

  function store(box: BoxId, body: EventBody, envelope: string): void {
    const { stream, number } = body;
    const key = `${box} ${stream} ${number}`;
    underWay.add(key);
    let outcome: Outcome = "repeated";
    writes.add({
      async store(tx) {
        outcome = await storeOnce(tx, parts, box, body, envelope);
      },
      stored() {
        underWay.delete(key);
        tellReceived(box, stream, afterStoring(streamOf(box, stream), number, clock.now()));
        if (outcome === "unplanned") parts.counters.refuse(box, "unplanned-occurrence");
        else if (typeof outcome !== "string") parts.receiptStored(outcome);
      },
    });
  }

  return {
    take(box, body, envelope) {
      const known = streamOf(box, body.stream);
      if (isStored(known, body.number)) {
        tellReceived(box, body.stream, afterRepeat(known, body.number, clock.now()));
      } else if (!underWay.has(`${box} ${body.stream} ${body.number}`)) {
        // Nothing was promised for what is refused, so the box keeps it and sends it again.
        if (underWay.size >= MAX_UNDER_WAY) parts.counters.refuse(box, "store-behind");
        else if (isTooFast(box)) parts.counters.refuse(box, "too-fast");
        else store(box, body, envelope);
      }
    },
    forget(box) {
      streams.delete(box);
      paces.delete(box);
    },
  };
}

type Outcome = "repeated" | "unplanned" | "as-run" | "self-test" | StoredReceipt;

/** The event as it came is kept in any case: a box that tells of what nobody planned is worth looking at. */
async function storeOnce(
  tx: Database,
  parts: EventKeeperParts,
  box: BoxId,
  { stream, number, event }: EventBody,
  envelope: string,
): Promise<Outcome> {
  const isNew = await insertEvent(tx, {
    boxId: box,
    stream,
    number,
    receivedAt: parts.clock.now(),
    envelope,
  });
  if (!isNew) return "repeated";
  if (event.kind === "as-run") {
    const source = await sourceOf(tx, parts, box, event.occurrenceId, null);
    if (source === null) return "unplanned";
    const { kind: _, ...stretch } = event;
    await insertAsRun(tx, box, stretch);
    return "as-run";
  }
  if (event.kind === "self-test") {
    // A clock that was ahead must not put a test behind all that come after it.
    const now = parts.clock.now();
    await insertSelfTest(tx, box, { ...event, at: event.at > now ? now : event.at });
    return "self-test";
  }
  const { receipt } = event;
  const source = await sourceOf(tx, parts, box, receipt.occurrenceId, receipt.dueAt);
  // Only the controller says `unknown`: a box that does not know what it did has nothing to tell.
  if (source === null || receipt.verdict === "unknown") return "unplanned";
  const stored = storedReceipt(box, source, receipt);
  await putBoxReceipt(tx, stored);
  return stored;
}

/** The schedule or emergency that can have asked this box for this occurrence; null when there was none. */
async function sourceOf(
  tx: Database,
  { plans, directory, emergencies, other }: EventKeeperParts,
  box: BoxId,
  occurrence: OccurrenceId,
  dueAt: Instant | null,
): Promise<SourceId | null> {
  const name = readOccurrenceId(occurrence);
  const area = directory.find(box)?.cluster.areaId;
  if (name === null || area === undefined) return null;
  // The tree of that day, and today's: the box may have been moved between the plan and the word of it.
  const lineage = [...lineageOf(plans().treeOn(name.date), area), ...directory.lineageOf(box)];
  const schedule = plans().scheduleOf(name.scheduleId) ?? (await withdrawnSchedule(tx, name.scheduleId));
  if (schedule !== null) {
    return wasEverPlanned(schedule, name, dueAt ?? name.at, lineage) ? name.scheduleId : null;
  }
  if (other(name.emergencyId)?.isFor(box) === true) return name.emergencyId;
  const raised = emergencies.find(name.emergencyId) ?? (await emergencyById(tx, name.emergencyId));
  if (raised === null) return null;
  return wasEverRaised(raised, occurrence, dueAt, lineage) ? name.emergencyId : null;
}

async function withdrawnSchedule(tx: Database, id: ScheduleId): Promise<ScheduleInput | null> {
  const stored = await scheduleById(tx, id);
  return stored === null ? null : toInput(stored);
}

function storedReceipt(boxId: BoxId, sourceId: SourceId, receipt: Receipt): StoredReceipt {
  const { occurrenceId, dueAt, verdict, cause, evidence, at } = receipt;
  return { occurrenceId, boxId, sourceId, dueAt, verdict, cause, evidence, at };
}
