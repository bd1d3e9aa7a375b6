import type { Recording } from "../golden-ear/recording.ts";

/** Full scale is 1: what is below is silence. */
const AUDIBLE = 0.003;
/** Where nothing is audible for so long, the sound is over: a siren crosses zero all the time. */
const SILENT_MS = 200;

/** The wall time of the first audible sample from then on, ms; null: there was none. */
export function soundFrom(heard: Recording, fromAt: number): number | null {
  const first = indexAt(heard, fromAt);
  const found = heard.samples.findIndex((sample, index) => index >= first && Math.abs(sample) > AUDIBLE);
  return found === -1 ? null : timeOf(heard, found);
}

/** The wall time of the last audible sample from then on; null: it sounds on to the end of what was recorded. */
export function soundUntil(heard: Recording, fromAt: number): number | null {
  const silentFrames = (SILENT_MS / 1_000) * heard.sampleRateHz;
  let last = indexAt(heard, fromAt);
  for (let index = last; index < heard.samples.length; index += 1) {
    if (Math.abs(heard.samples[index] ?? 0) > AUDIBLE) last = index;
    else if (index - last >= silentFrames) return timeOf(heard, last);
  }
  return null;
}

function indexAt({ firstSampleAt, sampleRateHz }: Recording, at: number): number {
  return Math.max(0, Math.ceil(((at - firstSampleAt) / 1_000) * sampleRateHz));
}

function timeOf({ firstSampleAt, sampleRateHz }: Recording, index: number): number {
  return firstSampleAt + (index / sampleRateHz) * 1_000;
}
