import { FRAMES_PER_MS, SAMPLE_RATE_HZ } from "./format.ts";

export type Severity = "actual" | "exercise";

/** Horns carry the lower overtones far; more of them would only be harsh. */
const OVERTONES = [1, 0.4, 0.2] as const;
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
  const frames = WAIL_MS * FRAMES_PER_MS;
  let phase = 0;
  return render(frames, (frame) => {
    const place = frame / frames;
    const height = place < 0.5 ? 2 * place : 2 - 2 * place;
    phase += (2 * Math.PI * (LOW_HZ + (HIGH_HZ - LOW_HZ) * height)) / SAMPLE_RATE_HZ;
    return { phase, level: 1 };
  });
}

const PULSE_HZ = 520;
const PULSE_MS = 400;
const PULSE_EVERY_MS = 600;
const PULSES = 3;
const PULSES_TURN_MS = 3_000;
const EDGE_MS = 15;

/** Three short even tones and a rest: nobody takes it for the wail of an actual emergency. */
function renderPulses(): Int16Array {
  return render(PULSES_TURN_MS * FRAMES_PER_MS, (frame) => {
    const ms = frame / FRAMES_PER_MS;
    const inPulse = ms % PULSE_EVERY_MS;
    const sounds = ms < PULSES * PULSE_EVERY_MS && inPulse < PULSE_MS;
    const level = sounds ? Math.min(1, inPulse / EDGE_MS, (PULSE_MS - inPulse) / EDGE_MS) : 0;
    return { phase: (2 * Math.PI * PULSE_HZ * frame) / SAMPLE_RATE_HZ, level };
  });
}

function render(
  frames: number,
  at: (frame: number) => { readonly phase: number; readonly level: number },
): Int16Array {
  const loudest = OVERTONES.reduce((sum, level) => sum + level, 0);
  const pcm = new Int16Array(frames);
  for (let frame = 0; frame < frames; frame += 1) {
    const { phase, level } = at(frame);
    const wave = OVERTONES.reduce((sum, part, index) => sum + part * Math.sin(phase * (index + 1)), 0);
    pcm[frame] = Math.round((wave / loudest) * level * PEAK * 32_767);
  }
  return pcm;
}
