import type { CaptureHandle, LibasoundCapture } from "@loa/edge-agent/sound/alsa/capture-calls.ts";
import { openCapture } from "@loa/edge-agent/sound/capture/open-capture.ts";
import { fail, ok } from "@loa/shared/kernel/result.ts";
import { describe, expect, test } from "vitest";
import { createLogBook } from "../../support/log-book.ts";
import { createTestClock } from "../../support/test-clock.ts";

const BLOCK = 960;
// errno of Linux
const EAGAIN = 11;
const ENODEV = 19;
const EPIPE = 32;

const period = Int16Array.from({ length: 96 }, (_, index) => 16_000 * Math.sin((2 * Math.PI * index) / 96));

/** A card whose line brings a 500 Hz tone, by its own crystal. */
function card(ppm = 0) {
  const clock = createTestClock();
  const log = createLogBook();
  const handle = {} as CaptureHandle;
  const state = { isThere: true, overruns: 0, opens: 0, isOpen: false, recovered: 0 };
  let made = 0;
  let openedAt = 0;
  const library: LibasoundCapture = {
    open() {
      state.opens += 1;
      if (!state.isThere) return fail(-ENODEV);
      state.isOpen = true;
      return ok(handle);
    },
    setParams: () => 0,
    start() {
      openedAt = clock.monotonic();
      made = 0;
      return 0;
    },
    read(_, into, frames) {
      if (!state.isThere) return -ENODEV;
      if (state.overruns > 0) {
        state.overruns -= 1;
        return -EPIPE;
      }
      const all = Math.floor((clock.monotonic() - openedAt) * 48 * (1 + ppm / 1e6));
      const taken = Math.min(frames, all - made);
      if (taken === 0) return -EAGAIN;
      for (let index = 0; index < taken; index += 1) {
        into[index] = period[(made + index) % 96] ?? 0;
      }
      made += taken;
      return taken;
    },
    recover() {
      state.recovered += 1;
      return 0;
    },
    close() {
      state.isOpen = false;
    },
  };
  const source = openCapture({ device: "plughw:1", channels: 1, clock, log, library });
  const block = new Float32Array(BLOCK);
  /** The engine's day: look, read, 20 ms. */
  function hear(seconds: number): { frames: number; loudest: number } {
    let frames = 0;
    let loudest = 0;
    for (let tick = 0; tick < seconds * 50; tick += 1) {
      source.watch(clock.monotonic());
      const taken = source.read(block, 0, BLOCK);
      frames += taken;
      for (let index = 0; index < taken; index += 1) loudest = Math.max(loudest, Math.abs(block[index] ?? 0));
      clock.pass(20);
    }
    return { frames, loudest };
  }
  return { source, state, clock, log, hear };
}

describe("an input of the box", () => {
  test("is-heard-after-a-tenth-of-a-second, and-without-end", () => {
    const { hear, source } = card();
    const { frames, loudest } = hear(5);
    expect(frames).toBeGreaterThan(5 * 48_000 - 8_000);
    expect(loudest).toBeCloseTo(16_000 / 32_768, 2);
    expect(source.outcome).toBeNull();
    expect(source.live?.isLost).toBe(false);
  });

  test.each([300, -300])(
    "whose-crystal-is-%s-ppm-off-never-runs-dry-and-never-grows-late",
    (ppm) => {
      const { hear, source, clock } = card(ppm);
      hear(60);
      let frames = 0;
      for (let minute = 0; minute < 5; minute += 1) frames += hear(60).frames;
      expect(frames).toBe(5 * 60 * 48_000);
      const lateMs = clock.monotonic() - (source.live?.capturedAt(clock.monotonic()) ?? 0);
      // The crystal alone would have moved it by 108 ms.
      expect(lateMs).toBeGreaterThan(40);
      expect(lateMs).toBeLessThan(200);
    },
    60_000,
  );

  test("that-is-pulled-out-is-lost, and-comes-back-by-itself", () => {
    const { hear, source, state, log } = card();
    hear(2);
    state.isThere = false;
    hear(10);
    expect(source.live?.isLost).toBe(true);
    expect(source.outcome).toBeNull();
    expect(state.opens).toBeGreaterThan(5);
    // Said once.
    expect(log.lines.filter((line) => line.event === "capture.lost")).toHaveLength(1);
    state.isThere = true;
    hear(2);
    expect(source.live?.isLost).toBe(false);
    expect(hear(1).loudest).toBeGreaterThan(0.4);
    expect(source.live?.reconnects).toBeGreaterThan(5);
  });

  test("that-overran-goes-on", () => {
    const { hear, state } = card();
    hear(2);
    state.overruns = 1;
    hear(1);
    expect(state.recovered).toBe(1);
    expect(hear(1).frames).toBe(48_000);
  });

  test("that-is-closed-gives-the-card-back", async () => {
    const { hear, source, state } = card();
    hear(1);
    await source.close();
    expect(state.isOpen).toBe(false);
    hear(1);
    expect(state.isOpen).toBe(false);
  });
});
