import { createModbusDevice } from "@loa/edge-agent/devices/modbus-device.ts";
import type { DeviceReport } from "@loa/edge-agent/ports.ts";
import { isModbus, isReadable, kindOf } from "@loa/shared/device/profile.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { startVirtualDevice } from "@loa/simulator/virtual-device/start.ts";
import { describe, expect, it } from "vitest";
import { createBytePipe } from "../support/byte-pipe.ts";
import { createLogBook } from "../support/log-book.ts";
import { anyShippedProfile, profileIds, shippedProfile } from "../support/profiles.ts";
import { createTestTime } from "../support/test-time.ts";

// What a new file gets without a line of TypeScript: a driver and a device that understand each other.
const ids = profileIds.filter((id) => isModbus(anyShippedProfile(id)));

async function startPair(profile: ModbusProfile, deviceProfile: ModbusProfile = profile) {
  const time = createTestTime();
  const { clock, timers } = time;
  const [near, far] = createBytePipe(timers).ends;
  const transport = { kind: "link", link: far } as const;
  const meter = () => ({ rmsDb: -20, peakDb: -9 });
  const { unit } = profile.transport;
  const device = await startVirtualDevice({
    profile: deviceProfile,
    transport,
    unit,
    meter,
    clock,
    timers,
    seed: 1,
  });
  const amplifier = createModbusDevice({ profile, link: near, unit, clock, timers, log: createLogBook() });
  const reports: DeviceReport[] = [];
  amplifier.onReport((report) => reports.push(report));
  return { ...time, device, amplifier, reports };
}

describe.each(ids)("%s", (id) => {
  const profile = shippedProfile(id);

  it("its driver knows its device, reads every point and writes every writable one", async () => {
    const { amplifier, reports, advance } = await startPair(profile);
    const writable = profile.points.filter((point) => point.write !== undefined);
    for (const { capability, write } of writable) amplifier.write(capability, write?.min ?? 0);
    // Some points may not be written again at once.
    await advance(60_000);
    for (const { capability, write } of writable) amplifier.write(capability, write?.max ?? 0);
    await advance(60_000);
    expect(reports[0]).toMatchObject({ kind: "identified", profileId: id });
    const read = reports
      .flatMap((report) => (report.kind === "values" ? report.values : []))
      .filter((value) => value.quality === "good")
      .map((value) => value.capability);
    expect(new Set(read)).toEqual(
      new Set(profile.points.filter(isReadable).map((point) => point.capability)),
    );
    const outcomes = reports.flatMap((report) => (report.kind === "written" ? [report.outcome] : []));
    expect(outcomes).toEqual(writable.flatMap(() => ["verified", "verified"]));
  });

  it("its driver refuses a device that is not this one", async () => {
    const { device, reports, advance } = await startPair(profile);
    device.setFault("wrong-identity");
    await advance(5_000);
    expect(reports[0]).toMatchObject({ kind: "unreachable", reason: "wrong-identity" });
  });
});

it("an XY-MD02 and its clone are told apart by what they answer, both ways", async () => {
  const pairs = [
    ["xy-md02", "md02-clone"],
    ["md02-clone", "xy-md02"],
  ] as const;
  for (const [driven, found] of pairs) {
    const { reports, advance } = await startPair(shippedProfile(driven), shippedProfile(found));
    await advance(5_000);
    expect(reports[0]).toMatchObject({ kind: "unreachable", reason: "wrong-identity" });
  }
});

it("a packed word is written with its other bits as the device has them", async () => {
  const { amplifier, device, advance } = await startPair(shippedProfile("monacor-pa-1250d"));
  amplifier.write("amplifier.volume", 60);
  amplifier.write("amplifier.power", 1);
  await advance(20_000);
  expect(device.snapshot().values).toMatchObject({ "amplifier.volume": 60, "amplifier.power": 1 });
  amplifier.write("amplifier.volume", 40);
  await advance(20_000);
  expect(device.snapshot().values).toMatchObject({ "amplifier.volume": 40, "amplifier.power": 1 });
});

it("a command is written and never read", () => {
  const commands = ids.flatMap((id) =>
    shippedProfile(id).points.filter((point) => kindOf(point) === "command"),
  );
  expect(commands.map(({ capability }) => capability)).toContain("watchdog.tripped");
  expect(commands.filter(isReadable)).toEqual([]);
});
