import { emergency } from "@loa/shared/broadcast/emergency.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
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

function raise(bench: Bench, sirenMs = MINUTE_MS) {
  const at = bench.now();
  const body = { id: "lu", severity: "actual", headline: "Lũ", at, expiresAt: plus(at, 5 * MINUTE_MS) };
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
