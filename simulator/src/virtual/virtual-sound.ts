import type { PlayRequest, Sound, SoundFailure, SoundReport, SoundSource } from "@loa/edge-agent/ports.ts";
import type { QueuedEvent } from "./event-queue.ts";
import type { VirtualClip } from "./virtual-clip.ts";
import type { MachineClock } from "./virtual-clock.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** One stretch of sound that left the mixer, in world time. `to` is null while it lasts. */
export interface Stretch {
  readonly soundId: string;
  readonly source: SoundSource;
  readonly offsetMs: number;
  readonly from: number;
  to: number | null;
}

/** The loudspeaker side of one box, over all its boots. */
export interface Loudspeaker {
  readonly stretches: Stretch[];
  /** What happens to every sound at the moment. */
  failure: SoundFailure | null;
  /** Level of the mixed output, dBFS; null in silence. Told to the amplifier, which may measure it. */
  onOutput: (levelDb: number | null) => void;
  onStretch: (stretch: Stretch) => void;
}

export function createLoudspeaker(): Loudspeaker {
  return { stretches: [], failure: null, onOutput: () => undefined, onStretch: () => undefined };
}

export interface VirtualSoundParts {
  readonly time: VirtualTime;
  readonly clock: MachineClock;
  readonly loudspeaker: Loudspeaker;
  /** Null when the file is not there or no audio. */
  readonly clipOf: (sha256: string) => VirtualClip | "not-audio" | null;
  readonly isAlive: () => boolean;
}

/** From the request to the first decoded sample. */
const DECODER_START_MS = 150;
/** A missing file is noticed at once; still the answer is a later event. */
const FAILURE_MS = 5;
const LEVEL_EVERY_MS = 1_000;

interface Voice {
  readonly request: PlayRequest;
  readonly durationMs: number;
  readonly rmsDb: number;
  next: QueuedEvent;
  stretch: Stretch | null;
}

export function createVirtualSound(parts: VirtualSoundParts): Sound & { readonly die: () => void } {
  const { time, clock, loudspeaker, isAlive } = parts;
  const voices = new Map<string, Voice>();
  const listeners: ((report: SoundReport) => void)[] = [];
  let meter: QueuedEvent | null = null;

  const report = (one: SoundReport) => {
    if (!isAlive()) return;
    for (const listener of listeners) listener(one);
  };
  const level = (): number | null => {
    let loudest: number | null = null;
    for (const voice of voices.values()) {
      if (voice.stretch === null) continue;
      const db = Math.min(0, voice.rmsDb + voice.request.gainDb);
      loudest = loudest === null ? db : Math.max(loudest, db);
    }
    return loudest;
  };
  const afterChange = () => {
    const db = level();
    loudspeaker.onOutput(db);
    if (db !== null && meter === null) meter = time.after(LEVEL_EVERY_MS, measure);
  };
  const measure = () => {
    meter = null;
    const rmsDb = level();
    if (rmsDb === null || !isAlive()) return;
    meter = time.after(LEVEL_EVERY_MS, measure);
    report({ kind: "level", at: clock.monotonic(), rmsDb, peakDb: Math.min(0, rmsDb + 12) });
  };

  function begin(voice: Voice): void {
    if (!isAlive()) return;
    if (loudspeaker.failure !== null) {
      finish(voice, loudspeaker.failure);
      return;
    }
    const { soundId, source, offsetMs } = voice.request;
    const stretch: Stretch = { soundId, source, offsetMs, from: time.now(), to: null };
    voice.stretch = stretch;
    loudspeaker.stretches.push(stretch);
    voice.next = time.after(voice.durationMs - offsetMs, () => finish(voice, null));
    loudspeaker.onStretch(stretch);
    afterChange();
    report({ kind: "started", soundId, at: clock.monotonic() });
  }

  function finish(voice: Voice, failure: SoundFailure | null): void {
    const { soundId } = voice.request;
    if (voices.get(soundId) !== voice || !isAlive()) return;
    voices.delete(soundId);
    voice.next.run = null;
    const { stretch } = voice;
    if (stretch !== null) stretch.to = time.now();
    const playedMs = stretch === null ? 0 : Math.round(time.now() - stretch.from);
    afterChange();
    const at = clock.monotonic();
    if (failure !== null) report({ kind: "failed", soundId, at, playedMs, reason: failure });
    else report({ kind: "ended", soundId, at, playedMs, rmsDb: voice.rmsDb + voice.request.gainDb });
  }

  return {
    play(request) {
      if (!isAlive()) return;
      const clip = soundOf(request.source, parts.clipOf);
      const failure = clip === null ? "clip-missing" : clip === "not-audio" ? clip : null;
      const known = clip === null || clip === "not-audio" ? { durationMs: 0, rmsDb: -120 } : clip;
      const at = Math.max(time.now() + DECODER_START_MS, clock.worldOf(request.startAt));
      const run = failure === null ? () => begin(voice) : () => finish(voice, failure);
      const voice: Voice = {
        request,
        durationMs: Math.max(known.durationMs, request.offsetMs),
        rmsDb: known.rmsDb,
        next: time.at(failure === null ? at : time.now() + FAILURE_MS, run),
        stretch: null,
      };
      voices.set(request.soundId, voice);
    },
    stop(soundId, fadeMs) {
      const voice = voices.get(soundId);
      if (voice === undefined || !isAlive()) return;
      voice.next.run = null;
      voice.next = time.after(voice.stretch === null ? 0 : fadeMs, () => finish(voice, null));
    },
    onReport: (listener) => void listeners.push(listener),
    die() {
      for (const { stretch } of voices.values()) if (stretch !== null) stretch.to = time.now();
      voices.clear();
      loudspeaker.onOutput(null);
    },
  };
}

function soundOf(
  source: SoundSource,
  clipOf: VirtualSoundParts["clipOf"],
): { readonly durationMs: number; readonly rmsDb: number } | "not-audio" | null {
  if (source.kind === "tone") return { durationMs: source.durationMs, rmsDb: -12 };
  return clipOf(source.sha256);
}
