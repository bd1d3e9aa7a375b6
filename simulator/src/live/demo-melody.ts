import { wavHeader } from "./wav.ts";

/** The demo's own sound: a few bells on the five tones of Vietnamese folk music, made here, so nobody owns it. */
const SAMPLE_RATE_HZ = 48_000;
const BEAT_S = 0.42;
const BELL_S = 1.6;
/** Semitones above the root; null is a rest. */
const melodies: readonly (readonly (number | null)[])[] = [
  [0, 2, 5, 7, 9, 7, 5, 2, 0, null, 5, 7, 9, 12, 9, 7, 5, null, 2, 5, 0, null, null, null],
  [12, 9, 7, 5, 7, 9, 12, null, 14, 12, 9, 7, 5, 2, 5, null, 7, 5, 2, 0, null, null, null],
  [0, null, -3, null, -5, null, -7, null, -5, null, -3, null, 0, null, 2, null, 0, null, null, null],
];
/** Each is heard in one place only, so that an ear knows what it hears. */
export const melodyOf = { often: 0, radio: 1, filler: 2 } as const;
const ROOT_HZ = 392;
const LOUDNESS = 0.25;
/** Partials of a bell: ratio to the fundamental, strength, how fast it dies away. */
const partials = [
  [1, 1, 2.2],
  [2.01, 0.45, 3.4],
  [2.98, 0.2, 5],
  [4.1, 0.1, 8],
] as const;

export function demoMelody(which: number): Buffer {
  const notes = melodies[which % melodies.length] ?? [];
  const frames = Math.ceil((notes.length * BEAT_S + BELL_S) * SAMPLE_RATE_HZ);
  const sound = new Float64Array(frames);
  notes.forEach((semitones, beat) => {
    if (semitones !== null)
      ring(sound, Math.round(beat * BEAT_S * SAMPLE_RATE_HZ), ROOT_HZ * 2 ** (semitones / 12));
  });
  const pcm = Buffer.alloc(frames * 2);
  for (const [index, value] of sound.entries()) {
    pcm.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32_767), index * 2);
  }
  return Buffer.concat([wavHeader(pcm.length, SAMPLE_RATE_HZ), pcm]);
}

function ring(sound: Float64Array, from: number, frequencyHz: number): void {
  const frames = Math.min(Math.round(BELL_S * SAMPLE_RATE_HZ), sound.length - from);
  for (let frame = 0; frame < frames; frame += 1) {
    const t = frame / SAMPLE_RATE_HZ;
    let value = 0;
    for (const [ratio, strength, decay] of partials) {
      value += strength * Math.exp(-decay * t) * Math.sin(2 * Math.PI * frequencyHz * ratio * t);
    }
    const attack = Math.min(1, t / 0.004);
    sound[from + frame] = (sound[from + frame] ?? 0) + LOUDNESS * attack * value;
  }
}
