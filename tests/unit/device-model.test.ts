import type { Capability } from "@loa/shared/device/capability.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { createAmplifierTwin } from "@loa/simulator/virtual-device/amplifier-twin.ts";
import { deviceFaults } from "@loa/simulator/virtual-device/device-fault.ts";
import type { MeterReading } from "@loa/simulator/virtual-device/signal-path.ts";
import { createVirtualDevice } from "@loa/simulator/virtual-device/virtual-device.ts";
import { expect, it } from "vitest";
import { shippedProfile } from "../support/profiles.ts";
import { createTestTime } from "../support/test-time.ts";

const profile = shippedProfile("loa-reference-amplifier");
const minuteMs = 60_000;

const withoutBattery = {
  ...profile,
  points: profile.points.filter(({ capability }) => !capability.startsWith("battery.")),
};

function startDevice(reading: MeterReading = { rmsDb: -14, peakDb: -3 }, built = profile) {
  const time = createTestTime();
  const device = createVirtualDevice({ profile: built, meter: () => reading, clock: time.clock });
  const switchOn = () => {
    for (const capability of ["amplifier.power", "zone.1", "zone.2"] as const) device.set(capability, 1);
  };
  const shows = (capability: Capability) => device.snapshot().values[capability] ?? Number.NaN;
  return { ...time, device, switchOn, shows };
}

it("level follows the signal and the gain, and current follows level and zones", () => {
  const { device, switchOn, shows } = startDevice();
  expect([shows("amplifier.level"), shows("speakerLine.current")]).toEqual([-90, 0]);
  switchOn();
  device.set("amplifier.gain", -6);
  expect(shows("amplifier.level")).toBe(-20);
  const bothZones = shows("speakerLine.current");
  expect(bothZones).toBeCloseTo(0.12, 3);
  device.set("zone.2", 0);
  expect(shows("speakerLine.current")).toBeCloseTo(bothZones / 2, 6);
  device.set("amplifier.mute", 1);
  expect([shows("amplifier.level"), shows("speakerLine.current")]).toEqual([-90, 0]);
});

it("a peak beyond full scale is an overload, and clips; what only clips is no overload", () => {
  const { device, switchOn, shows } = startDevice({ rmsDb: -3, peakDb: 0.5 });
  const lamps = () => (["amplifier.fault.overload", "amplifier.clip"] as const).map(shows);
  switchOn();
  expect(lamps()).toEqual([1, 1]);
  device.set("amplifier.gain", -3);
  expect(lamps()).toEqual([0, 0]);
  device.setFault("clipping");
  expect(lamps()).toEqual([0, 1]);
});

it("load warms it over minutes, and it cools down when switched off", async () => {
  const { device, switchOn, shows, advance } = startDevice({ rmsDb: -1, peakDb: -0.5 });
  const cold = shows("amplifier.temperature");
  switchOn();
  for (let minute = 0; minute < 30; minute++) {
    await advance(minuteMs);
    device.snapshot();
  }
  const warm = shows("amplifier.temperature");
  expect(warm).toBeGreaterThan(cold + 20);
  device.set("amplifier.power", 0);
  await advance(60 * minuteMs);
  expect(shows("amplifier.temperature")).toBeLessThan(cold + 2);
});

it("an over-heated one mutes itself", () => {
  const { device, switchOn, shows } = startDevice();
  switchOn();
  device.setFault("over-temperature");
  expect([shows("amplifier.fault.thermal"), shows("speakerLine.current")]).toEqual([1, 0]);
});

it("without mains the battery carries it, and one that has none is silent", () => {
  const carried = startDevice();
  const bare = startDevice({ rmsDb: -14, peakDb: -3 }, withoutBattery);
  for (const { device, switchOn } of [carried, bare]) {
    switchOn();
    device.setFault("mains-lost");
  }
  const onBattery = (["mains.present", "battery.onBattery", "amplifier.level"] as const).map(carried.shows);
  expect(onBattery).toEqual([0, 1, -14]);
  expect([bare.shows("mains.present"), bare.shows("amplifier.level")]).toEqual([0, -90]);
});

it("the same seed and the same faults give the same reports at the same times", async () => {
  const trace = async () => {
    const { device, clock, timers, advance } = startDevice();
    const random = createSeededRandom("trace");
    const twin = createAmplifierTwin({ device, clock, timers, random });
    const lines: string[] = [];
    twin.onReport((report) => lines.push(JSON.stringify(report)));
    twin.pace("sounding");
    for (const fault of [...deviceFaults, null]) {
      device.setFault(fault);
      twin.write("amplifier.power", fault === null ? 0 : 1);
      await advance(minuteMs);
    }
    return lines;
  };
  const first = await trace();
  expect(first.length).toBeGreaterThan(200);
  expect(await trace()).toEqual(first);
});

it("shows after hours of rest what one shows that is looked at all the time", async () => {
  const signal = { rmsDb: -90, peakDb: -90 };
  const time = createTestTime();
  const build = () => createVirtualDevice({ profile, meter: () => ({ ...signal }), clock: time.clock });
  const [watched, alone] = [build(), build()];
  const pass = async (minutes: number, lookedAt: readonly (typeof watched)[]) => {
    for (let minute = 0; minute < minutes; minute++) {
      await time.advance(minuteMs);
      for (const device of lookedAt) device.snapshot();
    }
    expect(alone.snapshot().values).toEqual(watched.snapshot().values);
  };
  await pass(1, [watched, alone]);
  await pass(300, [watched]);
  for (const device of [watched, alone]) device.set("amplifier.power", 1);
  Object.assign(signal, { rmsDb: -3, peakDb: 0 });
  await pass(20, [watched, alone]);
  Object.assign(signal, { rmsDb: -90, peakDb: -90 });
  for (const device of [watched, alone]) device.setFault("mains-lost");
  await pass(30, [watched, alone]);
  for (const device of [watched, alone]) device.setFault(null);
  await pass(240, [watched, alone]);
  await pass(300, [watched]);
  Object.assign(signal, { rmsDb: -20, peakDb: -9 });
  await pass(5, [watched, alone]);
});
