import { FRAMES_PER_MS } from "./format.ts";

/** Even 0 ms takes this long, or the loudspeaker clicks. */
export const SHORTEST_RAMP_MS = 2;

/** A gain that moves linearly to its target, frame by frame. */
export interface GainRamp {
  value: number;
  target: number;
  /** Change per frame; its sign is the direction. */
  step: number;
  /** Frames until the target is reached. */
  left: number;
}

export function createRamp(value: number): GainRamp {
  return { value, target: value, step: 0, left: 0 };
}

export function setRamp(ramp: GainRamp, value: number): void {
  ramp.value = value;
  ramp.target = value;
  ramp.step = 0;
  ramp.left = 0;
}

export function rampTo(ramp: GainRamp, target: number, durationMs: number): void {
  rampOver(ramp, target, Math.round(Math.max(SHORTEST_RAMP_MS, durationMs) * FRAMES_PER_MS));
}

export function rampOver(ramp: GainRamp, target: number, frames: number): void {
  if (ramp.value === target || frames <= 0) {
    setRamp(ramp, target);
    return;
  }
  ramp.target = target;
  ramp.step = (target - ramp.value) / frames;
  ramp.left = frames;
}

/** How long the gain still moves. */
export function remainingMs(ramp: GainRamp): number {
  return ramp.left / FRAMES_PER_MS;
}

/** Takes the gain `frames` further without a sample. */
export function skipRamp(ramp: GainRamp, frames: number): void {
  if (frames >= ramp.left) setRamp(ramp, ramp.target);
  else {
    ramp.value += ramp.step * frames;
    ramp.left -= frames;
  }
}

/**
 * Multiplies a moving gain into `count` frames from frame `from` on, and moves it. A gain that rests is left to the
 * caller, who can fold it into the sum: the answer is what is still to be multiplied.
 */
export function applyRamp(
  samples: Float32Array,
  from: number,
  count: number,
  channels: number,
  ramp: GainRamp,
): number {
  if (ramp.left === 0) return ramp.value;
  const moving = Math.min(count, ramp.left);
  const step = ramp.step;
  let gain = ramp.value;
  let index = from * channels;
  for (let frame = 0; frame < moving; frame += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      samples[index] = (samples[index] ?? 0) * gain;
      index += 1;
    }
    gain += step;
  }
  ramp.value = gain;
  ramp.left -= moving;
  if (ramp.left > 0) return 1;
  setRamp(ramp, ramp.target);
  const rest = ramp.value;
  if (rest === 1) return 1;
  for (const end = (from + count) * channels; index < end; index += 1) {
    samples[index] = (samples[index] ?? 0) * rest;
  }
  return 1;
}
