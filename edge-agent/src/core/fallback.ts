import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import { type AirItem, endOfItem } from "@loa/shared/broadcast/air-item.ts";
import type { OnAir } from "@loa/shared/broadcast/on-air.ts";
import { isSaidWhole } from "@loa/shared/broadcast/on-air.ts";
import { beginOfItem, itemAt, reaches } from "@loa/shared/broadcast/position.ts";
import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import { type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { fillerKey, itemKey } from "./air.ts";
import { isMissing, sourceOf } from "./air-source.ts";
import type { RecordChange } from "./effect.ts";
import { type Noted, putProgress } from "./memory.ts";
import { withNotes } from "./note-down.ts";
import { newNote, withTrouble } from "./noted.ts";
import type { AgentState, Sounding } from "./state.ts";
import { placeOf, type WantedSound } from "./wanted-sounds.ts";

/**
 * What is done where a source fails, step by step: the same again (`failed` says when), the next item at once, what the
 * plan names as filler, silence. In an emergency its own words stand in for a station. Nothing that neither the plan nor
 * the emergency names is ever heard.
 */
export function mayPlay(state: AgentState, one: WantedSound, now: Instant): boolean {
  if (isMissing(one.item, state.content) || sourceOf(one.item, state.memory.plan) === null) return false;
  return mayTry(state, itemKey(one.occurrence.id, one.itemIndex), now);
}

/** Between what was said and the same again. */
const BREATH_MS = 2 * SECOND_MS;
/** A station of an emergency that is silent so long after its turn came is not there, whatever is still hoped for it. */
const SILENT_STATION_MS = SECOND_MS;

function mayTry({ playout }: AgentState, key: string, now: Instant): boolean {
  const failure = playout.failed.get(key);
  return failure === undefined || (failure.retryAt !== null && now >= failure.retryAt);
}

/** A clip that cannot be had, and whose end is not bound to the clock, does not keep the next clip waiting. */
export function skipDead(
  state: AgentState,
  air: OnAir,
  now: Instant,
): { state: AgentState; changes: readonly RecordChange[] } {
  if (air.holder === null || isSaidWhole(air.holder.occurrence)) return { state, changes: [] };
  const { occurrence } = air.holder;
  const place = placeOf(state, air.holder, now);
  const from = itemAt(occurrence, place.positionMs);
  const isSilent = !state.playout.sounding.some((one) => isItem(one, occurrence, from));
  const to = isSilent ? nextLiving(state, occurrence, from) : from;
  if (to === from) return { state, changes: [] };
  const known = state.memory.progress.get(occurrence.id) ?? newNote(occurrence);
  const cause = causeOf(state, occurrence, from);
  const note: Noted = withTrouble({ ...known, offsetMs: beginOfItem(occurrence, to), since: now }, cause);
  return { state: withNotes(state, [note]), changes: [putProgress(note)] };
}

function isItem(one: Sounding, occurrence: Occurrence, itemIndex: number): boolean {
  const isSame = one.occurrenceId === occurrence.id && one.itemIndex === itemIndex;
  return isSame && one.role === "item" && !one.isStopping;
}

/** The first clip from here on that can be had; `from` itself when something else comes first. */
function nextLiving(state: AgentState, occurrence: Occurrence, from: number): number {
  for (let index = from; index < occurrence.items.length; index += 1) {
    const item = occurrence.items[index];
    if (item?.kind !== "clip") return from;
    if (!isDead(state, occurrence, item, index)) return index;
    if (endOfItem(item) === "hard") return from;
  }
  return from;
}

function isDead(state: AgentState, { id }: Occurrence, item: AirItem, index: number): boolean {
  return isMissing(item, state.content) || state.playout.failed.get(itemKey(id, index))?.retryAt === null;
}

function causeOf({ content }: AgentState, { items }: Occurrence, index: number): Cause {
  const item = items[index];
  return item !== undefined && isMissing(item, content) ? "content-missing" : "content-bad";
}

/** What stands in while the holder's present item gives no sound: until its end, or until it is back. */
export function wantedFiller(
  state: AgentState,
  { holder }: OnAir,
  wanted: readonly WantedSound[],
  now: Instant,
): readonly WantedSound[] {
  if (holder === null) return [];
  const { occurrence } = holder;
  const place = placeOf(state, holder, now);
  const itemIndex = itemAt(occurrence, place.positionMs);
  const item = standInFor(state, occurrence, itemIndex);
  if (item === null || place.at > now || !isFailing(state, occurrence, itemIndex, wanted, now)) return [];
  const endsAt = reaches(occurrence, place, beginOfItem(occurrence, itemIndex + 1));
  if (endsAt <= now || !mayTry(state, fillerKey(occurrence.id, itemIndex), now)) return [];
  const startAt = isSaidWhole(occurrence) ? plus(now, BREATH_MS) : now;
  return [{ occurrence, itemIndex, item, startAt, endsAt, cutAt: endsAt, offsetMs: 0 }];
}

/** The filler of the plan; of an emergency its words, again and again. Null: there is nothing, or it is not here. */
export function standInFor(state: AgentState, occurrence: Occurrence, itemIndex: number): AirItem | null {
  const failing = occurrence.items[itemIndex];
  if (failing === undefined) return null;
  if (isSaidWhole(occurrence)) return failing.kind === "relay" ? wordsBefore(occurrence, itemIndex) : null;
  const filler = state.memory.plan?.filler ?? null;
  if (filler === null) return null;
  const item: AirItem = { kind: "clip", sha256: filler, durationMs: failing.durationMs, end: "hard" };
  return isMissing(item, state.content) ? null : item;
}

/** Of an exercise those that say that it is one: its message alone would sound like an alarm. */
function wordsBefore({ items }: Occurrence, itemIndex: number): AirItem | null {
  const before = items.slice(0, itemIndex);
  const builtIn = before.findLast(({ kind }) => kind === "notice");
  return builtIn ?? before.findLast(({ kind }) => kind === "clip") ?? null;
}

function isFailing(
  state: AgentState,
  occurrence: Occurrence,
  itemIndex: number,
  wanted: readonly WantedSound[],
  now: Instant,
): boolean {
  const item = occurrence.items[itemIndex];
  if (item?.kind !== "clip" && item?.kind !== "relay") return false;
  const sound = state.playout.sounding.find((one) => isItem(one, occurrence, itemIndex));
  // A station that is only being looked for takes nothing from what stands in for it.
  const isLookedFor = item.kind === "relay" && (sound === undefined || sound.startedAt === null);
  if (isLookedFor && standsIn(state, occurrence, itemIndex)) return true;
  if (sound !== undefined)
    return sound.lostSince !== null || now >= (missedAt(sound) ?? Number.POSITIVE_INFINITY);
  // What is about to be started is not failing.
  return !wanted.some((one) => one.occurrence.id === occurrence.id && one.itemIndex === itemIndex);
}

/** When a station of an emergency that was not heard yet counts as missing; null: for everything else. */
export function missedAt({ isLive, isUrgent, startedAt, startAt }: Sounding): Instant | null {
  return isLive && isUrgent && startedAt === null ? plus(startAt, SILENT_STATION_MS) : null;
}

function standsIn({ playout }: AgentState, { id }: Occurrence, itemIndex: number): boolean {
  return playout.sounding.some(
    (one) =>
      one.role === "filler" && one.occurrenceId === id && one.itemIndex === itemIndex && !one.isStopping,
  );
}
