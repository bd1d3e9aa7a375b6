import { SAMPLE_RATE_HZ } from "@loa/edge-agent/sound/format.ts";

/** Mono samples of 16 bit, and the wall time of the first one, ms. */
export interface HeardPcm {
  readonly samples: Int16Array;
  readonly firstSampleAt: number;
}

const SAMPLES_A_MS = SAMPLE_RATE_HZ / 1_000;
/** Of 32,768: what is below is silence. */
const AUDIBLE = 100;
/** Where nothing is audible for so long, the sound is over: a siren crosses zero all the time. */
const SILENT_SAMPLES = 200 * SAMPLES_A_MS;

/** The wall time of the first audible sample from then on, ms; null: there was none. */
export function soundFrom({ samples, firstSampleAt }: HeardPcm, fromAt: number): number | null {
  const first = indexAt(firstSampleAt, fromAt);
  for (let index = first; index < samples.length; index += 1) {
    if (Math.abs(samples[index] ?? 0) > AUDIBLE) return firstSampleAt + index / SAMPLES_A_MS;
  }
  return null;
}

/** The wall time of the last audible sample from then on; null: it sounds on to the end of what was recorded. */
export function soundUntil({ samples, firstSampleAt }: HeardPcm, fromAt: number): number | null {
  let last = indexAt(firstSampleAt, fromAt);
  for (let index = last; index < samples.length; index += 1) {
    if (Math.abs(samples[index] ?? 0) > AUDIBLE) last = index;
    else if (index - last >= SILENT_SAMPLES) return firstSampleAt + last / SAMPLES_A_MS;
  }
  return null;
}

function indexAt(firstSampleAt: number, at: number): number {
  return Math.max(0, Math.ceil((at - firstSampleAt) * SAMPLES_A_MS));
}
