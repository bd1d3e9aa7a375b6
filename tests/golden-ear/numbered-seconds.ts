import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { toneDb } from "./goertzel.ts";
import { encode, tone, writeWav } from "./make-audio.ts";
import { durationMs, type Recording, slice, timeOf } from "./recording.ts";

/** Each second of such a clip has its own tone, so that an ear can say which second it hears. */
const FIRST_HZ = 500;
const STEP_HZ = 130;
const AMPLITUDE = 0.2;
/** Quieter than this is none of them. */
const AUDIBLE_DB = -35;
const WINDOW_MS = 100;

export async function numberedSeconds(
  ffmpegPath: string,
  folder: string,
  seconds: number,
): Promise<Uint8Array> {
  const wav = join(folder, `numbered-${seconds}.wav`);
  const parts = Array.from({ length: seconds }, (_, second) => tone(1_000, hzOf(second), AMPLITUDE));
  const samples = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  writeWav(wav, samples);
  return await readFile(await encode(ffmpegPath, wav, "mp3"));
}

export interface HeardSecond {
  readonly second: number;
  readonly fromAt: number;
  readonly toAt: number;
}

/** Which seconds are heard one after the other; what is silent or between two of them is left out. */
export function secondsHeard(recording: Recording, seconds: number): readonly HeardSecond[] {
  const found: HeardSecond[] = [];
  const endAt = recording.firstSampleAt + durationMs(recording);
  for (let at = timeOf(recording, 0); at + WINDOW_MS <= endAt; at += WINDOW_MS) {
    const second = loudestSecond(slice(recording, at, at + WINDOW_MS), seconds);
    if (second === null) continue;
    const last = found.at(-1);
    if (last?.second === second && at - last.toAt < WINDOW_MS / 2)
      found.splice(-1, 1, { ...last, toAt: at + WINDOW_MS });
    else found.push({ second, fromAt: at, toAt: at + WINDOW_MS });
  }
  return found;
}

function loudestSecond(window: Recording, seconds: number): number | null {
  let best: number | null = null;
  let bestDb = AUDIBLE_DB;
  for (let second = 0; second < seconds; second += 1) {
    const db = toneDb(window, hzOf(second));
    if (db <= bestDb) continue;
    best = second;
    bestDb = db;
  }
  return best;
}

function hzOf(second: number): number {
  return FIRST_HZ + second * STEP_HZ;
}
