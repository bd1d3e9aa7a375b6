import { join } from "node:path";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { encode, writeWav } from "../golden-ear/make-audio.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { cpuSeconds, cpuSecondsOfChildren, residentMb } from "./process-figures.ts";
import { pass, withRig } from "./sound-rig.ts";

const MINUTE_MS = 60_000;
/** Settled: the file is decoded ahead, the program is compiled. */
const WARM_MS = 3_000;

/** What a minute of an mp3 costs the machine: engine and decoder together, and the memory of the engine. */
export async function bench(): Promise<BenchRow[]> {
  // The first start of a new version compiles its program and keeps it on the disk; a box does that once.
  await withRig(() => pass(WARM_MS));
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
