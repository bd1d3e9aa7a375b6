import { afterLook, type Condition, withCondition } from "@loa/edge-agent/core/faults.ts";
import { HEALTHY } from "@loa/edge-agent/core/health.ts";
import type { Health } from "@loa/edge-agent/core/state.ts";
import { faultsToTell, lookAtFaults, NO_FAULTS_TOLD } from "@loa/edge-agent/core/tell-faults.ts";
import type { FaultKind } from "@loa/shared/device/fault.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import { asInstant, asMonotonic, MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench } from "../../support/agent-bench.ts";
import { asMoment } from "../../support/moment.ts";

function asked(...conditions: readonly (readonly [FaultKind, Partial<Condition>?])[]) {
  const found = new Map<FaultKind, Condition>();
  for (const [kind, change] of conditions) withCondition(found, kind, change);
  return found;
}
const kindsOf = ({ faults }: Health) => [...faults.keys()];

describe("faults", () => {
  test("a box that starts without the time says so after half a minute, since its start", () => {
    let health = afterLook(HEALTHY, asked(["clock-untrusted"]), asMoment(0));
    health = afterLook(health, asked(["clock-untrusted"]), asMoment(29_000));
    expect(kindsOf(health)).toEqual([]);
    health = afterLook(health, asked(["clock-untrusted"]), asMoment(31_000));
    expect([...health.faults]).toMatchObject([["clock-untrusted", { since: 0, severity: "critical" }]]);
    expect(kindsOf(afterLook(health, asked(), asMoment(32_000)))).toEqual([]);
  });

  test("an amplifier that answers once between silences stays lost, since the first of them", () => {
    let health = afterLook(
      HEALTHY,
      asked(["amplifier-unreachable", { since: asInstant(500) }]),
      asMoment(1_000),
    );
    health = afterLook(health, asked(), asMoment(5_000));
    expect(kindsOf(health)).toEqual(["amplifier-unreachable"]);
    health = afterLook(
      health,
      asked(["amplifier-unreachable", { since: asInstant(9_000) }]),
      asMoment(10_000),
    );
    expect(health.faults.get("amplifier-unreachable")?.since).toBe(500);
    health = afterLook(health, asked(), asMoment(20_000));
    expect(kindsOf(afterLook(health, asked(), asMoment(30_000)))).toEqual([]);
  });

  test("of the same kind from two devices the worse counts, and of equals the earlier", () => {
    const evidence = { point: "psu.voltage", value: 20, threshold: 22 } as const;
    const found = asked(
      ["battery-low", { since: asInstant(5) }],
      ["battery-low", { since: asInstant(3) }],
      ["battery-low", { since: asInstant(4) }],
      ["mains-lost", { since: asInstant(1) }],
      ["mains-lost", { since: asInstant(2), severity: "critical", evidence }],
    );
    expect(found.get("battery-low")?.since).toBe(3);
    expect(found.get("mains-lost")).toMatchObject({ severity: "critical", evidence });
  });

  test("nothing that turned is the same health", () => {
    const health = afterLook(HEALTHY, asked(["sink-failed"]), asMoment(0));
    expect(afterLook(health, asked(["sink-failed"]), asMoment(1_000))).toBe(health);
  });

  test("an alarm of a point is told with the point, its value and its limit, and ends with it", () => {
    const bench = agentBench({ clips: [] });
    bench.knobs.isBrokerThere = true;
    bench.post({ kind: "disconnected", reason: "closed" });
    bench.pass(10 * SECOND_MS);
    const lists = () => bench.statuses().filter((one) => one.k === "fault");
    const alarm = (isRaised: boolean) =>
      bench.post({
        kind: "device-alarm",
        device: ONLY_DEVICE,
        at: bench.mono,
        capability: "cabinet.temperature",
        fault: "cabinet-hot",
        severity: "warning",
        isRaised,
        value: 71.26,
        threshold: 65,
      });
    alarm(true);
    expect(lists().at(-1).faults).toMatchObject([
      { c: "cabinet-hot", p: "cabinet.temperature", v: 71.3, t: 65 },
    ]);
    bench.pass(6 * SECOND_MS);
    alarm(false);
    bench.pass(20 * SECOND_MS);
    expect(lists().at(-1).faults).toEqual([]);
  });
});

describe("the list of faults", () => {
  const healthWith = (...kinds: readonly FaultKind[]) =>
    afterLook(HEALTHY, asked(...kinds.map((kind) => [kind] as const)), asMoment(0));

  test("a fault that comes and goes all day is said once a minute at most, and another one beside it at once", () => {
    let told = lookAtFaults(healthWith(), NO_FAULTS_TOLD, asMonotonic(0)).told;
    let count = 0;
    const say = (second: number, ...kinds: readonly FaultKind[]) => {
      const look = lookAtFaults(healthWith(...kinds), told, asMonotonic(second * SECOND_MS));
      told = look.told;
      if (look.isDue) count += 1;
      return look.isDue;
    };
    for (let second = 1; second < 3_600; second += 1)
      say(second, ...(second % 2 === 0 ? [] : (["cabinet-open"] as const)));
    expect(count).toBeLessThanOrEqual(60 + 6);
    expect(say(3_600, "mains-lost")).toBe(true);
  });

  test("what is kept back is said when its time has come", () => {
    let told = lookAtFaults(healthWith("cabinet-open"), NO_FAULTS_TOLD, asMonotonic(0)).told;
    const cleared = lookAtFaults(healthWith(), told, asMonotonic(SECOND_MS));
    expect([cleared.isDue, cleared.told.isWaiting]).toEqual([false, true]);
    told = cleared.told;
    expect(lookAtFaults(healthWith(), told, asMonotonic(MINUTE_MS)).isDue).toBe(true);
  });

  test("the worst come first, and a weight that is the profile's own is said", () => {
    const health = afterLook(
      HEALTHY,
      asked(["cabinet-open"], ["amplifier-thermal", { severity: "critical" }], ["line-open"]),
      asMoment(0),
    );
    const list = faultsToTell(health);
    expect(list.map(({ c }) => c)).toEqual(["amplifier-thermal", "line-open", "cabinet-open"]);
    expect(list[0]?.w).toBe("critical");
    expect(list[1]?.w).toBeUndefined();
  });
});

test("built-in words that could not be said any more are a fault until somebody finds them whole", () => {
  const bench = agentBench({ clips: [] });
  bench.post({ kind: "words-checked", areWhole: true });
  bench.pass(SECOND_MS);
  expect([...bench.state.health.faults.keys()]).not.toContain("words-missing");
  bench.post({ kind: "words-checked", areWhole: false });
  bench.pass(SECOND_MS);
  expect([...bench.state.health.faults.keys()]).toContain("words-missing");
  bench.post({ kind: "words-checked", areWhole: true });
  bench.pass(SECOND_MS);
  expect([...bench.state.health.faults.keys()]).not.toContain("words-missing");
});
