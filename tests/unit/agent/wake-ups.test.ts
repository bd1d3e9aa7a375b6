import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, at, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const news = clipOf("a", 5 * MINUTE_MS);

describe("wake-ups", () => {
  test("an amplifier that came round by itself leaves no wake-up in the past", () => {
    const bench = agentBench({ clips: [news] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.pass(MINUTE_MS);
    const { mono } = bench;
    bench.post({
      kind: "device-written",
      device: ONLY_DEVICE,
      at: mono,
      capability: "amplifier.power",
      value: 0,
      readBack: null,
      outcome: "timeout",
    });
    bench.post({
      kind: "device-values",
      device: ONLY_DEVICE,
      at: mono,
      values: [{ capability: "amplifier.power", quality: "good", value: 0 }],
    });
    bench.pass(5 * SECOND_MS);
    expect(bench.state.amplifier.retryAt).toBeNull();
    bench.until("05:01:00");
    expect(bench.state.amplifier.refusals).toBe(0);
  });

  test("a box at rest writes down every five minutes that it lives, and looks at nothing else for it", () => {
    const bench = agentBench({ clips: [news] });
    bench.sendPlan(planOf(1, [daily("sang", ["09:00:00"], [news])]));
    bench.until("04:10:00");
    const lookAt = bench.state.airLookAt;
    const before = bench.said.length;
    bench.until("04:40:00");
    expect(bench.state.airLookAt).toBe(lookAt);
    const notes = bench.said
      .slice(before)
      .flatMap(({ effect }) => (effect.kind === "commit" ? effect.changes.map(({ key }) => key) : []));
    expect(notes.filter((key) => key === "alive-at")).toHaveLength(6);
    expect(notes.filter((key) => key === "settled-up-to")).toHaveLength(6);
    expect(bench.state.memory.settledUpTo ?? 0).toBeGreaterThan(at("04:34:59"));
  });

  test("two hundred schedules with twenty-four times each sound one at a time", () => {
    const times = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, "0")}:00:00`);
    const schedules = Array.from({ length: 200 }, (_, index) => daily(`s${index}`, times, [news]));
    const bench = agentBench({ clips: [news], beginsAt: "04:58:00" });
    bench.change({
      memory: { ...bench.state.memory, plan: { ...planOf(1, []), schedules }, ownsFrom: at("04:58:00") },
    });
    bench.until("05:00:30");
    expect(bench.plays).toHaveLength(1);
  });
});
