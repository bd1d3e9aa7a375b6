import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { machineNow } from "../ears/machine-time.ts";
import { findChirps } from "../golden-ear/find-chirp.ts";
import { withChirps, writeWav } from "../golden-ear/make-audio.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { percentile, standardDeviation } from "./sound-figures.ts";
import { fromMachine, machineReaches, type RigFolder, type SoundRig, withRig } from "./sound-rig.ts";

const STARTS = 60;
const EVERY_MS = 500;
/** As long before its time as the agent hands a sound over. */
const AHEAD_MS = 2_500;
/** Whoever is farther from its time than this is not the start that was asked for. */
const NEAR_MS = 240;
const BUSY_PER_CORE = 2;

/** When a sound that was ordered for an instant is heard at the card: idle, and while every core is busy. */
export async function bench(): Promise<BenchRow[]> {
  const idle = await errors(true, false);
  const normal = await errors(false, true);
  const realTime = await errors(true, true);
  return [
    atMost("start error at the card, idle, standard deviation", standardDeviation(idle), "ms", 0.1),
    atMost("start error at the card, idle, largest", largest(idle), "ms", 1),
    atMost("start error under full load, ordinary priority, p99", p99(normal), "ms", 20),
    atMost("start error under full load, real-time priority, p99", p99(realTime), "ms", 1),
  ];
}

async function errors(wantsRealTime: boolean, isBusy: boolean): Promise<readonly number[]> {
  const load = isBusy ? busyPrograms() : [];
  try {
    return await withRig((rig, around) => startErrors(rig, around), wantsRealTime);
  } finally {
    for (const one of load) one.kill("SIGKILL");
  }
}

/** Of every start the time between its plan and its first sample, ms; infinite when it is not heard near it. */
async function startErrors(rig: SoundRig, { folder }: RigFolder): Promise<readonly number[]> {
  const chirp = join(folder, "chirp.wav");
  writeWav(chirp, withChirps(300, [0]));
  const from = machineNow();
  // No whole number of blocks, so that starts fall anywhere in a block.
  const planned = Array.from({ length: STARTS }, (_, index) => from + AHEAD_MS + index * (EVERY_MS + 0.37));
  for (const [index, at] of planned.entries()) {
    await machineReaches(at - AHEAD_MS);
    rig.play(`start-${index}`, chirp, { startAt: fromMachine(at) });
  }
  await machineReaches((planned.at(-1) ?? from) + 1_500);
  const heard = findChirps(rig.card.recording({ fromAt: from })).map(({ at }) => at);
  return planned.map((plan) => {
    const offsets = heard.map((at) => at - plan).filter((offset) => Math.abs(offset) < NEAR_MS);
    return offsets.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0] ?? Number.POSITIVE_INFINITY;
  });
}

function busyPrograms(): readonly ChildProcess[] {
  return Array.from({ length: BUSY_PER_CORE * availableParallelism() }, () =>
    spawn(process.execPath, ["-e", "for (;;) {}"], { stdio: "ignore" }),
  );
}

function p99(values: readonly number[]): number {
  return percentile(values.map(Math.abs), 0.99);
}

function largest(values: readonly number[]): number {
  return Math.max(...values.map(Math.abs));
}
