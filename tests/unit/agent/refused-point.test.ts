import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";
import { volumeOf } from "../../support/plans.ts";

const news = clipOf("a", 5 * MINUTE_MS);

describe("one refused point", () => {
  test("does not keep the amplifier silent: the others are still switched", () => {
    const bench = agentBench({ clips: [news] });
    bench.post({
      kind: "amplifier-identified",
      capabilities: ["amplifier.power", "amplifier.gain", "zone.1", "amplifier.mute", "amplifier.level"],
    });
    bench.knobs.refuses = "amplifier.gain";
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])], { volume: volumeOf(12) }));
    bench.until("05:04:00");
    expect([...bench.state.health.faults.keys()]).toEqual(["amplifier-refused"]);
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["heard", null]]);
  });
});
