import type { PcmSource, SourceOutcome } from "@loa/edge-agent/sound/pcm-source.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { createSoundWorld } from "../../support/sound-world.ts";

/** Half a second of sound, and then this. */
function breaksOff(outcome: SourceOutcome): PcmSource {
  let left = 24_000;
  return {
    get available() {
      return left;
    },
    get outcome() {
      return left === 0 ? outcome : null;
    },
    live: null,
    read(into, from, count) {
      const taken = Math.min(count, left);
      into.fill(0.1, from, from + taken);
      left -= taken;
      return taken;
    },
    watch() {},
    close: () => Promise.resolve(),
  };
}

function startOfNext(outcome: SourceOutcome): number {
  const world = createSoundWorld();
  const startAt = world.clock.monotonic();
  world.play("first", { startAt }, breaksOff(outcome));
  world.play("second", { after: "first", startAt: asMonotonic(startAt + 2_000) });
  world.pass(3_000);
  const [first] = world.told("started", "first");
  const [second] = world.told("started", "second");
  return (second?.at ?? 0) - (first?.at ?? 0);
}

/** Red when it begins at once: the box tries the broken one again, and a moment of the next one is heard before it. */
test.each(["decoder-died", "decoder-hung"] as const)("nothing joins a sound that ends with %s", (outcome) => {
  expect(startOfNext(outcome)).toBeGreaterThan(1_800);
});

test.each(["complete", "truncated"] as const)("what follows joins a sound that is %s", (outcome) => {
  expect(startOfNext(outcome)).toBeCloseTo(500, 0);
});
