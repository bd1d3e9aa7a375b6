import {
  addDays,
  HOUR_MS,
  type Instant,
  type LocalTime,
  plus,
  toInstant,
  toLocal,
} from "@loa/shared/kernel/time.ts";
import type { Sample } from "../api/cabinet-shapes.ts";

/** A line in a box of `width` × `height`, y downwards. */
export interface Plot {
  /** SVG path of steps: a value holds until the next one, but not for ever; a null leaves a gap. */
  readonly path: string;
  /** Rectangles from the least to the greatest of stretches that were taken together; empty where none were. */
  readonly band: string;
  /** Where the limit lies; null where there is none. */
  readonly limitY: number | null;
  /** Least and greatest of the values. */
  readonly low: number;
  readonly high: number;
}

export interface PlotFrame {
  readonly from: Instant;
  readonly to: Instant;
  readonly width: number;
  readonly height: number;
  /** Longer than this no value holds: nobody has measured any more. */
  readonly holdMs: number;
  /** Drawn across, and so never outside of the picture. */
  readonly limit: number | null;
}

/** Null where there is nothing to draw. */
export function plotOf(samples: readonly Sample[], frame: PlotFrame): Plot | null {
  const { from, to, width, height, holdMs, limit } = frame;
  const lows = samples.flatMap(({ low }) => (low === null ? [] : [low]));
  const highs = samples.flatMap(({ high }) => (high === null ? [] : [high]));
  if (lows.length === 0 || to <= from) return null;
  const low = Math.min(...lows);
  const high = Math.max(...highs);
  const bottom = Math.min(low, limit ?? low);
  const reach = Math.max(high, limit ?? high) - bottom || 1;
  const x = (at: number) => round(((Math.min(Math.max(at, from), to) - from) / (to - from)) * width);
  const y = (value: number) => round(height - ((value - bottom) / reach) * height);
  let path = "";
  let band = "";
  let isDrawing = false;
  for (const [index, one] of samples.entries()) {
    const { at, value } = one;
    const next = samples[index + 1]?.at ?? to;
    const until = Math.min(next, at + holdMs);
    if (value !== null) path += `${isDrawing ? "L" : "M"}${x(at)} ${y(value)}L${x(until)} ${y(value)}`;
    isDrawing = value !== null && until === next;
    if (one.low !== null && one.high !== null && one.low < one.high) {
      band += `M${x(at)} ${y(one.low)}V${y(one.high)}H${x(until)}V${y(one.low)}Z`;
    }
  }
  return { path, band, limitY: limit === null ? null : y(limit), low, high };
}

/** A mark below a chart. */
export interface Tick {
  /** Share of the width, 0 to 1. */
  readonly share: number;
  readonly at: Instant;
  /** A day begins here. */
  readonly isMidnight: boolean;
}

/** More would run into each other on a phone. */
const MOST_TICKS = 7;
/** So near to an end its own label stands in the way. */
const END_SHARE = 0.08;
const midnight = "00:00:00" as LocalTime;
const stepsMs = [0.25, 1, 2, 4, 6].map((hours) => hours * HOUR_MS);

/** Whole hours, or midnights of the province where the period is longer than two days. */
export function ticksOf(from: Instant, to: Instant): readonly Tick[] {
  const stepMs = stepsMs.find((one) => (to - from) / one <= MOST_TICKS);
  const all = stepMs === undefined ? midnights(from, to) : hours(from, to, stepMs);
  return all
    .map((at) => ({ at, share: (at - from) / (to - from), isMidnight: toLocal(at).time === midnight }))
    .filter(({ share }) => share > END_SHARE && share < 1 - END_SHARE);
}

/** The province is whole hours away from UTC, so that steps of a day's divisors meet its hours. */
function hours(from: Instant, to: Instant, stepMs: number): readonly Instant[] {
  const found: Instant[] = [];
  const dayBegan = toInstant(toLocal(from).date, midnight);
  const first = plus(dayBegan, Math.ceil((from - dayBegan) / stepMs) * stepMs);
  for (let at = first; at <= to; at = plus(at, stepMs)) found.push(at);
  return found;
}

function midnights(from: Instant, to: Instant): readonly Instant[] {
  const found: Instant[] = [];
  for (let date = addDays(toLocal(from).date, 1); ; date = addDays(date, 1)) {
    const at = toInstant(date, midnight);
    if (at > to) break;
    found.push(at);
  }
  const every = Math.ceil(found.length / MOST_TICKS);
  return found.filter((_, index) => index % every === 0);
}

/** The outline of a clip, mirrored about the middle. `levels` are 0 to 1. */
export function waveformPath(levels: readonly number[], width: number, height: number): string {
  if (levels.length === 0) return "";
  const top = Math.max(...levels, 1e-6);
  const step = width / levels.length;
  return levels
    .map((level, index) => {
      const half = Math.max(0.5, (level / top) * (height / 2));
      return `M${round((index + 0.5) * step)} ${round(height / 2 - half)}V${round(height / 2 + half)}`;
    })
    .join("");
}

/** Share of a meter that runs from `floorDb` to 0 dBFS, 0 to 1. */
export function meterShare(db: number, floorDb = -60): number {
  return Math.min(1, Math.max(0, (db - floorDb) / -floorDb));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
