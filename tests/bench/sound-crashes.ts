import { join } from "node:path";
import { machineNow } from "../ears/machine-time.ts";
import { findNoise } from "../golden-ear/find-noise.ts";
import { gaps } from "../golden-ear/gaps.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { encode, writeWav } from "../golden-ear/make-audio.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { pass, type RigFolder, type SoundRig, withRig } from "./sound-rig.ts";

const ENGINE_LIMIT_MS = 300;
const DECODER_LIMIT_MS = 1_000;
/** The next spare must be ready, and its shadow decoders warm. */
const BETWEEN_MS = 4_000;
const QUIET_DB = -60;
/** Shorter pauses are in every sound. */
const GAP_FROM_MS = 5;

interface Blow {
  readonly name: string;
  /** A decoder that dies again and again is given up, and an engine waits longer each time. */
  readonly times: number;
  readonly limitMs: number;
  strike(rig: SoundRig): void;
}

const blows: readonly Blow[] = [
  {
    name: "engine killed",
    times: 4,
    limitMs: ENGINE_LIMIT_MS,
    strike: (rig) => process.kill(rig.enginePid(), "SIGKILL"),
  },
  {
    name: "engine hung (SIGSTOP)",
    times: 4,
    limitMs: ENGINE_LIMIT_MS,
    strike: (rig) => process.kill(rig.enginePid(), "SIGSTOP"),
  },
  {
    name: "decoder killed",
    times: 2,
    limitMs: DECODER_LIMIT_MS,
    strike: (rig) => signalDecoders(rig, "SIGKILL"),
  },
  {
    name: "decoder hung (SIGSTOP)",
    times: 2,
    limitMs: DECODER_LIMIT_MS,
    strike: (rig) => signalDecoders(rig, "SIGSTOP"),
  },
];

/** A long file plays; something dies; how long is it silent at the card, and does it go on where it should be then? */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const blow of blows) rows.push(...(await withRig((rig, around) => struck(blow, rig, around))));
  return rows;
}

async function struck(blow: Blow, rig: SoundRig, { folder, ffmpegPath }: RigFolder): Promise<BenchRow[]> {
  const noise = knownNoise((blow.times + 2) * BETWEEN_MS + 4_000, 17);
  const wav = join(folder, "long.wav");
  writeWav(wav, noise);
  rig.play("long", await encode(ffmpegPath, wav, "mp3"));
  await rig.told("started", "long");
  await pass(BETWEEN_MS);
  const struckAts: number[] = [];
  for (let time = 0; time < blow.times; time += 1) {
    struckAts.push(machineNow());
    blow.strike(rig);
    await pass(BETWEEN_MS);
  }
  // Listening to what was recorded costs seconds of this process, which is the agent here: it comes afterwards.
  const results = struckAts.map((struckAt) => resultOf(rig, noise, struckAt));
  const worstGapMs = Math.max(...results.map(({ gapMs }) => gapMs));
  const worstShiftMs = Math.max(...results.map(({ shiftMs }) => shiftMs));
  return [
    atMost(`${blow.name}: longest silence of ${blow.times}`, worstGapMs, "ms", blow.limitMs),
    // A decoder's death delays a file by what was silent; an engine's does not: what should sound then goes on.
    atMost(
      `${blow.name}: place in the file against the clock, largest shift`,
      worstShiftMs,
      "ms",
      blow.limitMs,
    ),
  ];
}

function resultOf(rig: SoundRig, noise: Float64Array, struckAt: number) {
  const heard = rig.card.recording({ fromAt: struckAt - 300, toAt: struckAt + BETWEEN_MS - 200 });
  const silent = gaps(heard, QUIET_DB, GAP_FROM_MS).map(({ fromAt, toAt }) => toAt - fromAt);
  const stretches = findNoise(heard, noise);
  const [before, after] = [stretches[0], stretches.at(-1)];
  const isBack = after !== undefined && after.toAt > struckAt + BETWEEN_MS - 600;
  if (before === undefined || !isBack)
    return { gapMs: Number.POSITIVE_INFINITY, shiftMs: Number.POSITIVE_INFINITY };
  return { gapMs: Math.max(0, ...silent), shiftMs: Math.abs(zeroOf(after) - zeroOf(before)) };
}

/** When the first sample of the noise would have been heard. */
function zeroOf({ fromAt, fromSample }: { readonly fromAt: number; readonly fromSample: number }): number {
  return fromAt - fromSample / 48;
}

function signalDecoders(rig: SoundRig, signal: NodeJS.Signals): void {
  const decoders = rig.decoderPids();
  if (decoders.length === 0) throw new Error("there is no decoder to strike");
  for (const pid of decoders) process.kill(pid, signal);
}
