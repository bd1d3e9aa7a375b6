import { MAX_EMERGENCIES } from "@loa/edge-agent/core/emergencies.ts";
import { areaId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, at, clipOf, manifestHash, planOf, province } from "../../support/agent-bench.ts";

function alarmOf(now: Instant, change: object = {}) {
  return {
    id: "lu",
    severity: "actual",
    headline: "Lũ",
    at: now,
    expiresAt: plus(now, HOUR_MS),
    sirenMs: 5_000,
    notice: null,
    times: 1,
    gapMs: 0,
    ...change,
  };
}

function benchWithPlan(options: Partial<Parameters<typeof agentBench>[0]> = {}) {
  const bench = agentBench({ clips: [], ...options });
  bench.sendPlan(planOf(1, []));
  return bench;
}
type Bench = ReturnType<typeof benchWithPlan>;
const answers = (bench: Bench) =>
  bench.said.flatMap(({ effect }) => (effect.kind === "publish-ack" ? [effect.body.reason] : []));
const raise = (bench: Bench, change: object = {}, envelope: object = {}) =>
  bench.envelope("emergency", { emergency: alarmOf(bench.now(), change) }, envelope);

describe("an emergency that comes in", () => {
  test("for an area above the box is taken, for another area refused", () => {
    const bench = benchWithPlan();
    raise(bench, {}, { audience: { area: areaId.parse("khac") } });
    expect(answers(bench).at(-1)).toBe("wrong-audience");
    raise(bench, {}, { audience: { area: province } });
    expect(answers(bench).at(-1)).toBeNull();
    expect(bench.plays[0]?.source.kind).toBe("siren");
  });

  test("is written down before the first play, in the same step", () => {
    const bench = benchWithPlan();
    raise(bench);
    const kinds = bench.said.map(({ effect }) =>
      effect.kind === "commit" && effect.changes.some((one) => one.table === "emergency")
        ? "alarm written"
        : effect.kind,
    );
    expect(kinds.indexOf("alarm written")).toBeGreaterThanOrEqual(0);
    expect(kinds.indexOf("alarm written")).toBeLessThan(kinds.indexOf("play"));
  });

  test("is over by its own end, though the envelope around it has none", () => {
    const bench = benchWithPlan();
    const begun = plus(bench.now(), -2 * HOUR_MS);
    const ends = { at: begun, expiresAt: plus(bench.now(), -SECOND_MS) };
    raise(bench, ends, { issuedAt: begun, notBefore: begun, expiresAt: null });
    expect(answers(bench).at(-1)).toBe("expired");
    expect(bench.plays).toEqual([]);
  });

  test("a second time, by another way, sounds once", () => {
    const bench = benchWithPlan();
    const emergency = alarmOf(bench.now());
    bench.envelope("emergency", { emergency });
    bench.pass(MINUTE_MS);
    bench.envelope("emergency", { emergency });
    bench.pass(MINUTE_MS);
    expect(bench.plays).toHaveLength(2);
  });

  test("while the time is not known is believed only when it is newer than all that was seen", () => {
    const bench = agentBench({ clips: [], clock: "rtc" });
    bench.sendPlan(planOf(1, []));
    bench.change({ time: { ...bench.state.time, trust: "untrusted" } });
    raise(bench, {}, { sequence: 50 });
    expect(answers(bench).at(-1)).toBeNull();
    raise(bench, { id: "cu" }, { sequence: 40 });
    expect(answers(bench).at(-1)).toBe("replayed");
  });

  test("after more than can stand at a time is refused, and all are forgotten some time after their end", () => {
    const bench = benchWithPlan();
    for (let index = 0; index <= MAX_EMERGENCIES; index += 1) raise(bench, { id: `lu-${index}`, sirenMs: 0 });
    expect(answers(bench).at(-1)).toBe("not-durable");
    expect(bench.state.memory.emergencies.size).toBe(MAX_EMERGENCIES);
    bench.pass(3 * HOUR_MS);
    expect(bench.state.memory.emergencies.size).toBe(0);
  });

  test("gets its clip beside everything else, and keeps it until it is over", () => {
    const own = { ...clipOf("d", 20 * SECOND_MS), sizeBytes: 12_345 };
    const bench = benchWithPlan({ clips: [own], present: [manifestHash] });
    bench.knobs.manifest = { v: 1, clips: [] };
    raise(bench, { notice: own });
    const fetched = bench.said.flatMap(({ effect }) => (effect.kind === "fetch" ? [effect] : []));
    expect(fetched).toContainEqual({ kind: "fetch", sha256: own.sha256, sizeBytes: 12_345 });
    bench.pass(30 * MINUTE_MS);
    expect(bench.state.content.present.has(own.sha256)).toBe(true);
    bench.pass(DAY_MS);
    bench.sendPlan(planOf(2, []));
    bench.pass(MINUTE_MS);
    expect(bench.state.content.present.has(own.sha256)).toBe(false);
  });
});

test("a cancellation is forgotten when no emergency can be late any more", () => {
  const bench = benchWithPlan({ beginsAt: "04:00:00" });
  bench.envelope("cancel", { emergency: "lu" });
  expect(bench.state.memory.cancelled.size).toBe(1);
  bench.pass(DAY_MS + HOUR_MS);
  expect(bench.now()).toBeGreaterThan(at("04:00:00"));
  expect(bench.state.memory.cancelled.size).toBe(0);
});
