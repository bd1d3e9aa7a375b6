import type { Memory } from "@loa/edge-agent/core/memory.ts";
import { afterProbation, afterStart } from "@loa/edge-agent/core/plan-probation.ts";
import { asMonotonic, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, at, clipOf, EMPTY_MEMORY, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const old = planOf(1, []);
const fresh = planOf(2, []);
const now = at("05:00:00");
const onProbation: Memory = {
  ...EMPTY_MEMORY,
  plan: fresh,
  lastGood: old,
  probation: { revision: 2, until: plus(now, 2 * MINUTE_MS), bootId: "boot", crashes: 0 },
};
const crash = (memory: Memory, bootId = "boot") => afterStart(memory, bootId).memory;
const moment = (at: typeof now) => ({ now: at, mono: asMonotonic(0), isTrusted: true, chance: 0 });

describe("a plan on probation", () => {
  test("is good after two quiet minutes", () => {
    expect(afterProbation(onProbation, moment(plus(now, 2 * MINUTE_MS - 1))).memory).toBe(onProbation);
    const proven = afterProbation(onProbation, moment(plus(now, 2 * MINUTE_MS))).memory;
    expect(proven).toMatchObject({ plan: fresh, probation: null, lastGood: null });
  });

  test("is taken back at the third crash of one boot, durably, and not taken up again", () => {
    const twice = crash(crash(onProbation));
    expect(twice.plan).toBe(fresh);
    const { memory, effects } = afterStart(twice, "boot");
    expect(memory).toMatchObject({ plan: old, probation: null, badRevision: 2 });
    const written = effects.flatMap((one) =>
      one.kind === "commit" ? one.changes.map((change) => change.key) : [],
    );
    expect(written).toEqual(["current", "probation", "bad-revision"]);
  });

  test("power cuts are not crashes", () => {
    let memory = onProbation;
    for (let boots = 0; boots < 10; boots += 1) memory = crash(memory, `boot-${boots}`);
    expect(memory.plan).toBe(fresh);
  });

  test("the first plan of a box has nothing to go back to", () => {
    let memory: Memory = { ...onProbation, lastGood: null };
    for (let crashes = 0; crashes < 10; crashes += 1) memory = crash(memory);
    expect(memory.plan).toBe(fresh);
  });

  test("two plans within a second: what was good before both is what is gone back to", () => {
    const news = clipOf("a", MINUTE_MS);
    const bench = agentBench({ clips: [news] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.pass(5 * MINUTE_MS);
    bench.sendPlan(planOf(2, []));
    bench.pass(500);
    bench.sendPlan(planOf(3, []));
    expect(bench.state.memory.lastGood?.revision).toBe(1);
    expect(bench.state.memory.probation?.revision).toBe(3);
    let { memory } = bench.state;
    for (let crashes = 0; crashes < 3; crashes += 1) memory = crash(memory);
    expect(memory.plan?.revision).toBe(1);
    bench.change({ memory });
    bench.sendPlan(planOf(3, []));
    expect(bench.state.memory.plan?.revision).toBe(1);
    expect(bench.state.health.faults.has("plan-refused")).toBe(true);
    bench.sendPlan(planOf(4, []));
    expect(bench.state.memory.plan?.revision).toBe(4);
    expect(bench.state.health.faults.has("plan-refused")).toBe(false);
  });
});
