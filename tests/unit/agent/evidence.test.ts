import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agentBench, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const news = clipOf("a", 5 * MINUTE_MS);
const silence = clipOf("b", 5 * MINUTE_MS);
/** Two polls while it sounds, and what a poll takes. */
const MAX_UNCOUNTED_MS = 3 * SECOND_MS;

describe("never a false heard", () => {
  test("a meter that still rings of the item before proves nothing for a silent one", () => {
    const bench = agentBench({ clips: [news, silence] });
    const second = daily("sau", ["05:05:00"], [silence]);
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news]), second]));
    bench.until("05:05:00");
    bench.knobs.mixerDb = -90;
    bench.knobs.amplifierDb = -90;
    bench.pass(200);
    bench.post({ kind: "sound-level", at: bench.mono, rmsDb: -22, peakDb: -10 });
    bench.post({
      kind: "device-values",
      device: ONLY_DEVICE,
      at: bench.mono,
      values: [{ capability: "amplifier.level", quality: "good", value: -22 }],
    });
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([
      ["heard", null],
      ["missed", "silent-source"],
    ]);
  });

  test("an amplifier that was on before the first sample and is never read again has not played", () => {
    const bench = agentBench({ clips: [news] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("04:59:59");
    bench.knobs.isAmplifierMeasured = false;
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["missed", "amplifier-unreachable"]]);
  });

  test("an amplifier that dies in the middle makes the broadcast a partial one", () => {
    const bench = agentBench({ clips: [news] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("05:02:00");
    bench.knobs.isAmplifierDead = true;
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["partial", "amplifier-unreachable"]]);
    const playedMs = bench.receipts.at(-1)?.evidence.playedMs ?? 0;
    expect(Math.abs(playedMs - 2 * MINUTE_MS)).toBeLessThan(15 * SECOND_MS);
  });

  test("whenever it dies, no more than two polls of lost sound are taken for heard", () => {
    const itemsOf = fc.array(fc.integer({ min: 1_200, max: 20_000 }), { minLength: 1, maxLength: 4 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(itemsOf, share, (durations, when) => {
        const clips = durations.map((durationMs, index) => clipOf("abcd".charAt(index), durationMs));
        const totalMs = durations.reduce((sum, one) => sum + one, 0);
        fc.pre(totalMs > MAX_UNCOUNTED_MS);
        const diesAfterMs = Math.floor(totalMs * when);
        const bench = agentBench({ clips });
        bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], clips)]));
        bench.until("05:00:00");
        bench.pass(diesAfterMs);
        bench.knobs.isAmplifierDead = true;
        bench.until("05:03:00");
        const { verdict, evidence } = bench.receipts.at(-1) ?? expect.fail("no receipt");
        const uncountedMs = evidence.playedMs - diesAfterMs;
        expect(uncountedMs).toBeLessThanOrEqual(MAX_UNCOUNTED_MS);
        if (totalMs - diesAfterMs > MAX_UNCOUNTED_MS) expect(verdict).not.toBe("heard");
        // Nor is anything counted twice.
        expect(evidence.playedMs).toBeGreaterThanOrEqual(Math.max(0, diesAfterMs - MAX_UNCOUNTED_MS));
      }),
      { numRuns: 60 },
    );
  });

  test("an item shorter than the meter's period is judged by its own level", () => {
    const chime = clipOf("c", 900);
    const bench = agentBench({ clips: [chime] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [chime, chime])]));
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["played", null]]);
  });

  test("an amplifier that measures silence behind a loud mixer is silent", () => {
    const bench = agentBench({ clips: [news] });
    bench.knobs.amplifierDb = -90;
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["missed", "amplifier-silent"]]);
  });
});
