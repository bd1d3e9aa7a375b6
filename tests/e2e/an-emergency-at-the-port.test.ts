import { join } from "node:path";
import { SAMPLE_RATE_HZ } from "@loa/edge-agent/sound/format.ts";
import { renderSiren } from "@loa/edge-agent/sound/siren.ts";
import { expect, onTestFinished, test } from "vitest";
import { cardParts } from "../ears/card-plugin.ts";
import { machineNow } from "../ears/machine-time.ts";
import { findPatterns } from "../golden-ear/find-pattern.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { writeWav } from "../golden-ear/make-audio.ts";
import { openSupervisedLoudspeaker } from "../support/supervised-loudspeaker.ts";
import { describeWithPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

/** From the command at the agent's sound port, over the process boundary, to the card's first sample of the siren. */
const SIREN_WITHIN_MS = 150;
const SIRENS = 20;
const SIREN_MS = 400;
/** No multiple of anything that the engine does. */
const APART_MS = 733;
const PATTERN_MS = 150;

describeWithPart("ffmpeg", "an emergency at the sound port", ({ path: ffmpegPath }) => {
  test.runIf(cardParts() !== null)("sounds-over-a-programme-before-the-buffer-is-through", async () => {
    const box = await openSupervisedLoudspeaker(ffmpegPath);
    onTestFinished(box.close);
    await Promise.all([box.engine(), box.spare()]);
    const path = join(await testFolder(), "noise.wav");
    writeWav(path, knownNoise((SIRENS + 2) * APART_MS));
    box.play("programme", { kind: "clip", sha256: box.clip(path) }, { gainDb: -12 });
    await box.report("started");
    const commandedAts: number[] = [];
    for (let count = 0; count < SIRENS; count += 1) {
      await passes(APART_MS);
      commandedAts.push(machineNow());
      const source = { kind: "siren", severity: "actual", durationMs: SIREN_MS } as const;
      box.play(`siren-${count}`, source, { rung: "emergency-actual" });
    }
    await passes(APART_MS);
    const beginning = renderSiren("actual").subarray(0, (PATTERN_MS * SAMPLE_RATE_HZ) / 1_000);
    const pattern = Float64Array.from(beginning, (sample) => sample / 32_768);
    const delays = commandedAts.map((commandedAt) => {
      const heard = box.card.recording({ fromAt: commandedAt, toAt: commandedAt + SIREN_MS });
      const [first] = findPatterns(heard, pattern);
      return first === undefined ? Number.POSITIVE_INFINITY : first.at - commandedAt;
    });
    expect(Math.min(...delays)).toBeGreaterThan(0);
    expect(Math.max(...delays), delays.map((one) => one.toFixed(0)).join(" ")).toBeLessThan(SIREN_WITHIN_MS);
  });
});

/** Real sound takes real time. */
function passes(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
