import type { AirSource, PlayEffect } from "@loa/edge-agent/core/effect.ts";
import type { AgentEvent } from "@loa/edge-agent/core/event.ts";
import { BUILT_IN_NOTICE_MS, CHIME_MS } from "@loa/shared/broadcast/built-in-sounds.ts";
import type { Clip } from "@loa/shared/broadcast/content.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, type Instant, type MonotonicMs } from "@loa/shared/kernel/time.ts";

export interface BenchMixerParts {
  readonly post: (event: AgentEvent) => void;
  readonly after: (ms: number, run: () => void) => void;
  readonly mono: () => MonotonicMs;
  readonly clips: ReadonlyMap<Sha256, Clip>;
  readonly knobs: {
    readonly decoderMs: number;
    readonly joinsInStep: boolean;
    readonly overrunMs: number;
    readonly mixerDb: number;
    readonly hasLostSounds: boolean;
  };
}

interface BenchVoice {
  readonly effect: PlayEffect;
  readonly readyAt: number;
  readonly dueAt: number;
  restMs: number;
  heardFrom: number | null;
  heardMs: number;
  hasStarted: boolean;
  isGone: boolean;
}

const BLOCK_MS = 20;

/** A mixer that does what it is told, for the bench. */
export function createBenchMixer({ post, after, mono, clips, knobs }: BenchMixerParts) {
  const voices = new Map<string, BenchVoice>();

  function begin(soundId: string): void {
    const voice = voices.get(soundId);
    if (voice === undefined || voice.isGone || voice.hasStarted) return;
    voice.hasStarted = true;
    const leftOutMs = knobs.joinsInStep ? Math.max(0, mono() - voice.dueAt) : 0;
    voice.restMs -= leftOutMs;
    post({ kind: "sound-started", soundId, at: mono(), leftOutMs });
    hear(voice);
  }

  function hear(voice: BenchVoice): void {
    const from = mono();
    voice.heardFrom = from;
    after(voice.restMs - voice.heardMs, () => {
      if (voice.heardFrom === from) end(voice.effect.soundId);
    });
    measure(voice);
  }

  function measure(voice: BenchVoice): void {
    const from = voice.heardFrom;
    after(1_000, () => {
      if (voice.isGone || from === null || voice.heardFrom !== from) return;
      post({ kind: "sound-level", at: mono(), rmsDb: knobs.mixerDb, peakDb: knobs.mixerDb + 10 });
      measure(voice);
    });
  }

  function hush(voice: BenchVoice): void {
    if (voice.heardFrom !== null) voice.heardMs += mono() - voice.heardFrom;
    voice.heardFrom = null;
  }

  function end(soundId: string): void {
    const voice = voices.get(soundId);
    if (voice === undefined || voice.isGone) return;
    voice.isGone = true;
    hush(voice);
    post({ kind: "sound-ended", soundId, at: mono(), playedMs: voice.heardMs, rmsDb: knobs.mixerDb });
    for (const [next, one] of voices) {
      if (one.effect.after !== soundId) continue;
      // One whose decoder has nothing yet is late.
      if (one.readyAt <= mono()) begin(next);
      else after(one.readyAt - mono(), () => begin(next));
    }
  }

  return {
    isHeard: () => [...voices.values()].some((one) => one.heardFrom !== null),
    play(effect: PlayEffect, now: Instant): void {
      const { soundId, source, offsetMs, startAt, endAt } = effect;
      const restMs = durationOf(source, clips) - offsetMs + knobs.overrunMs;
      voices.set(soundId, {
        effect,
        dueAt: mono() + (startAt - now),
        readyAt: mono() + (isInMemory(source) ? 0 : knobs.decoderMs),
        restMs,
        heardFrom: null,
        heardMs: 0,
        hasStarted: false,
        isGone: false,
      });
      after(Math.max(isInMemory(source) ? BLOCK_MS : knobs.decoderMs, startAt - now), () => {
        // It waits for the end of what it follows, as long as that is in the mixer.
        const first = effect.after === null ? undefined : voices.get(effect.after);
        if (first === undefined || first.isGone) begin(soundId);
      });
      if (endAt !== null) after(Math.max(1, endAt - now), () => end(soundId));
    },
    stop(soundId: string, fadeMs: number): void {
      after(voices.get(soundId)?.heardFrom == null ? 1 : fadeMs, () => end(soundId));
    },
    pause(soundId: string, fadeMs: number): void {
      after(fadeMs, () => {
        const voice = voices.get(soundId);
        if (voice === undefined || voice.isGone || voice.heardFrom === null) return;
        hush(voice);
        post({ kind: "sound-paused", soundId, at: mono(), playedMs: voice.heardMs });
      });
    },
    resume(soundId: string): void {
      after(BLOCK_MS, () => {
        const voice = voices.get(soundId);
        if (voice === undefined || voice.isGone || knobs.hasLostSounds) return;
        if (voice.heardFrom === null) hear(voice);
        post({ kind: "sound-resumed", soundId, at: mono() });
      });
    },
  };
}

function isInMemory({ kind }: AirSource): boolean {
  return kind !== "clip" && kind !== "relay";
}

/** Length of what a play asks for. */
function durationOf(source: AirSource, clips: ReadonlyMap<Sha256, Clip>): number {
  switch (source.kind) {
    case "clip":
      return clips.get(source.sha256)?.durationMs ?? 0;
    case "chime":
      return CHIME_MS;
    case "siren":
      return source.durationMs;
    case "notice":
      return BUILT_IN_NOTICE_MS[source.words];
    case "relay":
      return DAY_MS;
  }
}
