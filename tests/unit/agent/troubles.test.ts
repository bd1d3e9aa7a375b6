import type { OutputTrouble } from "@loa/edge-agent/core/event.ts";
import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, at, clipIn, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";
import { relayItem, relayOf } from "../../support/plans.ts";

const news = clipOf("a", 10 * MINUTE_MS);
const filler = clipOf("b", 3 * MINUTE_MS);
const vov = relayOf("vov");

function benchOn(item: "news" | "relay") {
  const bench = agentBench({ clips: [news, filler] });
  const items = item === "news" ? [news] : [relayItem(vov, 10 * MINUTE_MS)];
  const schedules = [daily("sang", ["05:00:00"], items)];
  bench.sendPlan(planOf(1, schedules, { relays: [vov], filler: filler.sha256 }));
  bench.until("05:02:00");
  return bench;
}
type Bench = ReturnType<typeof benchOn>;
const tell = (bench: Bench, trouble: OutputTrouble, isRaised: boolean, soundId: string | null = null) =>
  bench.post({ kind: "sound-trouble", soundId, at: bench.mono, trouble, isRaised });
const faultsOf = (bench: Bench) =>
  [...bench.state.health.faults].map(([kind, { since }]) => [kind, since] as const);

describe("what the mixer says is wrong", () => {
  test.each([
    ["dead-air", "dead-air"],
    ["stuck-sound", "stuck-sound"],
    ["clipping", "sound-clipping"],
    ["engine-lost", "sound-engine-lost"],
  ] as const)("%s is the fault %s, since when it began, until it ends", (trouble, fault) => {
    const bench = benchOn("news");
    tell(bench, trouble, true);
    bench.pass(5 * SECOND_MS);
    expect(faultsOf(bench)).toEqual([[fault, at("05:02:00")]]);
    tell(bench, trouble, false);
    bench.pass(SECOND_MS);
    expect(faultsOf(bench)).toEqual([]);
  });

  test("of a sound is forgotten with it", () => {
    const bench = benchOn("relay");
    tell(bench, "source-lost", true, bench.plays[0]?.soundId);
    expect(faultsOf(bench).map(([kind]) => kind)).toEqual(["relay-lost"]);
    bench.until("05:11:00");
    expect(faultsOf(bench)).toEqual([]);
  });
});

describe("a relay that sends silence", () => {
  test("gives way to the filler, and is listened to again a minute later", () => {
    const bench = benchOn("relay");
    const [relay] = bench.plays;
    tell(bench, "dead-air", true);
    bench.pass(2 * SECOND_MS);
    tell(bench, "dead-air", false);
    expect(bench.stops.map((one) => one.soundId)).toEqual([relay?.soundId]);
    expect(clipIn(bench.plays.at(-1)?.source ?? { kind: "chime" })).toBe(filler.sha256);
    expect(faultsOf(bench).map(([kind]) => kind)).toEqual(["relay-lost"]);
    bench.until("05:03:05");
    expect(bench.plays.at(-1)?.source.kind).toBe("relay");
    expect(faultsOf(bench)).toEqual([]);
    // The filler went when the relay came.
    expect(bench.stops).toHaveLength(2);
    bench.until("05:20:00");
    expect(bench.verdicts()).toEqual([["partial", "relay-failed"]]);
  });
});

describe("an amplifier that falls silent in the last seconds", () => {
  test("has not passed on the end, though no further poll will tell", () => {
    const bench = agentBench({ clips: [news] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("05:09:57");
    bench.knobs.amplifierDb = -90;
    bench.until("05:11:00");
    expect(bench.receipts.at(-1)?.evidence.playedMs).toBeLessThan(10 * MINUTE_MS - 2 * SECOND_MS);
  });
});

describe("a decoder that dies just before the next item", () => {
  test("is begun again, and the next item does not begin on its failure", () => {
    const bench = agentBench({ clips: [news, filler] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news, filler])]));
    bench.until("05:09:58");
    const [first, follower] = bench.plays;
    expect(follower?.after).toBe(first?.soundId);
    const playedMs = 10 * MINUTE_MS - 2 * SECOND_MS;
    const soundId = first?.soundId ?? "";
    bench.post({ kind: "sound-failed", soundId, at: bench.mono, playedMs, reason: "decoder-died" });
    expect(bench.stops.map((one) => one.soundId)).toEqual([follower?.soundId]);
    bench.until("05:09:59");
    const [again, next] = bench.plays.slice(2);
    expect(clipIn(again?.source ?? { kind: "chime" })).toBe(news.sha256);
    expect(next?.after).toBe(again?.soundId);
  });
});

describe("an engine that knows nothing of what waited in it", () => {
  test("is given the rest anew, from the place in the note", () => {
    const bench = agentBench({ clips: [news, filler] });
    bench.sendPlan(
      planOf(1, [
        daily("sang", ["05:00:00"], [news]),
        daily("gap", ["05:02:00"], [filler], { class: "priority" }),
      ]),
    );
    bench.until("05:03:00");
    bench.knobs.hasLostSounds = true;
    bench.until("05:06:00");
    expect(bench.resumes).toHaveLength(1);
    const last = bench.plays.at(-1);
    expect(clipIn(last?.source ?? { kind: "chime" })).toBe(news.sha256);
    expect(Math.abs((last?.offsetMs ?? 0) - 2 * MINUTE_MS)).toBeLessThan(SECOND_MS);
    bench.until("05:20:00");
    expect(bench.verdicts().map(([verdict]) => verdict)).toContain("heard");
  });
});
