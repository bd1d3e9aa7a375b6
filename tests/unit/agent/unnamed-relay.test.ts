import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";
import { relayItem, relayOf } from "../../support/plans.ts";

const filler = clipOf("b", 10 * MINUTE_MS);
const schedules = [daily("sang", ["05:00:00"], [relayItem(relayOf("vov"), 10 * MINUTE_MS)])];

describe("a relay that the plan does not name", () => {
  test.each([
    ["silence", null, 0],
    ["the filler", filler.sha256, 1],
  ])("is a failed relay, with %s in its place", (_, fillerHash, plays) => {
    const bench = agentBench({ clips: [filler] });
    bench.sendPlan(planOf(1, schedules, { relays: [], filler: fillerHash }));
    bench.until("04:59:59");
    expect([...bench.state.health.faults.keys()]).not.toContain("relay-lost");
    bench.until("05:00:30");
    expect([...bench.state.health.faults.keys()]).toContain("relay-lost");
    bench.until("05:30:00");
    expect(bench.plays).toHaveLength(plays);
    expect(bench.verdicts()).toEqual([["missed", "relay-failed"]]);
    expect([...bench.state.health.faults.keys()]).not.toContain("relay-lost");
  });
});
