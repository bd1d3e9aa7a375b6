import { join } from "node:path";
import { renderChime } from "@loa/edge-agent/sound/chime.ts";
import { renderSiren } from "@loa/edge-agent/sound/siren.ts";
import { machineNow } from "../ears/machine-time.ts";
import { findNoise, heardAt, type NoiseStretch } from "../golden-ear/find-noise.ts";
import { findPattern } from "../golden-ear/find-pattern.ts";
import { gaps } from "../golden-ear/gaps.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { type AudioFormat, encode, SAMPLE_RATE_HZ, writeWav } from "../golden-ear/make-audio.ts";
import type { Recording } from "../golden-ear/recording.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { percentile } from "./sound-figures.ts";
import { fromMachine, pass, type RigFolder, type SoundRig, withRig } from "./sound-rig.ts";

const CUT_INS = 60;
const CUT_IN_LIMIT_MS = 150;
/** Before a command the programme must be there, and after it as much of the siren as an ear needs. */
const PROGRAMME_MS = 350;
const SIREN_MS = 600;
const PAUSES = 6;
const PAUSE_MS = 400;
const FADE_MS = 20;
/** One step of 16 bits, and a half for its rounding: what is softer is nothing. */
const SILENT = 1.5 / 32_768;
const SILENT_DB = 20 * Math.log10(SILENT);
const FADE_SAMPLES = (FADE_MS * SAMPLE_RATE_HZ) / 1_000;
const GAPLESS = ["mp3", "opus", "wav", "flac"] as const satisfies readonly AudioFormat[];
const HALF_MS = 2_000;

/** What is exact to the sample: where things begin, join and go on, on the recording of the virtual card. */
export async function bench(): Promise<BenchRow[]> {
  return withRig(async (rig, around) => [
    ...(await cutIns(rig, around)),
    await chimeGap(rig, around),
    ...(await resumes(rig, around)),
    ...(await joins(rig, around)),
  ]);
}

async function cutIns(rig: SoundRig, around: RigFolder): Promise<BenchRow[]> {
  const latencies = await cutInLatencies(rig, around, CUT_INS);
  const [half, most] = [percentile(latencies, 0.5), percentile(latencies, 0.99)];
  return [
    atMost("emergency command to first siren sample, p50", half, "ms", CUT_IN_LIMIT_MS),
    atMost("emergency command to first siren sample, p99", most, "ms", CUT_IN_LIMIT_MS),
  ];
}

/** From the call at the agent's port, over the process boundary, to the first sample of the siren at the card, ms. */
export async function cutInLatencies(
  rig: SoundRig,
  { folder }: RigFolder,
  times: number,
): Promise<readonly number[]> {
  const programme = join(folder, "programme.wav");
  writeWav(programme, knownNoise(times * (PROGRAMME_MS + SIREN_MS) + 20_000));
  const siren = Float64Array.from(
    renderSiren("actual").subarray(0, SAMPLE_RATE_HZ / 2),
    (one) => one / 32_768,
  );
  rig.play("programme", programme);
  await rig.told("started", "programme");
  const latencies: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    // Not in step with the engine's own ticks.
    await pass(PROGRAMME_MS + (turn % 20));
    const commandedAt = machineNow();
    rig.sound.pause("programme", 50);
    rig.play(`siren-${turn}`, null, {
      source: { kind: "siren", severity: "actual", durationMs: SIREN_MS },
      rung: "emergency-actual",
    });
    await pass(SIREN_MS + 250);
    const heard = rig.card.recording({ fromAt: commandedAt, toAt: commandedAt + SIREN_MS + 200 });
    latencies.push((findPattern(heard, siren)?.at ?? Number.POSITIVE_INFINITY) - commandedAt);
    rig.sound.resume("programme", FADE_MS);
  }
  rig.stop("programme");
  return latencies;
}

/** The words begin on the very sample behind the chime. */
async function chimeGap(rig: SoundRig, { folder }: RigFolder): Promise<BenchRow> {
  const noise = knownNoise(1_500, 7);
  const speech = join(folder, "speech.wav");
  writeWav(speech, noise);
  const chime = Float64Array.from(renderChime(), (one) => one / 32_768);
  const from = machineNow();
  rig.play("chime", null, { source: { kind: "chime" }, startAt: fromMachine(from + 500) });
  rig.play("speech", speech, { after: "chime", startAt: fromMachine(from + 500 + chime.length / 48) });
  await rig.told("ended", "speech");
  const heard = rig.card.recording({ fromAt: from });
  const chimeAt = findPattern(heard, chime)?.at ?? Number.NaN;
  const [words] = findNoise(heard, noise);
  const gapMs =
    words === undefined ? Number.POSITIVE_INFINITY : heardAt(words, 0) - (chimeAt + chime.length / 48);
  return atMost("chime to speech, gap", Math.abs(gapMs), "ms", 5);
}

/** A file that is paused again and again: which of its samples were never heard, which twice. */
async function resumes(rig: SoundRig, { folder }: RigFolder): Promise<BenchRow[]> {
  const noise = knownNoise(9_000, 11);
  const path = join(folder, "resume.wav");
  writeWav(path, noise);
  const from = machineNow();
  rig.play("resumed", path);
  await rig.told("started", "resumed");
  for (let turn = 0; turn < PAUSES; turn += 1) {
    await pass(700 + 37 * turn);
    rig.sound.pause("resumed", FADE_MS);
    await pass(PAUSE_MS);
    rig.sound.resume("resumed", FADE_MS);
  }
  const played = await rig.told("ended", "resumed");
  const steps = stepsOverSilences(rig.card.recording({ fromAt: from }), noise);
  const lost = Math.max(...steps.map((step) => audibleIn(step, noise)));
  const repeated = Math.max(0, ...steps.map(({ before, after }) => before - after));
  const playedMs = played.kind === "ended" ? played.playedMs : Number.NaN;
  const areAllHeard = steps.length === PAUSES;
  return [
    { ...atMost("pause and resume, samples lost", lost, "samples", 0), ok: areAllHeard && lost === 0 },
    {
      ...atMost("pause and resume, samples repeated", repeated, "samples", 0),
      ok: areAllHeard && repeated === 0,
    },
    atMost("pause and resume, played against the file's length", Math.abs(playedMs - 9_000), "ms", 0.1),
  ];
}

/** Which sample of the noise would have been heard next before a silence, and which was the first behind it. */
interface Step {
  readonly before: number;
  readonly after: number;
}

function stepsOverSilences(heard: Recording, noise: Float64Array): readonly Step[] {
  const stretches = findNoise(heard, noise);
  return gaps(heard, SILENT_DB, PAUSE_MS / 2).flatMap(({ fromAt, toAt }) => {
    const before = stretches.findLast((one) => one.fromAt < fromAt);
    const after = stretches.find((one) => one.toAt > toAt);
    return before === undefined || after === undefined
      ? []
      : [{ before: Math.round(placeAt(before, fromAt)), after: Math.round(placeAt(after, toAt)) }];
  });
}

/**
 * Samples that nobody heard, without those at the soft ends of both fades: wherever the pause fell among them, a sample so
 * many places away from it is so soft.
 */
function audibleIn({ before, after }: Step, noise: Float64Array): number {
  const missing = Array.from({ length: Math.max(0, after - before) }, (_, index) => before + index);
  const audible = (cut: number) =>
    missing.filter((index) => {
      const fromCut = index < cut ? cut - 1 - index : index - cut;
      return (Math.abs(noise[index] ?? 0) * fromCut) / FADE_SAMPLES > SILENT;
    }).length;
  return Math.min(...[...missing, after].map(audible));
}

/** The sample of the noise that is heard then, or would be in this stretch. */
function placeAt({ fromAt, toAt, fromSample, toSample }: NoiseStretch, at: number): number {
  return fromSample + ((at - fromAt) * (toSample - fromSample)) / (toAt - fromAt);
}

/** One sound cut in two files: the two halves must join as if nothing had been cut. */
async function joins(rig: SoundRig, { folder, ffmpegPath }: RigFolder): Promise<BenchRow[]> {
  const whole = knownNoise(2 * HALF_MS, 13);
  const middle = (HALF_MS * SAMPLE_RATE_HZ) / 1_000;
  const rows: BenchRow[] = [];
  for (const format of GAPLESS) {
    const halves = await Promise.all(
      [whole.subarray(0, middle), whole.subarray(middle)].map(async (half, index) => {
        const path = join(folder, `${format}-${index}.wav`);
        writeWav(path, half);
        return format === "wav" ? path : encode(ffmpegPath, path, format);
      }),
    );
    const from = machineNow();
    rig.play(`${format}-0`, halves[0] ?? "", { startAt: fromMachine(from + 800) });
    rig.play(`${format}-1`, halves[1] ?? "", {
      after: `${format}-0`,
      startAt: fromMachine(from + 800 + HALF_MS),
    });
    await rig.told("ended", `${format}-1`);
    const heard = rig.card.recording({ fromAt: from });
    rows.push(atMost(`gapless join of two ${format} files, gap`, joinMs(heard, whole, middle), "ms", 1));
  }
  return rows;
}

/** How far the second half stands from where the first one says that it should, ms. */
function joinMs(heard: Parameters<typeof findNoise>[0], whole: Float64Array, middle: number): number {
  const first = findNoise(heard, whole.subarray(0, middle))[0];
  const second = findNoise(heard, whole.subarray(middle))[0];
  if (first === undefined || second === undefined) return Number.POSITIVE_INFINITY;
  return Math.abs(heardAt(second, 0) - heardAt(first, middle));
}
