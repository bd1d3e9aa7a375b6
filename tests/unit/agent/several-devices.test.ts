import { silentBeside } from "@loa/edge-agent/core/devices.ts";
import type { DeviceEvent } from "@loa/edge-agent/core/event.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import { deviceAlias, ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { agentBench, at, clipOf, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";

const news = clipOf("a", 5 * MINUTE_MS);
const meter = deviceAlias.parse("meter");
const relays = deviceAlias.parse("relays");
type Bench = ReturnType<typeof agentBench>;

/** The amplifier of the bench, a relay board that is a part of it, and a meter beside both. */
function cabinet(): Bench {
  const bench = agentBench({ clips: [news] });
  bench.change({
    setup: {
      ...bench.state.setup,
      devices: [
        { alias: ONLY_DEVICE, profile: "p", isAmplifier: true },
        { alias: relays, profile: "r", isAmplifier: true },
        { alias: meter, profile: "m", isAmplifier: false },
      ],
    },
  });
  return bench;
}

function identified(bench: Bench, device: typeof meter, capabilities: readonly Capability[]) {
  bench.post({ kind: "device-identified", device, capabilities, sequences: [] });
}
function reads(bench: Bench, device: typeof meter, values: Partial<Record<Capability, number>>) {
  const event: DeviceEvent = {
    kind: "device-values",
    device,
    at: bench.mono,
    values: Object.entries(values).map(([point, value]) => ({
      capability: point as Capability,
      quality: "good",
      value,
    })),
  };
  bench.post(event);
}
function falls(bench: Bench, device: typeof meter, times = 1) {
  for (let time = 0; time < times; time += 1)
    bench.post({ kind: "device-unreachable", device, at: bench.mono, reason: "timeout" });
}

describe("a cabinet of several devices", () => {
  test("a meter that falls silent takes its own readings with it, and no sound", () => {
    const bench = cabinet();
    identified(bench, meter, ["mains.voltage", "speakerLine.current"]);
    reads(bench, meter, { "mains.voltage": 229, "speakerLine.current": 0.3 });
    bench.pass(2 * SECOND_MS);
    falls(bench, meter, 3);
    const { actual, trouble } = bench.state.amplifier;
    expect(actual["mains.voltage"]).toBeUndefined();
    expect(actual["amplifier.level"]?.value).toBe(-90);
    expect(trouble).toBeNull();
    expect(silentBeside(bench.state.devices)).toEqual([{ device: meter, since: expect.any(Number) }]);
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("05:30:00");
    expect(bench.verdicts()).toEqual([["heard", null]]);
  });

  test("a relay board of the amplifier that falls silent is the loudspeaker's silence", () => {
    const bench = cabinet();
    identified(bench, relays, ["zone.2"]);
    expect(bench.state.amplifier.capabilities).toContain("zone.2");
    falls(bench, relays, 2);
    expect(bench.state.amplifier.trouble).toMatchObject({ cause: "amplifier-unreachable", times: 2 });
    // What the other part of it says changes nothing of that.
    bench.pass(3 * SECOND_MS);
    expect(bench.state.amplifier.trouble).not.toBeNull();
    reads(bench, relays, { "zone.2": 0 });
    expect(bench.state.amplifier.trouble).toBeNull();
  });

  test("of a point that two devices have the first of the binding is believed", () => {
    const bench = cabinet();
    identified(bench, meter, ["cabinet.temperature", "amplifier.level"]);
    reads(bench, meter, { "cabinet.temperature": 41, "amplifier.level": -1 });
    expect(bench.state.amplifier.actual["cabinet.temperature"]?.value).toBe(41);
    expect(bench.state.amplifier.actual["amplifier.level"]?.value).not.toBe(-1);
  });

  test("alarms stand with their value and limit until they are cleared, each once", () => {
    const bench = cabinet();
    const alarm = {
      kind: "device-alarm",
      device: meter,
      capability: "cabinet.temperature",
      fault: "cabinet-hot",
      severity: "warning",
      threshold: 70,
    } as const;
    bench.until("04:30:00");
    bench.post({ ...alarm, at: bench.mono, isRaised: true, value: 72 });
    bench.pass(MINUTE_MS);
    bench.post({ ...alarm, at: bench.mono, isRaised: true, value: 75 });
    expect(bench.state.devices.alarms).toMatchObject([
      { fault: "cabinet-hot", value: 75, threshold: 70, since: at("04:30:00") },
    ]);
    bench.post({ ...alarm, at: bench.mono, isRaised: false, value: 60 });
    expect(bench.state.devices.alarms).toEqual([]);
  });

  test("an amplifier that is silent because the mains are gone is missed for that", () => {
    const bench = cabinet();
    identified(bench, meter, ["mains.present"]);
    bench.sendPlan(planOf(1, [daily("sang", ["05:00:00"], [news])]));
    bench.until("04:55:00");
    bench.knobs.isAmplifierDead = true;
    for (let minute = 0; minute < 20; minute += 1) {
      reads(bench, meter, { "mains.present": 0 });
      bench.pass(MINUTE_MS);
    }
    expect(bench.verdicts()).toEqual([["missed", "mains-lost"]]);
  });

  test("a clock that is put right moves what is known of the devices along", () => {
    const bench = cabinet();
    falls(bench, meter, 2);
    const before = silentBeside(bench.state.devices)[0]?.since ?? 0;
    bench.host(plus(bench.now(), HOUR_MS), "synced");
    expect((silentBeside(bench.state.devices)[0]?.since ?? 0) - before).toBe(HOUR_MS);
  });
});
