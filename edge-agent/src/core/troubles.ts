import type { FaultKind } from "@loa/shared/device/fault.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { itemKey } from "./air.ts";
import { isUnnamed } from "./air-source.ts";
import type { OutputTrouble, SoundEvent } from "./event.ts";
import { withNotes } from "./note-down.ts";
import { withTrouble } from "./noted.ts";
import type { AgentState, Sounding, StandingTrouble } from "./state.ts";
import type { WantedSound } from "./wanted-sounds.ts";

const faultOf = {
  "source-lost": "relay-lost",
  "dead-air": "dead-air",
  "stuck-sound": "stuck-sound",
  clipping: "sound-clipping",
  "engine-lost": "sound-engine-lost",
} as const satisfies Record<OutputTrouble, FaultKind>;

/** The faults that the mixer's troubles stand for, each since its oldest. */
export function faultsOf(troubles: readonly StandingTrouble[]): ReadonlyMap<FaultKind, Instant> {
  const faults = new Map<FaultKind, Instant>();
  for (const { trouble, since } of troubles) {
    const known = faults.get(faultOf[trouble]);
    if (known === undefined || since < known) faults.set(faultOf[trouble], since);
  }
  return faults;
}

/** What begins or ends; a relay that gives nothing, or only silence, is lost to its listeners. */
export function afterTrouble(
  state: AgentState,
  { soundId, trouble, isRaised }: Extract<SoundEvent, { kind: "sound-trouble" }>,
  at: Instant,
): AgentState {
  const others = state.playout.troubles.filter((one) => one.trouble !== trouble || one.about !== soundId);
  const troubles = isRaised ? [...others, { trouble, about: soundId, since: at }] : others;
  const next = { ...state, playout: { ...state.playout, troubles } };
  const sound = next.playout.sounding.find((one) => one.soundId === soundId);
  if (sound === undefined || !sound.isLive || (trouble !== "source-lost" && trouble !== "dead-air"))
    return next;
  const isLost = troubles.some(
    (one) => one.about === soundId && (one.trouble === "source-lost" || one.trouble === "dead-air"),
  );
  return isLost === (sound.lostSince !== null) ? next : withLoss(next, sound, isLost ? at : null, at);
}

function withLoss(state: AgentState, sound: Sounding, lostSince: Instant | null, at: Instant): AgentState {
  const from = Math.max(sound.lostSince ?? at, sound.heardFrom ?? at);
  const silentMs = sound.silentMs + (lostSince === null ? Math.max(0, at - from) : 0);
  const sounding = state.playout.sounding.map((one) =>
    one === sound ? { ...one, lostSince, silentMs } : one,
  );
  const note = state.memory.progress.get(sound.occurrenceId);
  const next = { ...state, playout: { ...state.playout, sounding } };
  return note === null || lostSince === null ? next : withNotes(next, [withTrouble(note, "relay-failed")]);
}

/** A relay that nobody can ask for, because the plan does not name it, is as lost as one that does not answer. */
export function withUnnamedRelays(
  state: AgentState,
  wanted: readonly WantedSound[],
  now: Instant,
): AgentState {
  const { plan } = state.memory;
  let next = state;
  for (const { occurrence, itemIndex, item, startAt } of wanted) {
    if (startAt > now || !isUnnamed(item, plan)) continue;
    const troubles = withLostItem(next.playout.troubles, itemKey(occurrence.id, itemIndex), now);
    if (troubles === next.playout.troubles) continue;
    next = { ...next, playout: { ...next.playout, troubles } };
    const note = next.memory.progress.get(occurrence.id);
    if (note !== null) next = withNotes(next, [withTrouble(note, "relay-failed")]);
  }
  return next;
}

/** What is wrong with a sound that is gone, or with an item whose time is over, is of no interest any more. */
export function withCurrentTroubles(state: AgentState, wanted: readonly WantedSound[]): AgentState {
  const { troubles, sounding } = state.playout;
  const current = troubles.filter(
    ({ about }) =>
      about === null ||
      sounding.some((one) => one.soundId === about) ||
      wanted.some((one) => itemKey(one.occurrence.id, one.itemIndex) === about),
  );
  return current.length === troubles.length
    ? state
    : { ...state, playout: { ...state.playout, troubles: current } };
}

/** An item that cannot be had for now is a trouble of its own, until it sounds or its time is over. */
export function withLostItem(
  troubles: readonly StandingTrouble[],
  key: string,
  at: Instant,
): readonly StandingTrouble[] {
  const isKnown = troubles.some((one) => one.about === key);
  return isKnown ? troubles : [...troubles, { trouble: "source-lost", about: key, since: at }];
}
