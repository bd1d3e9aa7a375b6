import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BLOCK_FRAMES, BLOCK_MS, SAMPLE_RATE_HZ } from "@loa/edge-agent/sound/format.ts";
import type { SoundSink } from "@loa/edge-agent/sound/sink.ts";
import { createAlsaSink } from "@loa/edge-agent/sound/sinks/alsa.ts";
import { createAplaySink } from "@loa/edge-agent/sound/sinks/aplay.ts";
import { createNoneSink } from "@loa/edge-agent/sound/sinks/none.ts";
import { createRingBufferSink } from "@loa/edge-agent/sound/sinks/ring-buffer.ts";
import { createWavFileSink } from "@loa/edge-agent/sound/sinks/wav-file.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { toneDb } from "../golden-ear/goertzel.ts";
import { tone } from "../golden-ear/make-audio.ts";
import {
  fromBlocks,
  fromPcm16,
  fromWav,
  type Recording,
  slice,
  wavSamples,
} from "../golden-ear/recording.ts";
import { systemPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";
import { createTestClock, type TestClock } from "../support/test-clock.ts";

interface SinkUnderTest {
  readonly sink: SoundSink;
  /** What was heard, where the sink keeps it. */
  readonly heard: (() => Recording) | null;
}

/** Until aplay has surely opened its card. */
const APLAY_READY_MS = 250;

/** Sinks that pace themselves by the clock, on a clock that the test moves. */
const paced: Record<string, (clock: TestClock) => Promise<SinkUnderTest>> = {
  none: async (clock) => ({ sink: createNoneSink({ clock }), heard: null }),
  "ring-buffer": async (clock) => {
    const sink = createRingBufferSink({ clock, seconds: 5 });
    return { sink, heard: () => fromBlocks(sink.recent(), SAMPLE_RATE_HZ) };
  },
  "wav-file": async (clock) => {
    const folder = await testFolder();
    const sink = createWavFileSink({ clock, folder });
    return { sink, heard: () => readWavFolder(folder) };
  },
  aplay: async (clock) => ({
    sink: createAplaySink({ clock, device: "card", ...(await deafAplay()) }),
    heard: null,
  }),
};

/** A program in the place of aplay that swallows everything, or does what `script` (sh) says. */
async function deafAplay(script = "exec cat > /dev/null") {
  const aplayPath = join(await testFolder(), "aplay");
  writeFileSync(aplayPath, `#!/bin/sh\n${script}\n`);
  chmodSync(aplayPath, 0o755);
  return { aplayPath };
}

function readWavFolder(folder: string): Recording {
  const name = readdirSync(folder).find((one) => one.endsWith(".wav")) ?? "";
  const sidecar = JSON.parse(readFileSync(join(folder, name.replace(".wav", ".json")), "utf8"));
  return fromWav(readFileSync(join(folder, name)), sidecar.firstSampleMonotonicMs);
}

function toneBlocks(blocks: number): readonly Int16Array[] {
  const samples = tone(blocks * BLOCK_MS, 1_000, 0.5);
  return Array.from({ length: blocks }, (_, index) =>
    Int16Array.from(
      samples.subarray(index * BLOCK_FRAMES, (index + 1) * BLOCK_FRAMES),
      (one) => one * 32_767,
    ),
  );
}

describe.each(Object.keys(paced))("the sink %s", (name) => {
  let clock: TestClock;
  let under: SinkUnderTest;

  beforeEach(async () => {
    clock = createTestClock();
    const make = paced[name];
    if (make === undefined) throw new Error(name);
    under = await make(clock);
    expect(open()).toBe(true);
  });

  afterEach(() => under.sink.close());

  test("takes its buffer at once, then as much as time passes", () => {
    const { sink } = under;
    expect(fill(sink)).toBe(6);
    expect(fill(sink)).toBe(0);
    clock.pass(40);
    expect(fill(sink)).toBe(2);
  });

  test("says when the next sample is heard: after all that waits", () => {
    const { sink } = under;
    sink.poll();
    // What aplay and its card need is always the same.
    const wayMs = sink.nextHeardAt - clock.monotonic();
    expect(wayMs).toBeGreaterThanOrEqual(0);
    expect(wayMs).toBeLessThan(10);
    fill(sink);
    expect(sink.nextHeardAt).toBeCloseTo(clock.monotonic() + 120 + wayMs, 6);
    clock.pass(30);
    sink.poll();
    expect(sink.nextHeardAt).toBeCloseTo(clock.monotonic() + 90 + wayMs, 6);
  });

  test("a pause of the box is counted, is silence, and moves nothing that comes later", () => {
    const { sink, heard } = under;
    const before = clock.monotonic();
    fill(sink, 1_000);
    clock.pass(500);
    fill(sink, 1_000);
    expect(sink.underruns).toBe(1);
    sink.close();
    if (heard === null) return;
    const recording = heard();
    expect(toneDb(slice(recording, before + 10, before + 110), 1_000)).toBeCloseTo(-6, 0);
    expect(toneDb(slice(recording, before + 130, before + 490), 1_000)).toBe(-120);
    expect(toneDb(slice(recording, before + 510, before + 610), 1_000)).toBeCloseTo(-6, 0);
  });

  test("a step of the wall clock moves no sound", () => {
    const { sink } = under;
    fill(sink);
    clock.stepWall(-3_600_000);
    clock.pass(20);
    expect(fill(sink)).toBe(1);
    expect(sink.underruns).toBe(0);
  });

  test("may be opened again after it was closed", () => {
    const { sink } = under;
    fill(sink);
    sink.close();
    clock.pass(10_000);
    expect(open()).toBe(true);
    expect(fill(sink)).toBe(6);
  });

  /** Also lets the time pass that a program needs to be ready. */
  function open(): boolean {
    const opened = under.sink.open();
    if (name === "aplay") clock.pass(APLAY_READY_MS);
    return opened.ok && under.sink.poll().ok;
  }

  /** Writes silence or a tone as long as there is room; answers the blocks. */
  function fill(sink: SoundSink, toneHz = 0): number {
    const [block = new Int16Array(BLOCK_FRAMES)] = toneHz === 0 ? [] : toneBlocks(1);
    expect(sink.poll().ok).toBe(true);
    let blocks = 0;
    for (; sink.roomFrames >= BLOCK_FRAMES; blocks += 1) expect(sink.write(block).ok).toBe(true);
    return blocks;
  }
});

describe("the WAV file sink", () => {
  test("says the wall time of its first sample, begins new files and drops the oldest", async () => {
    const clock = createTestClock();
    const folder = await testFolder();
    const sink = createWavFileSink({ clock, folder, maxFileMs: 1_000, keepFiles: 2 });
    sink.open();
    for (let passed = 0; passed < 4_500; passed += 20) {
      sink.poll();
      for (const [block] of [toneBlocks(1)]) if (sink.roomFrames >= BLOCK_FRAMES && block) sink.write(block);
      clock.pass(20);
    }
    sink.close();
    const names = readdirSync(folder).sort();
    expect(names.map((name) => name.replace(/^.*\./, ""))).toEqual(["json", "wav", "json", "wav"]);
    const last = JSON.parse(readFileSync(join(folder, names[2] ?? ""), "utf8"));
    expect(last.firstSampleAt).toBe(clock.start + 4_000);
  });

  test("a folder that cannot be made is a failure, not a crash", () => {
    const sink = createWavFileSink({ clock: createTestClock(), folder: "/dev/null/nowhere" });
    expect(sink.open()).toEqual({ ok: false, error: "io" });
  });
});

describe("the aplay sink", () => {
  test("an aplay that is not there, and one that ends, are failures, and it may be opened again", async () => {
    const clock = createTestClock();
    const missing = createAplaySink({ clock, device: "card", aplayPath: "/nonexistent/aplay" });
    missing.open();
    await vi.waitUntil(() => !missing.poll().ok, { timeout: 5_000, interval: 5 });
    expect(missing.poll()).toEqual({ ok: false, error: "no-library" });
    const ending = createAplaySink({ clock, device: "card", ...(await deafAplay("exit 1")) });
    ending.open();
    await vi.waitUntil(() => !ending.poll().ok, { timeout: 5_000, interval: 5 });
    expect(ending.poll()).toEqual({ ok: false, error: "vanished" });
    expect(ending.open().ok).toBe(true);
    ending.close();
  });

  test("an aplay that reads nothing is a failure before it costs memory", async () => {
    const clock = createTestClock();
    const sink = createAplaySink({ clock, device: "card", ...(await deafAplay("exec sleep 60")) });
    sink.open();
    clock.pass(APLAY_READY_MS);
    let failed: string | null = null;
    for (let block = 0; block < 500 && failed === null; block += 1) {
      sink.poll();
      const written = sink.write(new Int16Array(BLOCK_FRAMES));
      if (!written.ok) failed = written.error;
      clock.pass(BLOCK_MS);
    }
    sink.close();
    expect(failed).toBe("io");
  });
});

describe("sinks with several channels", () => {
  test("keep them apart, sample for sample", async () => {
    const clock = createTestClock();
    const folder = await testFolder();
    const block = Int16Array.from({ length: 3 * BLOCK_FRAMES }, (_, index) => index % 2_900);
    const ring = createRingBufferSink({ clock, seconds: 1, channels: 3 });
    const wav = createWavFileSink({ clock, folder, channels: 3 });
    for (const sink of [ring, wav]) {
      expect(sink.channels).toBe(3);
      sink.open();
      sink.poll();
      sink.write(block);
      sink.write(new Int16Array(3 * BLOCK_FRAMES));
      sink.close();
    }
    expect(ring.recent()[0]?.samples).toEqual(block);
    const [name = ""] = readdirSync(folder).filter((one) => one.endsWith(".wav"));
    const { interleaved, channels } = wavSamples(readFileSync(join(folder, name)));
    expect(channels).toBe(3);
    expect(interleaved.subarray(0, block.length)).toEqual(block);
    expect(interleaved).toHaveLength(2 * block.length);
  });
});

describe("the ring buffer sink", () => {
  test("keeps the last seconds and gives each block to listeners with its wall time", () => {
    const clock = createTestClock();
    const sink = createRingBufferSink({ clock, seconds: 1 });
    sink.open();
    const times: number[] = [];
    const end = sink.onBlock((block) => times.push(block.at));
    const block = new Int16Array(BLOCK_FRAMES);
    for (let passed = 0; passed < 3_000; passed += 20) {
      sink.poll();
      if (sink.roomFrames >= BLOCK_FRAMES) sink.write(block);
      clock.pass(20);
    }
    end();
    sink.poll();
    expect(times).toHaveLength(150);
    expect(times.slice(0, 3)).toEqual([clock.start, clock.start + 20, clock.start + 40]);
    const recent = sink.recent();
    expect(recent).toHaveLength(50);
    expect(recent[0]?.at).toBe(clock.start + 2_000);
  });
});

const alsa = systemPart("libasound2");

describe.skipIf(alsa === null)("the ALSA sink", () => {
  test("plays into ALSA's null device", () => {
    const sink = createAlsaSink({ device: "null", clock: nodeClock });
    expect(sink.open()).toEqual({ ok: true, value: undefined });
    for (let tick = 0; tick < 20; tick += 1) {
      expect(sink.poll()).toEqual({ ok: true, value: undefined });
      if (sink.roomFrames >= BLOCK_FRAMES) expect(sink.write(new Int16Array(BLOCK_FRAMES)).ok).toBe(true);
    }
    expect(sink.underruns).toBe(0);
    sink.close();
    expect(sink.poll()).toEqual({ ok: false, error: "vanished" });
    expect(sink.open().ok).toBe(true);
    sink.close();
  });

  test("what it writes is what the card gets, sample for sample", async () => {
    const folder = await testFolder();
    const path = join(folder, "card.raw");
    const sink = createAlsaSink({ device: `file:'${path}',raw`, clock: nodeClock });
    expect(sink.open()).toEqual({ ok: true, value: undefined });
    const blocks = toneBlocks(50);
    for (const block of blocks) {
      sink.poll();
      expect(sink.write(block)).toEqual({ ok: true, value: undefined });
    }
    sink.close();
    const bytes = readFileSync(path);
    const heard = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
    expect(heard).toHaveLength(50 * BLOCK_FRAMES);
    expect(toneDb(fromPcm16(heard, SAMPLE_RATE_HZ, 0), 1_000)).toBeCloseTo(-6, 0);
    expect(heard.subarray(0, BLOCK_FRAMES)).toEqual(blocks[0]);
  });

  test("a card that is not there is said to be missing", () => {
    const sink = createAlsaSink({ device: "hw:CARD=NoSuchCard", clock: nodeClock });
    expect(sink.open()).toEqual({ ok: false, error: "no-device" });
    sink.close();
  });
});
