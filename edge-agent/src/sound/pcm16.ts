import { assert } from "@loa/shared/kernel/result.ts";

const FULL_SCALE = 32_768;
const HIGHEST = 32_767;

/**
 * Floats of each output to interleaved s16: rounded to the nearest, held at full scale, and exact for what was s16
 * before.
 */
export function toPcm16(buses: readonly Float32Array[], frames: number, into: Int16Array): void {
  const channels = buses.length;
  assert(into.length >= frames * channels, "pcm16: the block is too small");
  for (let channel = 0; channel < channels; channel += 1) {
    const bus = buses[channel];
    if (bus === undefined) continue;
    let at = channel;
    for (let frame = 0; frame < frames; frame += 1) {
      const scaled = (bus[frame] ?? 0) * FULL_SCALE;
      const rounded = scaled < 0 ? (scaled - 0.5) | 0 : (scaled + 0.5) | 0;
      into[at] = rounded > HIGHEST ? HIGHEST : rounded < -FULL_SCALE ? -FULL_SCALE : rounded;
      at += channels;
    }
  }
}
