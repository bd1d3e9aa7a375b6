import { createModbusDevice } from "@loa/edge-agent/devices/modbus-device.ts";
import type { DeviceReport } from "@loa/edge-agent/ports.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { startVirtualDevice } from "@loa/simulator/virtual-device/start.ts";
import { expect, it } from "vitest";
import { createBytePipe } from "../support/byte-pipe.ts";
import { createLogBook } from "../support/log-book.ts";
import { shippedProfile } from "../support/profiles.ts";
import { createTestTime } from "../support/test-time.ts";

const reference = shippedProfile("loa-reference-amplifier");

async function startDriver(profile: ModbusProfile = reference) {
  const time = createTestTime();
  const { clock, timers } = time;
  const pipe = createBytePipe(timers);
  const [near, far] = pipe.ends;
  const transport = { kind: "link", link: far } as const;
  const meter = () => ({ rmsDb: -20, peakDb: -9 });
  const device = await startVirtualDevice({
    profile: reference,
    transport,
    meter,
    clock,
    timers,
    seed: 7,
  });
  const amplifier = createModbusDevice({ profile, link: near, unit: 1, clock, timers, log: createLogBook() });
  const reports: DeviceReport[] = [];
  amplifier.onReport((report) => reports.push(report));
  const count = (kind: DeviceReport["kind"]) => reports.filter((report) => report.kind === kind).length;
  const power = () => device.snapshot().values["amplifier.power"];
  return { ...time, pipe, far, device, amplifier, reports, count, power };
}

const minuteMs = 60_000;

it("looks every 30 s while idle, and every second while sounding", async () => {
  const { amplifier, count, advance } = await startDriver();
  await advance(1_000);
  const atStart = count("values");
  await advance(10 * minuteMs);
  expect(count("values") - atStart).toBe(20);
  amplifier.pace("sounding");
  await advance(500);
  const beforeSound = count("values");
  await advance(minuteMs);
  expect(count("values") - beforeSound).toBeGreaterThanOrEqual(59);
  expect(count("values") - beforeSound).toBeLessThanOrEqual(61);
});

it("tries a dead amplifier ever more rarely, at least once a minute while idle", async () => {
  const { device, count, advance } = await startDriver();
  device.setFault("dead");
  await advance(10 * minuteMs);
  expect(count("unreachable")).toBeGreaterThanOrEqual(14);
  expect(count("unreachable")).toBeLessThanOrEqual(18);
});

it("after silence it asks again who is there, and writes nothing to a stranger", async () => {
  const { device, amplifier, reports, count, power, advance } = await startDriver();
  await advance(1_000);
  device.setFault("dead");
  await advance(minuteMs);
  // Somebody put another device on the line.
  device.setFault("wrong-identity");
  amplifier.write("amplifier.power", 1);
  await advance(minuteMs);
  expect(reports.find((report) => report.kind === "written")).toMatchObject({ outcome: "wrong-identity" });
  expect(power()).toBe(0);
  device.setFault(null);
  await advance(minuteMs);
  expect(count("identified")).toBe(2);
});

it("never shows an older value after a read-back", async () => {
  const { amplifier, reports, advance } = await startDriver();
  await advance(1_000);
  amplifier.pace("sounding");
  for (let round = 0; round < 40; round++) {
    // Each time at another moment of the round.
    await advance(1_000 + round * 4);
    amplifier.write("amplifier.power", round % 2);
  }
  await advance(2_000);
  let written: number | null = null;
  for (const report of reports) {
    if (report.kind === "written") written = report.readBack;
    if (report.kind !== "values" || written === null) continue;
    const shown = report.values.find((value) => value.capability === "amplifier.power");
    if (shown?.quality === "good") expect(shown.value).toBe(written);
  }
  expect(written).toBe(1);
});

it("noise on the line costs time, never a wrong value", async () => {
  const { amplifier, device, reports, count, advance } = await startDriver();
  for (const capability of ["amplifier.power", "zone.1", "zone.2"] as const) amplifier.write(capability, 1);
  await advance(2_000);
  amplifier.pace("sounding");
  await advance(2_000);
  device.setFault("crc-noise");
  const before = count("values");
  await advance(20 * minuteMs);
  expect(count("values") - before).toBeGreaterThan(200);
  const levels = reports
    .flatMap((report) =>
      report.kind === "values" ? report.values.map((value) => ({ at: report.at, value })) : [],
    )
    .filter(({ at, value }) => at > 4_000 && value.capability === "amplifier.level")
    .map(({ value }) => (value.quality === "good" ? value.value : null));
  expect(new Set(levels)).toEqual(new Set([-20]));
});

it("a register that the device refuses is invalid, and the others are read", async () => {
  const points = reference.points.map((point) =>
    point.capability === "amplifier.temperature" ? { ...point, address: 900 } : point,
  );
  const { reports, advance } = await startDriver({ ...reference, points });
  await advance(1_000);
  const values = reports.flatMap((report) => (report.kind === "values" ? report.values : []));
  expect(values).toContainEqual({ capability: "amplifier.temperature", quality: "invalid" });
  expect(values).toContainEqual({ capability: "mains.present", quality: "good", value: 1 });
});

it("a line that is not there is unreachable and comes back by itself", async () => {
  const { pipe, far, reports, count, advance } = await startDriver();
  await advance(1_000);
  pipe.pull();
  await advance(minuteMs);
  expect(reports.findLast((report) => report.kind === "unreachable")).toMatchObject({ reason: "closed" });
  pipe.plugIn();
  await far.open();
  await advance(minuteMs);
  expect(count("identified")).toBe(2);
});

it("writes beyond what anybody can want are refused, not forgotten", async () => {
  const { amplifier, count, advance } = await startDriver();
  for (let index = 0; index < 100; index++) amplifier.write("zone.1", index % 2);
  await advance(minuteMs);
  expect(count("written")).toBe(100);
});

it("closing puts the amplifier into its safe state and then says nothing more", async () => {
  const { amplifier, power, count, advance } = await startDriver();
  amplifier.write("amplifier.power", 1);
  await advance(2_000);
  expect(power()).toBe(1);
  const closed = amplifier.close();
  await advance(1_000);
  await closed;
  expect(power()).toBe(0);
  const before = count("values");
  await advance(10 * minuteMs);
  expect(count("values")).toBe(before);
});
