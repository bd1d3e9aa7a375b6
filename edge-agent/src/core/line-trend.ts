import { HOUR_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { LineResult, LineTally } from "./memory.ts";
import { readAtOf } from "./readings.ts";
import type { AmplifierState } from "./state.ts";

/**
 * What the line of a cluster draws, over weeks. A silent test shows no current, and a test tone would be heard: so the
 * current is taken from the day's own programmes, as what it would be at full output. It falls by a quarter when one of
 * four horns dies; an impedance that the device measures itself is taken as it is.
 */

/** As many results are kept, about one a day. */
export const MAX_LINE_RESULTS = 30;
/** Two nights are never as close as this. */
const ONE_RESULT_EACH_MS = 12 * HOUR_MS;
/** One dead horn of four moves the current by 25 %; weather and the voice of the speaker by about 10 %. */
export const DRIFT_SHARE = 0.2;
/** Fewer earlier results than this say nothing of what is usual. */
export const MIN_EARLIER_RESULTS = 5;
/** So many readings make the result of a day: a minute of sound, its pauses and all. */
const MIN_READINGS = 60;
/** Below this output the meter's own error is a tenth of what it shows, dBFS. */
const USEFUL_LEVEL_DB = -30;
/** Level and current were read together. */
const SAME_MOMENT_MS = SECOND_MS;

/** Adds the reading of this moment to the day's tally, if it is a new one and loud enough. */
export function withReading(tally: LineTally | null, amplifier: AmplifierState): LineTally | null {
  const { actual } = amplifier;
  const level = actual["amplifier.level"];
  const current = actual["speakerLine.current"];
  if (level === undefined || current === undefined || level.value === null || current.value === null)
    return tally;
  const levelAt = readAtOf(amplifier, "amplifier.level");
  const currentAt = readAtOf(amplifier, "speakerLine.current");
  if (levelAt === null || currentAt === null || level.value < USEFUL_LEVEL_DB) return tally;
  if (Math.abs(levelAt - currentAt) > SAME_MOMENT_MS || (tally !== null && currentAt <= tally.upTo))
    return tally;
  const zones = zonesOn(amplifier);
  // Another number of lines is another load: what was counted before says nothing of it.
  const before = tally !== null && tally.zones === zones ? tally : null;
  return {
    zones,
    upTo: currentAt,
    readings: (before?.readings ?? 0) + 1,
    currentA: (before?.currentA ?? 0) + current.value,
    output: (before?.output ?? 0) + 10 ** (level.value / 20),
  };
}

/** What the line would draw at full output, A; null: too little was heard. Sums are divided, so pauses do not count. */
export function fullCurrentOf(tally: LineTally | null): number | null {
  if (tally === null || tally.readings < MIN_READINGS) return null;
  return Math.round((tally.currentA / tally.output) * 1_000) / 1_000;
}

/**
 * A test made again on the same day takes the place of the one before it: what is usual is counted in days. Little is
 * said in the hour between two of them, so what it could not measure stays as it was, a current with its lines.
 */
export function withResult(lines: readonly LineResult[], result: LineResult): readonly LineResult[] {
  if (result.currentA === null && result.impedanceOhm === null) return lines;
  const last = lines.at(-1);
  if (last === undefined || result.at - last.at >= ONE_RESULT_EACH_MS)
    return [...lines, result].slice(-MAX_LINE_RESULTS);
  const { zones, currentA } = result.currentA === null ? last : result;
  const impedanceOhm = result.impedanceOhm ?? last.impedanceOhm;
  return [...lines.slice(0, -1), { at: result.at, zones, currentA, impedanceOhm }];
}

/**
 * Whether the newest result departs from what was usual: the current with the same lines switched on, the impedance,
 * which is measured with all of them.
 */
export function isDrifting(lines: readonly LineResult[]): boolean {
  const last = lines.at(-1);
  if (last === undefined) return false;
  const earlier = lines.slice(0, -1);
  const alike = earlier.filter((one) => one.zones === last.zones);
  return (
    departs(last.currentA, alike, (one) => one.currentA) ||
    departs(last.impedanceOhm, earlier, (one) => one.impedanceOhm)
  );
}

function departs(
  value: number | null,
  earlier: readonly LineResult[],
  of: (one: LineResult) => number | null,
): boolean {
  const usual = earlier.flatMap((one) => of(one) ?? []);
  if (value === null || usual.length < MIN_EARLIER_RESULTS) return false;
  const median = medianOf(usual);
  return Math.abs(value - median) > DRIFT_SHARE * Math.abs(median);
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** The lines that are switched on, by name; the same text for the same load. */
export function zonesOn({ actual, capabilities }: AmplifierState): string {
  const zones = (capabilities ?? []).filter(
    (point) => point.startsWith("zone.") && actual[point]?.value === 1,
  );
  return zones.sort().join();
}
