import type { SoundFailure } from "@loa/edge-agent/core/event.ts";
import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, clipOf } from "../../support/agent-bench.ts";
import { relayOf } from "../../support/plans.ts";

const source = { ...relayOf("dai-tinh"), url: "https://radio.test/khan-cap" };

const notice = clipOf("a", 20 * SECOND_MS);

/** In the third minute of an emergency that passes on a station for ten. */
function benchWithStation(change: object = {}) {
  const bench = raisedBench(change);
  bench.pass(3 * MINUTE_MS);
  return bench;
}

function raisedBench(change: object = {}) {
  const bench = agentBench({ clips: [notice] });
  const at = bench.now();
  const emergency = {
    ...{ id: "lu", severity: "actual", headline: "Lũ về", at, expiresAt: plus(at, HOUR_MS) },
    ...{ sirenMs: 8_000, notice: null, times: 1, gapMs: 0 },
    stream: { source, durationMs: 10 * MINUTE_MS },
    ...change,
  };
  bench.envelope("emergency", { emergency });
  return bench;
}
type Bench = ReturnType<typeof benchWithStation>;

const names = (bench: Bench) => bench.plays.map((one) => one.source.kind);
const lastOf = (bench: Bench, kind: string) => bench.plays.findLast((one) => one.source.kind === kind);
const fail = (bench: Bench, reason: SoundFailure, playedMs = 0) => {
  const soundId = lastOf(bench, "relay")?.soundId ?? "";
  bench.post({ kind: "sound-failed", soundId, at: bench.mono, playedMs, reason });
};
/** From now until nothing of it is asked for or heard any more. */
const heldMs = (bench: Bench) => {
  const from = bench.now();
  let until = from;
  for (let left = HOUR_MS; left > 0; left -= SECOND_MS) {
    bench.pass(SECOND_MS);
    if (bench.state.playout.sounding.length > 0) until = bench.now();
  }
  return until - from;
};

describe("a station in an emergency", () => {
  test("is played as loud as the emergency, on its rung", () => {
    const bench = benchWithStation();
    expect(names(bench)).toEqual(["siren", "notice", "relay"]);
    const [siren, , relay] = bench.plays;
    expect([relay?.rung, relay?.gainDb]).toEqual([siren?.rung, siren?.gainDb]);
  });

  test("that sends silence gives way to the words, and is listened to again after ten seconds", () => {
    const bench = benchWithStation();
    bench.post({ kind: "sound-trouble", soundId: null, at: bench.mono, trouble: "dead-air", isRaised: true });
    bench.pass(3 * SECOND_MS);
    bench.post({
      kind: "sound-trouble",
      soundId: null,
      at: bench.mono,
      trouble: "dead-air",
      isRaised: false,
    });
    expect(names(bench)).toEqual(["siren", "notice", "relay", "notice"]);
    const [siren, , , words] = bench.plays;
    expect([words?.rung, words?.gainDb]).toEqual([siren?.rung, siren?.gainDb]);
    bench.pass(8 * SECOND_MS);
    expect(names(bench)).toEqual(["siren", "notice", "relay", "notice", "relay"]);
  });

  test("that gives no answer at all keeps nobody waiting for the words: they are said again, and the station as it comes", () => {
    const bench = raisedBench();
    bench.knobs.decoderMs = 40 * SECOND_MS;
    bench.pass(21 * SECOND_MS);
    expect(names(bench)).toEqual(["siren", "notice", "relay", "notice"]);
    expect(bench.stops).toEqual([]);
    bench.pass(30 * SECOND_MS);
    const words = names(bench).filter((one) => one === "notice").length;
    expect(words).toBeGreaterThan(2);
    expect(bench.stops.at(-1)?.soundId).toBe(lastOf(bench, "notice")?.soundId);
    bench.pass(MINUTE_MS);
    expect(names(bench).filter((one) => one === "notice")).toHaveLength(words);
  });

  test("that leads elsewhere than was approved is given up, and the words are said to its end", () => {
    const bench = benchWithStation();
    fail(bench, "relay-not-allowed");
    bench.pass(10 * MINUTE_MS);
    expect(names(bench).filter((one) => one === "relay")).toHaveLength(1);
    expect(names(bench).filter((one) => one === "notice").length).toBeGreaterThan(20);
    bench.pass(10 * MINUTE_MS);
    const count = bench.plays.length;
    bench.pass(10 * MINUTE_MS);
    expect(bench.plays).toHaveLength(count);
  });

  test("that cannot be reached is asked again every five seconds, between and under the words", () => {
    const bench = benchWithStation();
    for (let times = 0; times < 6; times += 1) {
      fail(bench, "relay-unavailable");
      bench.pass(5_100);
    }
    expect(names(bench).filter((one) => one === "relay").length).toBeGreaterThanOrEqual(6);
    expect(names(bench).filter((one) => one === "notice").length).toBeGreaterThanOrEqual(2);
  });

  test("in an exercise the words of the exercise stand in for it, and never a message without them", () => {
    const bench = benchWithStation({ severity: "exercise", notice });
    expect(names(bench)).toEqual(["siren", "notice", "clip", "relay"]);
    fail(bench, "relay-not-allowed");
    bench.pass(2 * MINUTE_MS);
    expect(new Set(names(bench).slice(4))).toEqual(new Set(["notice"]));
  });

  test("is passed on for no more than its minutes where the card is lost meanwhile", () => {
    const bench = benchWithStation();
    bench.pass(5 * MINUTE_MS);
    for (const playedMs of [7 * MINUTE_MS, 0, 0, 0]) {
      fail(bench, "sink-failed", playedMs);
      bench.pass(1_100);
    }
    expect(heldMs(bench)).toBeLessThan(3 * MINUTE_MS);
  });

  test("is passed on for no more than its minutes where it is found late and lost again and again", () => {
    const bench = benchWithStation();
    bench.knobs.decoderMs = 30 * SECOND_MS;
    const from = bench.now();
    while (bench.now() < from + 8 * MINUTE_MS) {
      const relay = lastOf(bench, "relay")?.soundId;
      const isHeard = bench.state.playout.sounding.some(
        (one) => one.soundId === relay && one.startedAt !== null,
      );
      if (isHeard) fail(bench, "relay-unavailable", SECOND_MS);
      bench.pass(SECOND_MS);
    }
    expect(heldMs(bench)).toBe(0);
  });
});
