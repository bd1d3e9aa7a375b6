import { FRAMES_PER_MS } from "./format.ts";

/** Even 0 ms takes this long, or the loudspeaker clicks. */
const SHORTEST_RAMP_MS = 2;

/** A gain that moves linearly to its target, sample by sample. */
export interface GainRamp {
  value: number;
  target: number;
  /** Change per sample; its sign is the direction. */
  step: number;
}

export function createRamp(value: number): GainRamp {
  return { value, target: value, step: 0 };
}

export function rampTo(ramp: GainRamp, target: number, durationMs: number): void {
  const frames = Math.max(SHORTEST_RAMP_MS, durationMs) * FRAMES_PER_MS;
  ramp.target = target;
  ramp.step = (target - ramp.value) / frames;
}

export function isMoving(ramp: GainRamp): boolean {
  return ramp.value !== ramp.target;
}

/** How long the gain still moves. */
export function remainingMs(ramp: GainRamp): number {
  return isMoving(ramp) ? (ramp.target - ramp.value) / ramp.step / FRAMES_PER_MS : 0;
}

/** `mix[from..from+count) += voice · gain`, moving the gain on the way. */
export function addWithRamp(
  mix: Float32Array,
  voice: Float32Array,
  from: number,
  count: number,
  ramp: GainRamp,
): void {
  const end = from + count;
  let index = from;
  for (; index < end && ramp.value !== ramp.target; index += 1) {
    mix[index] = (mix[index] ?? 0) + (voice[index] ?? 0) * ramp.value;
    const next = ramp.value + ramp.step;
    ramp.value = ramp.step > 0 ? Math.min(next, ramp.target) : Math.max(next, ramp.target);
  }
  const gain = ramp.value;
  if (gain === 0) return;
  for (; index < end; index += 1) mix[index] = (mix[index] ?? 0) + (voice[index] ?? 0) * gain;
}
