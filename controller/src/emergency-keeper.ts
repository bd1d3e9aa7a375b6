import { occurrenceOf } from "@loa/shared/broadcast/emergency.ts";
import { isVoidedByStop } from "@loa/shared/broadcast/stop.ts";
import type { Clock, Random } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, BoxId, CommandId, EmergencyId, OccurrenceId, UserId } from "@loa/shared/kernel/ids.ts";
import { asInstant, asMonotonic, type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { alertOf } from "@loa/shared/trust/alert-order.ts";
import { emergencyFrom } from "@loa/shared/trust/order.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import type { BoxDirectory } from "./box-directory.ts";
import type { CommandEnd, Publisher } from "./bus/publisher.ts";
import type { Write, WriteQueue } from "./bus/write-queue.ts";
import { type CancelKind, type OrderToRaise, raiserOf } from "./changes.ts";
import { standingOf } from "./domain/emergencies.ts";
import { stoppedParts, toldStanding } from "./domain/emergency-stops.ts";
import { readOccurrenceId } from "./domain/receipts.ts";
import { approvalOver } from "./domain/standing-approvals.ts";
import { type Letter, letterOf } from "./emergency-letters.ts";
import type { Metrics } from "./metrics.ts";
import type { PressingCommit } from "./pressing-commit.ts";
import type { ReceiptKeeper } from "./receipt-keeper.ts";
import { createRecentStops } from "./recent-stops.ts";
import { writeAudit } from "./store/audit.ts";
import type { Database } from "./store/database.ts";
import { insertEmergency, insertSound, type StoredEmergency, setCancelled } from "./store/emergencies.ts";
import { insertOutbox, type OutboxRow } from "./store/outbox.ts";
import type { Work } from "./work.ts";

/** Raises emergencies, takes them back, and sees to it that every box of their areas hears of them. */
export interface EmergencyKeeper {
  /**
   * Answers when it was said to all; who must approve it has done so before. `also` is written together with it. One that
   * it replaces is cancelled with it.
   */
  raise(order: OrderToRaise, also?: Write["store"]): Promise<StoredEmergency>;
  /** Null when it is over or was cancelled before. */
  cancel(id: EmergencyId, by: UserId | null, how: CancelKind): Promise<StoredEmergency | null>;
  /** A STOP of this instant has made it void there: nobody there hears of it any more. */
  stopped(area: AreaId, at: Instant): void;
  /** Areas in which a STOP has made it void, also one that found no room in the books. */
  stoppedIn(id: EmergencyId): readonly AreaId[];
  /** How long an emergency lasts that holds somewhere in the area; null: none does. */
  lastEndIn(area: AreaId): Instant | null;
  find(id: EmergencyId): StoredEmergency | null;
  /** Those that an alert became, by itself or because persons let it out: one for each approval that let it out. */
  ofAlert(id: EmergencyId): readonly StoredEmergency[];
  /** The emergency of which this is the correction, where it was said, and whether a box can have said it. */
  corrected(id: EmergencyId): { readonly stored: StoredEmergency; isFor(box: BoxId): boolean } | null;
  /** A box says what is on the air there, and since when. */
  sounds(box: BoxId, occurrence: OccurrenceId, since: Instant): void;
  enrolled(box: BoxId): void;
  /** A row has ended, perhaps before there was room to write it down. */
  ended(end: CommandEnd): void;
  /** Once, when everything listens: whoever was left out by the end of the last run hears of it. */
  start(): void;
  inForce(): number;
}

export interface EmergencyKeeperParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly work: Work;
  readonly writes: WriteQueue;
  readonly commit: PressingCommit;
  readonly directory: BoxDirectory;
  readonly publisher: Publisher;
  readonly receipts: () => ReceiptKeeper;
  readonly metrics: Pick<Metrics, "emergencySaid" | "emergencyHeard">;
}

/** An emergency as the last run left it. */
export interface EmergencyPast {
  readonly stored: StoredEmergency;
  /** Boxes that have their row, for the raising and for the cancelling. */
  readonly told: { readonly raise: ReadonlySet<BoxId>; readonly cancel: ReadonlySet<BoxId> };
  /** Areas in which a STOP has made it void. */
  readonly stopped: readonly AreaId[];
}

interface Kept {
  stored: StoredEmergency;
  readonly occurrenceId: OccurrenceId;
  readonly told: Record<"raise" | "cancel", Set<BoxId>>;
  readonly stopped: Set<AreaId>;
  /** Boxes at which it was heard in this run. */
  readonly sounding: Set<BoxId>;
}

/** The one envelope on an area's topic has this long to be acknowledged; then each box gets its own. */
const AREA_GRACE_MS = 2 * SECOND_MS;
/** A slice of rows holds the event loop for some 5 ms. */
const ROWS_A_SLICE = 200;

export function createEmergencyKeeper(
  parts: EmergencyKeeperParts,
  past: readonly EmergencyPast[],
): EmergencyKeeper {
  const { clock, random, writes, commit, directory, publisher } = parts;
  const all = new Map<EmergencyId, Kept>();
  /** Rows on their way into the store, by command and box; what became of those that ended meanwhile. */
  const unwritten = new Map<string, CommandEnd | null>();
  const stops = createRecentStops();
  for (const one of past) {
    const kept = keep(one.stored);
    for (const box of one.told.raise) kept.told.raise.add(box);
    for (const box of one.told.cancel) kept.told.cancel.add(box);
    for (const area of one.stopped) kept.stopped.add(area);
  }

  function keep(stored: StoredEmergency): Kept {
    const { id: occurrenceId } = occurrenceOf(stored.emergency);
    const told = { raise: new Set<BoxId>(), cancel: new Set<BoxId>() };
    const kept: Kept = { stored, occurrenceId, told, stopped: new Set(), sounding: new Set() };
    all.set(stored.emergency.id, kept);
    return kept;
  }

  const holding = () => [...all.values()].filter((one) => standingOf(one.stored, clock.now()) === "in-force");
  const isFor = ({ stored }: Kept, box: BoxId) =>
    directory.lineageOf(box).some((area) => stored.areas.includes(area));
  const isStopped = ({ stopped }: Kept, box: BoxId) =>
    stopped.size > 0 && directory.lineageOf(box).some((area) => stopped.has(area));
  const isStoppedWhole = ({ stored: { areas }, stopped }: Kept) =>
    toldStanding("in-force", areas, stoppedParts(areas, [...stopped], directory.tree())) === "stopped";
  const boxesOf = (one: Kept) =>
    directory
      .inService()
      .map((box) => box.id)
      .filter((box) => isFor(one, box));

  /** Once to every area, and a row for each box, which goes out by itself when that one fails it. */
  function say(one: Kept, what: "raise" | "cancel"): void {
    const letter = letterOf(one.stored, what);
    if (letter === null) return;
    const { kind, command, body, expiresAt } = letter;
    for (const area of one.stored.areas) publisher.publishToArea(area, kind, command, body, expiresAt);
    tell(one, what, AREA_GRACE_MS);
  }

  /** Those who were not told yet. */
  function tell(one: Kept, what: "raise" | "cancel", inMs: number): void {
    const told = one.told[what];
    const letter = letterOf(one.stored, what);
    const boxes = boxesOf(one).filter((box) => !told.has(box) && !(what === "raise" && isStopped(one, box)));
    if (boxes.length === 0 || letter === null) return;
    for (const box of boxes) told.add(box);
    tellEach(letter, boxes, inMs);
  }

  function tellEach({ kind, command, body, stub, expiresAt }: Letter, boxes: readonly BoxId[], inMs: number) {
    const at = clock.now();
    const rows = boxes.map((boxId) => ({
      commandId: command,
      boxId,
      kind,
      body: stub,
      areaId: null,
      createdAt: at,
      expiresAt,
      attempts: 0,
      nextAt: plus(at, inMs),
      state: "pending" as const,
      reason: null,
      doneAt: null,
    }));
    for (const row of rows) unwritten.set(keyOf(row.commandId, row.boxId), null);
    parts.work.run("emergency", () => writeRows(rows));
    const nextAt = asMonotonic(clock.monotonic() + inMs);
    publisher.add(
      boxes.map((box) => ({
        ...{ command, box, kind, body: () => body, revision: null },
        ...{ expiresAt, attempts: 0, nextAt },
      })),
    );
  }

  /** The boxes hear of it meanwhile, and their answers are taken. */
  async function writeRows(rows: readonly OutboxRow[]): Promise<void> {
    for (let from = 0; from < rows.length; from += ROWS_A_SLICE) {
      const some = rows.slice(from, from + ROWS_A_SLICE);
      await commit(
        (tx) => insertOutbox(tx, some.map(asItEnded)),
        () => {
          for (const row of some) unwritten.delete(keyOf(row.commandId, row.boxId));
        },
      );
      await parts.work.breathe();
    }
  }

  /** At once, so that nobody cancels it a second time while it is written down. Null: it is not in force. */
  function cancelHere(
    id: EmergencyId,
    by: UserId | null,
    how: CancelKind,
  ): { readonly kept: Kept; undo(): void } | null {
    const kept = all.get(id);
    const at = clock.now();
    if (kept === undefined || standingOf(kept.stored, at) !== "in-force") return null;
    const before = kept.stored;
    const command = newCommandId(at, random);
    kept.stored = { ...before, cancelled: { at, by, command, isCorrected: how === "corrected" } };
    return {
      kept,
      undo() {
        kept.stored = before;
      },
    };
  }

  function sayCancelled(kept: Kept): void {
    publisher.drop(kept.stored.command, kept.told.raise);
    say(kept, "cancel");
  }

  function asItEnded(row: OutboxRow): OutboxRow {
    const end = unwritten.get(keyOf(row.commandId, row.boxId)) ?? null;
    return end === null ? row : { ...row, state: end.state, reason: end.reason, doneAt: end.at };
  }

  function expectReceipts({ stored: { emergency }, occurrenceId }: Kept, boxes: readonly BoxId[]): void {
    const { endsAt } = occurrenceOf(emergency);
    parts.receipts().expect({
      id: occurrenceId,
      sourceId: emergency.id,
      at: emergency.at,
      endsAt: endsAt < emergency.expiresAt ? endsAt : emergency.expiresAt,
      boxes: new Set(boxes),
    });
  }

  return {
    async raise(toRaise, also = async () => {}) {
      const begun = clock.monotonic();
      const stored = emergencyOf(toRaise, clock.now(), random);
      const replaced = replacedEverywhere(toRaise, [...all.values()]).flatMap(
        ({ stored: { emergency } }) => cancelHere(emergency.id, toRaise.by, "cancelled") ?? [],
      );
      try {
        await commit(async (tx) => {
          await also(tx);
          await writeRaised(tx, stored, toRaise);
          for (const one of replaced) await writeCancelled(tx, one.kept.stored);
        });
      } catch (error) {
        for (const one of replaced) one.undo();
        throw error;
      }
      const kept = keep(stored);
      for (const area of stops.voiding(stored.emergency.at)) kept.stopped.add(area);
      say(kept, "raise");
      for (const one of replaced) sayCancelled(one.kept);
      parts.metrics.emergencySaid(stored.emergency.severity, clock.monotonic() - begun);
      expectReceipts(kept, [...kept.told.raise]);
      return stored;
    },
    async cancel(id, by, how) {
      const cancelled = cancelHere(id, by, how);
      if (cancelled === null) return null;
      const { kept, undo } = cancelled;
      const { stored } = kept;
      try {
        await commit((tx) => writeCancelled(tx, stored));
      } catch (error) {
        undo();
        throw error;
      }
      sayCancelled(kept);
      return stored;
    },
    stopped(area, at) {
      stops.note(area, at);
      for (const one of holding()) {
        if (!isVoidedByStop(one.stored.emergency.at, at)) continue;
        const boxes = directory.below(area).filter((box) => isFor(one, box));
        if (boxes.length === 0) continue;
        one.stopped.add(area);
        publisher.drop(one.stored.command, boxes);
      }
    },
    stoppedIn: (id) => [...(all.get(id)?.stopped ?? [])],
    lastEndIn(area) {
      const boxes = directory.below(area);
      const ends = holding()
        .filter((one) => boxes.some((box) => isFor(one, box)))
        .map((one) => one.stored.emergency.expiresAt);
      return ends.length === 0 ? null : (Math.max(...ends) as Instant);
    },
    find: (id) => all.get(id)?.stored ?? null,
    ofAlert: (id) =>
      [...all.values()].flatMap(({ stored }) => (alertOf(stored.emergency.id) === id ? [stored] : [])),
    corrected(id) {
      for (const one of all.values()) {
        const { emergency, cancelled } = one.stored;
        if (emergency.correction?.id === id && cancelled?.isCorrected === true)
          return { stored: one.stored, isFor: (box) => isFor(one, box) };
      }
      return null;
    },
    sounds(box, occurrence, since) {
      const name = readOccurrenceId(occurrence);
      const kept = name === null ? undefined : all.get(name.emergencyId);
      if (kept === undefined || kept.occurrenceId !== occurrence || !isFor(kept, box)) return;
      if (kept.sounding.has(box)) return;
      kept.sounding.add(box);
      const { id, severity, at } = kept.stored.emergency;
      parts.metrics.emergencyHeard(severity, Math.max(0, since - at));
      writes.add({ store: (tx) => insertSound(tx, id, box, since) });
    },
    enrolled(box) {
      for (const one of holding()) if (isFor(one, box)) tell(one, "raise", 0);
    },
    start() {
      for (const one of all.values()) {
        const standing = standingOf(one.stored, clock.now());
        // What ended it is on the disk before each row of it is: a row that was left must not speak after all.
        const isOver = (box: BoxId) => standing === "cancelled" || isStopped(one, box);
        publisher.drop(one.stored.command, [...one.told.raise].filter(isOver));
        if (standing === "in-force") tell(one, "raise", 0);
        if (standing === "cancelled" && one.stored.emergency.expiresAt > clock.now()) tell(one, "cancel", 0);
        expectReceipts(one, [...one.told.raise]);
      }
    },
    ended(end) {
      const key = keyOf(end.command.command, end.command.box);
      if (unwritten.has(key)) unwritten.set(key, end);
    },
    inForce: () => holding().filter((one) => !isStoppedWhole(one)).length,
  };
}

/**
 * What it replaces is cancelled in all of its areas. Not what persons have let out themselves, where an alert replaces it
 * by itself: that goes on where the alert does not hold. What an alert became elsewhere goes on until its own part of the
 * update, or the end of them all, takes its place.
 */
function replacedEverywhere(
  { order: { replaces, areas }, by }: OrderToRaise,
  all: readonly Kept[],
): readonly Kept[] {
  return all.filter(({ stored }) => {
    const { id } = stored.emergency;
    const isPart = alertOf(id) === replaces && stored.areas.every((area) => areas.includes(area));
    if (replaces === null || (id !== replaces && !isPart)) return false;
    return by !== null || approvalOver(stored) !== null;
  });
}

function keyOf(command: CommandId, box: BoxId): string {
  return `${command} ${box}`;
}

function emergencyOf(toRaise: OrderToRaise, now: Instant, random: Random): StoredEmergency {
  const { order, signed } = toRaise;
  // A clock that was set back a little must not raise it before it was written.
  const at = toRaise.at ?? asInstant(Math.max(now, order.draftedAt));
  const command = newCommandId(at, random);
  return {
    ...{ emergency: emergencyFrom(order, at), areas: order.areas, command },
    ...{ raisedBy: raiserOf(toRaise), signed, cancelled: null },
  };
}

async function writeRaised(
  tx: Database,
  stored: StoredEmergency,
  { order: { author }, by }: OrderToRaise,
): Promise<void> {
  const { emergency, areas } = stored;
  const under = approvalOver(stored);
  await insertEmergency(tx, stored);
  await writeAudit(tx, {
    at: emergency.at,
    userId: by,
    act: "emergency.raised",
    subject: `emergency:${emergency.id}`,
    areaId: areas[0] ?? null,
    detail: {
      ...emergency,
      ...{ areas, author },
      ...(under === null ? {} : { standingApproval: under.id, sender: under.sender }),
    },
  });
}

async function writeCancelled(tx: Database, { emergency, areas, cancelled }: StoredEmergency): Promise<void> {
  if (cancelled === null) return;
  await setCancelled(tx, emergency.id, cancelled);
  await writeAudit(tx, {
    at: cancelled.at,
    userId: cancelled.by,
    act: cancelled.isCorrected ? "emergency.corrected" : "emergency.cancelled",
    subject: `emergency:${emergency.id}`,
    areaId: areas[0] ?? null,
    detail: { headline: emergency.headline, areas },
  });
}
