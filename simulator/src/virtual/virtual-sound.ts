import type { Sound, SoundReport, SoundSource } from "@loa/edge-agent/ports.ts";
import { BUILT_IN_NOTICE_MS, CHIME_MS } from "@loa/shared/broadcast/built-in-sounds.ts";
import type { QueuedEvent } from "./event-queue.ts";
import type { KnownSource, Loudspeaker } from "./loudspeaker.ts";
import type { VirtualClip } from "./virtual-clip.ts";
import type { MachineClock } from "./virtual-clock.ts";
import type { VirtualTime } from "./virtual-time.ts";
import { createVirtualVoice, type VirtualVoice } from "./virtual-voice.ts";

export interface VirtualSoundParts {
  readonly time: VirtualTime;
  readonly clock: MachineClock;
  readonly loudspeaker: Loudspeaker;
  /** Null when the file is not there or no audio. */
  readonly clipOf: (sha256: string) => VirtualClip | "not-audio" | null;
  readonly isAlive: () => boolean;
}

const LEVEL_EVERY_MS = 1_000;
/** Level of what is not a clip, dBFS. */
const BUILT_IN_RMS_DB = -12;

export function createVirtualSound(parts: VirtualSoundParts): Sound & { readonly die: () => void } {
  const { time, clock, loudspeaker, isAlive } = parts;
  const voices = new Map<string, VirtualVoice>();
  const listeners: ((report: SoundReport) => void)[] = [];
  let meter: QueuedEvent | null = null;

  const report = (one: SoundReport) => {
    if (!isAlive()) return;
    for (const listener of listeners) listener(one);
  };
  const level = (): number | null => {
    let loudest: number | null = null;
    for (const voice of voices.values()) {
      if (!voice.isHeard) continue;
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
    const peakDb = Math.min(0, rmsDb + 12);
    report({ kind: "level", at: clock.monotonic(), rmsDb, peakDb, clipped: 0 });
  };
  const gone = (voice: VirtualVoice) => {
    voices.delete(voice.request.soundId);
    for (const one of [...voices.values()]) one.afterEnd(voice.request.soundId);
  };

  loudspeaker.onRelays = (areLost) => {
    if (!isAlive()) return;
    for (const voice of [...voices.values()]) voice.setLost(areLost);
  };
  return {
    play(request) {
      if (!isAlive()) return;
      const known = soundOf(request.source, parts.clipOf);
      const voice = createVirtualVoice(
        { time, clock, loudspeaker, isAlive, report, afterChange, gone, isThere: (id) => voices.has(id) },
        request,
        known,
      );
      voices.set(request.soundId, voice);
      voice.prepare();
    },
    pause: (soundId, fadeMs) => voices.get(soundId)?.pause(fadeMs),
    resume: (soundId) => voices.get(soundId)?.resume(),
    stop: (soundId, fadeMs) => voices.get(soundId)?.stop(fadeMs),
    setVolume(gainDb) {
      if (isAlive()) loudspeaker.volumeDb = gainDb;
    },
    onReport: (listener) => void listeners.push(listener),
    die() {
      for (const voice of voices.values()) voice.die();
      voices.clear();
      loudspeaker.onOutput(null);
    },
  };
}

function soundOf(source: SoundSource, clipOf: VirtualSoundParts["clipOf"]): KnownSource {
  switch (source.kind) {
    case "clip":
      return clipOf(source.sha256) ?? "clip-missing";
    case "tone":
    case "siren":
      return { durationMs: source.durationMs, rmsDb: BUILT_IN_RMS_DB };
    case "chime":
      return { durationMs: CHIME_MS, rmsDb: BUILT_IN_RMS_DB };
    case "notice":
      return { durationMs: BUILT_IN_NOTICE_MS[source.words], rmsDb: BUILT_IN_RMS_DB };
    case "relay":
      return { durationMs: Number.POSITIVE_INFINITY, rmsDb: BUILT_IN_RMS_DB };
  }
}
