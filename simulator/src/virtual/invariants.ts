import { type Occurrence, occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import type { PlanItem } from "@loa/shared/broadcast/air-item.ts";
import { isQuiet } from "@loa/shared/broadcast/air-rules.ts";
import { MAX_SHIFT_MS } from "@loa/shared/broadcast/on-air.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import {
  emergenciesEnd,
  emergenciesOf,
  healthyBoxesAlarm,
  isOfEmergency,
  nothingUnderEmergency,
} from "./emergency-invariants.ts";
import { AFTERMATH_MS, isHealthy } from "./health-of-history.ts";
import type { Heard, History, Order, Sounded } from "./history.ts";

export interface Violation {
  readonly invariant: string;
  readonly what: string;
}

/** Crossing fades of two items that follow each other. */
const FADE_MS = 300;
/** What stands in for a relay fades for a second while the relay comes. */
const FILLER_FADE_MS = 1_000;
/** A box that has not heard of a time server for days may be off by this. */
const CLOCK_SLACK_MS = 20 * SECOND_MS;
/** How exactly a healthy box starts. */
const START_ERROR_MS = 250;
/** A stop is obeyed so soon after the box has it. */
const STOP_SLACK_MS = 2 * SECOND_MS;
/** A plan made later than this before its time may come too late. */
const NOTICE_MS = 30 * MINUTE_MS;

type Invariant = (history: History) => readonly string[];

/** Never false, whatever goes wrong. */
export const neverFalse = {
  "one source at a time": oneSourceAtATime,
  "nothing is heard twice": nothingIsHeardTwice,
  "nothing sounds in quiet hours": nothingSoundsInQuietHours,
  "nothing is heard that nobody ordered": nothingUnordered,
  "nothing is heard under an actual emergency": nothingUnderEmergency,
  "an emergency ends with its life, its cancellation and a stop": emergenciesEnd,
  "a healthy box says an emergency at once": healthyBoxesAlarm,
  "nothing that was stopped sounds on": nothingStoppedSounds,
  "the amplifier is on while something sounds": amplifierOnWhileSounding,
  "the amplifier goes off after its lease": amplifierGoesOff,
  "every message is within schema and size": (history) =>
    history.badMessages.map(({ at, topic, problem }) => `${iso(at)} ${topic}: ${problem}`),
  "no receipt claims what was not heard": noReceiptLies,
  "a healthy box speaks, on time": healthyBoxesSpeak,
} satisfies Record<string, Invariant>;

/** True once faults have stopped and some time has passed. */
export const trueInTheEnd = {
  "every box has the plan that is wanted": ({ end }) =>
    end.boxes
      .filter((one) => one.wantedRevision !== one.appliedRevision)
      .map((one) => `${one.box}: wanted ${one.wantedRevision}, applied ${one.appliedRevision}`),
  "outboxes are empty": ({ end }) => [
    ...(end.pendingOutbox === 0 ? [] : [`controller: ${end.pendingOutbox} rows wait`]),
    ...end.boxes
      .filter((one) => one.waitingEvents > 0)
      .map((one) => `${one.box}: ${one.waitingEvents} events wait`),
  ],
  "the fleet view is the truth": fleetViewIsTrue,
  "every due occurrence has a receipt": everyOccurrenceHasReceipt,
} satisfies Record<string, Invariant>;

export function violationsOf(history: History): readonly Violation[] {
  return Object.entries({ ...neverFalse, ...trueInTheEnd }).flatMap(([invariant, check]) =>
    check(history).map((what) => ({ invariant, what })),
  );
}

function fleetViewIsTrue(history: History): readonly string[] {
  return history.end.boxes.flatMap((one) => {
    const untrue = one.shownFaults.filter(
      (kind) => kind !== "self-test-failed" || !hadToFail(history, one.box, one.failedTestAt),
    );
    if (one.presence === "online" && untrue.length === 0) return [];
    return [`${one.box}: ${one.presence}, faults ${untrue.join(" ")}`];
  });
}

/** The test met a fault of the amplifier: that it failed is shown until the next night, though the fault is gone by then. */
function hadToFail({ faults, beginsAt }: History, box: BoxId, testedAt: Instant | null): boolean {
  if (testedAt === null) return false;
  const atMs = testedAt - beginsAt;
  return faults.some(
    (one) => one.kind === "amplifier" && one.box === box && one.at <= atMs && atMs <= one.at + one.forMs,
  );
}

function oneSourceAtATime(history: History): readonly string[] {
  return history.boxes.flatMap((box) => {
    const sounds = soundsOf(history, box);
    return sounds.flatMap((sound, index) => {
      const next = sounds[index + 1];
      const fadeMs = isFiller(history, sound) && next?.what.kind === "relay" ? FILLER_FADE_MS : FADE_MS;
      if (next === undefined || sound.to - next.from <= fadeMs) return [];
      return [`${box}: ${short(sound)} overlaps ${short(next)}`];
    });
  });
}

/** No second of a clip is heard again for the same occurrence. */
function nothingIsHeardTwice(history: History): readonly string[] {
  const found: string[] = [];
  for (const box of history.boxes) {
    const heardUpTo = new Map<string, number>();
    for (const sound of soundsOf(history, box)) {
      const occurrence = occurrenceOf(history, sound);
      if (occurrence === null || sound.what.kind !== "clip") continue;
      const key = `${occurrence.id} ${sound.what.sha256}`;
      const upTo = heardUpTo.get(key) ?? 0;
      if (sound.offsetMs < upTo - CLOCK_SLACK_MS / 10) {
        found.push(`${box}: ${occurrence.id} heard up to ${upTo} ms and again from ${sound.offsetMs} ms`);
      }
      heardUpTo.set(key, Math.max(upTo, sound.offsetMs + (sound.to - sound.from)));
    }
  }
  return found;
}

function nothingSoundsInQuietHours(history: History): readonly string[] {
  return history.sounds
    .filter((sound) => {
      const order = orderOf(history, sound);
      if (order?.schedule.exception === true || isOfEmergency(history, sound)) return false;
      const from = plus(sound.from, CLOCK_SLACK_MS);
      const to = plus(sound.to, -CLOCK_SLACK_MS);
      return from < to && (isQuiet(history.quietHours, from) || isQuiet(history.quietHours, to));
    })
    .map((sound) => `${sound.box}: ${short(sound)}`);
}

function nothingUnordered(history: History): readonly string[] {
  return history.sounds
    .filter((sound) => {
      if (isOfEmergency(history, sound)) return emergenciesOf(history, sound).length === 0;
      const occurrence = isFiller(history, sound)
        ? standingInFor(history, sound)
        : occurrenceOf(history, sound);
      if (occurrence === null) return true;
      return sound.from > plus(occurrence.endsAt, MAX_SHIFT_MS + CLOCK_SLACK_MS);
    })
    .map((sound) => `${sound.box}: ${short(sound)}`);
}

/** What stood in for a part of a programme that was on at that time; null: nothing was. */
function standingInFor(history: History, sound: Sounded): Occurrence | null {
  const schedules = history.orders
    .filter((order) => order.boxes.includes(sound.box))
    .map((order) => order.schedule);
  const from = plus(sound.from, -6 * HOUR_MS);
  const begun = occurrencesBetween(schedules, from, plus(sound.from, CLOCK_SLACK_MS));
  return begun.findLast((one) => sound.from <= plus(one.endsAt, MAX_SHIFT_MS + CLOCK_SLACK_MS)) ?? null;
}

function isFiller(history: History, { what }: Sounded): boolean {
  return what.kind === "clip" && history.fillers.includes(what.sha256);
}

function nothingStoppedSounds(history: History): readonly string[] {
  return history.stops.flatMap((stop) =>
    history.sounds.flatMap((sound) => {
      const knownAt = stop.knownAt.get(sound.box);
      const occurrence = occurrenceOf(history, sound);
      if (knownAt === undefined || occurrence === null || occurrence.at > stop.at) return [];
      return sound.to > plus(knownAt, STOP_SLACK_MS)
        ? [`${sound.box}: ${short(sound)}, stopped ${iso(stop.at)}`]
        : [];
    }),
  );
}

function amplifierOnWhileSounding(history: History): readonly string[] {
  return history.amplifierLooks
    .filter((look) => !look.isOn && isHealthy(history, look.box, look.at, look.at))
    .map((look) => `${look.box}: off at ${iso(look.at)}`);
}

/** A box whose player or clips are broken may hold its amplifier ready for what should sound. */
function amplifierGoesOff(history: History): readonly string[] {
  return history.leftOn
    .filter(({ box, from, forMs }) =>
      isHealthy(history, box, plus(from, forMs - MINUTE_MS), plus(from, forMs)),
    )
    .map(({ box, from, forMs }) => `${box}: on without sound from ${iso(from)} for ${Math.round(forMs)} ms`);
}

function noReceiptLies(history: History): readonly string[] {
  const heardOn = new Map<BoxId, ReadonlySet<string | undefined>>();
  return history.receipts.flatMap(({ box, occurrence, verdict }) => {
    if (verdict !== "heard" && verdict !== "played") return [];
    const heard =
      heardOn.get(box) ?? new Set(soundsOf(history, box).flatMap((sound) => namesOf(history, sound)));
    heardOn.set(box, heard);
    const [emergency] = occurrence.split("@");
    return heard.has(occurrence) || heard.has(emergency)
      ? []
      : [`${box}: ${occurrence} is said to be ${verdict}`];
  });
}

/** Of an emergency its own name alone: the second behind it, of a correction, is of the box's clock. */
function namesOf(history: History, sound: Sounded): readonly (string | undefined)[] {
  if (!isOfEmergency(history, sound)) return [occurrenceOf(history, sound)?.id];
  return emergenciesOf(history, sound).map(({ emergency }) => emergency.id);
}

function healthyBoxesSpeak(history: History): readonly string[] {
  return dueOn(history).flatMap(({ box, occurrence, order }) => {
    if (order.createdAt > plus(occurrence.at, -NOTICE_MS) || isContested(history, box, occurrence)) return [];
    if (!isHealthy(history, box, plus(occurrence.at, -AFTERMATH_MS), occurrence.endsAt)) return [];
    const first = soundsOf(history, box).find((sound) => occurrenceOf(history, sound)?.id === occurrence.id);
    if (first === undefined) return [`${box}: silent at ${occurrence.id}`];
    const errorMs = first.from - occurrence.at - (first.what.kind === "clip" ? first.offsetMs : 0);
    return Math.abs(errorMs) <= START_ERROR_MS ? [] : [`${box}: ${occurrence.id} began ${errorMs} ms off`];
  });
}

function everyOccurrenceHasReceipt(history: History): readonly string[] {
  const known = new Set(history.receipts.map(({ box, occurrence }) => `${box} ${occurrence}`));
  return dueOn(history)
    .filter(({ order, occurrence }) => order.createdAt < plus(occurrence.at, -NOTICE_MS))
    .filter(({ box, occurrence }) => !known.has(`${box} ${occurrence.id}`))
    .map(({ box, occurrence }) => `${box}: ${occurrence.id}`);
}

/** Everything that was due on every box while its order stood, up to an hour before the end. */
function dueOn(
  history: History,
): readonly { readonly box: BoxId; readonly occurrence: Occurrence; readonly order: Order }[] {
  return history.orders.flatMap((order) => {
    const to = Math.min(order.withdrawnAt ?? history.endsAt, history.endsAt - HOUR_MS) as Instant;
    const due = occurrencesBetween([order.schedule], order.createdAt, to);
    return order.boxes.flatMap((box) => due.map((occurrence) => ({ box, occurrence, order })));
  });
}

/** Something else is due on the box at the same time, or somebody pressed stop: then it may wait or be cut. */
function isContested(history: History, box: BoxId, occurrence: Occurrence): boolean {
  const from = plus(occurrence.at, -HOUR_MS);
  const isStopped = history.stops.some((stop) => stop.at >= from && stop.at <= occurrence.endsAt);
  const others = history.orders
    .filter((order) => order.boxes.includes(box) && order.schedule.id !== occurrence.scheduleId)
    .map((order) => order.schedule);
  const overlapping = occurrencesBetween(others, from, occurrence.endsAt);
  const isUnderAlarm = history.emergencies.some(
    ({ emergency, boxes }) =>
      boxes.includes(box) &&
      emergency.at <= occurrence.endsAt &&
      plus(emergency.expiresAt, CLOCK_SLACK_MS) >= occurrence.at,
  );
  return (
    isStopped || isUnderAlarm || overlapping.some((one) => plus(one.endsAt, MAX_SHIFT_MS) > occurrence.at)
  );
}

/** Asked once for every occurrence and receipt of a week: answers are kept for each history. */
interface Known {
  readonly soundsOf: Map<BoxId, readonly Sounded[]>;
  readonly occurrenceOf: Map<Sounded, Occurrence | null>;
}
const knownOf = new WeakMap<History, Known>();

function known(history: History): Known {
  const found = knownOf.get(history) ?? { soundsOf: new Map(), occurrenceOf: new Map() };
  knownOf.set(history, found);
  return found;
}

function soundsOf(history: History, box: BoxId): readonly Sounded[] {
  const { soundsOf: all } = known(history);
  const found =
    all.get(box) ?? history.sounds.filter((sound) => sound.box === box).sort((a, b) => a.from - b.from);
  all.set(box, found);
  return found;
}

function orderOf(history: History, sound: Sounded): Order | null {
  const plays = (order: Order) => order.schedule.items.some((item) => isSame(item, sound.what));
  return history.orders.find((order) => plays(order) && order.boxes.includes(sound.box)) ?? null;
}

function isSame(item: PlanItem, what: Heard): boolean {
  if (what.kind === "clip") return item.kind === "clip" && item.sha256 === what.sha256;
  return what.kind === "relay" && item.kind === "relay" && item.relay === what.relay;
}

function occurrenceOf(history: History, sound: Sounded): Occurrence | null {
  const { occurrenceOf: all } = known(history);
  const before = all.get(sound);
  if (before !== undefined) return before;
  const found = lookUpOccurrence(history, sound);
  all.set(sound, found);
  return found;
}

/** The latest occurrence of the sound's own schedule that had begun; null when there is none. */
function lookUpOccurrence(history: History, sound: Sounded): Occurrence | null {
  const order = orderOf(history, sound);
  if (order === null) return null;
  const from = plus(sound.from, -6 * HOUR_MS);
  return occurrencesBetween([order.schedule], from, plus(sound.from, CLOCK_SLACK_MS)).at(-1) ?? null;
}

function short(sound: Sounded): string {
  const { what } = sound;
  const name =
    what.kind === "clip" ? what.sha256.slice(0, 8) : what.kind === "relay" ? what.relay : what.kind;
  return `${name} from ${iso(sound.from)} at ${sound.offsetMs} ms to ${iso(sound.to)}`;
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}
