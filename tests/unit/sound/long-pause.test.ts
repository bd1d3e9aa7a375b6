import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDecoder } from "@loa/edge-agent/sound/decoder.ts";
import type { PcmSource } from "@loa/edge-agent/sound/pcm-source.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { expect, onTestFinished, test, vi } from "vitest";
import { createSoundWorld, heardValues } from "../../support/sound-world.ts";
import { testFolder } from "../../support/temp-folder.ts";

const SECOND_FRAMES = 48_000;
/** Far more than the ring of a decoder and its pipe hold, so that it has to wait. */
const CLIP_SECONDS = 30;
/** A gain of 0 makes the first sample of the fade silent. */
const SILENT_FRAMES = 1;
/** The shortest fade, and some more. */
const FADE_FRAMES = 200;

/** A program in the place of ffmpeg that gives samples which tell their place. */
async function countingDecoder(): Promise<PcmSource> {
  const folder = await testFolder();
  const [ffmpegPath, path] = [join(folder, "ffmpeg"), join(folder, "clip.wav")];
  const samples = Int16Array.from({ length: CLIP_SECONDS * SECOND_FRAMES }, (_, frame) => valueAt(frame));
  writeFileSync(path, new Uint8Array(samples.buffer));
  writeFileSync(ffmpegPath, `#!/bin/sh\nexec cat '${path}'\n`);
  chmodSync(ffmpegPath, 0o755);
  const decoder = startDecoder({ ffmpegPath, path, offsetMs: 0 });
  onTestFinished(() => decoder.close());
  await isFull(decoder);
  return decoder;
}

function valueAt(frame: number): number {
  return Math.max(1, frame % 10_000);
}

function isFull(decoder: PcmSource): Promise<unknown> {
  return vi.waitUntil(() => decoder.available > 1.5 * SECOND_FRAMES, { timeout: 5_000, interval: 2 });
}

test("a-clip-paused-for-ten-minutes-goes-on-with-the-very-next-sample, its decoder waits so long", async () => {
  const world = createSoundWorld();
  const decoder = await countingDecoder();
  world.play("clip", {}, decoder);
  world.pass(600);
  world.engine.pause("clip", 0);
  world.pass(10 * MINUTE_MS);
  const [paused] = world.told("paused");
  expect(paused?.playedMs).toBeGreaterThan(400);
  expect(world.told("failed")).toEqual([]);
  world.engine.resume("clip", 0);
  world.pass(600);
  const place = Math.round((paused?.playedMs ?? 0) * 48) + SILENT_FRAMES;
  const values = heardValues(world.heard()).slice(FADE_FRAMES, 20_000);
  expect(values).toEqual(values.map((_, at) => valueAt(place + FADE_FRAMES + at)));
  expect(world.told("resumed")).toHaveLength(1);
  // And its decoder, which nobody blames for the ten minutes, has more.
  await isFull(decoder);
  world.pass(1_000);
  expect(world.told("failed")).toEqual([]);
});
