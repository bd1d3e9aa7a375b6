import { VOICE_LIMIT } from "@loa/edge-agent/sound/roster.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { findChirp } from "../../golden-ear/find-chirp.ts";
import { gaps, soundingStretch } from "../../golden-ear/gaps.ts";
import { toneDb } from "../../golden-ear/goertzel.ts";
import { withChirps } from "../../golden-ear/make-audio.ts";
import { slice } from "../../golden-ear/recording.ts";
import { arraySource, createSoundWorld } from "../../support/sound-world.ts";

describe("the engine", () => {
  test.each([400, 403.3, 419.98])("a-sound-starts-at-the-very-sample-of-its-time: +%s ms", (delayMs) => {
    const world = createSoundWorld();
    world.pass(200);
    const startAt = asMonotonic(world.clock.monotonic() + delayMs);
    world.play("a", { startAt, gainDb: 0 }, arraySource(withChirps(300, [0])));
    world.pass(1_000);
    const chirp = findChirp(world.heard());
    // Half a sample at 48 kHz is 0.0104 ms.
    expect(Math.abs((chirp?.at ?? 0) - startAt)).toBeLessThan(0.0105);
    expect(world.told("started")[0]).toMatchObject({ soundId: "a", at: expect.closeTo(startAt, 1) });
  });

  test("a-sound-that-should-have-started-is-heard-within-the-buffer-and-one-tick", () => {
    const world = createSoundWorld();
    world.pass(200);
    const askedAt = world.clock.monotonic();
    world.play("siren", { startAt: asMonotonic(askedAt - 5_000) });
    world.pass(500);
    const stretch = soundingStretch(world.heard(), -40);
    expect((stretch?.fromAt ?? 0) - askedAt).toBeLessThanOrEqual(141);
  });

  test("a-report-comes-when-it-is-true-for-the-ear-not-earlier", () => {
    const world = createSoundWorld();
    world.pass(100);
    world.play("a");
    world.pass(2_000);
    for (const report of world.reports) {
      expect(report.toldAt).toBeGreaterThanOrEqual(report.at);
      expect(report.toldAt).toBeLessThan(report.at + 21);
    }
    expect(world.reports.map(({ kind }) => kind)).toEqual(["started", "level", "ended"]);
    expect(world.told("ended")[0]).toMatchObject({ playedMs: 1_000 });
  });

  test("levels-come-every-second-while-something-sounds-and-never-in-silence", () => {
    const world = createSoundWorld();
    world.pass(3_000);
    expect(world.reports).toEqual([]);
    world.play("a", { source: { kind: "tone", frequencyHz: 1_000, durationMs: 3_500 } });
    world.pass(6_000);
    const levels = world.told("level");
    expect(levels).toHaveLength(4);
    for (const level of levels) {
      expect(level).toMatchObject({ rmsDb: expect.closeTo(-9, 0), peakDb: expect.closeTo(-6, 0) });
    }
    expect(world.told("ended")[0]).toMatchObject({ rmsDb: expect.closeTo(-9, 0) });
  });

  test("a-fade-in-rises-linearly", () => {
    const world = createSoundWorld();
    const startAt = world.play("a", {
      fadeInMs: 400,
      gainDb: 0,
      startAt: asMonotonic(world.clock.monotonic() + 200),
    });
    world.pass(1_500);
    expect(toneDb(slice(world.heard(), startAt + 190, startAt + 210), 1_000)).toBeCloseTo(-6, 0);
    expect(toneDb(slice(world.heard(), startAt + 500, startAt + 800), 1_000)).toBeCloseTo(-0.3, 0);
  });

  test("a-source-that-is-late-starts-late-and-whole", () => {
    const world = createSoundWorld();
    const isLate = { value: true };
    const startAt = world.play("a", { gainDb: 0 }, arraySource(withChirps(500, [0]), { isLate }));
    world.pass(700);
    expect(world.reports).toEqual([]);
    isLate.value = false;
    world.pass(1_000);
    const chirp = findChirp(world.heard());
    expect(chirp?.likeness).toBeGreaterThan(0.99);
    expect(world.told("started")[0]?.at).toBeCloseTo(chirp?.at ?? 0, 0);
    expect(world.told("started")[0]?.at).toBeGreaterThan(startAt + 700);
    expect(world.told("ended")[0]).toMatchObject({ playedMs: 500 });
  });

  test("a-source-that-pauses-leaves-a-gap-and-loses-nothing", () => {
    const world = createSoundWorld();
    const isLate = { value: false };
    world.play("a", { gainDb: 0 }, arraySource(withChirps(2_000, [1_200]), { isLate }));
    world.pass(500);
    isLate.value = true;
    world.pass(300);
    isLate.value = false;
    world.pass(3_000);
    expect(findChirp(world.heard())?.likeness).toBeGreaterThan(0.99);
    expect(world.told("ended")[0]).toMatchObject({ playedMs: 2_000 });
  });

  test("what-comes-back-after-a-gap-comes-without-a-click", () => {
    const world = createSoundWorld();
    const isLate = { value: false };
    world.play("a", { gainDb: 0 }, arraySource(new Float64Array(96_000).fill(0.5), { isLate }));
    world.pass(500);
    isLate.value = true;
    world.pass(300);
    isLate.value = false;
    world.pass(400);
    const { samples } = world.heard();
    const backAt = samples.lastIndexOf(0) + 1;
    expect(Math.max(...samples.subarray(backAt, backAt + 10))).toBeLessThan(0.1);
    expect(samples[backAt + 200]).toBe(0.5);
  });

  test("a-sink-that-vanishes-fails-what-sounds-and-comes-back-by-itself", () => {
    const world = createSoundWorld();
    world.play("a");
    world.pass(400);
    world.breakSink("vanished");
    world.pass(100);
    expect(world.told("failed")).toMatchObject([{ soundId: "a", reason: "sink-failed" }]);
    world.play("b");
    world.play("later", { startAt: asMonotonic(world.clock.monotonic() + 4_000) });
    world.pass(100);
    expect(world.told("failed").map((report) => "soundId" in report && report.soundId)).toEqual(["a", "b"]);
    world.breakSink(null);
    world.pass(6_000);
    expect(world.told("ended")).toMatchObject([{ soundId: "later", playedMs: 1_000 }]);
  });

  test("a-sink-that-takes-nothing-for-two-seconds-fails-and-is-opened-again", () => {
    const world = createSoundWorld();
    world.play("a", { source: { kind: "tone", frequencyHz: 1_000, durationMs: 20_000 } });
    world.pass(400);
    world.standStill(true);
    world.pass(1_900);
    expect(world.told("failed")).toEqual([]);
    world.pass(200);
    expect(world.told("failed")).toMatchObject([{ soundId: "a", reason: "sink-failed" }]);
    world.standStill(false);
    world.pass(1_100);
    world.play("b");
    world.pass(2_000);
    expect(world.told("ended")).toMatchObject([{ soundId: "b", playedMs: 1_000 }]);
  });

  test("an-emergency-waits-for-a-sink-that-is-away-and-begins-as-soon-as-it-is-back", () => {
    const world = createSoundWorld();
    world.pass(400);
    world.breakSink("vanished");
    world.pass(1_500);
    world.play("siren", { rung: "emergency-actual" });
    world.pass(3_000);
    world.breakSink(null);
    const backAt = world.clock.monotonic();
    world.pass(3_000);
    const [started] = world.told("started");
    expect((started?.at ?? Number.NaN) - backAt).toBeLessThan(120);
    expect(world.told("failed")).toEqual([]);
    expect(world.told("ended")).toMatchObject([{ soundId: "siren", playedMs: 1_000 }]);
  });

  test("an-emergency-that-came-while-we-stood-still-is-heard-from-its-beginning", () => {
    const world = createSoundWorld();
    world.pass(400);
    world.play("siren", { rung: "emergency-actual" });
    world.play("words", { rung: "emergency-actual", after: "siren" });
    world.clock.pass(1_700);
    world.pass(3_000);
    expect(world.told("ended").map(({ playedMs }) => playedMs)).toEqual([1_000, 1_000]);
    const sounding = soundingStretch(world.heard(), -40);
    expect((sounding?.toAt ?? 0) - (sounding?.fromAt ?? 0)).toBeCloseTo(2_000, -1);
  });

  test("an-emergency-that-waited-for-its-sink-in-vain-says-so", () => {
    const world = createSoundWorld();
    world.breakSink("busy");
    world.play("siren", { rung: "emergency-actual" });
    world.pass(4_900);
    expect(world.told("failed")).toEqual([]);
    world.pass(200);
    expect(world.told("failed")).toMatchObject([{ soundId: "siren", reason: "sink-failed" }]);
  });

  test("the-newest-sound-is-never-the-one-that-is-dropped", () => {
    const world = createSoundWorld();
    for (let number = 0; number <= VOICE_LIMIT; number += 1) world.play(`s${number}`, { gainDb: -30 });
    world.pass(2_000);
    const played = world.told("ended").filter((report) => report.kind === "ended" && report.playedMs > 0);
    expect(played.map((report) => "soundId" in report && report.soundId)).not.toContain("s0");
    expect(played).toHaveLength(VOICE_LIMIT);
  });

  test("the-same-sound-asked-twice-sounds-once, and an unknown one is not stopped", () => {
    const world = createSoundWorld();
    world.play("a");
    world.play("a");
    world.engine.stop("nobody", 100);
    world.pass(2_000);
    expect(world.told("started")).toHaveLength(1);
    expect(toneDb(slice(world.heard(), 5_300, 5_900), 1_000)).toBeCloseTo(-6, 0);
  });

  test("joins-of-two-sounds-leave-no-gap", () => {
    const world = createSoundWorld();
    const startAt = asMonotonic(world.clock.monotonic() + 300);
    const steady = (length: number) => arraySource(new Float64Array(length).fill(0.4));
    world.play("a", { startAt, gainDb: 0 }, steady(24_000));
    world.play("b", { startAt: asMonotonic(startAt + 500), gainDb: 0 }, steady(24_000));
    world.pass(1_800);
    expect(gaps(slice(world.heard(), startAt, startAt + 1_000), -20, 0.05)).toEqual([]);
  });

  test("a-second-stop-may-only-be-the-quicker-one", () => {
    const world = createSoundWorld();
    const heardOf = (soundId: string) =>
      world.told("ended").find((one) => "soundId" in one && one.soundId === soundId);
    world.play("a", { source: { kind: "tone", frequencyHz: 1_000, durationMs: 60_000 } });
    world.play("b", { source: { kind: "tone", frequencyHz: 700, durationMs: 60_000 } });
    world.pass(1_000);
    const stoppedAt = world.clock.monotonic();
    for (const soundId of ["a", "b"]) world.engine.stop(soundId, 1_000);
    world.pass(300);
    world.engine.stop("a", 50);
    world.engine.stop("b", 5_000);
    world.pass(3_000);
    // The buffer of 120 ms is on its way to the ear when a stop comes.
    expect(heardOf("a")?.at).toBeCloseTo(stoppedAt + 300 + 20 + 120 + 50, -2);
    expect(heardOf("b")?.at).toBeCloseTo(stoppedAt + 20 + 120 + 1_000, -2);
  });

  test("nothing-is-reported-after-close", async () => {
    const world = createSoundWorld();
    world.play("a");
    world.pass(200);
    await world.engine.close();
    const before = world.reports.length;
    world.play("b");
    world.pass(500);
    expect(world.reports).toHaveLength(before);
  });
});
