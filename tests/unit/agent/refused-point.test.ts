import { emergency } from "@loa/shared/broadcast/emergency.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import { MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";
import { volumeOf } from "../../support/plans.ts";

const news = clipOf("a", 5 * MINUTE_MS);

describe("one refused point", () => {
  test("does not keep the amplifier silent: the others are still switched", () => {
    const bench = agentBench({ clips: [news] });
    bench.post({
      kind: "device-identified",
      device: ONLY_DEVICE,
      sequences: [],
      capabilities: ["amplifier.power", "amplifier.gain", "zone.1", "amplifier.mute", "amplifier.level"],
    });
    bench.knobs.refuses = "amplifier.gain";
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])], { volume: volumeOf(12) }));
    bench.until("05:04:00");
    expect([...bench.state.health.faults.keys()]).toEqual(["amplifier-refused"]);
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["heard", null]]);
  });

  /** Red when the wait after a refusal, half a minute in the end, is kept for what is wanted by then. */
  test("that was tried again and again in silence does not keep an alarm waiting", () => {
    const bench = agentBench({
      clips: [],
      capabilities: ["amplifier.power", "zone.1", "zone.2", "amplifier.mute", "amplifier.level"],
    });
    bench.sendPlan(planOf(1, []));
    bench.knobs.refuses = "zone.2";
    const on = (capability: "zone.2" | "amplifier.mute") =>
      ({ capability, quality: "good", value: 1 }) as const;
    bench.post({
      kind: "device-values",
      device: ONLY_DEVICE,
      at: bench.mono,
      values: [on("zone.2"), on("amplifier.mute")],
    });
    bench.until("04:30:00");
    expect([...bench.state.health.faults.keys()]).toContain("amplifier-refused");
    const retryAt = bench.state.amplifier.retryAt;
    expect(retryAt).not.toBeNull();
    const at = bench.now();
    const body = { id: "lu", severity: "actual", headline: "Lũ", at, expiresAt: plus(at, MINUTE_MS) };
    const words = { sirenMs: 8 * SECOND_MS, notice: null, times: 1, gapMs: 0 };
    bench.envelope("emergency", { emergency: emergency.parse({ ...body, ...words }) });
    bench.pass(200);
    expect(bench.state.amplifier.actual["amplifier.power"]?.value).toBe(1);
  });
});
