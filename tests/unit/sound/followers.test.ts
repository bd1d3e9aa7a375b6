import { describe, expect, test } from "vitest";
import { soundingStretch } from "../../golden-ear/gaps.ts";
import { slice } from "../../golden-ear/recording.ts";
import { toneBreaks } from "../../golden-ear/tone-breaks.ts";
import { createSoundWorld } from "../../support/sound-world.ts";

describe("what follows another sound", () => {
  test("begins on the very sample behind it, and is heard once, wherever in a block that is", () => {
    const world = createSoundWorld();
    // 1 kHz for whole periods with the tone's own soft edges: two of them side by side have one dip and no more.
    const startAt = world.play("first", { startAt: world.clock.monotonic() });
    world.play("second", { after: "first" });
    world.pass(2_600);
    const heard = world.heard();
    const stretch = soundingStretch(heard, -60);
    expect((stretch?.toAt ?? 0) - (stretch?.fromAt ?? 0)).toBeCloseTo(2_000, 0);
    const [first, second] = world.told("started");
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeCloseTo(1_000, 3);
    expect(world.told("ended").map(({ playedMs }) => playedMs)).toEqual([1_000, 1_000]);
    const inside = slice(heard, (second?.at ?? startAt) + 20, (second?.at ?? startAt) + 980);
    expect(toneBreaks(inside, 1_000)).toEqual([]);
  });
});
