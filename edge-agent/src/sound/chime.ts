import { CHIME_MS } from "@loa/shared/broadcast/built-in-sounds.ts";
import { FRAMES_PER_MS, SAMPLE_RATE_HZ } from "./format.ts";

/** A rising triad, as on a station: something will be said. */
const STROKES = [
  { atMs: 0, frequencyHz: 523.25 },
  { atMs: 550, frequencyHz: 659.25 },
  { atMs: 1_100, frequencyHz: 783.99 },
] as const;
/** Overtones of a struck bar; the higher they are, the sooner they are gone. */
const PARTIALS = [
  { ratio: 1, level: 1, decayMs: 700 },
  { ratio: 2, level: 0.35, decayMs: 350 },
  { ratio: 3.01, level: 0.15, decayMs: 180 },
] as const;
const PEAK = 0.5;
const ATTACK_MS = 4;
/** The last stroke is let go before the first word. */
const RELEASE_MS = 60;

/** The chime before a programme: `CHIME_MS` of mono s16. */
export function renderChime(): Int16Array {
  const frames = CHIME_MS * FRAMES_PER_MS;
  const sum = new Float64Array(frames);
  for (const { atMs, frequencyHz } of STROKES) {
    const from = atMs * FRAMES_PER_MS;
    for (const { ratio, level, decayMs } of PARTIALS) {
      const radians = (2 * Math.PI * frequencyHz * ratio) / SAMPLE_RATE_HZ;
      for (let frame = from; frame < frames; frame += 1) {
        const ms = (frame - from) / FRAMES_PER_MS;
        const envelope = Math.min(1, ms / ATTACK_MS) * Math.exp(-ms / decayMs);
        sum[frame] = (sum[frame] ?? 0) + Math.sin(radians * (frame - from)) * level * envelope;
      }
    }
  }
  return toPcm(sum);
}

function toPcm(sum: Float64Array): Int16Array {
  let peak = 0;
  for (const sample of sum) peak = Math.max(peak, Math.abs(sample));
  const pcm = new Int16Array(sum.length);
  for (let frame = 0; frame < pcm.length; frame += 1) {
    const letGo = Math.min(1, (pcm.length - frame) / (RELEASE_MS * FRAMES_PER_MS));
    pcm[frame] = Math.round(((sum[frame] ?? 0) / peak) * PEAK * letGo * 32_767);
  }
  return pcm;
}
