import { assert } from "@loa/shared/kernel/result.ts";
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

export function createLiveRing(capacity: number, channels: number): LiveRing {
  const samples = new Int16Array(capacity * channels);
  let samplesIn = 0;
  let writeAt = 0;
  let carry: number | null = null;

  function put(sample: number): void {
    samples[writeAt] = sample;
    writeAt = writeAt + 1 === samples.length ? 0 : writeAt + 1;
    samplesIn += 1;
  }

  function push(bytes: Uint8Array): void {
    let index = 0;
    if (carry !== null && bytes.length > 0) {
      put(carry | ((bytes[0] ?? 0) << 8));
      carry = null;
      index = 1;
    }
    for (; index + 1 < bytes.length; index += 2) put((bytes[index] ?? 0) | ((bytes[index + 1] ?? 0) << 8));
    if (index < bytes.length) carry = bytes[index] ?? 0;
  }

  function sampleAt(frame: number, channel: number): number {
    return samples[(frame % capacity) * channels + channel] ?? 0;
  }

  return {
    get end() {
      return Math.floor(samplesIn / channels);
    },
    push,
    valueAt(place, channel) {
      const frame = Math.floor(place);
      assert(frame >= 0, "a place before the beginning");
      const fraction = place - frame;
      if (fraction === 0) return sampleAt(frame, channel) / 32_768;
      // Before the beginning there was silence.
      const value = interpolate(fraction, (tap) => (frame + tap < 0 ? 0 : sampleAt(frame + tap, channel)));
      return value / 32_768;
    },
  };
}

/** Frames around a place that its value depends on: they must still, or already, be in the ring. */
export const FRAMES_BEFORE = TAPS_BEFORE;
export const FRAMES_AFTER = TAPS_AFTER;
