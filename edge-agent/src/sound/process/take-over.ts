import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import type { PlayRequest, SoundReport, SoundSource } from "../../ports.ts";
import { type ActiveSound, type ActiveSounds, heardUntil, placeAt } from "./active-sounds.ts";
import { type EngineOrder, SOUNDS_LIMIT } from "./messages.ts";

/** What the next engine gets to play; the path of a clip is looked up when it is sent. */
export type Order = Omit<EngineOrder, "clipPath">;

export interface Settled {
  readonly state: ActiveSounds;
  readonly reports: readonly SoundReport[];
}

/** A sound that goes on in the middle of a wave comes in this softly, ms. */
const REJOIN_FADE_MS = 20;
/** What was due during a shorter outage begins at its beginning; later, it joins where it should be. */
const WHOLE_WITHIN_MS = 1_000;
/** An engine that dies this soon after it was told of a sound may have died of it, ms. */
const SUSPECT_WITHIN_MS = 2_000;
const STRIKES_LIMIT = 3;

/**
 * No engine plays any more, since `at`. What the lost one was still to do with its sounds is done in thought: what
 * was fading out has ended or is paused. Also called after each command while there is no engine.
 */
export function settledAt(state: ActiveSounds, at: MonotonicMs): Settled {
  const reports: SoundReport[] = state.troubles.map((one) => ({
    kind: "trouble",
    ...one,
    at,
    isRaised: false,
  }));
  const sounds: ActiveSound[] = [];
  for (const sound of state.sounds) {
    const isToStop = sound.wish?.kind === "stop";
    if (isToStop) reports.push(endOf(state, sound, at));
    else sounds.push(settledSound(sound, at, reports));
  }
  return { state: { ...state, sounds, troubles: [] }, reports };
}

function settledSound(sound: ActiveSound, at: MonotonicMs, reports: SoundReport[]): ActiveSound {
  const { phase, wish } = sound;
  const playsLive = sound.request.source.kind === "relay" && phase.kind === "sounding";
  const stretch: ActiveSound = {
    ...sound,
    heardBeforeMs: heardUntil(sound, at),
    beginMs: placeAt(sound, at),
    playedMs: 0,
    inStepFrom: null,
    phase: phase.kind === "sounding" || phase.kind === "unheard" ? { kind: "unheard", since: at } : phase,
    receivedBefore: sound.receivedBefore + sound.receivedBytes,
    reconnectsBefore: sound.reconnectsBefore + sound.reconnects + (playsLive ? 1 : 0),
    receivedBytes: 0,
    reconnects: 0,
  };
  if (wish?.kind === "resume" && phase.kind === "paused")
    return { ...stretch, phase: sound.isToldStarted ? { kind: "unheard", since: at } : { kind: "waiting" } };
  if (wish?.kind !== "pause" || phase.kind === "paused") return stretch;
  const soundId = sound.request.soundId;
  reports.push({ kind: "paused", soundId, at, playedMs: stretch.heardBeforeMs });
  const silentAt = asMonotonic(Math.min(at, wish.at + wish.fadeMs));
  return { ...stretch, wish: null, phase: { kind: "paused" }, beginMs: placeAt(sound, silentAt) };
}

/** What an engine that takes over at `at` is to play, and what has ended meanwhile. Of a settled state. */
export function ordersAt(
  state: ActiveSounds,
  at: MonotonicMs,
): Settled & { readonly orders: readonly Order[] } {
  const reports: SoundReport[] = [];
  const orders: Order[] = [];
  const sounds: ActiveSound[] = [];
  for (const sound of state.sounds.slice(-SOUNDS_LIMIT)) {
    if (isOverAt(sound, at)) {
      reports.push(endOf(state, sound, at));
      continue;
    }
    const order = orderOf(state, sound, at);
    orders.push(order);
    const isInStep = order.join === "in-step";
    sounds.push({
      ...sound,
      toldAt: at,
      beginMs: order.request.offsetMs,
      inStepFrom: isInStep ? order.request.startAt : null,
      phase: sound.phase.kind === "unheard" ? { kind: "unheard", since: at } : sound.phase,
    });
  }
  return { state: { ...state, sounds }, reports, orders };
}

function orderOf(state: ActiveSounds, sound: ActiveSound, at: MonotonicMs): Order {
  const { request, phase } = sound;
  if (phase.kind === "waiting") {
    const waitsFor = request.after;
    const isChained = waitsFor !== null && state.sounds.some((one) => one.request.soundId === waitsFor);
    const isLate = !isChained && request.source.kind === "clip" && at - request.startAt > WHOLE_WITHIN_MS;
    return { request, join: isLate ? "in-step" : "fresh", isPaused: false };
  }
  if (!sound.isToldStarted) return { request, join: "fresh", isPaused: true };
  const rest: PlayRequest = {
    ...request,
    startAt: at,
    after: null,
    offsetMs: isLive(request) ? 0 : placeAt(sound, at),
  };
  if (phase.kind === "paused") return { request: rest, join: "fresh", isPaused: true };
  const fadeInMs = sound.wish?.kind === "resume" ? sound.wish.fadeMs : REJOIN_FADE_MS;
  const join = request.source.kind === "clip" ? "in-step" : "fresh";
  return { request: { ...rest, fadeInMs }, join, isPaused: false };
}

function isOverAt(sound: ActiveSound, at: MonotonicMs): boolean {
  const { endAt, source } = sound.request;
  if (endAt !== null && endAt <= at) return true;
  const lengthMs = lengthOf(source);
  return sound.phase.kind === "unheard" && lengthMs !== null && placeAt(sound, at) >= lengthMs;
}

/** Null where only the source itself knows; a clip that is over by then ends at once, which its decoder tells. */
function lengthOf(source: SoundSource): number | null {
  return source.kind === "tone" || source.kind === "siren" ? source.durationMs : null;
}

function isLive({ source }: PlayRequest): boolean {
  return source.kind === "relay";
}

function endOf({ rmsDb }: ActiveSounds, sound: ActiveSound, at: MonotonicMs): SoundReport {
  const { soundId } = sound.request;
  return { kind: "ended", soundId, at, playedMs: heardUntil(sound, at), rmsDb };
}

/**
 * After the loss of an engine: the sound that may have killed it is dropped at its third time, the newest first,
 * because it was played when the trouble began. What lies in memory is never suspected: it is what an alarm is of.
 */
export function withoutPoison(state: ActiveSounds, lostAt: MonotonicMs): Settled {
  const counted = state.sounds.map((sound) => {
    const isSuspect = isDecoded(sound.request.source) && lostAt - sound.toldAt <= SUSPECT_WITHIN_MS;
    return { ...sound, strikes: isSuspect ? sound.strikes + 1 : 0 };
  });
  const poison = counted.findLast(({ strikes }) => strikes >= STRIKES_LIMIT);
  if (poison === undefined) return { state: { ...state, sounds: counted }, reports: [] };
  const { soundId } = poison.request;
  const playedMs = heardUntil(poison, lostAt);
  const others = counted.filter((sound) => sound !== poison).map((sound) => ({ ...sound, strikes: 0 }));
  return {
    state: { ...state, sounds: others },
    reports: [{ kind: "failed", soundId, at: lostAt, playedMs, reason: "decoder-died" }],
  };
}

function isDecoded({ kind }: SoundSource): boolean {
  return kind === "clip" || kind === "relay";
}
