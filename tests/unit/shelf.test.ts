import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { deviceAlias } from "@loa/shared/device/site-binding.ts";
import { boundProfile } from "@loa/shared/device/wiring.ts";
import { startVirtualLine } from "@loa/simulator/virtual-device/start.ts";
import { expect, test } from "vitest";
import { createBytePipe } from "../support/byte-pipe.ts";
import { openTestShelf } from "../support/open-test-shelf.ts";
import { shippedProfile } from "../support/profiles.ts";
import { createTestTime } from "../support/test-time.ts";

const alias = (name: string) => deviceAlias.parse(name);
const plain = { thresholds: [], wiring: {} };
const meter = () => ({ rmsDb: -20, peakDb: -9 });

/** An amplifier and a thermometer on one line, relays that switch a second amplifier on another. */
async function startCabinet() {
  const time = createTestTime();
  const { clock, timers } = time;
  const relays = boundProfile(shippedProfile("waveshare-modbus-rtu-relay-8ch"), {
    thresholds: [],
    wiring: { "relay.1": "zone.3" },
  });
  const units = {
    rs485: [
      { alias: "amplifier", profile: shippedProfile("loa-reference-amplifier"), unit: 1 },
      { alias: "cabinet", profile: boundProfile(shippedProfile("xy-md02"), plain), unit: 2 },
    ],
    relays: [{ alias: "relays", profile: relays, unit: 1 }],
  } satisfies Record<string, { alias: string; profile: ModbusProfile; unit: number }[]>;
  const nears = new Map<string, ReturnType<typeof createBytePipe>["ends"][0]>();
  const opened: string[] = [];
  const devices = new Map<string, Awaited<ReturnType<typeof startVirtualLine>>["devices"][number]>();
  for (const [line, hung] of Object.entries(units)) {
    const [near, far] = createBytePipe(timers).ends;
    nears.set(line, near);
    const [first, ...others] = hung.map(({ profile, unit }) => ({ profile, unit, meter }));
    if (first === undefined) continue;
    const virtual = await startVirtualLine({
      units: [first, ...others],
      transport: { kind: "link", link: far },
      clock,
      timers,
      seed: 1,
    });
    for (const [index, { alias: name }] of hung.entries()) {
      const device = virtual.devices[index];
      if (device !== undefined) devices.set(name, device);
    }
  }
  const { shelf, reports } = openTestShelf(time, {
    devices: Object.entries(units).flatMap(([line, hung]) =>
      hung.map(({ alias: name, profile, unit }) => ({ alias: alias(name), profile, line, unit })),
    ),
    linkFor(line) {
      opened.push(line);
      const near = nears.get(line);
      if (near === undefined) throw new Error(`no line ${line}`);
      return near;
    },
  });
  await time.advance(2_000);
  return { ...time, shelf, devices, reports, opened };
}

test("devices of one line share its one owner, and each is known by its own name", async () => {
  const { reports, opened } = await startCabinet();
  expect(opened).toEqual(["rs485", "relays"]);
  const identified = reports.filter(({ kind }) => kind === "identified").map(({ device }) => device);
  expect(identified.sort()).toEqual(["amplifier", "cabinet", "relays"]);
  const warm = reports.find(({ kind, device }) => kind === "values" && device === "cabinet");
  expect(warm).toMatchObject({
    values: expect.arrayContaining([expect.objectContaining({ quality: "good" })]),
  });
});

test("a write goes to whoever has the point, as it is wired here; nobody's point is answered all the same", async () => {
  const { shelf, devices, reports, advance } = await startCabinet();
  shelf.write("zone.1", 1);
  shelf.write("zone.3", 1);
  shelf.write("zone.4", 1);
  await advance(2_000);
  const written = reports.flatMap((one) =>
    one.kind === "written" ? [[one.device, one.capability, one.outcome]] : [],
  );
  expect(written.sort()).toEqual([
    ["amplifier", "zone.1", "verified"],
    ["amplifier", "zone.4", "not-supported"],
    ["relays", "zone.3", "verified"],
  ]);
  expect(devices.get("relays")?.snapshot().values["zone.3"]).toBe(1);
});

test("one that dies says so by its name, and its neighbours on the line go on", async () => {
  const { devices, reports, advance } = await startCabinet();
  devices.get("cabinet")?.setFaults(["dead"]);
  const before = reports.length;
  await advance(120_000);
  const later = reports.slice(before);
  expect(new Set(later.filter(({ kind }) => kind === "unreachable").map(({ device }) => device))).toEqual(
    new Set(["cabinet"]),
  );
  expect(later.some(({ kind, device }) => kind === "values" && device === "amplifier")).toBe(true);
});

test("one that is left out is told as somebody else often enough to be a fault, and its line is left alone", async () => {
  const time = createTestTime();
  const { shelf, reports } = openTestShelf(time, {
    devices: [],
    leftOut: [{ alias: alias("amplifier"), profile: "p", isAmplifier: true, why: "other bytes" }],
    linkFor: (line) => {
      throw new Error(`${line} was opened`);
    },
  });
  shelf.pace("sounding");
  shelf.write("amplifier.power", 1);
  await time.advance(60_000);
  const said = { kind: "unreachable", device: "amplifier", reason: "wrong-identity" };
  expect(reports).toMatchObject([said, said]);
});
