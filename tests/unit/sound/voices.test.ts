import { linesOf, STEREO } from "@loa/edge-agent/sound/output-layout.ts";
import type { LiveFacts } from "@loa/edge-agent/sound/pcm-source.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { gaps, soundingStretch } from "../../golden-ear/gaps.ts";
import { toneDb } from "../../golden-ear/goertzel.ts";
import { type Recording, slice } from "../../golden-ear/recording.ts";
import { arraySource, countedSamples, createSoundWorld, heardValues } from "../../support/sound-world.ts";

const S = 48_000;
const long = (frequencyHz: number) => ({ kind: "tone", frequencyHz, durationMs: 60_000 }) as const;
const siren = { kind: "siren", severity: "actual", durationMs: 1_000 } as const;

/** Values that were heard at full gain, in order: each sample of `countedSamples` is its own number. */
function wholeNumbers(recording: Recording, from: number, to: number): readonly number[] {
  return heardValues(recording).filter((value) => value >= from && value <= to);
}

function levelDb(recording: Recording, fromAt: number, lengthMs: number, frequencyHz: number): number {
  return toneDb(slice(recording, fromAt, fromAt + lengthMs), frequencyHz);
}

describe("a pause", () => {
  test("a-file-goes-on-with-the-very-next-sample: what the fades do not touch is heard once and in order", () => {
    const world = createSoundWorld();
    world.play("a", {}, arraySource(countedSamples(S / 2)));
    world.pass(200);
    world.engine.pause("a", 10);
    world.pass(1_000);
    world.engine.resume("a", 10);
    world.pass(1_500);
    const [paused] = world.told("paused", "a");
    const [resumed] = world.told("resumed", "a");
    const stoppedAfter = Math.round((paused?.playedMs ?? 0) * 48);
    const fade = 480;
    const heard = world.heard();
    const before = wholeNumbers(slice(heard, 0, (paused?.at ?? 0) - 10), 1, S);
    expect(before).toEqual(Array.from({ length: stoppedAfter - fade }, (_, index) => index + 1));
    const after = wholeNumbers(slice(heard, (resumed?.at ?? 0) + 10, Number.POSITIVE_INFINITY), 1, S);
    expect(after[0]).toBe(stoppedAfter + fade + 1);
    expect(after).toEqual(
      Array.from({ length: S / 2 - stoppedAfter - fade }, (_, index) => stoppedAfter + fade + 1 + index),
    );
    // The fades took the samples between: none is lost and none is played twice.
    expect(world.told("ended", "a")).toMatchObject([{ playedMs: 500 }]);
  });

  test("many-pauses-lose-nothing", () => {
    const world = createSoundWorld();
    world.play("a", {}, arraySource(new Float64Array(2 * S).fill(0.25)));
    for (let count = 0; count < 15; count += 1) {
      world.pass(60 + count);
      world.engine.pause("a", 7 + count);
      world.pass(200);
      world.engine.resume("a", 3);
    }
    world.pass(3_000);
    expect(world.told("ended", "a")).toMatchObject([{ playedMs: 2_000 }]);
    expect(world.told("paused", "a")).toHaveLength(15);
    expect(world.told("resumed", "a")).toHaveLength(15);
  });

  test("a-resume-during-the-fade-out-turns-it-round", () => {
    const world = createSoundWorld();
    world.play("a", { source: long(1_000), gainDb: -6 });
    world.pass(500);
    world.engine.pause("a", 400);
    world.pass(200);
    world.engine.resume("a", 100);
    world.pass(1_000);
    expect(world.told("paused")).toEqual([]);
    expect(world.told("resumed")).toHaveLength(1);
    expect(levelDb(world.heard(), world.clock.monotonic() - 500, 300, 1_000)).toBeCloseTo(-6, 0);
  });

  test("a-sound-that-has-not-begun-waits-until-it-is-resumed, and then starts", () => {
    const world = createSoundWorld();
    world.play("a", { startAt: asMonotonic(world.clock.monotonic() + 300) });
    world.engine.pause("a", 50);
    world.pass(1_000);
    expect(world.told("paused", "a")).toMatchObject([{ playedMs: 0 }]);
    expect(world.told("started")).toEqual([]);
    world.engine.resume("a", 50);
    world.pass(2_000);
    expect(world.told("started")).toHaveLength(1);
    expect(world.told("resumed")).toHaveLength(1);
    expect(world.told("ended", "a")).toMatchObject([{ playedMs: 1_000 }]);
  });

  test("a-paused-sound-can-be-stopped, and one whose end has come ends", () => {
    const world = createSoundWorld();
    world.play("a", { source: long(1_000) });
    world.play("b", { source: long(500), endAt: asMonotonic(world.clock.monotonic() + 2_000) });
    world.pass(300);
    for (const soundId of ["a", "b"]) world.engine.pause(soundId, 10);
    world.pass(300);
    world.engine.stop("a", 100);
    world.pass(100);
    expect(world.told("ended", "a")).toHaveLength(1);
    expect(world.told("ended", "b")).toHaveLength(0);
    world.pass(2_000);
    expect(world.told("ended", "b")[0]?.at).toBeCloseTo(7_000, -2);
  });

  test("a-live-source-runs-on-unheard-and-comes-back-at-its-edge", () => {
    const world = createSoundWorld();
    let drained = 0;
    const live: LiveFacts = {
      isLost: false,
      receivedBytes: 0,
      reconnects: 0,
      drain(frames) {
        drained += frames;
      },
      capturedAt: () => null,
    };
    world.play("a", {}, arraySource(new Float64Array(10 * S).fill(0.1), { live }));
    world.pass(1_000);
    expect(drained).toBe(0);
    world.engine.pause("a", 20);
    world.pass(2_000);
    expect(drained / 48).toBeGreaterThan(1_900);
    expect(drained / 48).toBeLessThan(2_001);
    const before = drained;
    world.engine.resume("a", 20);
    world.pass(1_000);
    expect(drained).toBe(before);
  });
});

describe("joins", () => {
  test("a-successor-follows-on-the-very-next-sample, whatever the length", () => {
    const world = createSoundWorld();
    const lengths = [7_777, 961, 500, 1, 9_011];
    let from = 0;
    lengths.forEach((length, index) => {
      const how = {
        after: index === 0 ? null : `s${index - 1}`,
        startAt: asMonotonic(world.clock.monotonic() + 100),
      };
      world.play(`s${index}`, how, arraySource(countedSamples(length, from)));
      from += length;
    });
    world.pass(1_500);
    expect(heardValues(world.heard())).toEqual(Array.from({ length: from }, (_, index) => index + 1));
    const started = world.told("started").map(({ at }) => at);
    expect((started[1] ?? 0) - (started[0] ?? 0)).toBeCloseTo(7_777 / 48, 6);
  });

  test("the-order-of-the-commands-does-not-matter, nor does the successor's own time", () => {
    const world = createSoundWorld();
    const now = world.clock.monotonic();
    world.play(
      "b",
      { after: "a", startAt: asMonotonic(now - 5_000) },
      arraySource(countedSamples(5_000, 5_000)),
    );
    world.play("a", { startAt: asMonotonic(now + 200) }, arraySource(countedSamples(5_000)));
    world.pass(1_000);
    expect(heardValues(world.heard())).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
  });

  test("a-successor-whose-predecessor-is-gone-starts-at-its-time", () => {
    const world = createSoundWorld();
    const startAt = world.play("b", { after: "gone", startAt: asMonotonic(world.clock.monotonic() + 400) });
    world.pass(1_800);
    expect(world.told("started", "b")[0]?.at).toBeCloseTo(startAt, 1);
  });

  test("a-successor-waits-while-its-predecessor-is-paused", () => {
    const world = createSoundWorld();
    world.play("a", {}, arraySource(countedSamples(9_600)));
    world.play("b", { after: "a" }, arraySource(countedSamples(4_800)));
    world.pass(100);
    world.engine.pause("a", 10);
    world.pass(1_000);
    expect(world.told("started", "b")).toEqual([]);
    world.engine.resume("a", 10);
    world.pass(1_000);
    expect(world.told("started", "b")[0]?.at).toBeCloseTo(world.told("ended", "a")[0]?.at ?? 0, 6);
  });

  test("chime-and-notice-join-without-a-gap", () => {
    const world = createSoundWorld();
    world.play("chime", { source: { kind: "chime" }, startAt: asMonotonic(world.clock.monotonic() + 100) });
    world.play("speech", { after: "chime" }, arraySource(new Float64Array(S).fill(0.2)));
    world.pass(4_500);
    const [started] = world.told("started", "speech");
    expect(started?.at).toBeCloseTo((world.told("started", "chime")[0]?.at ?? 0) + 2_400, 1);
    expect(world.told("ended", "chime")).toMatchObject([{ playedMs: 2_400 }]);
    const join = started?.at ?? 0;
    expect(gaps(slice(world.heard(), join - 30, join + 30), -66, 4)).toEqual([]);
  });
});

describe("ends", () => {
  test("a-planned-end-is-silence-from-its-very-sample-on, faded before", () => {
    const world = createSoundWorld();
    const endAt = asMonotonic(world.clock.monotonic() + 777.7);
    world.play("a", { source: long(1_000), endAt });
    world.pass(1_500);
    expect(soundingStretch(slice(world.heard(), endAt, endAt + 500), -100)).toBeNull();
    expect(levelDb(world.heard(), endAt - 300, 190, 1_000)).toBeCloseTo(-6, 0);
    expect(levelDb(world.heard(), endAt - 60, 20, 1_000)).toBeCloseTo(-12, 0);
    expect(world.told("ended", "a")[0]?.at).toBeCloseTo(endAt, 1);
  });

  test("what-would-begin-behind-its-end-never-sounds", () => {
    const world = createSoundWorld();
    const now = world.clock.monotonic();
    world.play("a", { startAt: asMonotonic(now - 1_000), endAt: asMonotonic(now - 10) });
    world.pass(500);
    expect(world.told("ended", "a")).toMatchObject([{ playedMs: 0 }]);
    expect(world.told("started")).toEqual([]);
  });

  test("a-successor-begins-at-the-planned-end-of-its-predecessor", () => {
    const world = createSoundWorld();
    const endAt = asMonotonic(world.clock.monotonic() + 500);
    world.play("a", { source: long(1_000), endAt });
    world.play("b", { after: "a", startAt: endAt });
    world.pass(1_500);
    expect(world.told("started", "b")[0]?.at).toBeCloseTo(endAt, 1);
  });
});

describe("levels", () => {
  test("a-higher-sound-ducks-lower-ones-and-lets-go", () => {
    const world = createSoundWorld();
    world.play("music", { source: long(1_000), gainDb: -10, rung: "automation" });
    world.pass(1_000);
    world.play("speech", {
      source: { kind: "tone", frequencyHz: 300, durationMs: 2_000 },
      gainDb: -20,
      rung: "priority",
      duckDb: 18,
    });
    world.pass(5_000);
    const at = world.told("started", "speech")[0]?.at ?? 0;
    expect(levelDb(world.heard(), at - 300, 250, 1_000)).toBeCloseTo(-10, 0);
    expect(levelDb(world.heard(), at + 300, 1_500, 1_000)).toBeCloseTo(-28, 0);
    expect(levelDb(world.heard(), at + 200, 1_500, 300)).toBeCloseTo(-20, 0);
    // It comes back so slowly that a pause for breath is not filled with music.
    expect(levelDb(world.heard(), at + 2_100, 60, 1_000)).toBeLessThan(-18);
    expect(levelDb(world.heard(), at + 3_200, 500, 1_000)).toBeCloseTo(-10, 0);
  });

  test("an-equal-or-higher-sound-is-not-ducked, and one that begins under a ducking one begins ducked", () => {
    const world = createSoundWorld();
    world.play("speech", { source: long(300), gainDb: -20, rung: "priority", duckDb: 20 });
    world.play("siren", { source: long(2_000), gainDb: -20, rung: "emergency-actual" });
    world.pass(500);
    world.play("late", { source: long(1_000), gainDb: -10, rung: "scheduled" });
    world.pass(1_500);
    const at = world.told("started", "late")[0]?.at ?? 0;
    expect(levelDb(world.heard(), at, 30, 1_000)).toBeLessThan(-29);
    expect(levelDb(world.heard(), at + 500, 500, 1_000)).toBeCloseTo(-30, 0);
    expect(levelDb(world.heard(), at + 500, 500, 2_000)).toBeCloseTo(-20, 0);
  });

  test("the-volume-ramps-everything-but-an-emergency", () => {
    const world = createSoundWorld();
    world.play("music", { source: long(1_000), gainDb: -12 });
    world.play("siren", { source: long(2_000), gainDb: -12, rung: "emergency-exercise" });
    world.pass(500);
    world.engine.setVolume(-20, 1_000);
    world.pass(2_500);
    const now = world.clock.monotonic();
    expect(levelDb(world.heard(), now - 800, 500, 1_000)).toBeCloseTo(-32, 0);
    expect(levelDb(world.heard(), now - 800, 500, 2_000)).toBeCloseTo(-12, 0);
    // Half-way, the straight ramp from 1 to 0.1 is at 0.55.
    const [begun] = world.told("started", "music");
    expect(levelDb(world.heard(), (begun?.at ?? 0) + 480 + 520, 40, 1_000)).toBeCloseTo(-12 - 5.2, -1);
    world.play("later", { source: long(500), gainDb: 0 });
    world.pass(700);
    expect(levelDb(world.heard(), world.clock.monotonic() - 300, 300, 500)).toBeCloseTo(-20, 0);
  });

  test("a-cross-fade-is-one-sound-stopped-and-another-begun", () => {
    const world = createSoundWorld();
    world.play("a", { source: long(500) });
    world.pass(500);
    world.engine.stop("a", 400);
    world.play("b", { source: long(1_000), fadeInMs: 400 });
    world.pass(1_500);
    const at = world.told("started", "b")[0]?.at ?? 0;
    expect(levelDb(world.heard(), at + 180, 40, 500)).toBeCloseTo(-12, 0);
    expect(levelDb(world.heard(), at + 180, 40, 1_000)).toBeCloseTo(-12, 0);
    expect(levelDb(world.heard(), at + 450, 200, 500)).toBeLessThan(-60);
  });
});

describe("lines of a card", () => {
  test("a-sound-for-one-line-is-heard-in-that-line-only, and ducks only there", () => {
    const world = createSoundWorld(linesOf([1, 2, 3]));
    world.play("all", { source: long(1_000), gainDb: -20, rung: "automation" });
    world.pass(300);
    world.play("two", { source: long(500), gainDb: -20, rung: "live", zones: [2], duckDb: 20 });
    world.play("music in 3", { source: long(2_000), gainDb: -20, rung: "automation", zones: [3] });
    world.pass(1_500);
    const from = world.clock.monotonic() - 500;
    const heard = [0, 1, 2].map((output) => world.heard(output));
    expect(heard.map((line) => levelDb(line, from, 400, 500) > -60)).toEqual([false, true, false]);
    expect(heard.map((line) => levelDb(line, from, 400, 2_000) > -60)).toEqual([false, false, true]);
    expect(levelDb(heard[2] ?? world.heard(), from, 400, 2_000)).toBeCloseTo(-20, 0);
  });

  test("a-card-with-one-output-plays-what-is-meant-for-any-line", () => {
    const world = createSoundWorld();
    world.play("a", { zones: [7] });
    world.pass(800);
    expect(levelDb(world.heard(), world.clock.monotonic() - 400, 300, 1_000)).toBeCloseTo(-6, 0);
  });

  test("stereo-stays-stereo-and-memory-sounds-come-from-both-sides", () => {
    const world = createSoundWorld(STEREO);
    const sides = Float64Array.from({ length: 2 * S }, (_, index) => (index % 2 === 0 ? 0.25 : -0.125));
    world.play("a", {}, arraySource(sides, { channels: 2 }));
    world.pass(500);
    const at = world.clock.monotonic() - 100;
    expect(slice(world.heard(0), at, at + 50).samples.every((one) => one === 0.25)).toBe(true);
    expect(slice(world.heard(1), at, at + 50).samples.every((one) => one === -0.125)).toBe(true);
    world.engine.stop("a", 2);
    world.play("siren", { source: siren });
    world.pass(800);
    expect(world.heard(0).samples.subarray(-10_000)).toEqual(world.heard(1).samples.subarray(-10_000));
  });
});
