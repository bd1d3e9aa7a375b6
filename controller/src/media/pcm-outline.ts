import { createReadStream } from "node:fs";
import { Writable } from "node:stream";
import { CLIP_SAMPLE_RATE_HZ } from "./media-limits.ts";

/** Length of one stretch whose peak is kept; two hours are 720,000 of them. */
export const STRETCH_MS = 10;
const STRETCH_FRAMES = (CLIP_SAMPLE_RATE_HZ * STRETCH_MS) / 1_000;
/** Even, so that no sample lies across two reads. */
const READ_BYTES = 256 * 1_024;
const BYTES_A_FRAME = 2;

/** The outline of a file of our own samples (mono s16le, 48 kHz). */
export interface PcmOutline {
  readonly frames: number;
  /** Highest sample of each stretch, 0 to 1. */
  readonly peaks: readonly number[];
}

export async function outlineOf(
  pcmPath: string,
  sizeBytes: number,
  onProgress: (share: number) => void,
): Promise<PcmOutline> {
  const peaks: number[] = [];
  let frames = 0;
  for await (const bytes of createReadStream(pcmPath, { highWaterMark: READ_BYTES })) {
    if (!(bytes instanceof Buffer)) throw new Error("a file without encoding is read as buffers");
    for (let at = 0; at + 1 < bytes.length; at += BYTES_A_FRAME) {
      const stretch = Math.floor(frames / STRETCH_FRAMES);
      const level = Math.abs(bytes.readInt16LE(at)) / 32_768;
      if (level > (peaks[stretch] ?? -1)) peaks[stretch] = level;
      frames += 1;
    }
    onProgress((frames * BYTES_A_FRAME) / sizeBytes);
  }
  return { frames, peaks };
}

/** Peaks of equal parts, at most `points`, rounded to a thousandth. */
export function waveformOf(peaks: readonly number[], points: number): readonly number[] {
  const count = Math.min(points, peaks.length);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * peaks.length) / count);
    const to = Math.floor(((index + 1) * peaks.length) / count);
    let peak = 0;
    for (let at = from; at < to; at += 1) peak = Math.max(peak, peaks[at] ?? 0);
    return Math.round(peak * 1_000) / 1_000;
  });
}

/** Takes decoded samples (mono s16le) and only counts them. */
export interface FrameCounter {
  readonly input: Writable;
  readonly frames: number;
}

export function createFrameCounter(): FrameCounter {
  let sizeBytes = 0;
  return {
    input: new Writable({
      // fluent-ffmpeg takes `close` for a broken pipe and fails the run 20 ms later.
      autoDestroy: false,
      emitClose: false,
      write(bytes: Buffer, _encoding, done) {
        sizeBytes += bytes.length;
        done();
      },
    }),
    get frames() {
      return sizeBytes / BYTES_A_FRAME;
    },
  };
}
