import { interpolate, TAPS_AFTER, TAPS_BEFORE } from "./sinc.ts";

/** The latest frames of a stream, each known by its number since the beginning, in one array that is used for ever. */
export interface LiveRing {
  /** Frames ever put in: the number of the next one. */
  readonly end: number;
  /** Interleaved s16le; odd bytes wait for their other half. What lies `capacity` back is gone. */
  push(bytes: Uint8Array): void;
  /** The value at a place between frames; 1 is full scale. */
  valueAt(place: number, channel: number): number;
}

/** Frames around a place that its value depends on: they must still, or already, be in the ring. */
export const FRAMES_BEFORE = TAPS_BEFORE;
export const FRAMES_AFTER = TAPS_AFTER;

export function createLiveRing(capacity: number, channels: number): LiveRing {
  // The first frames stand once more behind the last ones and the other way round, so that no reader has to turn.
  const edge = (TAPS_BEFORE + TAPS_AFTER) * channels;
  const length = capacity * channels;
  const samples = new Int16Array(length + 2 * edge);
  let samplesIn = 0;
  let writeAt = 0;
  let carry: number | null = null;

  function put(sample: number): void {
    samples[edge + writeAt] = sample;
    if (writeAt < edge) samples[edge + length + writeAt] = sample;
    if (writeAt >= length - edge) samples[writeAt - length + edge] = sample;
    writeAt = writeAt + 1 === length ? 0 : writeAt + 1;
    samplesIn += 1;
  }

  return {
    get end() {
      return Math.floor(samplesIn / channels);
    },
    push(bytes) {
      let index = 0;
      if (carry !== null && bytes.length > 0) {
        put(carry | ((bytes[0] ?? 0) << 8));
        carry = null;
        index = 1;
      }
      for (; index + 1 < bytes.length; index += 2) put((bytes[index] ?? 0) | ((bytes[index + 1] ?? 0) << 8));
      if (index < bytes.length) carry = bytes[index] ?? 0;
    },
    valueAt(place, channel) {
      const frame = Math.floor(place);
      const at = edge + (frame % capacity) * channels + channel;
      if (frame === place) return (samples[at] ?? 0) / 32_768;
      return interpolate(samples, at, channels, place - frame) / 32_768;
    },
  };
}
