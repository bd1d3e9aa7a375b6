import { FRAMES_PER_MS } from "./format.ts";
import type { ProgrammeChannels } from "./output-layout.ts";
import type { PcmSource } from "./pcm-source.ts";

/** Edges of a pattern that is cut where it happens to be. */
const EDGE_FRAMES = 10 * FRAMES_PER_MS;

export interface MemorySound {
  /** Mono s16; begun again at its end until `frames` are played. */
  readonly pcm: Int16Array;
  readonly frames: number;
  readonly offsetMs: number;
}

/** Plays what lies in memory: it is ready at once. */
export function createMemorySource(sound: MemorySound, channels: ProgrammeChannels): PcmSource {
  const { pcm, frames } = sound;
  const isCut = frames % pcm.length !== 0;
  let at = Math.round(sound.offsetMs * FRAMES_PER_MS);

  function edge(frame: number): number {
    return isCut ? Math.min(1, (frames - frame) / EDGE_FRAMES) : 1;
  }

  return {
    get available() {
      return Math.max(0, frames - at);
    },
    outcome: "complete",
    live: null,
    read(into, from, count) {
      const taken = Math.max(0, Math.min(count, frames - at));
      let place = at % pcm.length;
      for (let index = 0; index < taken; index += 1) {
        const sample = ((pcm[place] ?? 0) / 32_768) * edge(at + index);
        for (let channel = 0; channel < channels; channel += 1)
          into[(from + index) * channels + channel] = sample;
        place = place + 1 === pcm.length ? 0 : place + 1;
      }
      at += taken;
      return taken;
    },
    watch() {},
    close: () => Promise.resolve(),
  };
}
