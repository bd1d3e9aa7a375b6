import { FRAMES_PER_MS, SAMPLE_RATE_HZ } from "./format.ts";

export type Severity = "actual" | "exercise";

/** Horns carry the lower overtones far; more of them would only be harsh. */
const SECOND = 0.4;
const THIRD = 0.2;
const PEAK = 0.7;

/** One turn of the pattern as mono s16; turns join without a step. */
export function renderSiren(severity: Severity): Int16Array {
  return severity === "actual" ? renderWail() : renderPulses();
}

const WAIL_MS = 4_000;
const LOW_HZ = 400;
const HIGH_HZ = 1_000;

/** Rises for two seconds and falls for two, as a motor siren does. The mean frequency makes whole waves of a turn. */
function renderWail(): Int16Array {
  const pcm = new Int16Array(WAIL_MS * FRAMES_PER_MS);
  let phase = 0;
  for (let frame = 0; frame < pcm.length; frame += 1) {
    const place = frame / pcm.length;
    const height = place < 0.5 ? 2 * place : 2 - 2 * place;
    phase += (2 * Math.PI * (LOW_HZ + (HIGH_HZ - LOW_HZ) * height)) / SAMPLE_RATE_HZ;
    pcm[frame] = horn(phase, PEAK);
  }
  return pcm;
}

const PULSE_HZ = 520;
const PULSE_MS = 400;
const PULSE_EVERY_MS = 600;
const PULSES = 3;
const PULSES_TURN_MS = 3_000;
const EDGE_MS = 15;

/** Three short even tones and a rest: nobody takes it for the wail of an actual emergency. */
function renderPulses(): Int16Array {
  const pcm = new Int16Array(PULSES_TURN_MS * FRAMES_PER_MS);
  for (let frame = 0; frame < PULSES * PULSE_EVERY_MS * FRAMES_PER_MS; frame += 1) {
    const ms = (frame / FRAMES_PER_MS) % PULSE_EVERY_MS;
    const edge = Math.max(0, Math.min(1, ms / EDGE_MS, (PULSE_MS - ms) / EDGE_MS));
    pcm[frame] = horn((2 * Math.PI * PULSE_HZ * frame) / SAMPLE_RATE_HZ, PEAK * edge);
  }
  return pcm;
}

function horn(phase: number, peak: number): number {
  const wave = Math.sin(phase) + SECOND * Math.sin(2 * phase) + THIRD * Math.sin(3 * phase);
  return Math.round((wave / (1 + SECOND + THIRD)) * peak * 32_767);
}
