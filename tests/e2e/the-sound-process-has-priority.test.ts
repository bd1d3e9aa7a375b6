import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { cardParts } from "../ears/card-plugin.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { writeWav } from "../golden-ear/make-audio.ts";
import { childrenOf, readOrEmpty } from "../support/own-process.ts";
import { openSupervisedLoudspeaker } from "../support/supervised-loudspeaker.ts";
import { describeWithPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

const CLIP_MS = 10_000;
/** Fields behind the name in `/proc/PID/stat` (proc(5)): 40 and 41 of all. */
const PRIORITY_FIELD = 37;
const POLICY_FIELD = 38;
const NORMAL = { policy: 0, priority: 0 };
// sched.h
const ROUND_ROBIN = { policy: 2, priority: 20 };

describeWithPart("ffmpeg", "scheduling of the sound process", ({ path: ffmpegPath }) => {
  test.runIf(cardParts() !== null)(
    "the-engine-gets-real-time-where-allowed-and-its-decoders-never",
    async () => {
      vi.stubEnv("MALLOC_MMAP_THRESHOLD_", "8192");
      onTestFinished(() => void vi.unstubAllEnvs());
      const box = await openSupervisedLoudspeaker(ffmpegPath);
      onTestFinished(box.close);
      const engine = await box.engine();
      expect(readOrEmpty(`/proc/${engine}/environ`)).toContain("PATH=");
      expect(readOrEmpty(`/proc/${engine}/environ`)).not.toContain("MALLOC_MMAP_THRESHOLD_");
      const path = join(await testFolder(), "noise.wav");
      writeWav(path, knownNoise(CLIP_MS));
      box.play("clip", { kind: "clip", sha256: box.clip(path) });
      await box.report("started");
      const said = box.log.lines.find(({ event }) => event === "engine.ready")?.fields.scheduling;
      expect(schedulingOf(engine)).toEqual(said === "real-time" ? ROUND_ROBIN : NORMAL);
      const decoders = childrenOf(engine);
      expect(decoders).not.toEqual([]);
      for (const decoder of decoders) expect(schedulingOf(decoder)).toEqual(NORMAL);
    },
  );
});

function schedulingOf(pid: number) {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { policy: Number(fields[POLICY_FIELD]), priority: Number(fields[PRIORITY_FIELD]) };
}
