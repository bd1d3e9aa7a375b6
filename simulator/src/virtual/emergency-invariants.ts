import type { Emergency } from "@loa/shared/broadcast/emergency.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { isHealthy } from "./health-of-history.ts";
import type { EmergencyHistory, Heard, History, Sounded } from "./history.ts";

/** Crossing fades, and the way of a command through the mixer. */
const FADE_MS = 300;
/** A cancellation, a stop or an end is obeyed so soon. */
const OBEY_MS = 2 * SECOND_MS;
/** A box that has not heard of a time server for days may be off by this. */
const CLOCK_SLACK_MS = 20 * SECOND_MS;
/** From the acknowledgement to the first sample; a box that starts anew needs a little longer. */
const SAID_WITHIN_MS = 3 * SECOND_MS;

/** Whether only an emergency can have made this sound. */
export function isOfEmergency(history: History, { what }: Sounded): boolean {
  if (what.kind === "siren" || what.kind === "notice") return true;
  return history.emergencies.some(
    ({ emergency }) => isClipOf(emergency, what) || isStationOf(emergency, what),
  );
}

function isClipOf({ notice }: Emergency, what: Heard): boolean {
  return what.kind === "clip" && notice?.sha256 === what.sha256;
}

function isStationOf({ stream }: Emergency, what: Heard): boolean {
  return what.kind === "relay" && stream?.source.id === what.relay;
}

/**
 * The emergencies of its box that may have made it: of the same severity or clip, raised by then and alive. Whether the
 * box ever said that it had them does not matter: what nobody signed it cannot know.
 */
export function emergenciesOf(history: History, { box, what, from }: Sounded): readonly EmergencyHistory[] {
  return history.emergencies.filter(({ emergency, corrects, boxes }) => {
    const isRaised = emergency.at <= plus(from, FADE_MS) && from <= expiryOn(history, emergency, box);
    if (!isRaised || !boxes.includes(box)) return false;
    if (what.kind === "clip") return isClipOf(emergency, what);
    if (what.kind === "relay") return corrects === null && isStationOf(emergency, what);
    if (what.kind === "notice") return what.words === (corrects === null ? emergency.severity : "correction");
    return what.kind === "siren" && corrects === null && what.severity === emergency.severity;
  });
}

/** From its first sample to its last one (those that two may have made are the later one's): silence between two rounds belongs to it. */
export function nothingUnderEmergency(history: History): readonly string[] {
  const found: string[] = [];
  for (const one of history.emergencies) {
    if (one.emergency.severity !== "actual") continue;
    for (const box of one.boxes) {
      const span = spanOf(history, one, box);
      if (span === null) continue;
      const below = history.sounds.filter(
        (sound) =>
          sound.box === box &&
          !isOfEmergency(history, sound) &&
          sound.to > plus(span.from, FADE_MS) &&
          sound.from < plus(span.to, -FADE_MS),
      );
      for (const sound of below) found.push(`${box}: ${nameOf(sound)} under ${one.emergency.id}`);
    }
  }
  return found;
}

function spanOf(history: History, one: EmergencyHistory, box: BoxId) {
  const sounds = history.sounds.filter(
    (sound) =>
      sound.box === box && isOfEmergency(history, sound) && emergenciesOf(history, sound).at(-1) === one,
  );
  const [first] = sounds;
  const last = sounds.at(-1);
  return first === undefined || last === undefined ? null : { from: first.from, to: last.to };
}

/** Nothing of it after its end, after its cancellation came, or after a stop came that was pressed later. */
export function emergenciesEnd(history: History): readonly string[] {
  return history.sounds
    .filter((sound) => isOfEmergency(history, sound))
    .flatMap((sound) => {
      const may = emergenciesOf(history, sound).some(
        (one) => sound.to <= lastInstant(history, one, sound.box),
      );
      return may ? [] : [`${sound.box}: ${nameOf(sound)}`];
    });
}

function lastInstant(history: History, one: EmergencyHistory, box: BoxId): Instant {
  const { emergency, cancelKnownAt } = one;
  const stops = history.stops.flatMap((stop) => {
    const knownAt = stop.knownAt.get(box);
    return knownAt !== undefined && stop.at >= emergency.at ? [plus(knownAt, OBEY_MS)] : [];
  });
  const cancelled = cancelKnownAt.get(box);
  const ends = [expiryOn(history, emergency, box), ...stops];
  if (cancelled !== undefined) ends.push(plus(cancelled, OBEY_MS));
  return Math.min(...ends) as Instant;
}

/** A box that does not know the time counts the life of an emergency from when it came to know it, or started anew. */
function expiryOn(history: History, { at, expiresAt }: Emergency, box: BoxId): Instant {
  const isSure = isHealthy(history, box, at, expiresAt);
  return plus(expiresAt, isSure ? CLOCK_SLACK_MS : expiresAt - at + MINUTE_MS);
}

export function healthyBoxesAlarm(history: History): readonly string[] {
  return history.emergencies.flatMap((one) =>
    [...one.knownAt].flatMap(([box, knownAt]) => {
      const { emergency } = one;
      const isOpen = plus(knownAt, SAID_WITHIN_MS) < lastInstant(history, one, box);
      if (!isOpen || !isHealthy(history, box, emergency.at, knownAt)) return [];
      // A later alarm, or one that is higher, goes first.
      const isAlone = !history.emergencies.some(
        (other) =>
          other !== one &&
          other.emergency.id !== one.corrects &&
          other.corrects !== emergency.id &&
          other.boxes.includes(box) &&
          overlaps(other.emergency, emergency),
      );
      const isSaid = history.sounds.some(
        (sound) =>
          sound.box === box &&
          emergenciesOf(history, sound).includes(one) &&
          sound.from <= plus(knownAt, SAID_WITHIN_MS) &&
          sound.to >= plus(emergency.at, -FADE_MS),
      );
      return isAlone && !isSaid ? [`${box}: silent at ${emergency.id}, known at ${iso(knownAt)}`] : [];
    }),
  );
}

function overlaps(a: Emergency, b: Emergency): boolean {
  return a.at <= b.expiresAt && b.at <= a.expiresAt;
}

function nameOf({ what, from, to }: Sounded): string {
  return `${what.kind} from ${iso(from)} to ${iso(to)}`;
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}
