import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ENGINE_NODE_FLAGS } from "@loa/edge-agent/sound/process/engine-child.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { encode, writeWav } from "../golden-ear/make-audio.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { cpuSeconds, cpuSecondsOfChildren, residentMb } from "./process-figures.ts";
import { pass, withRig } from "./sound-rig.ts";

const engineMain = fileURLToPath(import.meta.resolve("@loa/edge-agent/sound/process/main.ts"));
const MINUTE_MS = 60_000;
/** Settled: the file is decoded ahead, the program is compiled. */
const WARM_MS = 3_000;

/** What a minute of an mp3 costs the machine: engine and decoder together, and the memory of the engine. */
export async function bench(): Promise<BenchRow[]> {
  const cache = await mkdtemp(join(tmpdir(), "loa-compiled-"));
  process.env.NODE_COMPILE_CACHE = cache;
  // The first start of a version, as `loa-agent.service` makes it: a process that ends has compiled it.
  execFileSync(process.execPath, [...ENGINE_NODE_FLAGS, engineMain, "compile"]);
  try {
    return await measure();
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

function measure(): Promise<BenchRow[]> {
  return withRig(async (rig, { folder, ffmpegPath }) => {
    const wav = join(folder, "long.wav");
    // Two minutes, so that the decoder is at work during the whole minute that counts.
    writeWav(wav, knownNoise(2 * MINUTE_MS + 10_000, 5));
    rig.play("long", await encode(ffmpegPath, wav, "mp3"));
    await rig.told("started", "long");
    await pass(WARM_MS);
    const pid = rig.enginePid();
    const spent = () => cpuSeconds(pid) + cpuSecondsOfChildren(pid);
    const before = spent();
    let mostMb = 0;
    for (let second = 0; second < 60; second += 1) {
      await pass(1_000);
      mostMb = Math.max(mostMb, residentMb(pid));
    }
    const seconds = spent() - before;
    return [
      atMost("engine and decoder, CPU for a minute of mp3", seconds, "CPU-s", 2.5),
      atMost("engine, resident memory while it plays", mostMb, "MB", 90),
    ];
  });
}
