import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { chirpSamples } from "./find-chirp.ts";

const run = promisify(execFile);

export const SAMPLE_RATE_HZ = 48_000;

export type AudioFormat = "mp3" | "m4a" | "aac" | "opus" | "flac" | "wav";

const encoders: Record<AudioFormat, readonly string[]> = {
  mp3: ["-c:a", "libmp3lame", "-b:a", "128k"],
  // The native encoder; experimental in no build that we use.
  m4a: ["-c:a", "aac", "-b:a", "128k"],
  aac: ["-c:a", "aac", "-b:a", "128k"],
  opus: ["-c:a", "libopus", "-b:a", "96k"],
  flac: ["-c:a", "flac"],
  wav: ["-c:a", "pcm_s16le"],
};

/** What encoders put before the first sample and no decoder takes away again, ms (raw AAC has no place to say it). */
export const leadInMs: Record<AudioFormat, number> = { mp3: 0, m4a: 0, aac: 21.3, opus: 0, flac: 0, wav: 0 };

/** Writes mono samples (1 is full scale) as 16-bit WAV. */
export function writeWav(path: string, samples: Float64Array, sampleRateHz = SAMPLE_RATE_HZ): void {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + samples.length * 2, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(sampleRateHz, 24);
  bytes.writeUInt32LE(sampleRateHz * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, index) => {
    bytes.writeInt16LE(Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767))), 44 + index * 2);
  });
  writeFileSync(path, bytes);
}

/** Encodes `wavPath` beside itself. Opus goes into Ogg. */
export async function encode(ffmpegPath: string, wavPath: string, format: AudioFormat): Promise<string> {
  const path = wavPath.replace(/\.wav$/, `.encoded.${format}`);
  await ffmpeg(ffmpegPath, ["-i", wavPath, ...encoders[format], path]);
  return path;
}

export async function ffmpeg(ffmpegPath: string, args: readonly string[]): Promise<void> {
  await run(ffmpegPath, ["-nostdin", "-loglevel", "error", "-y", ...args]);
}

/** Silence of `durationMs` with a chirp of `amplitude` at each of `chirpsAtMs`. */
export function withChirps(durationMs: number, chirpsAtMs: readonly number[], amplitude = 0.5): Float64Array {
  const samples = new Float64Array((durationMs * SAMPLE_RATE_HZ) / 1_000);
  const chirp = chirpSamples(SAMPLE_RATE_HZ);
  for (const atMs of chirpsAtMs) {
    const from = Math.round((atMs * SAMPLE_RATE_HZ) / 1_000);
    chirp.forEach((sample, index) => {
      if (from + index < samples.length) samples[from + index] = sample * amplitude;
    });
  }
  return samples;
}

export function tone(durationMs: number, frequencyHz: number, amplitude: number): Float64Array {
  const length = Math.round((durationMs * SAMPLE_RATE_HZ) / 1_000);
  return Float64Array.from(
    { length },
    (_, index) => amplitude * Math.sin((2 * Math.PI * frequencyHz * index) / SAMPLE_RATE_HZ),
  );
}
