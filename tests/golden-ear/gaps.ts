import { type Recording, timeOf } from "./recording.ts";

export interface Stretch {
  readonly fromAt: number;
  readonly toAt: number;
}

/** Stretches of at least `shortestMs` in which no sample is louder than `belowDb`, in order. */
export function gaps(recording: Recording, belowDb: number, shortestMs: number): readonly Stretch[] {
  const limit = 10 ** (belowDb / 20);
  const shortest = (shortestMs * recording.sampleRateHz) / 1_000;
  const found: Stretch[] = [];
  let begin = 0;
  const close = (end: number) => {
    if (end - begin >= shortest && end > begin) {
      found.push({ fromAt: timeOf(recording, begin), toAt: timeOf(recording, end) });
    }
  };
  for (let index = 0; index < recording.samples.length; index += 1) {
    if (Math.abs(recording.samples[index] ?? 0) <= limit) continue;
    close(index);
    begin = index + 1;
  }
  close(recording.samples.length);
  return found;
}

/** From the first to behind the last sample louder than `aboveDb`; null when there is none. */
export function soundingStretch(recording: Recording, aboveDb: number): Stretch | null {
  const limit = 10 ** (aboveDb / 20);
  const isLoud = (sample: number) => Math.abs(sample) > limit;
  const first = recording.samples.findIndex(isLoud);
  if (first < 0) return null;
  return {
    fromAt: timeOf(recording, first),
    toAt: timeOf(recording, recording.samples.findLastIndex(isLoud) + 1),
  };
}
