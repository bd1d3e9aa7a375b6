import type { OccurrenceId } from "../kernel/ids.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS } from "../kernel/time.ts";
import type { Occurrence } from "./agenda.ts";
import { type AirRules, isQuiet, nextQuietEdge, type TimeSpan } from "./air-rules.ts";
import { beginOfItem, itemAt, positionAfter, reaches } from "./position.ts";
import { holderOf, ladder, type Rung } from "./precedence.ts";
import { isVoidedByStop } from "./stop.ts";

/** How far an occurrence has come. It is written down before the sound it describes. */
export interface Progress {
  /** Position in the programme, ms, at `since`; or at which it waits when `since` is null. */
  readonly offsetMs: number;
  /** When the stretch that sounds now began; null while something else holds the loudspeaker. */
  readonly since: Instant | null;
  readonly isOver: boolean;
}

export interface AirInputs {
  readonly occurrences: readonly Occurrence[];
  readonly progressOf: (id: OccurrenceId) => Progress | null;
  /** STOP voids everything that was due at or before it. */
  readonly stoppedAt: Instant | null;
  readonly rules: AirRules;
  /** Null: the box holds nobody to anything beyond the rules. */
  readonly limits: AirLimits | null;
  /** The silence key is turned: it stands above every rung, so nothing sounds, and what is due waits. */
  readonly isSilenced: boolean;
}

/** What a box holds everything below an emergency to, whoever has signed it and whatever exception was confirmed. */
export interface AirLimits {
  readonly quietHours: readonly TimeSpan[];
  /** Longer than anything may be, or one more than may begin now. */
  readonly isTooMuch: (occurrence: Occurrence, now: Instant) => boolean;
}

/** What should sound, computed anew from plan, memory and clock after every event. */
export interface OnAir {
  readonly holder: { readonly occurrence: Occurrence; readonly positionMs: number } | null;
  /** Due, allowed and whole, but something higher holds the loudspeaker. */
  readonly waiting: readonly Occurrence[];
  /** Due, but not allowed now. */
  readonly quieted: readonly Occurrence[];
  /** The next instant at which the answer can change by itself; null when only an event can change it. */
  readonly lookAgainAt: Instant | null;
}

/** An interrupted or waiting programme may run over its end by this much; then it is given up. */
export const MAX_SHIFT_MS = 10 * MINUTE_MS;
/** A shorter rest than this is not worth joining. */
const MIN_REST_MS = SECOND_MS;

/** A whole item is always worth it, however short it is. */
export function minRestOf(durationMs: number): number {
  return Math.min(MIN_REST_MS, durationMs);
}

export function onAir(inputs: AirInputs, now: Instant): OnAir {
  const wanting = inputs.occurrences.filter((one) => mayStillSound(one, inputs, now));
  const due = wanting.filter((one) => isDue(one, inputs, now));
  const quiet = due.length > 0 && isQuiet(inputs.rules.quietHours, now);
  const isBeyond = beyondAt(inputs.limits, now);
  const quieted = due.filter((one) => isOrdinary(one) && ((quiet && !one.exception) || isBeyond(one)));
  const contenders = due
    .filter((one) => !quieted.includes(one))
    .map((one) => ({ id: one.id, rung: one.rung, order: one.order, dueAt: one.at, occurrence: one }));
  const holder = inputs.isSilenced ? null : (holderOf(contenders)?.occurrence ?? null);
  return {
    holder: holder === null ? null : { occurrence: holder, positionMs: positionOf(holder, inputs, now) },
    waiting: contenders.map((one) => one.occurrence).filter((one) => one !== holder),
    quieted,
    lookAgainAt: nextChange(wanting, due, holder, inputs, now),
  };
}

/** Position in the programme at `now`, ms. What was never written down is joined where the clock says. */
export function positionOf(occurrence: Occurrence, inputs: AirInputs, now: Instant): number {
  const progress = inputs.progressOf(occurrence.id);
  if (progress === null) {
    if (isSaidWhole(occurrence)) return 0;
    return positionAfter(occurrence, { positionMs: 0, at: occurrence.at }, now);
  }
  // What waits skips what has expired meanwhile.
  const positionMs = positionAfter(
    occurrence,
    { positionMs: progress.offsetMs, at: progress.since ?? now },
    now,
  );
  return progress.since === null ? behindSilence(occurrence, positionMs) : positionMs;
}

/** Who waited in a silence of its own goes on behind it: nothing that begins would ever end that silence. */
function behindSilence(occurrence: Occurrence, positionMs: number): number {
  const index = itemAt(occurrence, positionMs);
  return occurrence.items[index]?.kind === "pause" ? beginOfItem(occurrence, index + 1) : positionMs;
}

/** When the occurrence will be through, if nothing comes between. */
export function endOf(occurrence: Occurrence, inputs: AirInputs, now: Instant): Instant {
  const place = { positionMs: positionOf(occurrence, inputs, now), at: now };
  return reaches(occurrence, place, occurrence.durationMs);
}

/**
 * Whether STOP voids it. What a wrong clock began before its time is voided by its beginning; an emergency only by the
 * instant that was signed.
 */
export function isVoided(
  { at, rung }: { readonly at: Instant; readonly rung: Rung },
  progress: Progress | null,
  stoppedAt: Instant | null,
): boolean {
  if (isVoidedByStop(at, stoppedAt)) return true;
  return !isSaidWhole({ rung }) && progress?.since != null && isVoidedByStop(progress.since, stoppedAt);
}

/** Said from its beginning whenever it comes; what is joined where the clock says otherwise. */
export function isSaidWhole({ rung }: { readonly rung: Rung }): boolean {
  return ladder[rung].whenLate === "whole";
}

/** By the clock; or begun already, whatever a corrected clock says now. An emergency is due when it is known. */
export function isDue(occurrence: Occurrence, inputs: AirInputs, now: Instant): boolean {
  if (occurrence.at <= now || isSaidWhole(occurrence)) return true;
  return hasBegun(inputs.progressOf(occurrence.id), now);
}

function hasBegun(progress: Progress | null, now: Instant): boolean {
  return progress !== null && (progress.since === null || progress.since <= now);
}

function mayStillSound(occurrence: Occurrence, inputs: AirInputs, now: Instant): boolean {
  const progress = inputs.progressOf(occurrence.id);
  if (isVoided(occurrence, progress, inputs.stoppedAt)) return false;
  if (progress?.isOver === true) return false;
  const isAhead = occurrence.at > now && !isSaidWhole(occurrence);
  if (isAhead && !hasBegun(progress, now)) return true;
  if (now >= givenUpAt(occurrence)) return false;
  const restMs = occurrence.durationMs - positionOf(occurrence, inputs, now);
  return progress?.since != null ? restMs > 0 : restMs >= minRestOf(occurrence.durationMs);
}

/** From here on nothing of it sounds any more. */
export function givenUpAt(occurrence: Occurrence): Instant {
  return occurrence.voidAt ?? plus(occurrence.endsAt, MAX_SHIFT_MS);
}

function isOrdinary({ rung }: Occurrence): boolean {
  return ladder[rung].quietHours === "bound";
}

/** Whether something is beyond the limits at this moment. */
export function beyondAt(limits: AirLimits | null, now: Instant): (occurrence: Occurrence) => boolean {
  if (limits === null) return () => false;
  const isOutside = isQuiet(limits.quietHours, now);
  return (one) => isOutside || limits.isTooMuch(one, now);
}

function nextChange(
  wanting: readonly Occurrence[],
  due: readonly Occurrence[],
  holder: Occurrence | null,
  inputs: AirInputs,
  now: Instant,
): Instant | null {
  let next: Instant | null = null;
  const consider = (at: Instant | null) => {
    if (at !== null && at > now && (next === null || at < next)) next = at;
  };
  for (const one of wanting) consider(one.at > now ? one.at : null);
  for (const one of due) consider(givenUpAt(one));
  if (holder !== null) consider(endOf(holder, inputs, now));
  if (due.length > 0) consider(nextQuietEdge(inputs.rules.quietHours, now));
  if (due.length > 0 && inputs.limits !== null) consider(nextQuietEdge(inputs.limits.quietHours, now));
  return next;
}
