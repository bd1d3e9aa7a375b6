import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { chirpSamples } from "./find-chirp.ts";
import { encode, SAMPLE_RATE_HZ, tone, writeWav } from "./make-audio.ts";

/** A bulletin that an ear can recognise: a chirp at a known place, then a tone of a known level. */
export interface TestBulletin {
  readonly durationMs: number;
  /** Where in it the chirp begins. */
  readonly chirpAtMs: number;
  /** From here to the end the tone stands. */
  readonly toneFromMs: number;
  readonly toneHz: number;
}

/** Less than the silence that is kept before the first sound (100 ms): the controller cuts nothing away. */
const CHIRP_AT_MS = 80;
const TONE_FROM_MS = 800;
/** At 1 kHz, loudness (BS.1770) and level are the same number. */
const TONE_HZ = 1_000;
/** Short and not much louder than the tone, so that the loudness of the whole is the tone's. */
const CHIRP_AMPLITUDE = 0.08;
/** About −27 dBFS: quieter than what is heard in the end, so that the gain is tested, too. */
const TONE_AMPLITUDE = 0.063;

/** As a real mp3, made in `folder`. */
export async function testBulletin(
  ffmpegPath: string,
  folder: string,
  durationMs: number,
): Promise<TestBulletin & { readonly bytes: Uint8Array; readonly path: string }> {
  const samples = new Float64Array((durationMs * SAMPLE_RATE_HZ) / 1_000);
  const put = (part: Float64Array, atMs: number, gain: number) => {
    const from = (atMs * SAMPLE_RATE_HZ) / 1_000;
    part.forEach((sample, index) => {
      samples[from + index] = sample * gain;
    });
  };
  put(chirpSamples(SAMPLE_RATE_HZ), CHIRP_AT_MS, CHIRP_AMPLITUDE);
  put(tone(durationMs - TONE_FROM_MS, TONE_HZ, TONE_AMPLITUDE), TONE_FROM_MS, 1);
  const wav = join(folder, `bulletin-${durationMs}.wav`);
  writeWav(wav, samples);
  const path = await encode(ffmpegPath, wav, "mp3");
  return {
    durationMs,
    chirpAtMs: CHIRP_AT_MS,
    toneFromMs: TONE_FROM_MS,
    toneHz: TONE_HZ,
    path,
    bytes: await readFile(path),
  };
}
