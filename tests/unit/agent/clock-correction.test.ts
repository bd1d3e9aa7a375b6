import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, at, clipIn, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const news = clipOf("a", 5 * MINUTE_MS);
const other = clipOf("b", 5 * MINUTE_MS);

describe("the clock is corrected", () => {
  test.each([-45, -3, 3, 45])("by %i s while a bulletin sounds: it goes on, once and whole", (seconds) => {
    const bench = agentBench({ clips: [news, other] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news, other])]));
    bench.until("05:00:20");
    bench.host(plus(bench.now(), seconds * SECOND_MS), "synced");
    bench.pass(15 * MINUTE_MS);
    expect(bench.plays.map(({ source, offsetMs }) => [clipIn(source), offsetMs])).toEqual([
      [news.sha256, 0],
      [other.sha256, 0],
    ]);
    expect(bench.stops).toEqual([]);
    expect(bench.verdicts()).toEqual([["heard", null]]);
  });

  test("back by more than has sounded, with the rest waiting: nothing is repeated", () => {
    const bench = agentBench({ clips: [news, other] });
    bench.sendPlan(
      planOf(1, [
        daily("sang", ["05:00:00"], [news]),
        daily("gap", ["05:00:30"], [other], { class: "priority" }),
      ]),
    );
    bench.until("05:01:00");
    bench.host(plus(bench.now(), -50 * SECOND_MS), "synced");
    bench.pass(20 * MINUTE_MS);
    expect(bench.plays.filter((one) => clipIn(one.source) === news.sha256)).toHaveLength(1);
    expect(bench.pauses).toHaveLength(1);
    expect(bench.resumes).toHaveLength(1);
    expect(bench.plays.filter((one) => clipIn(one.source) === other.sha256)).toHaveLength(1);
  });

  test("just before a start: the sound that was prepared is prepared anew for the true second", () => {
    const bench = agentBench({ clips: [news] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("04:59:58");
    bench.host(plus(bench.now(), -SECOND_MS), "synced");
    bench.pass(5 * SECOND_MS);
    const last = bench.plays.at(-1);
    expect(last?.startAt).toBe(at("05:00:00"));
    expect(last?.askedAt).toBeGreaterThanOrEqual(at("04:59:57"));
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["heard", null]]);
    expect(bench.receipts.at(-1)?.evidence.startErrorMs).toBeLessThan(250);
  });

  test("back by a year: the box goes on talking, trying again and driving its amplifier", () => {
    const bench = agentBench({ clips: [news], clock: "rtc", beginsAt: "04:00:00" });
    bench.knobs.isBrokerThere = true;
    bench.pass(MINUTE_MS);
    bench.post({ kind: "connected", nonce: "fresh" });
    const year = 365 * 24 * HOUR_MS;
    bench.change({ time: { ...bench.state.time, floor: plus(bench.now(), -2 * year) } });
    bench.envelope("time", { nonce: "fresh", at: plus(bench.now(), -year) });
    const before = bench.statuses().filter((one) => one.k === "h").length;
    bench.pass(2 * MINUTE_MS);
    expect(bench.statuses().filter((one) => one.k === "h").length - before).toBeGreaterThanOrEqual(5);
  });

  test("a day ahead by the battery clock does not use up the next day's broadcasts", () => {
    const bench = agentBench({ clips: [news], clock: "rtc" });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00", "07:00:00"], [news])]));
    bench.until("04:30:00");
    // It says 07:30 until a time server is heard.
    bench.host(plus(bench.now(), 3 * HOUR_MS), "synced");
    bench.pass(MINUTE_MS);
    bench.host(plus(bench.now(), -3 * HOUR_MS), "synced");
    bench.until("08:00:00");
    expect(bench.plays.map((one) => one.startAt)).toEqual([at("05:00:00"), at("07:00:00")]);
  });

  test("only true time raises the floor below which no clock is believed", () => {
    const bench = agentBench({ clips: [], clock: "rtc" });
    bench.pass(20 * MINUTE_MS);
    const alive = () =>
      bench.said.filter(
        ({ effect }) =>
          effect.kind === "commit" &&
          effect.changes.some((one) => one.table === "meta" && one.key === "alive-at"),
      );
    expect(alive()).toEqual([]);
    bench.host(bench.now(), "synced");
    bench.pass(20 * MINUTE_MS);
    expect(alive().length).toBeGreaterThan(1);
  });
});
