import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { PlayRequest, SoundReport } from "../../ports.ts";
import { SILENCE_DB } from "../format.ts";
import type { VolumeOrder } from "./messages.ts";

/*
 * What was commanded and what was heard of it, so that another engine can go on with what should be on air at any
 * moment. Values in, values out; all times are the agent's.
 */

export interface ActiveSounds {
  /** In the order of their commands. */
  readonly sounds: readonly ActiveSound[];
  readonly volume: Volume;
  /** What was raised and not cleared; the engine that raised it may be gone. */
  readonly troubles: readonly Trouble[];
  /** Of the last second, for a sound whose end no engine tells. */
  readonly rmsDb: number;
}

export interface ActiveSound {
  readonly request: PlayRequest;
  readonly commandedAt: MonotonicMs;
  readonly phase:
    | { readonly kind: "waiting" }
    | { readonly kind: "sounding"; readonly since: MonotonicMs }
    /** It should sound, but the engine that played it is gone and the next one does not play it yet. */
    | { readonly kind: "unheard"; readonly since: MonotonicMs }
    | { readonly kind: "paused" };
  /** Commanded, and not yet told as done. */
  readonly wish: Wish | null;
  /** The agent was told that it began. */
  readonly isToldStarted: boolean;
  /** Where in the source the present engine began, ms. */
  readonly beginMs: number;
  /** That engine leaves out what has gone by from here until it begins; null: it leaves out nothing. */
  readonly inStepFrom: MonotonicMs | null;
  /** Heard from the present engine up to `phase.since`, ms. */
  readonly playedMs: number;
  /** Heard from engines that are gone, ms. */
  readonly heardBeforeMs: number;
  /** Of relay connections that are gone. */
  readonly receivedBefore: number;
  readonly reconnectsBefore: number;
  readonly receivedBytes: number;
  readonly reconnects: number;
  /** When the present engine was told of it, and how many engines died soon after that, one after the other. */
  readonly toldAt: MonotonicMs;
  readonly strikes: number;
}

export interface Wish {
  readonly kind: "pause" | "resume" | "stop";
  readonly at: MonotonicMs;
  readonly fadeMs: number;
}

interface Volume {
  readonly fromDb: number;
  readonly toDb: number;
  readonly at: MonotonicMs;
  readonly rampMs: number;
}

type Trouble = Pick<Extract<SoundReport, { kind: "trouble" }>, "soundId" | "trouble">;

export function noSounds(now: MonotonicMs): ActiveSounds {
  const volume = { fromDb: 0, toDb: 0, at: now, rampMs: 0 };
  return { sounds: [], volume, troubles: [], rmsDb: SILENCE_DB };
}

export function withPlay(state: ActiveSounds, request: PlayRequest, now: MonotonicMs): ActiveSounds {
  if (soundOf(state, request.soundId) !== null) return state;
  const sound: ActiveSound = {
    request,
    commandedAt: now,
    phase: { kind: "waiting" },
    wish: null,
    isToldStarted: false,
    beginMs: request.offsetMs,
    inStepFrom: null,
    playedMs: 0,
    heardBeforeMs: 0,
    receivedBefore: 0,
    reconnectsBefore: 0,
    receivedBytes: 0,
    reconnects: 0,
    toldAt: now,
    strikes: 0,
  };
  return { ...state, sounds: [...state.sounds, sound] };
}

export function withWish(state: ActiveSounds, soundId: string, wish: Wish): ActiveSounds {
  // What was stopped stays so.
  return changed(state, soundId, (sound) => (sound.wish?.kind === "stop" ? sound : { ...sound, wish }));
}

export function withVolume(
  state: ActiveSounds,
  gainDb: number,
  rampMs: number,
  now: MonotonicMs,
): ActiveSounds {
  return { ...state, volume: { fromDb: volumeAt(state.volume, now), toDb: gainDb, at: now, rampMs } };
}

/** What brings a fresh engine, which stands at 0 dB, to where the volume should be, and on. */
export function volumeOrders({ volume }: ActiveSounds, now: MonotonicMs): readonly VolumeOrder[] {
  const leftMs = Math.max(0, volume.at + volume.rampMs - now);
  const at: VolumeOrder = { gainDb: volumeAt(volume, now), rampMs: 0 };
  return leftMs === 0 ? [at] : [at, { gainDb: volume.toDb, rampMs: leftMs }];
}

function volumeAt({ fromDb, toDb, at, rampMs }: Volume, now: MonotonicMs): number {
  if (now >= at + rampMs) return toDb;
  return fromDb + (toDb - fromDb) * Math.max(0, (now - at) / rampMs);
}

export function soundOf({ sounds }: ActiveSounds, soundId: string): ActiveSound | null {
  return sounds.find(({ request }) => request.soundId === soundId) ?? null;
}

export function changed(
  state: ActiveSounds,
  soundId: string,
  change: (sound: ActiveSound) => ActiveSound,
): ActiveSounds {
  return {
    ...state,
    sounds: state.sounds.map((sound) => (sound.request.soundId === soundId ? change(sound) : sound)),
  };
}

export function without(state: ActiveSounds, soundId: string): ActiveSounds {
  return {
    ...state,
    sounds: state.sounds.filter(({ request }) => request.soundId !== soundId),
    troubles: state.troubles.filter((trouble) => trouble.soundId !== soundId),
  };
}

/** Heard from the present engine until `at`, ms. */
export function playedUntil({ phase, playedMs }: ActiveSound, at: MonotonicMs): number {
  return playedMs + (phase.kind === "sounding" ? Math.max(0, at - phase.since) : 0);
}

/** Everything the ear got of it until `at`, without the gaps between engines, ms. */
export function heardUntil(sound: ActiveSound, at: MonotonicMs): number {
  return sound.heardBeforeMs + playedUntil(sound, at);
}

/** Where in its source it is, or should be, at `at`, ms. */
export function placeAt({ phase, beginMs, playedMs }: ActiveSound, at: MonotonicMs): number {
  const isMoving = phase.kind === "sounding" || phase.kind === "unheard";
  return beginMs + playedMs + (isMoving ? Math.max(0, at - phase.since) : 0);
}
