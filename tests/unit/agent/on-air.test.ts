import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, at, clipIn, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const news = clipOf("a", 5 * MINUTE_MS);
const other = clipOf("b", 5 * MINUTE_MS);

describe("on the air", () => {
  test("a bulletin sounds at its second, whole, and is heard", () => {
    const bench = agentBench({ clips: [news] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("05:30:00");
    expect(bench.plays.map(({ startAt, offsetMs }) => [startAt, offsetMs])).toEqual([[at("05:00:00"), 0]]);
    expect(bench.verdicts()).toEqual([["heard", null]]);
  });

  test("a clip that does not end is stopped, not forgotten", () => {
    const bench = agentBench({ clips: [news] });
    bench.knobs.overrunMs = HOUR_MS;
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("05:30:00");
    expect(bench.stops).toHaveLength(1);
    expect(bench.stops[0]?.at).toBeLessThan(plus(at("05:05:00"), 10 * SECOND_MS));
  });

  test("clips of a programme follow each other without overlap when the first starts late", () => {
    const chime = clipOf("c", 2 * SECOND_MS);
    const bench = agentBench({ clips: [chime, news] });
    bench.knobs.decoderMs = 3_000;
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [chime, news])]));
    bench.until("05:00:04");
    // The chime began 500 ms late (prepared 2.5 s before), so the news, which follows its last sample, does too.
    const [first, second] = bench.plays;
    expect(second?.source).toEqual({ kind: "clip", sha256: news.sha256 });
    expect(second?.after).toBe(first?.soundId);
    expect(bench.state.playout.sounding.map((one) => one.startedAt)).toEqual([plus(at("05:00:02"), 500)]);
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["heard", null]]);
  });

  test("what was late and left out what had gone by ends at its time, and its last seconds are not said twice", () => {
    const bench = agentBench({ clips: [news, other] });
    bench.knobs.decoderMs = 4_500;
    bench.knobs.joinsInStep = true;
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("05:30:00");
    expect(bench.plays.map(({ startAt, offsetMs }) => [startAt, offsetMs])).toEqual([[at("05:00:00"), 0]]);
  });

  test("a clip whose decoder needs longer than the clip lasts does not sound over the next one", () => {
    const chime = clipOf("c", 2 * SECOND_MS);
    const bench = agentBench({ clips: [chime, news] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [chime, news])]));
    bench.until("04:59:57");
    bench.knobs.decoderMs = 8_000;
    bench.until("04:59:59");
    bench.knobs.decoderMs = 150;
    bench.until("05:30:00");
    expect(bench.stops.map((one) => one.soundId.split("#")[1])).toEqual(["0"]);
    const second = bench.plays.filter((one) => clipIn(one.source) === news.sha256);
    expect(second.map((one) => [one.startAt, one.offsetMs])).toEqual([[at("05:00:02"), 0]]);
  });

  test("a clip that comes while its broadcast is on is joined where the clock says, however late", () => {
    const bench = agentBench({ clips: [news], present: [] });
    bench.knobs.fetch = () => (bench.now() < at("05:02:00") ? "unreachable" : null);
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("05:40:00");
    const [first, ...more] = bench.plays;
    expect(more).toEqual([]);
    const joinedAt = first?.startAt ?? 0;
    expect(joinedAt).toBeGreaterThan(at("05:02:00"));
    expect(Math.abs((first?.offsetMs ?? 0) - (joinedAt - at("05:00:00")))).toBeLessThan(10);
    expect(bench.verdicts()).toEqual([["partial", "content-missing"]]);
  });

  test("what is due in quiet hours is refused and does not sound when they end", () => {
    const bench = agentBench({ clips: [news] });
    const rules = {
      quietHours: [{ from: "04:30:00", to: "05:02:00" }],
      weekdays: null,
      maxSessionsPerDay: null,
      maxSessionMs: null,
    } as never;
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])], { rules }));
    bench.until("06:00:00");
    expect(bench.plays).toEqual([]);
    expect(bench.verdicts()).toEqual([["refused", "quiet-hours"]]);
  });

  test("quiet hours that begin in the middle cut the sound, and the receipt says that a part was heard", () => {
    const bench = agentBench({ clips: [news] });
    const rules = {
      quietHours: [{ from: "05:02:00", to: "06:00:00" }],
      weekdays: null,
      maxSessionsPerDay: null,
      maxSessionMs: null,
    } as never;
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])], { rules }));
    bench.until("07:00:00");
    expect(bench.pauses.map((one) => one.at)).toEqual([at("05:02:00")]);
    expect(bench.verdicts()).toEqual([["partial", "quiet-hours"]]);
    // It waits for the end of the quiet hours no longer than it may run over its own.
    expect(bench.stops).toHaveLength(1);
  });

  test("a plan that is taken back before the first sample leaves no trace, and its return plays", () => {
    const bench = agentBench({ clips: [news] });
    const schedules = [daily("sang", ["05:00:00"], [news])];
    bench.sendPlan(planOf(1, schedules));
    bench.until("04:59:58");
    expect(bench.plays).toHaveLength(1);
    bench.sendPlan(planOf(2, []));
    bench.pass(500);
    expect(bench.stops).toHaveLength(1);
    expect(bench.receipts).toEqual([]);
    bench.sendPlan(planOf(3, schedules));
    bench.until("05:30:00");
    expect(bench.plays).toHaveLength(2);
    expect(bench.verdicts()).toEqual([["heard", null]]);
  });

  test("another plan under the same revision is not played from the old agenda", () => {
    const bench = agentBench({ clips: [news, other] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("04:50:00");
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [other])]));
    bench.until("05:30:00");
    expect(bench.plays.map((one) => clipIn(one.source))).toEqual([other.sha256]);
  });

  test("what failed is forgotten when its day is over", () => {
    const bench = agentBench({ clips: [news] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("04:59:59");
    const soundId = bench.plays[0]?.soundId ?? "";
    bench.post({ kind: "sound-failed", soundId, at: bench.mono, playedMs: 0, reason: "not-audio" });
    expect(bench.state.playout.failed.size).toBe(1);
    bench.pass(30 * HOUR_MS);
    bench.pass(0);
    expect(bench.state.playout.failed.size).toBe(0);
  });

  test("a clip that vanished from the disk is fetched and joined", () => {
    const bench = agentBench({ clips: [news] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("04:59:59");
    const soundId = bench.plays[0]?.soundId ?? "";
    bench.post({ kind: "sound-failed", soundId, at: bench.mono, playedMs: 0, reason: "clip-missing" });
    bench.until("05:30:00");
    expect(bench.plays).toHaveLength(2);
  });

  test("a loudness that is known is not forgotten while a new manifest is read", () => {
    const quiet = { ...news, gainDb: -12 };
    const bench = agentBench({ clips: [quiet] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [quiet])]));
    bench.until("05:01:00");
    bench.envelope("stop", { at: at("05:01:00") });
    const manifest = clipOf("e", 1_000).sha256;
    // The new manifest arrives in the very step in which its bulletin is due.
    bench.post({ kind: "fetched", sha256: manifest });
    bench.until("05:10:00");
    bench.sendPlan(planOf(2, [daily("trua", ["05:10:00"], [quiet])], { manifest }));
    bench.until("05:12:00");
    expect(bench.plays.map((one) => one.gainDb)).toEqual([-12, -12]);
  });
});
