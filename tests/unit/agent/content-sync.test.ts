import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, clipOf, hash, manifestHash, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const first = clipOf("a", 5 * MINUTE_MS);
const second = clipOf("b", 5 * MINUTE_MS);

type Bench = ReturnType<typeof agentBench>;
const fetched = (bench: Bench) =>
  bench.said.flatMap(({ effect }) => (effect.kind === "fetch" ? [effect.sha256] : []));
const removed = (bench: Bench) =>
  bench.said.flatMap(({ effect }) => (effect.kind === "remove" ? [effect.sha256] : []));

describe("content", () => {
  test("the manifest comes before its clips, and each file once", () => {
    const bench = agentBench({ clips: [first, second], present: [] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [first, second])]));
    bench.pass(MINUTE_MS);
    expect(fetched(bench)).toEqual([manifestHash, first.sha256, second.sha256]);
  });

  test.each(["not-found", "wrong-hash", "wrong-size"])(
    "a clip that is %s keeps none of the others waiting, and is asked for again",
    (reason) => {
      const bench = agentBench({ clips: [first, second], present: [manifestHash] });
      bench.knobs.fetch = (sha256) => (sha256 === first.sha256 ? reason : null);
      bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [first, second])]));
      bench.pass(5_000);
      expect(fetched(bench)).toEqual([first.sha256, second.sha256]);
      bench.pass(30 * MINUTE_MS);
      const tries = fetched(bench).length;
      expect(tries).toBeGreaterThan(5);
      expect(tries).toBeLessThan(40);
      bench.knobs.fetch = () => null;
      bench.pass(6 * MINUTE_MS);
      expect(bench.state.content.present.has(first.sha256)).toBe(true);
      expect(bench.state.content.bad.size).toBe(0);
    },
  );

  test("a clip that turned out rotten is fetched again, and what is being fetched meanwhile is left alone", () => {
    const bench = agentBench({ clips: [first, second], present: [manifestHash, first.sha256] });
    bench.knobs.fetch = (sha256) => (sha256 === second.sha256 ? "unreachable" : null);
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [first, second])]));
    bench.pass(50);
    expect(bench.state.content.fetching).toBe(second.sha256);
    bench.post({ kind: "fetched", sha256: first.sha256 });
    expect(bench.state.content.fetching).toBe(second.sha256);
    bench.post({ kind: "fetch-failed", sha256: first.sha256, reason: "wrong-hash" });
    expect(bench.state.content).toMatchObject({ fetching: second.sha256, failures: 0 });
    expect(bench.state.content.present.has(first.sha256)).toBe(false);
    bench.knobs.fetch = () => null;
    bench.pass(MINUTE_MS);
    expect([...bench.state.content.present].sort()).toEqual(
      [first.sha256, second.sha256, manifestHash].sort(),
    );
  });

  test("an unreachable controller is asked less and less often, at most every five minutes", () => {
    const bench = agentBench({ clips: [first], present: [] });
    bench.knobs.fetch = () => "unreachable";
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [first])]));
    bench.pass(60 * MINUTE_MS);
    expect(fetched(bench).length).toBeGreaterThan(15);
    expect(fetched(bench).length).toBeLessThan(60);
  });

  test("a manifest that is none is not fetched over and over", () => {
    const bench = agentBench({ clips: [first], present: [] });
    bench.knobs.manifest = null;
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [first])]));
    bench.pass(10 * MINUTE_MS);
    expect(fetched(bench).length).toBeLessThan(20);
    expect([...bench.state.health.faults.keys()]).toContain("content-missing");
  });

  test("a new plan does not wait for what the old one could not get", () => {
    const bench = agentBench({ clips: [first], present: [] });
    bench.knobs.fetch = () => "unreachable";
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [first])]));
    bench.pass(30 * MINUTE_MS);
    bench.knobs.fetch = () => null;
    bench.sendPlan(planOf(2, [daily("sang", ["05:00:00"], [first])], { manifest: hash("e") }));
    bench.pass(1_000);
    expect(bench.state.content.present.has(first.sha256)).toBe(true);
  });

  test("old clips stay until the new ones are whole, and while a plan may still be taken back", () => {
    const bench = agentBench({ clips: [first, second], present: [manifestHash, first.sha256] });
    bench.knobs.manifest = { v: 1, clips: [first] };
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [first])]));
    bench.pass(5 * MINUTE_MS);
    bench.knobs.manifest = { v: 1, clips: [second] };
    bench.knobs.fetch = (sha256) => (sha256 === second.sha256 ? "unreachable" : null);
    bench.sendPlan(planOf(2, [daily("sang", ["05:00:00"], [second])], { manifest: hash("e") }));
    bench.pass(5 * MINUTE_MS);
    expect(removed(bench)).toEqual([]);
    bench.knobs.fetch = () => null;
    bench.pass(10 * MINUTE_MS);
    expect(removed(bench)).toContain(first.sha256);
    expect(bench.state.content.present.has(second.sha256)).toBe(true);
  });

  test("on a full disk the old clips make room for the new ones", () => {
    const bench = agentBench({ clips: [first, second], present: [manifestHash, first.sha256] });
    bench.knobs.manifest = { v: 1, clips: [first] };
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [first])]));
    bench.pass(5 * MINUTE_MS);
    bench.knobs.manifest = { v: 1, clips: [second] };
    bench.knobs.fetch = (sha256) =>
      sha256 === second.sha256 && !removed(bench).includes(first.sha256) ? "disk-full" : null;
    bench.sendPlan(planOf(2, [daily("sang", ["05:00:00"], [second])], { manifest: hash("e") }));
    bench.pass(10 * MINUTE_MS);
    expect(bench.state.content.present.has(second.sha256)).toBe(true);
  });

  test("a clip that sounds while its plan is replaced is stopped, not cut off by its removal", () => {
    const bench = agentBench({ clips: [first, second] });
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [first])]));
    bench.until("05:01:00");
    bench.knobs.manifest = { v: 1, clips: [second] };
    bench.sendPlan(planOf(2, [daily("sang", ["05:00:00"], [first])], { manifest: hash("e") }));
    bench.until("05:30:00");
    expect(removed(bench)).not.toContain(first.sha256);
    expect(bench.verdicts()).toEqual([["heard", null]]);
  });
});
