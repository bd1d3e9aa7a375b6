import { capabilities } from "@loa/shared/device/capability.ts";
import { severityOf } from "@loa/shared/device/fault.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import type { BoxId, EmergencyId, OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { SUSPECT_AFTER_MS } from "@loa/shared/wire/uplink.ts";
import { createAhead } from "./ahead.ts";
import type { BoxDirectory } from "./box-directory.ts";
import { createDeadlines } from "./deadlines.ts";
import type { BoxFault, BoxNow, BoxRow, PresenceState } from "./domain/box-row.ts";
import { deviceNow, devicesAfter } from "./domain/devices-told.ts";
import {
  afterMessage,
  type BoxKnown,
  type BoxMessage,
  isInTouch,
  nextDeadline,
  presenceAt,
  qualityOf,
  unheard,
} from "./domain/fleet.ts";
import {
  againstOf,
  isLookMissing,
  lookDeadline,
  type ReadinessTold,
  severityOfLack,
  toldOf,
} from "./domain/readiness.ts";
import { readOccurrenceId, type Sight } from "./domain/receipts.ts";
import type { FleetView } from "./fleet-view.ts";
import type { LiveFeed } from "./live-feed.ts";
import type { PlanKeeper } from "./plan-keeper.ts";
import { createSilences } from "./silences.ts";
import type { BoxClone } from "./store/box-clones.ts";
import type { BoxSeen } from "./store/box-seen.ts";
import type { PlacedBox } from "./store/boxes.ts";
import type { StoredLook } from "./store/readiness-looks.ts";
import type { TitleOf } from "./titles.ts";

/** What every box said last, and what the page makes of it. */
export interface FleetMemory extends FleetView {
  heard(box: BoxId, message: BoxMessage): { readonly before: BoxKnown; readonly after: BoxKnown };
  known(box: BoxId): BoxKnown;
  sight(box: BoxId): Sight;
  receiptCame(box: BoxId, receipt: NonNullable<BoxRow["lastReceipt"]>): void;
  /** Something that the row shows has changed elsewhere. */
  touch(box: BoxId): void;
  touchAll(): void;
  forget(box: BoxId): void;
  presences(): Readonly<Record<PresenceState, number>>;
  close(): void;
}

export interface FleetMemoryParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly feed: LiveFeed;
  readonly directory: BoxDirectory;
  readonly plans: () => PlanKeeper;
  readonly titleOf: TitleOf;
  /** Null: there is one of it only, as far as anybody knows. */
  readonly cloneOf: (box: BoxId) => BoxClone | null;
  /** Null for what is no emergency. */
  readonly emergencyOf: (id: EmergencyId) => NonNullable<BoxRow["onAir"]>["emergency"];
  /** Called when silence alone has changed the presence of a box. */
  readonly fellSilent: (box: BoxId, known: BoxKnown) => void;
}

/** The start of the first look for boxes that fell silent, and how exactly the deadlines are kept. */
const LOOK_PAUSE_MS = SECOND_MS;
const LONGEST_SLEEP_MS = MINUTE_MS;
/** Who is to be looked at so soon is looked at now. */
const LOOK_TOGETHER_MS = 5 * SECOND_MS;

export function createFleetMemory(
  parts: FleetMemoryParts,
  seen: readonly BoxSeen[],
  lastReceipts: ReadonlyMap<BoxId, NonNullable<BoxRow["lastReceipt"]>>,
  looks: readonly StoredLook[],
): FleetMemory {
  const { clock, timers, feed, directory } = parts;
  const startedAt = clock.now();
  const boxes = rememberedBoxes(startedAt, seen, looks);
  const receipts = new Map(lastReceipts);
  const shown = new Map<BoxId, PresenceState>();
  /** What of the next occurrence changes by time alone. */
  const shownNext = new Map<BoxId, string>();
  /** When each is looked at though it is heard again and again: of what is ahead of it something may be missing. */
  const settledUntil = createDeadlines<BoxId>();
  for (const box of boxes.keys()) settledUntil.set(box, startedAt);
  /** Of those that are online. */
  const silences = createSilences<BoxId>(SUSPECT_AFTER_MS);
  const ahead = createAhead(parts.plans);
  let cancelLook: (() => void) | null = null;
  let isClosed = false;

  function known(box: BoxId): BoxKnown {
    return boxes.get(box) ?? unheard(startedAt);
  }

  function touch(box: BoxId): void {
    if (feed.listeners === 0) return;
    const placed = directory.find(box);
    if (placed !== null) feed.publish({ kind: "box", row: rowOf(placed, clock.now()) });
  }

  /** Looks for boxes whose silence has lasted too long, then sleeps until the next deadline. */
  function look(): void {
    cancelLook = null;
    const now = clock.now();
    // What somebody looks at changes by more than silence.
    const due = feed.listeners === 0 ? dueAt(now) : [...boxes.keys()];
    for (const box of due) {
      const one = boxes.get(box);
      if (one !== undefined) lookAt(box, one, now);
    }
    const latest = plus(now, LONGEST_SLEEP_MS);
    const sleepMs = Math.min(latest, settledUntil.next() ?? latest, silences.next() ?? latest) - now;
    if (!isClosed) cancelLook = timers.after(Math.max(LOOK_PAUSE_MS, sleepMs), look);
  }

  /** Whose silence has lasted too long, and who would soon be looked at anyway: one wake-up for many. */
  function dueAt(now: Instant): ReadonlySet<BoxId> {
    return new Set([...silences.over(now), ...settledUntil.due(plus(now, LOOK_TOGETHER_MS))]);
  }

  function lookAt(box: BoxId, one: BoxKnown, now: Instant): void {
    const { state } = presenceAt(one, now);
    if (state !== "online") silences.forget(box);
    if (shown.get(box) !== state) {
      shown.set(box, state);
      if (state === "offline" || state === "suspect") parts.fellSilent(box, one);
      touch(box);
    } else if (hasNextMoved(box, state, now)) touch(box);
    let until = plus(now, LONGEST_SLEEP_MS);
    const silentAt = state === "online" ? null : nextDeadline(one, now);
    if (silentAt !== null && silentAt > now && silentAt < until) until = silentAt;
    const missedAt = lookDeadline(ahead.of(box, now));
    if (missedAt !== null && missedAt > now && missedAt < until) until = missedAt;
    settledUntil.set(box, until);
  }

  /** A session has begun, or a look before one did not come: a silent box tells neither. Asked while somebody looks. */
  function hasNextMoved(box: BoxId, state: PresenceState, now: Instant): boolean {
    if (feed.listeners === 0) return false;
    const coming = ahead.of(box, now);
    const isMissed =
      state === "online" && isLookMissing(coming, toldOf(known(box).readiness, coming.next), now);
    const shows = `${coming.next?.occurrenceId} ${isMissed}`;
    const isKnown = shownNext.has(box);
    const hasMoved = shownNext.get(box) !== shows;
    if (hasMoved) shownNext.set(box, shows);
    return isKnown && hasMoved;
  }

  function rowOf(box: PlacedBox, now: Instant): BoxRow {
    const one = known(box.id);
    const presence = presenceAt(one, now);
    const plan = parts.plans().stateOf(box.id);
    const isLive = isInTouch(presence.state);
    const coming = ahead.of(box.id, now);
    const { next } = coming;
    const clone = parts.cloneOf(box.id);
    const faults = clone === null ? one.faults : [...one.faults, clonedSince(clone.at)];
    const told = toldOf(one.readiness, next);
    return {
      boxId: box.id,
      clusterId: box.clusterId,
      clusterName: box.cluster.name,
      areaId: box.cluster.areaId,
      areaName: box.areaName,
      simulated: box.simulated,
      presence: { ...presence, heardAt: one.heardAt },
      against: againstOf({ presence: { ...presence, heardAt: one.heardAt }, faults }, coming, told, now),
      wantedRevision: plan?.wantedRevision ?? 0,
      appliedRevision: plan?.appliedRevision ?? 0,
      planProblem: plan?.problem ?? null,
      onAir: isLive && one.onAir !== null ? { ...one.onAir, ...nameOf(one.onAir.occurrenceId) } : null,
      next,
      readiness: readinessOf(told, isLive, next),
      faults,
      faultsAt: one.faultsAt,
      lastReceipt: receipts.get(box.id) ?? null,
      clips:
        one.reported === null
          ? null
          : { wanted: one.reported.clipsWanted, present: one.reported.clipsPresent },
    };
  }

  function nameOf(occurrence: OccurrenceId): Pick<NonNullable<BoxRow["onAir"]>, "title" | "emergency"> {
    const name = readOccurrenceId(occurrence);
    if (name === null) return { title: "", emergency: null };
    return { title: parts.titleOf(name.scheduleId), emergency: parts.emergencyOf(name.emergencyId) };
  }

  function nowOf(box: PlacedBox): BoxNow {
    const one = known(box.id);
    const now = clock.now();
    const { devicesAt } = one;
    const isLive = isInTouch(presenceAt(one, now).state);
    return {
      row: rowOf(box, now),
      profile: one.reported?.profile ?? null,
      agentVersion: one.agentVersion,
      devices: devicesAt === null ? [] : one.devices.map((device) => deviceNow(device, isLive, devicesAt)),
      values: [...one.values].map(([capability, { value, at }]) => ({
        capability,
        unit: capabilities[capability].unit,
        value,
        at,
        quality: qualityOf({ value, at }, now),
      })),
      level: one.level,
    };
  }

  cancelLook = timers.after(LOOK_PAUSE_MS, look);

  return {
    rows(asked) {
      const now = clock.now();
      return asked.flatMap((id) => {
        const box = directory.find(id);
        return box === null ? [] : [rowOf(box, now)];
      });
    },
    now(id) {
      const box = directory.find(id);
      return box === null ? null : nowOf(box);
    },
    rosterVersions: () => directory.inService().map(({ id }) => known(id).reported?.roster ?? 0),
    heard(box, message) {
      const before = known(box);
      const now = clock.now();
      const after = afterMessage(before, message, now);
      if (after === before) return { before, after };
      boxes.set(box, after);
      // Who was gone or unknown has a deadline from now on.
      if (after.link !== before.link) settledUntil.set(box, now);
      const { state } = presenceAt(after, now);
      shown.set(box, state);
      if (state === "online" && after.heardAt !== before.heardAt) silences.heard(box, now);
      const placed = directory.find(box);
      if (
        placed !== null &&
        message.kind === "status" &&
        message.body.k === "level" &&
        after.level !== null
      ) {
        feed.publish({ kind: "level", areaId: placed.cluster.areaId, boxId: box, ...after.level });
      } else touch(box);
      return { before, after };
    },
    known,
    sight(box) {
      const one = known(box);
      return { presence: presenceAt(one, clock.now()).state, onAir: one.onAir?.occurrenceId ?? null };
    },
    receiptCame(box, receipt) {
      const last = receipts.get(box);
      if (last !== undefined && last.dueAt > receipt.dueAt) return;
      receipts.set(box, receipt);
      touch(box);
    },
    touch,
    touchAll() {
      if (feed.listeners > 0) for (const { id } of directory.inService()) touch(id);
    },
    forget(box) {
      boxes.delete(box);
      receipts.delete(box);
      shown.delete(box);
      settledUntil.delete(box);
      silences.forget(box);
      shownNext.delete(box);
      ahead.forget(box);
    },
    presences() {
      const counts = { online: 0, suspect: 0, offline: 0, unknown: 0 };
      const now = clock.now();
      for (const { id } of directory.inService()) counts[presenceAt(known(id), now).state] += 1;
      return counts;
    },
    close() {
      isClosed = true;
      cancelLook?.();
    },
  };
}

/** What an earlier run has written down. None of it says that a box is there. */
function rememberedBoxes(
  startedAt: Instant,
  seen: readonly BoxSeen[],
  looks: readonly StoredLook[],
): Map<BoxId, BoxKnown> {
  const boxes = new Map<BoxId, BoxKnown>();
  for (const { boxId, lastHeardAt: heardAt, reported } of seen) {
    const devices = devicesAfter([], reported?.devices ?? [], null);
    const devicesAt = reported === null ? null : heardAt;
    boxes.set(boxId, { ...unheard(startedAt), heardAt, reported, devices, devicesAt });
  }
  for (const { boxId, ...look } of looks) {
    const known = boxes.get(boxId) ?? unheard(startedAt);
    const others = known.readiness.filter((one) => one.occurrenceId !== look.occurrenceId);
    boxes.set(boxId, { ...known, readiness: [...others, look] });
  }
  return boxes;
}

/** Seen here, not there: a copy would not tell of itself. */
function clonedSince(since: Instant): BoxFault {
  const kind = "box-cloned";
  return { kind, severity: severityOf[kind], since, point: null, value: null, threshold: null };
}

/** A box out of touch may well be ready: it plays from its own disk. Nobody can know. */
function readinessOf(
  readiness: ReadinessTold | null,
  isLive: boolean,
  next: BoxRow["next"],
): BoxRow["readiness"] {
  if (readiness === null) return { state: "unknown", lacks: [], at: null, stage: null };
  const { lacks, at, occurrenceId } = readiness;
  const stage = next !== null && occurrenceId === next.occurrenceId ? readiness.stage : null;
  if (!isLive) return { state: "unknown", lacks, at, stage };
  const isSilent = lacks.some((cause) => severityOfLack(cause) === "critical");
  return { state: isSilent ? "not-ready" : "ready", lacks, at, stage };
}
