import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { WavSidecar } from "@loa/edge-agent/sound/sinks/wav-file.ts";
import { z } from "zod";
import { fromWav, type Recording } from "../golden-ear/recording.ts";

const sidecar = z.object({
  firstSampleAt: z.number(),
  firstSampleMonotonicMs: z.number(),
}) satisfies z.ZodType<WavSidecar>;

/** What a box with `--sink wav:` has let be heard so far, one recording for each of its files, on the wall clock. */
export function recordedIn(folder: string): readonly Recording[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".wav"))
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const { firstSampleAt } = sidecar.parse(JSON.parse(readFileSync(path.replace(/wav$/, "json"), "utf8")));
      return fromWav(readFileSync(path), firstSampleAt);
    });
}
