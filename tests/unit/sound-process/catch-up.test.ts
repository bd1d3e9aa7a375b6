import { FRAMES_PER_MS } from "@loa/edge-agent/sound/format.ts";
import type { PcmSource } from "@loa/edge-agent/sound/pcm-source.ts";
import { createCatchUpSource } from "@loa/edge-agent/sound/process/catch-up-source.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";

const BUFFER_FRAMES = 2_000 * FRAMES_PER_MS;

/** A decoder whose buffer is always full; each sample is its own number. */
function endlessDecoder(): PcmSource {
  let at = 0;
  return {
    available: BUFFER_FRAMES,
    outcome: null,
    live: null,
    read(into, from, count) {
      for (let frame = 0; frame < count; frame += 1) into[from + frame] = at + frame;
      at += count;
      return count;
    },
    watch() {},
    close: () => Promise.resolve(),
  };
}

describe("a source that has to catch up", () => {
  test.each([0, 5, 900, 60_000])("begins-at-the-very-sample-although-it-is-%i-ms-late", (lateMs) => {
    let nextHeardAt = 0;
    const source = createCatchUpSource(endlessDecoder(), {
      startAt: asMonotonic(0),
      nextHeardAt: () => asMonotonic(nextHeardAt),
      channels: 1,
    });
    for (; nextHeardAt < lateMs; nextHeardAt += 20) source.watch(asMonotonic(nextHeardAt));
    nextHeardAt = lateMs;
    source.watch(asMonotonic(nextHeardAt));
    expect(source.available).toBeGreaterThan(BUFFER_FRAMES / 2);
    const block = new Float32Array(960);
    expect(source.read(block, 0, 960)).toBe(960);
    expect(block[0]).toBe(lateMs * FRAMES_PER_MS);
  });

  test("what-is-later-than-a-decoder-can-hold-begins-too", () => {
    const source = createCatchUpSource(endlessDecoder(), {
      startAt: asMonotonic(0),
      nextHeardAt: () => asMonotonic(30_000),
      channels: 1,
    });
    expect(source.available).toBe(0);
    source.watch(asMonotonic(30_000));
    expect(source.available).toBeGreaterThan(0);
  });
});
