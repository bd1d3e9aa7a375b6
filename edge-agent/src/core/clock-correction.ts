import { isSaidWhole } from "@loa/shared/broadcast/on-air.ts";
import { type Instant, type MonotonicMs, plus } from "@loa/shared/kernel/time.ts";
import { CLOCK_TOLERANCE_MS } from "@loa/shared/wire/envelope.ts";
import { type BoxTime, isConfirmed, timeAt } from "./box-time.ts";
import { type Effect, put, type RecordChange } from "./effect.ts";
import type { Memory, Noted } from "./memory.ts";
import { looksMoved } from "./readings.ts";
import type { AgentState, AmplifierState, ContentState, LinkState, Playout, Sounding } from "./state.ts";

/** A smaller correction is not worth preparing a sound anew. */
const SAME_MOMENT_MS = 20;

export interface Correction {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
}

/**
 * The box's time was corrected. Waits are lengths of time and what sounds goes on, so their marks move with the
 * correction; what is due by the clock keeps its instant and is prepared anew.
 */
export function afterCorrection(before: BoxTime, state: AgentState, mono: MonotonicMs): Correction {
  const byMs = timeAt(state.time, mono) - timeAt(before, mono);
  if (byMs === 0) return { state, effects: [] };
  const now = timeAt(state.time, mono);
  const isLarge = Math.abs(byMs) >= SAME_MOMENT_MS;
  const stale = isLarge ? state.playout.sounding.filter((one) => isOnlyPrepared(one, state.playout)) : [];
  const running = state.playout.sounding.filter((one) => !stale.includes(one));
  const unlived = byMs < 0 ? state.memory.progress.all().filter((one) => isUnlived(one, running, now)) : [];
  const effects: Effect[] = stale.map((one) => ({ kind: "stop-sound", soundId: one.soundId, fadeMs: 0 }));
  const memory = withoutFarStop(state, now);
  const changes = unlived.map(forget);
  if (memory !== state.memory) changes.push(put("stop", "at", memory.stoppedAt));
  if (changes.length > 0) effects.push({ kind: "commit", onFailure: "keep", changes });
  const { content, health } = state;
  return {
    state: {
      ...state,
      memory: movedMemory(memory, unlived, { byMs, isBlind: before.trust === "untrusted" }, now),
      playout: movedPlayout({ ...state.playout, sounding: running }, byMs),
      amplifier: movedAmplifier(state.amplifier, byMs),
      ...movedCare(state, byMs),
      link: movedLink(state.link, byMs),
      content: movedContent(content, byMs),
      health:
        health.diskRetryAt === null ? health : { ...health, diskRetryAt: plus(health.diskRetryAt, byMs) },
      airLookAt: isLarge ? null : state.airLookAt,
    },
    effects,
  };
}

/** What is empty stays the same: by that others know that nothing in it is new. */
function movedMap<Key, One>(map: ReadonlyMap<Key, One>, move: (one: One) => One): ReadonlyMap<Key, One> {
  return map.size === 0 ? map : new Map([...map].map(([key, one]) => [key, move(one)]));
}

function moved(at: Instant | null, byMs: number): Instant | null {
  return at === null ? null : plus(at, byMs);
}

/** Nothing of its occurrence sounds yet: its second is the clock's, not the sound's. An emergency's is neither's. */
function isOnlyPrepared(one: Sounding, { sounding }: Playout): boolean {
  return (
    one.startedAt === null &&
    !one.isUrgent &&
    !one.isStopping &&
    !sounding.some((other) => other.occurrenceId === one.occurrenceId && other.startedAt !== null)
  );
}

/** Judged while the clock was ahead, though its time is still to come, and nothing of it ever sounded. */
function isUnlived(note: Noted, running: readonly Sounding[], now: Instant): boolean {
  if (isSaidWhole(note)) return false;
  const isRunning = running.some((one) => one.occurrenceId === note.id);
  return note.dueAt > now && note.playedMs === 0 && note.startErrorMs === null && !isRunning;
}

/**
 * A STOP that was taken while the box was blind, for a time that is far ahead. No honest one is, and all that is issued
 * before its time is void: with one for the year 2100 a stolen key would silence the box for ever.
 */
function withoutFarStop({ memory, time }: AgentState, now: Instant): Memory {
  const { stoppedAt } = memory;
  if (!isConfirmed(time.trust) || stoppedAt === null || stoppedAt <= now + CLOCK_TOLERANCE_MS) return memory;
  return { ...memory, stoppedAt: now };
}

function forget(note: Noted): RecordChange {
  return { op: "delete", table: "occurrence", key: note.id };
}

/** A blind box begins nothing but emergencies: all else that it remembers was written down in true time, before the dark. */
function movedMemory(
  memory: Memory,
  unlived: readonly Noted[],
  { byMs, isBlind }: { readonly byMs: number; readonly isBlind: boolean },
  now: Instant,
): Memory {
  const rememberedByMs = isBlind ? 0 : byMs;
  const lived = memory.progress.without(unlived.map((note) => note.id));
  // What has begun goes on from where it is, though one of its items may have failed just now. What is said whole has
  // begun when it was asked for.
  const begun = lived
    .open()
    .filter((note) => note.since !== null && (note.startErrorMs !== null || isSaidWhole(note)));
  const progress = lived.with(
    begun.map((note) => ({
      ...note,
      since: moved(note.since, isSaidWhole(note) ? byMs : rememberedByMs),
      provenAt: moved(note.provenAt, isSaidWhole(note) ? byMs : rememberedByMs),
    })),
  );
  const { probation, settledUpTo } = memory;
  const emergencies = movedMap(memory.emergencies, (known) => ({
    ...known,
    knownAt: plus(known.knownAt, byMs),
  }));
  return {
    ...memory,
    progress,
    emergencies,
    probation: probation === null ? null : { ...probation, until: plus(probation.until, rememberedByMs) },
    aliveAt: moved(memory.aliveAt, rememberedByMs),
    settledUpTo: settledUpTo !== null && settledUpTo > now ? now : settledUpTo,
  };
}

function movedPlayout(playout: Playout, byMs: number): Playout {
  const { mixer } = playout;
  return {
    ...playout,
    sounding: playout.sounding.map((one) => ({
      ...one,
      startAt: plus(one.startAt, byMs),
      endsAt: plus(one.endsAt, byMs),
      cutAt: moved(one.cutAt, byMs),
      startedAt: moved(one.startedAt, byMs),
      resumeAskedAt: moved(one.resumeAskedAt, byMs),
      heardFrom: moved(one.heardFrom, byMs),
      lostSince: moved(one.lostSince, byMs),
    })),
    failed: movedMap(playout.failed, (one) => ({ ...one, retryAt: moved(one.retryAt, byMs) })),
    mixer: mixer === null ? null : { ...mixer, at: plus(mixer.at, byMs) },
    troubles: playout.troubles.map((one) => ({ ...one, since: plus(one.since, byMs) })),
    markAt: moved(playout.markAt, byMs),
    observedAt: moved(playout.observedAt, byMs),
  };
}

function movedAmplifier(amplifier: AmplifierState, byMs: number): AmplifierState {
  const { further, pending, trouble } = amplifier;
  return {
    ...amplifier,
    looks: looksMoved(amplifier.looks, byMs),
    pending: pending === null ? null : { ...pending, at: plus(pending.at, byMs) },
    trouble: trouble === null ? null : { ...trouble, since: plus(trouble.since, byMs) },
    retryAt: moved(amplifier.retryAt, byMs),
    further: { ...further, retryAt: movedMap(further.retryAt, (at) => plus(at, byMs)) },
    wantedOnUntil: moved(amplifier.wantedOnUntil, byMs),
    silentSince: moved(amplifier.silentSince, byMs),
    silentSeenAt: moved(amplifier.silentSeenAt, byMs),
  };
}

/** Of the devices, their sequences, the test of the night and the look before air. */
function movedCare(
  { devices, lastSilence, sequences, selfTest, readiness }: AgentState,
  byMs: number,
): Pick<AgentState, "devices" | "lastSilence" | "sequences" | "selfTest" | "readiness"> {
  const since = <T extends { readonly since: Instant }>(one: T): T => ({
    ...one,
    since: plus(one.since, byMs),
  });
  const alarms = devices.alarms.map((one) => ({ ...since(one), wellSince: moved(one.wellSince, byMs) }));
  const { running } = sequences;
  const { run, tally } = selfTest;
  const { look } = readiness;
  const isTroubled =
    devices.alarms.length > 0 || [...devices.known.values()].some((one) => one.trouble !== null);
  const known = movedMap(devices.known, (one) => ({
    ...one,
    trouble: one.trouble === null ? null : since(one.trouble),
  }));
  return {
    devices: isTroubled ? { ...devices, known, alarms } : devices,
    lastSilence: lastSilence === null ? null : since(lastSilence),
    sequences: {
      ...sequences,
      running: running === null ? null : { ...running, at: plus(running.at, byMs) },
      retryAt: moved(sequences.retryAt, byMs),
    },
    selfTest: {
      run:
        run === null
          ? null
          : { ...run, startedAt: plus(run.startedAt, byMs), askedAt: moved(run.askedAt, byMs) },
      retryAt: moved(selfTest.retryAt, byMs),
      tally: tally === null ? null : { ...tally, upTo: plus(tally.upTo, byMs) },
    },
    readiness: { ...readiness, look: look === null ? null : { ...look, at: plus(look.at, byMs) } },
  };
}

function movedContent(content: ContentState, byMs: number): ContentState {
  const { retryAt } = content;
  if (content.bad.size === 0 && content.urgent.size === 0 && retryAt === null) return content;
  const bad = movedMap(content.bad, (at) => plus(at, byMs));
  const urgent = movedMap(content.urgent, (at) => plus(at, byMs));
  return { ...content, bad, urgent, retryAt: moved(retryAt, byMs) };
}

function movedLink(link: LinkState, byMs: number): LinkState {
  const { told } = link;
  return {
    ...link,
    connectAt: moved(link.connectAt, byMs),
    heartbeatAt: moved(link.heartbeatAt, byMs),
    refreshAt: moved(link.refreshAt, byMs),
    resendAt: moved(link.resendAt, byMs),
    told: { ...told, levelAt: moved(told.levelAt, byMs) },
  };
}
