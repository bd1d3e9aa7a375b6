import { emergency } from "@loa/shared/broadcast/emergency.ts";
import { HOUR_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, planOf } from "../../support/agent-bench.ts";

/** Siren and words of a box that has just been told. */
function alarm() {
  const bench = agentBench({ clips: [] });
  bench.sendPlan(planOf(1, []));
  bench.pass(10 * SECOND_MS);
  const at = bench.now();
  const body = { id: "lu", severity: "actual", headline: "Lũ", at, expiresAt: plus(at, 12 * HOUR_MS) };
  const words = { sirenMs: 8 * SECOND_MS, notice: null, times: 1, gapMs: 0 };
  bench.envelope("emergency", { emergency: emergency.parse({ ...body, ...words }) });
  const loseCard = (playedMs: number) => {
    const { soundId } = bench.plays.at(-1) ?? { soundId: "" };
    bench.post({ kind: "sound-failed", soundId, at: bench.mono, playedMs, reason: "sink-failed" });
  };
  return { bench, loseCard };
}

describe("an emergency whose card is lost", () => {
  test("goes on at the very place where it was cut off", () => {
    const { bench, loseCard } = alarm();
    bench.pass(3_020);
    loseCard(3_000);
    bench.pass(1);
    loseCard(0);
    bench.pass(20 * SECOND_MS);
    expect(bench.plays.map(({ source, offsetMs }) => [source.kind, offsetMs])).toEqual([
      ["siren", 0],
      ["siren", 3_000],
      ["siren", 3_000],
      ["notice", 0],
    ]);
  });

  test("is at its place however often it is tried", () => {
    const { bench, loseCard } = alarm();
    for (let tries = 0; tries < 50; tries += 1) {
      loseCard(0);
      bench.pass(5_100);
    }
    expect(bench.plays.filter(({ source }) => source.kind === "siren").at(-1)?.offsetMs).toBe(0);
  });
});

describe("an emergency whose first sample is on its way", () => {
  /** Red when the note keeps the instant of the wrong clock: the words would come an hour later. */
  test("goes on in its words though the clock was an hour ahead", () => {
    const { bench } = alarm();
    bench.host(plus(bench.now(), -HOUR_MS), "synced");
    bench.pass(20 * SECOND_MS);
    expect(bench.plays.map(({ source }) => source.kind)).toEqual(["siren", "notice"]);
  });
});
