import { BLOCK_FRAMES, FRAMES_PER_MS, SAMPLE_RATE_HZ } from "./format.ts";
import type { ProgrammeChannels } from "./output-layout.ts";
import type { PcmSource } from "./pcm-source.ts";

/** Edges of the tone, so that switching it makes no click. */
const EDGE_FRAMES = 10 * FRAMES_PER_MS;

/** A sine at full scale, made while it plays: it needs no decoder and no disk. */
export function createTone(
  frequencyHz: number,
  durationMs: number,
  offsetMs: number,
  channels: ProgrammeChannels = 1,
): PcmSource {
  const frames = Math.round(durationMs * FRAMES_PER_MS);
  const radians = (2 * Math.PI * frequencyHz) / SAMPLE_RATE_HZ;
  let at = Math.round(offsetMs * FRAMES_PER_MS);

  function edge(index: number): number {
    return Math.min(1, (index + 1) / EDGE_FRAMES, (frames - index) / EDGE_FRAMES);
  }

  return {
    get available() {
      return Math.min(BLOCK_FRAMES, Math.max(0, frames - at));
    },
    outcome: "complete",
    live: null,
    read(into, from, count) {
      const taken = Math.min(count, Math.max(0, frames - at));
      for (let index = 0; index < taken; index += 1) {
        const sample = Math.sin(radians * (at + index)) * edge(at + index);
        for (let channel = 0; channel < channels; channel += 1)
          into[(from + index) * channels + channel] = sample;
      }
      at += taken;
      return taken;
    },
    watch() {},
    close: () => Promise.resolve(),
  };
}
