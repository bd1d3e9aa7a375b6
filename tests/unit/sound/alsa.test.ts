import type { Libasound, PcmHandle } from "@loa/edge-agent/sound/alsa/playback-calls.ts";
import { BLOCK_FRAMES } from "@loa/edge-agent/sound/format.ts";
import { createAlsaSink } from "@loa/edge-agent/sound/sinks/alsa.ts";
import { fail, ok } from "@loa/shared/kernel/result.ts";
import { describe, expect, test } from "vitest";
import { createTestClock } from "../../support/test-clock.ts";

const ENODEV = 19;
const EBUSY = 16;
const EPIPE = 32;

/** A card as alsa-lib shows one: it plays its buffer by the clock, and falls into an underrun when that is empty. */
function createCard(bufferFrames: number) {
  const clock = createTestClock();
  let state: "closed" | "prepared" | "running" | "xrun" = "closed";
  let queued = 0;
  let playedUntil = 0;
  let openError = 0;
  let isGone = false;

  function play(): void {
    const now = clock.monotonic() * 48;
    if (state === "running") {
      queued -= now - playedUntil;
      if (queued <= 0) state = "xrun";
    }
    playedUntil = now;
  }

  const library: Libasound = {
    open() {
      if (openError !== 0) return fail(-openError);
      state = "prepared";
      queued = 0;
      return ok({} as PcmHandle);
    },
    setParams: () => 0,
    availDelay(_pcm, frames) {
      play();
      if (isGone) return -ENODEV;
      if (state === "xrun") return -EPIPE;
      frames.avail = Math.floor(bufferFrames - queued);
      frames.delay = Math.round(queued);
      return 0;
    },
    write(_pcm, _samples, count) {
      play();
      if (isGone) return -ENODEV;
      if (state === "xrun") return -EPIPE;
      const taken = Math.min(count, Math.floor(bufferFrames - queued));
      queued += taken;
      if (queued >= bufferFrames) state = "running";
      return taken;
    },
    isPrepared: () => state === "prepared",
    start() {
      play();
      state = "running";
      return 0;
    },
    recover(_pcm, errno) {
      if (errno !== -EPIPE) return errno;
      state = "prepared";
      queued = 0;
      return 0;
    },
    close() {
      state = "closed";
    },
  };
  return {
    clock,
    library,
    state: () => state,
    refuse(errno: number): void {
      openError = errno;
    },
    vanish(): void {
      isGone = true;
    },
  };
}

/** What the engine does every tick. */
function fill(sink: ReturnType<typeof createAlsaSink>): number {
  const block = new Int16Array(BLOCK_FRAMES);
  expect(sink.poll()).toEqual({ ok: true, value: undefined });
  let blocks = 0;
  for (; sink.roomFrames >= BLOCK_FRAMES; blocks += 1) expect(sink.write(block).ok).toBe(true);
  return blocks;
}

describe("the ALSA sink and its card", () => {
  test.each([5_760, 8_192, 6_000, 2_048])("a-buffer-of-%i-frames-starts-and-plays-on", (bufferFrames) => {
    const { clock, library, state } = createCard(bufferFrames);
    const sink = createAlsaSink({ device: "card", clock, library });
    expect(sink.open().ok).toBe(true);
    fill(sink);
    expect(state()).toBe("running");
    let blocks = 0;
    for (let ms = 0; ms < 10_000; ms += 10) {
      clock.pass(10);
      blocks += fill(sink);
    }
    expect(blocks).toBeGreaterThan(495);
    expect(sink.underruns).toBe(0);
  });

  test("the-next-sample-is-heard-after-all-that-the-card-holds", () => {
    const { clock, library } = createCard(5_760);
    const sink = createAlsaSink({ device: "card", clock, library });
    sink.open();
    fill(sink);
    expect(sink.nextHeardAt).toBeCloseTo(clock.monotonic() + 120, 6);
    clock.pass(30);
    sink.poll();
    expect(sink.nextHeardAt).toBeCloseTo(clock.monotonic() + 90, 6);
  });

  test("an-underrun-is-recovered-counted-and-played-over", () => {
    const { clock, library, state } = createCard(5_760);
    const sink = createAlsaSink({ device: "card", clock, library });
    sink.open();
    fill(sink);
    clock.pass(500);
    expect(fill(sink)).toBe(6);
    expect(sink.underruns).toBe(1);
    expect(state()).toBe("running");
    expect(sink.nextHeardAt).toBeCloseTo(clock.monotonic() + 120, 6);
  });

  test("a-card-that-is-pulled-out-vanishes", () => {
    const card = createCard(5_760);
    const sink = createAlsaSink({ device: "card", clock: card.clock, library: card.library });
    sink.open();
    fill(sink);
    card.vanish();
    expect(sink.poll()).toEqual({ ok: false, error: "vanished" });
    expect(sink.write(new Int16Array(BLOCK_FRAMES))).toEqual({ ok: false, error: "vanished" });
  });

  test("a-busy-card-and-a-buffer-below-two-blocks-are-refused", () => {
    const busy = createCard(5_760);
    busy.refuse(EBUSY);
    expect(createAlsaSink({ device: "card", clock: busy.clock, library: busy.library }).open()).toEqual({
      ok: false,
      error: "busy",
    });
    const small = createCard(1_024);
    expect(createAlsaSink({ device: "card", clock: small.clock, library: small.library }).open()).toEqual({
      ok: false,
      error: "io",
    });
    expect(small.state()).toBe("closed");
  });
});
