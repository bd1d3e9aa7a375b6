import { emergency } from "@loa/shared/broadcast/emergency.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import { MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, CAPABILITIES, planOf } from "../../support/agent-bench.ts";

/** Four lines, of which the cluster has chosen the second; the others hang on the amplifier, and nobody uses them. */
const lines = ["zone.1", "zone.2", "zone.3", "zone.4"] as const;
const capabilities: readonly Capability[] = [
  ...CAPABILITIES.filter((point) => point !== "zone.1"),
  ...lines,
  "speakerLine.short",
  "amplifier.fault.protection",
];
type Bench = ReturnType<typeof agentBench>;

function clusterBench(): Bench {
  const bench = agentBench({ clips: [], capabilities });
  bench.sendPlan({ ...planOf(1, []), zones: [2] });
  bench.pass(5 * SECOND_MS);
  return bench;
}

function raise(bench: Bench, sirenMs = MINUTE_MS, id = "lu") {
  const at = bench.now();
  const body = { id, severity: "actual", headline: "Lũ", at, expiresAt: plus(at, 5 * MINUTE_MS) };
  const words = { sirenMs, notice: null, times: 1, gapMs: 0 };
  bench.envelope("emergency", { emergency: emergency.parse({ ...body, ...words }) });
}

const linesOn = ({ registers }: Bench) => lines.filter((line) => registers.get(line) === 1);
const writes = ({ said }: Bench) =>
  said.flatMap(({ effect }) =>
    effect.kind === "write-device" ? [`${effect.capability}=${effect.value}`] : [],
  );
const triesOf = (bench: Bench, line: Capability) => writes(bench).filter((one) => one === `${line}=1`).length;

describe("the lines beside the plan's own, in an emergency", () => {
  test("come behind everything that the plan's own need to be heard", () => {
    const bench = clusterBench();
    bench.said.length = 0;
    raise(bench);
    bench.pass(2 * SECOND_MS);
    expect(writes(bench)).toEqual([
      "amplifier.power=1",
      "zone.2=1",
      "amplifier.mute=0",
      "zone.1=1",
      "zone.3=1",
      "zone.4=1",
    ]);
  });

  test("that refuse are no fault of a box that is heard, keep nobody waiting and are tried again", () => {
    const bench = clusterBench();
    bench.knobs.refuses = "zone.1";
    raise(bench);
    bench.pass(SECOND_MS);
    expect(linesOn(bench)).toEqual(["zone.2", "zone.3", "zone.4"]);
    expect(bench.state.amplifier.retryAt).toBeNull();
    bench.pass(50 * SECOND_MS);
    expect(triesOf(bench, "zone.1")).toBeGreaterThan(3);
    expect(triesOf(bench, "zone.1")).toBeLessThan(10);
    expect([...bench.state.health.faults.keys()]).not.toContain("amplifier-refused");
    bench.knobs.refuses = null;
    bench.pass(12 * SECOND_MS);
    expect(linesOn(bench)).toEqual([...lines]);
  });

  test("are switched on while one of the plan's own refuses, which is a fault", () => {
    const bench = clusterBench();
    bench.knobs.refuses = "zone.2";
    raise(bench);
    bench.pass(SECOND_MS);
    expect(linesOn(bench)).toEqual(["zone.1", "zone.3", "zone.4"]);
    bench.pass(10 * SECOND_MS);
    expect([...bench.state.health.faults.keys()]).toContain("amplifier-refused");
  });
});

/** The third line is shorted: while it is switched on the amplifier says so, and gives nothing. */
type Tell = (bench: Bench, isShorted: boolean) => void;
const flagOf =
  (point: Capability): Tell =>
  ({ knobs }, isShorted) =>
    void knobs.readings.set(point, isShorted ? 1 : 0);
const alarm: Tell = (bench, isRaised) =>
  bench.post({
    kind: "device-alarm",
    device: ONLY_DEVICE,
    at: bench.mono,
    capability: "speakerLine.impedance",
    fault: "line-short",
    severity: "critical",
    isRaised,
    value: 2,
    threshold: 10,
  });
function passShorted(bench: Bench, tell: Tell, ms: number) {
  let isShorted = false;
  for (let passedMs = 0; passedMs < ms; passedMs += 100) {
    const isNow = bench.registers.get("zone.3") === 1;
    if (isNow !== isShorted) tell(bench, isNow);
    isShorted = isNow;
    bench.pass(100);
  }
}

describe.each([
  ["the line's own flag", flagOf("speakerLine.short")],
  ["the amplifier's protection", flagOf("amplifier.fault.protection")],
  ["an alarm of its impedance", alarm],
] as const)("a line out of use that is shorted, as %s says", (_, tell) => {
  test("is left off for the rest of the emergency, and the plan's own line is heard", () => {
    const bench = clusterBench();
    raise(bench);
    passShorted(bench, tell, 5 * SECOND_MS);
    expect(linesOn(bench)).toEqual(["zone.2"]);
    passShorted(bench, tell, 50 * SECOND_MS);
    expect(linesOn(bench)).toEqual(["zone.2"]);
    expect(lines.map((line) => triesOf(bench, line))).toEqual([1, 1, 1, 1]);
    expect(bench.registers.get("amplifier.power")).toBe(1);
    passShorted(bench, tell, 30 * SECOND_MS);
    raise(bench, 30 * SECOND_MS, "lu-2");
    bench.pass(10 * SECOND_MS);
    expect(linesOn(bench)).toEqual([...lines]);
  });
});

test("a shorted line that does not switch off either keeps nothing else waiting", () => {
  const bench = clusterBench();
  raise(bench);
  bench.pass(SECOND_MS);
  bench.knobs.refuses = "zone.3";
  bench.knobs.readings.set("amplifier.fault.protection", 1);
  bench.pass(30 * SECOND_MS);
  expect(linesOn(bench)).toEqual(["zone.2", "zone.3"]);
  expect(bench.state.amplifier).toMatchObject({ refusals: 0, retryAt: null });
  bench.knobs.refuses = null;
  bench.pass(12 * SECOND_MS);
  expect(linesOn(bench)).toEqual(["zone.2"]);
});

test("an amplifier that has none of the plan's lines is heard on those that it has", () => {
  const bench = clusterBench();
  bench.sendPlan({ ...planOf(2, []), zones: [2] });
  bench.post({
    kind: "device-identified",
    device: ONLY_DEVICE,
    sequences: [],
    capabilities: capabilities.filter((point) => point !== "zone.2"),
  });
  bench.knobs.readings.set("speakerLine.short", 1);
  raise(bench);
  bench.pass(5 * SECOND_MS);
  expect(linesOn(bench)).toEqual(["zone.1", "zone.3", "zone.4"]);
});
