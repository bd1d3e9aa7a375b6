import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { agentBench, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

/** Red when its rest is asked for until its planned end: a decoder begun and ended ten times a second. */
test("a clip that is shorter than its plan is asked for its rest once, and the next one begins", () => {
  const short = clipOf("a", 60 * SECOND_MS);
  const next = clipOf("b", 60 * SECOND_MS);
  const bench = agentBench({ clips: [short, next] });
  bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [short, next])]));
  bench.until("05:00:30");
  const end = (playedMs: number) => {
    const soundId = bench.plays.at(-1)?.soundId ?? "";
    bench.post({ kind: "sound-ended", soundId, at: bench.mono, playedMs, rmsDb: -20 });
  };
  end(30_000);
  bench.pass(100);
  end(0);
  bench.pass(10 * SECOND_MS);
  const clips = bench.plays.map(({ source }) => (source.kind === "clip" ? source.sha256[0] : null));
  expect(clips).toEqual(["a", "a", "b"]);
});
