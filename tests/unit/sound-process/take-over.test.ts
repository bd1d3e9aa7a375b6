import type { PlayRequest, SoundReport } from "@loa/edge-agent/ports.ts";
import {
  type ActiveSounds,
  noSounds,
  volumeOrders,
  withPlay,
  withVolume,
  withWish,
} from "@loa/edge-agent/sound/process/active-sounds.ts";
import { noted } from "@loa/edge-agent/sound/process/heard-reports.ts";
import { ordersAt, settledAt } from "@loa/edge-agent/sound/process/take-over.ts";
import { relaySource } from "@loa/shared/broadcast/relay.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { requestOf } from "../../support/play-requests.ts";

const at = asMonotonic;
const relay = relaySource.parse({
  kind: "stream",
  id: "voh",
  title: "VOH",
  url: "https://radio.example/live",
  hosts: [],
  isPrivate: false,
  fixedDelayMs: null,
  gainDb: 0,
});

/** A state that went through commands and reports, and everything that was told. */
function story() {
  let state: ActiveSounds = noSounds(at(0));
  const told: SoundReport[] = [];
  const steps = {
    play(soundId: string, how: Partial<PlayRequest> = {}, now = how.startAt ?? at(0)) {
      state = withPlay(state, requestOf(soundId, how), now);
      return steps;
    },
    wish(kind: "pause" | "resume" | "stop", soundId: string, now: number, fadeMs = 0) {
      state = withWish(state, soundId, { kind, at: at(now), fadeMs });
      return steps;
    },
    hear(report: SoundReport) {
      const next = noted(state, report);
      state = next.state;
      if (next.report !== null) told.push(next.report);
      return steps;
    },
    started: (soundId: string, now: number) => steps.hear({ kind: "started", soundId, at: at(now) }),
    lose(now: number) {
      const settled = settledAt(state, at(now));
      state = settled.state;
      told.push(...settled.reports);
      return steps;
    },
    takeOver(now: number) {
      const next = ordersAt(state, at(now));
      state = next.state;
      told.push(...next.reports);
      return next.orders;
    },
    told,
    state: () => state,
  };
  return steps;
}

describe("what the next engine plays", () => {
  test("what-waits-is-played-unchanged", () => {
    const request = requestOf("later", { startAt: at(60_000) });
    const orders = story()
      .play("later", { startAt: at(60_000) })
      .lose(5_000)
      .takeOver(5_100);
    expect(orders).toEqual([{ request, join: "fresh", isPaused: false }]);
  });

  test("what-was-due-just-now-loses-none-of-its-words", () => {
    const [order] = story()
      .play("due", { startAt: at(5_000) })
      .lose(4_990)
      .takeOver(5_200);
    expect(order).toMatchObject({ join: "fresh", request: { startAt: 5_000, offsetMs: 0 } });
  });

  test("what-was-due-long-ago-joins-where-it-should-be", () => {
    const one = story()
      .play("due", { startAt: at(5_000) })
      .lose(4_990);
    const [order] = one.takeOver(9_000);
    expect(order).toMatchObject({ join: "in-step", request: { startAt: 5_000, offsetMs: 0 } });
    expect(one.started("due", 9_060).told).toEqual([
      { kind: "started", soundId: "due", at: 9_060, leftOutMs: 4_060 },
    ]);
  });

  test("a-successor-still-waits-for-its-predecessor", () => {
    const [, next] = story()
      .play("first", { startAt: at(0) })
      .play("second", { startAt: at(8_000), after: "first" })
      .started("first", 0)
      .lose(10_000)
      .takeOver(10_000);
    expect(next).toMatchObject({ join: "fresh", request: { after: "first", startAt: 8_000 } });
  });

  test("the-place-counts-the-gaps-and-what-was-heard-does-not", () => {
    const one = story().play("clip", { offsetMs: 500 }).started("clip", 1_000).lose(3_000);
    expect(one.takeOver(3_200)[0]?.request).toMatchObject({ startAt: 3_200, offsetMs: 2_700 });
    one.started("clip", 3_250).lose(5_250);
    expect(one.takeOver(6_250)[0]?.request).toMatchObject({ startAt: 6_250, offsetMs: 5_750 });
    one.started("clip", 6_250);
    one.hear({ kind: "ended", soundId: "clip", at: at(7_250), playedMs: 1_000, rmsDb: -20 });
    expect(one.told.map(({ kind }) => kind)).toEqual(["started", "ended"]);
    expect(one.told.at(-1)).toMatchObject({ playedMs: 2_000 + 2_000 + 1_000 });
  });

  test("two-losses-without-a-sound-between-them-are-one-gap", () => {
    const one = story().play("clip").started("clip", 0).lose(1_000);
    one.takeOver(1_010);
    one.lose(1_500);
    expect(one.takeOver(2_000)[0]?.request.offsetMs).toBe(2_000);
    expect(one.lose(2_100).wish("stop", "clip", 2_200).lose(2_200).told.at(-1)).toMatchObject({
      kind: "ended",
      playedMs: 1_000,
    });
  });

  test("a-relay-is-joined-at-its-live-edge", () => {
    const [order] = story()
      .play("relay", { source: { kind: "relay", relay } })
      .started("relay", 0)
      .lose(60_000)
      .takeOver(60_000);
    expect(order).toMatchObject({ join: "fresh", isPaused: false, request: { offsetMs: 0 } });
  });

  test("a-relay-costs-what-all-its-connections-cost", () => {
    const use = {
      kind: "relay-use",
      soundId: "relay",
      at: at(1),
      receivedBytes: 100,
      reconnects: 1,
    } as const;
    const one = story()
      .play("relay", { source: { kind: "relay", relay } })
      .started("relay", 0);
    one.hear(use).lose(1_000);
    one.takeOver(1_000);
    one.hear({ ...use, receivedBytes: 50, reconnects: 0 });
    expect(one.told.at(-1)).toMatchObject({ receivedBytes: 150, reconnects: 2 });
  });

  test.each([
    ["its end is past", { endAt: at(10_000) }],
    ["it is over", { source: { kind: "tone", frequencyHz: 440, durationMs: 10_000 } }],
  ] as const)("what-has-ended-meanwhile-is-told-and-not-played: %s", (_, how) => {
    const one = story().play("tone", how).started("tone", 0).lose(9_900);
    expect(one.takeOver(10_050)).toEqual([]);
    expect(one.told.at(-1)).toMatchObject({ kind: "ended", soundId: "tone", playedMs: 9_900 });
  });

  test("what-was-fading-out-has-ended", () => {
    const one = story().play("clip").started("clip", 0).wish("stop", "clip", 4_000, 500).lose(4_100);
    expect(one.told.at(-1)).toMatchObject({ kind: "ended", playedMs: 4_100 });
    expect(one.takeOver(4_200)).toEqual([]);
  });

  test("what-was-fading-into-a-pause-is-paused-where-it-would-have-been-silent", () => {
    const one = story().play("clip").started("clip", 0).wish("pause", "clip", 4_000, 50).lose(4_200);
    expect(one.told.at(-1)).toMatchObject({ kind: "paused", soundId: "clip" });
    expect(one.takeOver(9_000)).toMatchObject([{ isPaused: true, request: { offsetMs: 4_050 } }]);
  });

  test("what-was-paused-is-not-told-again-and-goes-on-when-it-is-asked", () => {
    const one = story().play("clip").started("clip", 0);
    one.hear({ kind: "paused", soundId: "clip", at: at(3_000), playedMs: 3_000 }).lose(5_000);
    expect(one.takeOver(5_100)).toMatchObject([{ isPaused: true, request: { offsetMs: 3_000 } }]);
    one.hear({ kind: "paused", soundId: "clip", at: at(5_110), playedMs: 0 });
    one.wish("resume", "clip", 8_000).started("clip", 8_100);
    one.hear({ kind: "resumed", soundId: "clip", at: at(8_100) });
    expect(one.told.map(({ kind }) => kind)).toEqual(["started", "paused", "resumed"]);
    one.hear({ kind: "paused", soundId: "clip", at: at(9_100), playedMs: 1_000 });
    expect(one.told.at(-1)).toMatchObject({ playedMs: 4_000 });
  });

  test("a-resume-that-was-on-its-way-is-carried-out", () => {
    const one = story().play("clip").started("clip", 0);
    one.hear({ kind: "paused", soundId: "clip", at: at(3_000), playedMs: 3_000 });
    one.wish("resume", "clip", 5_000, 80).lose(5_010);
    expect(one.takeOver(5_110)).toMatchObject([
      { isPaused: false, join: "in-step", request: { offsetMs: 3_100, fadeInMs: 80 } },
    ]);
    one.started("clip", 5_150);
    expect(one.told.at(-1)).toMatchObject({ kind: "resumed" });
  });

  test("what-was-paused-before-it-began-does-not-begin-before-its-time", () => {
    const one = story().play("clip", { startAt: at(60_000) });
    one.hear({ kind: "paused", soundId: "clip", at: at(10), playedMs: 0 }).lose(1_000);
    expect(one.takeOver(1_100)).toMatchObject([{ isPaused: true, request: { startAt: 60_000 } }]);
    one.wish("resume", "clip", 2_000).lose(2_010);
    expect(one.takeOver(2_100)).toMatchObject([{ isPaused: false, request: { startAt: 60_000 } }]);
  });

  test("troubles-of-a-lost-engine-are-over", () => {
    const lost = { kind: "trouble", soundId: "relay", at: at(1), trouble: "source-lost" } as const;
    const one = story().play("relay", { source: { kind: "relay", relay } });
    one.hear({ ...lost, isRaised: true }).lose(1_000);
    expect(one.told.at(-1)).toMatchObject({ trouble: "source-lost", soundId: "relay", isRaised: false });
  });

  test("the-volume-goes-on-through-its-ramp", () => {
    const state = withVolume(noSounds(at(0)), -20, 10_000, at(1_000));
    expect(volumeOrders(state, at(6_000))).toEqual([
      { gainDb: -10, rampMs: 0 },
      { gainDb: -20, rampMs: 5_000 },
    ]);
    expect(volumeOrders(state, at(20_000))).toEqual([{ gainDb: -20, rampMs: 0 }]);
  });
});
