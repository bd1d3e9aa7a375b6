import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { cardParts } from "../ears/card-plugin.ts";
import { openVirtualCard } from "../ears/virtual-card.ts";
import { findNoise } from "../golden-ear/find-noise.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { writeWav } from "../golden-ear/make-audio.ts";
import { fromPcm16 } from "../golden-ear/recording.ts";
import { testFolder } from "../support/temp-folder.ts";

const noise = knownNoise(30_000);

/** A card with the noise on its line, and a process that listens to it. */
async function listener(ppm: number) {
  const wav = join(await testFolder(), "line.wav");
  writeWav(wav, noise);
  const card = await openVirtualCard({ ppm, captureWav: wav });
  onTestFinished(card.close);
  const script = join(import.meta.dirname, "../ears/capture-child.ts");
  const child = spawn(process.execPath, [script, card.device], {
    env: { ...process.env, ...card.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  });
  const pieces: Buffer[] = [];
  let said = "";
  child.stdout.on("data", (bytes: Buffer) => pieces.push(bytes));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const seconds = () => pieces.reduce((sum, piece) => sum + piece.length, 0) / 96_000;
  return {
    card,
    said: () => said,
    heardFor: (wanted: number) =>
      expect.poll(seconds, { timeout: wanted * 1_000 + 10_000 }).toBeGreaterThan(wanted),
    stretches() {
      const bytes = Buffer.concat(pieces);
      const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
      return findNoise(fromPcm16(samples, 48_000, 0), noise, { stretchPpm: 600 });
    },
  };
}

describe.skipIf(cardParts() === null)("the line input of a card", { timeout: 60_000 }, () => {
  test.each([0, 150])("that is %s ppm off is heard in one piece", async (ppm) => {
    const line = await listener(ppm);
    await line.heardFor(8);
    const heard = line.stretches();
    expect(heard).toHaveLength(1);
    expect((heard[0]?.toAt ?? 0) - (heard[0]?.fromAt ?? 0)).toBeGreaterThan(6_500);
  });

  test("that-is-pulled-out-is-lost-and-comes-back", async () => {
    const line = await listener(0);
    await line.heardFor(3);
    line.card.makeVanish();
    await expect.poll(line.said, { timeout: 10_000 }).toContain("lost");
    line.card.comeBack();
    await expect.poll(line.said, { timeout: 10_000 }).toContain("back");
    await line.heardFor(12);
    expect(line.stretches().length).toBeGreaterThan(1);
  });
});
