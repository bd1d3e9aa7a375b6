import { NO_AMPLIFIER } from "@loa/edge-agent/core/amplifier.ts";
import { NO_DEVICES } from "@loa/edge-agent/core/devices.ts";
import { emergency } from "@loa/shared/broadcast/emergency.ts";
import { deviceAlias, ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { agentBench, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const news = clipOf("a", 5 * MINUTE_MS);
const horns = deviceAlias.parse("horns");
const heat = deviceAlias.parse("heat");
type Bench = ReturnType<typeof agentBench>;

/** An amplifier that is well, and beside it one of two others. */
function cabinet(): Bench {
  const bench = agentBench({ clips: [news] });
  const devices = [
    { alias: ONLY_DEVICE, profile: "p", isAmplifier: true },
    { alias: horns, profile: "h", isAmplifier: true },
    { alias: heat, profile: "m", isAmplifier: false },
  ];
  bench.change({ setup: { ...bench.state.setup, devices } });
  return bench;
}

/** As `left-out.ts` tells it. */
function leavesOut(bench: Bench, device: typeof horns) {
  for (let time = 0; time < 2; time += 1)
    bench.post({ kind: "device-unreachable", device, at: bench.mono, reason: "wrong-identity" });
}

function bulletin(bench: Bench) {
  bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
}

function withoutAmplifier(): Bench {
  const bench = agentBench({ clips: [news] });
  // What was asked of the bench's own amplifier is answered by then.
  bench.pass(5 * SECOND_MS);
  bench.knobs.isAmplifierMeasured = false;
  bench.change({ devices: NO_DEVICES, amplifier: NO_AMPLIFIER });
  leavesOut(bench, ONLY_DEVICE);
  return bench;
}

test("an emergency waits for no amplifier that is left out", () => {
  const bench = withoutAmplifier();
  bench.sendPlan(planOf(1, []));
  const at = bench.now();
  const body = { id: "lu", severity: "actual", headline: "Lũ", at, expiresAt: plus(at, 12 * HOUR_MS) };
  const words = { sirenMs: 8 * SECOND_MS, notice: null, times: 1, gapMs: 0 };
  bench.envelope("emergency", { emergency: emergency.parse({ ...body, ...words }) });
  bench.pass(SECOND_MS);
  expect(bench.plays.map(({ source }) => source.kind)).toContain("siren");
  bench.pass(2 * MINUTE_MS);
  expect(bench.verdicts()).toEqual([["missed", "amplifier-wrong-identity"]]);
});

test("a box whose only amplifier is left out plays all the same, and nobody takes that for heard", () => {
  const bench = withoutAmplifier();
  bulletin(bench);
  bench.until("04:50:00");
  expect(bench.state.readiness.found[0]?.lacks).toContain("amplifier-wrong-identity");
  for (const minute of ["05:00:30", "05:01:30", "05:02:30", "05:03:30", "05:04:30"]) {
    bench.until(minute);
    bench.post({ kind: "microphone", at: bench.mono, rmsDb: -30, match: 0.9 });
  }
  bench.until("05:30:00");
  expect(bench.plays).toHaveLength(1);
  expect(bench.verdicts()).toEqual([["missed", "amplifier-wrong-identity"]]);
  expect([...bench.state.health.faults.keys()]).toContain("amplifier-wrong-identity");
});

test("a second amplifier that is left out is no reason to leave the first one off, and none to call that heard", () => {
  const bench = cabinet();
  leavesOut(bench, horns);
  bulletin(bench);
  bench.until("05:02:00");
  expect(bench.registers.get("amplifier.power")).toBe(1);
  bench.until("05:30:00");
  expect(bench.plays).toHaveLength(1);
  expect(bench.verdicts()).toEqual([["missed", "amplifier-wrong-identity"]]);
});

test("a thermometer that is left out is a standing fault of its own, and takes nothing from what is heard", () => {
  const bench = cabinet();
  leavesOut(bench, heat);
  bulletin(bench);
  bench.until("05:30:00");
  expect(bench.verdicts()).toEqual([["heard", null]]);
  expect([...bench.state.health.faults.keys()]).toEqual(["device-unreachable"]);
});
