import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { agentBench, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";
import { relayItem, relayOf } from "../../support/plans.ts";

/** Red when the filler goes as the station is asked for: nothing is heard until it answers. */
test("what stands in for a station is heard until the first sample of the station, and faded out under it", () => {
  const filler = clipOf("b", 10 * MINUTE_MS);
  const vov = relayOf("vov");
  const bench = agentBench({ clips: [filler] });
  const schedules = [daily("sang", ["05:00:00"], [relayItem(vov, 10 * MINUTE_MS)])];
  bench.sendPlan(planOf(1, schedules, { relays: [vov], filler: filler.sha256 }));
  bench.until("05:02:00");
  bench.knobs.decoderMs = 4 * SECOND_MS;
  const lose = () => {
    const relay = bench.plays.findLast(({ source }) => source.kind === "relay");
    const soundId = relay?.soundId ?? "";
    bench.post({ kind: "sound-failed", soundId, at: bench.mono, playedMs: 0, reason: "relay-unavailable" });
  };
  lose();
  bench.pass(1);
  lose();
  bench.pass(3 * SECOND_MS);
  expect(bench.plays.map(({ source }) => source.kind)).toEqual(["relay", "relay", "clip", "relay"]);
  expect(bench.stops).toEqual([]);
  bench.pass(5 * SECOND_MS);
  expect(bench.stops).toHaveLength(1);
  const standIn = bench.plays.find(({ source }) => source.kind === "clip")?.soundId;
  // The one goes while the other comes.
  expect(bench.stops[0]).toMatchObject({ soundId: standIn, fadeMs: SECOND_MS });
  expect(bench.plays.at(-1)?.fadeInMs).toBeGreaterThan(0);
});
