import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ENGINE_NODE_FLAGS } from "@loa/edge-agent/sound/process/engine-child.ts";
import { findFfmpeg } from "@loa/shared/node/ffmpeg-path.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { encode, writeWav } from "../golden-ear/make-audio.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { CLIP_MS, day, HOURS } from "./sound-soak-process.ts";

/** Memory of the first hours is that of a program that warms up. */
const WARM_HOURS = 4;

/** A day of programmes in some minutes; see `sound-soak-process.ts`. */
export async function bench(): Promise<BenchRow[]> {
  const found = await findFfmpeg({ env: process.env, from: import.meta.url });
  if (!found.ok) throw new Error("ffmpeg was not found");
  const folder = mkdtempSync(join(tmpdir(), "loa-soak-"));
  try {
    const wav = join(folder, "clip.wav");
    writeWav(wav, knownNoise(CLIP_MS, 3));
    const clip = await encode(found.value.path, wav, "mp3");
    const program = fileURLToPath(new URL("./sound-soak-process.ts", import.meta.url));
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [...ENGINE_NODE_FLAGS, program, found.value.path, clip]);
    const played = day.parse(JSON.parse(stdout));
    const warm = Math.max(...played.residentMb.slice(0, WARM_HOURS));
    const late = Math.max(...played.residentMb.slice(-WARM_HOURS));
    const growth = `${HOURS} h of playout, growth of memory after the first ${WARM_HOURS} h`;
    const handles = played.handlesAfter - played.handlesBefore;
    return [
      atMost(growth, late - warm, "MB", 10),
      atMost(`${HOURS} h of playout, growth of file handles`, handles, "handles", 0),
      atMost(`${HOURS} h of playout, sound missing of what was planned`, played.missingMs, "ms", 0),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
