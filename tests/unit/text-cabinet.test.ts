import type { DeviceReport } from "@loa/edge-agent/ports.ts";
import { deviceAlias } from "@loa/shared/device/site-binding.ts";
import { startTextLine } from "@loa/simulator/virtual-device/text-start.ts";
import { expect, test } from "vitest";
import { createBytePipe } from "../support/byte-pipe.ts";
import { openTestShelf } from "../support/open-test-shelf.ts";
import { createTestTime } from "../support/test-time.ts";
import { textProfile } from "../support/text-world.ts";

/** Two text amplifiers on one RS-485 line, as the agent drives them. */
async function startCabinet() {
  const time = createTestTime();
  const { clock, timers } = time;
  const profile = textProfile("loa-reference-text-amplifier");
  const [near, far] = createBytePipe(timers).ends;
  const unitOf = (unit: string) => ({ profile, unit, meter: () => ({ rmsDb: -20, peakDb: -9 }) });
  const transport = { kind: "link", link: far } as const;
  const units = [unitOf("01"), unitOf("02")] as const;
  const { devices } = await startTextLine({ transport, units, clock, timers, seed: 1 });
  const { shelf, reports } = openTestShelf(time, {
    devices: ["01", "02"].map((unit) => ({
      alias: deviceAlias.parse(`amp-${unit}`),
      profile,
      line: "rs485",
      unit,
    })),
    linkFor: () => near,
  });
  await time.advance(3_000);
  const told = <Kind extends DeviceReport["kind"]>(kind: Kind) =>
    reports.filter((one): one is Extract<DeviceReport, { kind: Kind }> => one.kind === kind);
  const [first, second] = devices;
  if (first === undefined || second === undefined) throw new Error("two units, two devices");
  return { ...time, shelf, first, second, reports, told };
}

const powerOf = ({ snapshot }: { snapshot(): { values: Record<string, unknown> } }) =>
  snapshot().values["amplifier.power"];

test("both are known by their own names, switched on together and read back", async () => {
  const { shelf, told, first, second, advance } = await startCabinet();
  expect(told("identified").map(({ device }) => device)).toEqual(["amp-01", "amp-02"]);
  shelf.write("amplifier.power", 1);
  await advance(2_000);
  expect(told("written")).toMatchObject([
    { device: "amp-01", readBack: 1, outcome: "verified" },
    { device: "amp-02", readBack: 1, outcome: "verified" },
  ]);
  expect([powerOf(first), powerOf(second)]).toEqual([1, 1]);
});

test("mains that go are told unasked, asked for, and a fault of that device alone", async () => {
  const { told, second, advance } = await startCabinet();
  second.setFault("mains-lost");
  await advance(2_500);
  expect(told("alarm")).toMatchObject([{ device: "amp-02", fault: "mains-lost", isRaised: true }]);
});

test("a relay that sticks is found by the read-back", async () => {
  const { shelf, told, first, advance } = await startCabinet();
  first.setFault("stuck-relay");
  shelf.write("amplifier.power", 1);
  await advance(3_000);
  expect(told("written").map(({ device, outcome }) => [device, outcome])).toContainEqual([
    "amp-01",
    "not-verified",
  ]);
});

test("one that is dead, or late, is unreachable; the other is heard as before", async () => {
  for (const fault of ["dead", "late-replies"] as const) {
    const { shelf, told, reports, first, advance } = await startCabinet();
    shelf.pace("sounding");
    await advance(5_000);
    first.setFault(fault);
    reports.length = 0;
    await advance(30_000);
    expect(told("unreachable").every(({ device }) => device === "amp-01")).toBe(true);
    expect(told("unreachable").length).toBeGreaterThan(0);
    expect(told("values").filter(({ device }) => device === "amp-02").length).toBeGreaterThan(10);
    expect(told("values").some(({ values }) => values.some(({ quality }) => quality !== "good"))).toBe(false);
    first.setFault(null);
    await advance(70_000);
    expect(told("identified").at(-1)?.device).toBe("amp-01");
  }
});

test("the safe state is written to both when the agent goes", async () => {
  const { shelf, first, second, advance } = await startCabinet();
  shelf.write("amplifier.power", 1);
  await advance(2_000);
  const closed = shelf.close();
  await advance(5_000);
  await closed;
  expect([powerOf(first), powerOf(second)]).toEqual([0, 0]);
});
