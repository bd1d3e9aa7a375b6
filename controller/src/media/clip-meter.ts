import { Writable } from "node:stream";
import { CLIP_SAMPLE_RATE_HZ, WAVEFORM_POINTS } from "./media-limits.ts";

/** Takes the decoded clip (mono s16le, 48 kHz) and keeps its length and its outline. */
export interface ClipMeter {
  readonly input: Writable;
  readonly frames: number;
  /** A begun millisecond counts whole. */
  readonly durationMs: number;
  /** Peaks of equal stretches, 0 to 1, at most `WAVEFORM_POINTS`. */
  waveform(): readonly number[];
}

/** Peaks are kept per 10 ms until the length is known; two hours are 720,000 numbers. */
const BUCKET_FRAMES = CLIP_SAMPLE_RATE_HZ / 100;

export function createClipMeter(): ClipMeter {
  const buckets: number[] = [];
  let frames = 0;
  let carry: number | null = null;

  function add(sample: number): void {
    const bucket = Math.floor(frames / BUCKET_FRAMES);
    buckets[bucket] = Math.max(buckets[bucket] ?? 0, Math.abs(sample));
    frames += 1;
  }

  function read(bytes: Buffer): void {
    let at = 0;
    if (carry !== null && bytes.length > 0) {
      add(((carry | ((bytes[0] ?? 0) << 8)) << 16) >> 16);
      carry = null;
      at = 1;
    }
    for (; at + 1 < bytes.length; at += 2) add(bytes.readInt16LE(at));
    if (at < bytes.length) carry = bytes[at] ?? 0;
  }

  return {
    input: new Writable({
      // fluent-ffmpeg takes `close` for a broken pipe and fails the run 20 ms later.
      autoDestroy: false,
      emitClose: false,
      write(bytes: Buffer, _encoding, done) {
        read(bytes);
        done();
      },
    }),
    get frames() {
      return frames;
    },
    get durationMs() {
      return Math.ceil((frames * 1_000) / CLIP_SAMPLE_RATE_HZ);
    },
    waveform: () => outline(buckets, WAVEFORM_POINTS),
  };
}

function outline(buckets: readonly number[], points: number): readonly number[] {
  const count = Math.min(points, buckets.length);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * buckets.length) / count);
    const to = Math.floor(((index + 1) * buckets.length) / count);
    let peak = 0;
    for (let at = from; at < to; at += 1) peak = Math.max(peak, buckets[at] ?? 0);
    return Math.round((peak / 32_768) * 1_000) / 1_000;
  });
}
