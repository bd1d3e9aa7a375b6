import { MAX_EMERGENCIES } from "@loa/edge-agent/core/emergencies.ts";
import { emergency } from "@loa/shared/broadcast/emergency.ts";
import { HOUR_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, planOf } from "../../support/agent-bench.ts";

type Bench = ReturnType<typeof agentBench>;

function ready(): Bench {
  const bench = agentBench({ clips: [] });
  bench.sendPlan(planOf(1, []));
  return bench;
}

function raise(bench: Bench, id: string, severity: "actual" | "exercise"): void {
  const at = bench.now();
  const body = { id, severity, headline: "Lũ", at, expiresAt: plus(at, 12 * HOUR_MS) };
  const words = { sirenMs: SECOND_MS, notice: null, times: 1, gapMs: 0 };
  bench.envelope("emergency", { emergency: emergency.parse({ ...body, ...words }) });
}

/** All at once: the last is said first. */
function raiseAll(bench: Bench, severity: "actual" | "exercise"): void {
  for (let index = 0; index < MAX_EMERGENCIES; index += 1) raise(bench, `lu-${index}`, severity);
}

const answers = (bench: Bench) =>
  bench.said.flatMap(({ effect }) => (effect.kind === "publish-ack" ? [effect.body.reason] : []));

describe("more emergencies than a box keeps", () => {
  test("what was said makes room, and is not said again", () => {
    const bench = ready();
    raiseAll(bench, "actual");
    bench.pass(10 * 60 * SECOND_MS);
    const said = bench.plays.length;
    raise(bench, "lu-moi", "actual");
    bench.pass(60 * SECOND_MS);
    expect(answers(bench).at(-1)).toBeNull();
    expect(bench.plays.slice(said).map(({ source }) => source.kind)).toEqual(["siren", "notice"]);
    expect(bench.state.memory.emergencies.size).toBe(MAX_EMERGENCIES);
  });

  test("exercises do not keep an actual one out", () => {
    const bench = ready();
    raiseAll(bench, "exercise");
    raise(bench, "lu-that", "actual");
    expect(answers(bench).at(-1)).toBeNull();
    expect(bench.plays.at(-1)?.rung).toBe("emergency-actual");
  });

  test("what is still to be said is not given up for one more", () => {
    const bench = ready();
    raiseAll(bench, "actual");
    raise(bench, "lu-moi", "actual");
    expect(answers(bench).at(-1)).toBe("not-durable");
  });
});
