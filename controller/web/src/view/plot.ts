import type { Instant } from "@loa/shared/kernel/time.ts";
import type { Sample } from "../api/shapes.ts";

/** A line in a box of `width` × `height`, y downwards. */
export interface Plot {
  /** SVG path of steps: a value holds until the next one; a null leaves a gap. */
  readonly path: string;
  readonly low: number;
  readonly high: number;
}

export function plotOf(
  samples: readonly Sample[],
  from: Instant,
  to: Instant,
  width: number,
  height: number,
): Plot | null {
  const values = samples.flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length === 0 || to <= from) return null;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const reach = high - low || 1;
  const x = (at: number) => round(((Math.min(Math.max(at, from), to) - from) / (to - from)) * width);
  const y = (value: number) => round(height - ((value - low) / reach) * height);
  let path = "";
  let isDrawing = false;
  for (const [index, { at, value }] of samples.entries()) {
    const until = samples[index + 1]?.at ?? to;
    if (value !== null) path += `${isDrawing ? "L" : "M"}${x(at)} ${y(value)}L${x(until)} ${y(value)}`;
    isDrawing = value !== null;
  }
  return { path, low, high };
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
