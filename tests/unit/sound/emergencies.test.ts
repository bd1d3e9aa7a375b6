import { VOICE_LIMIT } from "@loa/edge-agent/sound/roster.ts";
import { openNext } from "@loa/edge-agent/sound/source-opener.ts";
import { createVoice } from "@loa/edge-agent/sound/voice.ts";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { describe, expect, test } from "vitest";
import { soundingStretch } from "../../golden-ear/gaps.ts";
import { slice } from "../../golden-ear/recording.ts";
import { createLogBook } from "../../support/log-book.ts";
import { requestOf } from "../../support/play-requests.ts";
import { arraySource, createSoundWorld } from "../../support/sound-world.ts";

const S = 48_000;
const long = (frequencyHz: number) => ({ kind: "tone", frequencyHz, durationMs: 60_000 }) as const;
const siren = { kind: "siren", severity: "actual", durationMs: 1_000 } as const;

describe("an emergency", () => {
  test("what-it-says-is-opened-before-all-that-waits, and that in the order in which it was asked", () => {
    const clip = { kind: "clip", sha256: sha256.parse("a".repeat(64)) } as const;
    const rungs = {
      first: "scheduled",
      second: "scheduled",
      urgent: "priority",
      alarm: "emergency-actual",
    } as const;
    const voices = Object.entries(rungs).map(([id, rung]) =>
      createVoice(requestOf(id, { rung, source: clip }), null),
    );
    const opened: string[] = [];
    const open = (_: unknown, { soundId }: { readonly soundId: string }) => {
      opened.push(soundId);
      return arraySource(new Float64Array(10));
    };
    for (let tick = 0; tick < 5; tick += 1) openNext(voices, open, createLogBook());
    expect(opened).toEqual(["alarm", "urgent", "first", "second"]);
  });

  test("is-never-refused-and-never-dropped, however full the mixer is", () => {
    const world = createSoundWorld();
    for (let number = 0; number < VOICE_LIMIT; number += 1) {
      world.play(`s${number}`, {
        source: long(300 + 50 * number),
        gainDb: -40,
        rung: number === 3 ? "automation" : "priority",
      });
    }
    world.pass(300);
    for (let number = 0; number < 12; number += 1) {
      world.play(`e${number}`, { source: long(1_000 + 50 * number), gainDb: -40, rung: "emergency-actual" });
    }
    world.play("one more", { rung: "scheduled" });
    world.pass(500);
    expect(world.told("started").filter(({ soundId }) => soundId.startsWith("e"))).toHaveLength(12);
    expect(world.told("ended").filter(({ soundId }) => soundId.startsWith("e"))).toEqual([]);
    // The lowest rung was the first to go.
    expect(world.told("ended")[0]?.soundId).toBe("s3");
  });

  test("drops-nothing-that-is-not-too-much-without-it", () => {
    const world = createSoundWorld();
    for (let number = 0; number < VOICE_LIMIT; number += 1) {
      world.play(`s${number}`, { source: long(300 + 50 * number), gainDb: -40 });
    }
    world.pass(300);
    world.play("siren", { source: siren, rung: "emergency-actual" });
    world.pass(300);
    expect(world.told("ended")).toEqual([]);
    world.play("one more", { source: long(800), gainDb: -40 });
    world.pass(300);
    expect(world.told("ended")).toHaveLength(1);
  });

  test("a-siren-begins-in-the-next-block, and everything else is opened after it", () => {
    const world = createSoundWorld();
    for (let number = 0; number < 6; number += 1) {
      const source = arraySource(new Float64Array(10 * S).fill(0.01));
      world.play(`clip${number}`, {}, source);
    }
    world.pass(200);
    const askedAt = world.clock.monotonic();
    world.play(
      "notice",
      { rung: "emergency-actual", after: "siren" },
      arraySource(new Float64Array(S).fill(0.3)),
    );
    world.play("siren", { source: siren, rung: "emergency-actual", gainDb: 0 });
    world.pass(3_000);
    const stretch = soundingStretch(slice(world.heard(), askedAt, askedAt + 1_000), -10);
    expect((stretch?.fromAt ?? 0) - askedAt).toBeLessThan(125);
    const ended = world.told("ended", "siren")[0]?.at ?? 0;
    expect(world.told("started", "notice")[0]?.at).toBeCloseTo(ended, 6);
  });

  test("the-two-sirens-are-different-sounds, and go round without a click", () => {
    for (const severity of ["actual", "exercise"] as const) {
      const world = createSoundWorld();
      world.play("a", { source: { kind: "siren", severity, durationMs: 9_000 }, gainDb: 0 });
      world.pass(9_500);
      const { samples } = world.heard();
      let steepest = 0;
      for (let index = 1; index < samples.length; index += 1) {
        steepest = Math.max(steepest, Math.abs((samples[index] ?? 0) - (samples[index - 1] ?? 0)));
      }
      expect(steepest).toBeLessThan(0.2);
      const at = world.told("started", "a")[0]?.at ?? 0;
      // In the rest of its turn the exercise is silent; the wail never is.
      const rest = soundingStretch(slice(world.heard(), at + 1_850, at + 2_950), -40);
      expect(rest === null).toBe(severity === "exercise");
    }
  });
});

describe("a live source", () => {
  test("that-gives-nothing-is-told-as-lost-and-as-found, with what it cost", () => {
    const world = createSoundWorld();
    const live = { isLost: false, receivedBytes: 100, reconnects: 0, drain() {}, capturedAt: () => null };
    world.play("a", {}, arraySource(new Float64Array(120 * S).fill(0.1), { live }));
    world.pass(500);
    live.isLost = true;
    world.pass(500);
    live.isLost = false;
    live.reconnects = 1;
    live.receivedBytes = 5_000;
    world.pass(500);
    expect(
      world.told("trouble").map(({ trouble, isRaised, soundId }) => ({ trouble, isRaised, soundId })),
    ).toEqual([
      { trouble: "source-lost", isRaised: true, soundId: "a" },
      { trouble: "source-lost", isRaised: false, soundId: "a" },
    ]);
    world.pass(61_000);
    world.engine.stop("a", 10);
    world.pass(500);
    expect(world.told("relay-use", "a")).toHaveLength(2);
    expect(world.told("relay-use", "a")[1]).toMatchObject({ receivedBytes: 5_000, reconnects: 1 });
  });

  test("silence-from-it-is-told-as-dead-air", () => {
    const world = createSoundWorld();
    world.play("a", {}, arraySource(new Float64Array(30 * S)));
    world.pass(15_000);
    expect(world.told("trouble")).toMatchObject([{ trouble: "dead-air", isRaised: true, soundId: null }]);
    world.engine.stop("a", 10);
    world.pass(500);
    expect(world.told("trouble")).toHaveLength(2);
  });
});
