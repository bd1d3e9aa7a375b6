import { createModbusDevice } from "@loa/edge-agent/devices/modbus-device.ts";
import type { DeviceReport } from "@loa/edge-agent/ports.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { startVirtualDevice } from "@loa/simulator/virtual-device/start.ts";
import { describe, expect, it } from "vitest";
import { createBytePipe } from "../support/byte-pipe.ts";
import { createLogBook } from "../support/log-book.ts";
import { shippedProfile } from "../support/profiles.ts";
import { withContacts } from "../support/roster-world.ts";
import { createTestTime } from "../support/test-time.ts";

const reference = shippedProfile("loa-reference-amplifier");
const informer = shippedProfile("federal-signal-informer");
const minuteMs = 60_000;

type Report<Kind extends DeviceReport["kind"]> = DeviceReport & { readonly kind: Kind };

async function startDriver(profile: ModbusProfile, clockOf: (clock: Clock) => Clock = (clock) => clock) {
  const time = createTestTime();
  const { timers } = time;
  const pipe = createBytePipe(timers);
  const [near, far] = pipe.ends;
  const { unit } = profile.transport;
  const meter = () => ({ rmsDb: -20, peakDb: -9 });
  const device = await startVirtualDevice({
    profile,
    transport: { kind: "link", link: far },
    unit,
    meter,
    clock: time.clock,
    timers,
    seed: 3,
  });
  const log = createLogBook();
  const clock = clockOf(time.clock);
  const driver = createModbusDevice({ profile, link: near, unit, clock, timers, log });
  const reports: DeviceReport[] = [];
  driver.onReport((report) => reports.push(report));
  const all = <Kind extends DeviceReport["kind"]>(kind: Kind) =>
    reports.filter((report): report is Report<Kind> => report.kind === kind);
  const shows = (capability: Capability) => device.snapshot().values[capability];
  return { ...time, device, driver, reports, all, shows, log };
}

/** The same profile with another point. */
function withPoint(
  profile: ModbusProfile,
  capability: Capability,
  change: (point: ModbusProfile["points"][number]) => Partial<ModbusProfile["points"][number]>,
): ModbusProfile {
  const points = profile.points.map((point) =>
    point.capability === capability ? { ...point, ...change(point) } : point,
  );
  return { ...profile, points };
}

it("reads its rounds under a clock that moves at every look", async () => {
  const { all, advance } = await startDriver(reference, (clock) => {
    let looks = 0;
    return { now: clock.now, monotonic: () => asMonotonic(clock.monotonic() + looks++ * 1e-6) };
  });
  await advance(2_000);
  expect(all("values").length).toBeGreaterThan(0);
});

describe("faults of points", () => {
  const mains = ({ capability }: Report<"alarm">) => capability === "mains.present";
  const watched = withPoint(reference, "mains.present", () => ({
    poll: "fast",
    alarm: {
      fault: "mains-lost",
      when: { equals: 0 },
      hysteresis: 0,
      raiseAfterMs: 2_000,
      clearAfterMs: 10_000,
      severity: "warning",
    },
  }));

  it("an alarm is told within five seconds, also while nothing sounds", async () => {
    for (const offsetMs of [0, 700, 1_300, 1_900, 11_111]) {
      const { device, all, advance, clock } = await startDriver(watched);
      await advance(minuteMs + offsetMs);
      expect(all("alarm")).toEqual([]);
      const failedAt = clock.monotonic();
      device.setFault("mains-lost");
      await advance(minuteMs);
      const [alarm] = all("alarm").filter(mains);
      expect(alarm).toMatchObject({
        capability: "mains.present",
        fault: "mains-lost",
        isRaised: true,
        value: 0,
      });
      expect((alarm?.at ?? Number.POSITIVE_INFINITY) - failedAt).toBeLessThanOrEqual(5_000);
    }
  });

  it("between idle rounds only what changed is told", async () => {
    const { device, all, advance } = await startDriver(watched);
    await advance(31_000);
    const before = all("values").length;
    await advance(20_000);
    expect(all("values").length).toBe(before);
    device.setFault("mains-lost");
    await advance(3_000);
    expect(all("values").length).toBe(before + 1);
    expect(all("values").at(-1)?.values).toContainEqual({
      capability: "mains.present",
      quality: "good",
      value: 0,
    });
  });

  it.each(["contact.2", "cabinet.silence"] as const)(
    "%s is told within three seconds, also while nothing sounds: somebody at the box asks for something",
    async (point) => {
      const { device, all, advance, clock } = await startDriver(withContacts(reference));
      await advance(minuteMs);
      const closedAt = clock.monotonic();
      device.set(point, 1);
      await advance(minuteMs);
      const told = all("values").find(({ values }) =>
        values.some((one) => one.capability === point && one.quality === "good" && one.value === 1),
      );
      expect((told?.at ?? Number.POSITIVE_INFINITY) - closedAt).toBeLessThanOrEqual(3_000);
    },
  );

  it("a flicker shorter than the debounce is no alarm, and one that is over is cleared", async () => {
    const { device, all, advance } = await startDriver(watched);
    await advance(minuteMs);
    device.setFault("mains-lost");
    await advance(1_000);
    device.setFault(null);
    await advance(minuteMs);
    expect(all("alarm").filter(mains)).toEqual([]);
    device.setFault("mains-lost");
    await advance(10_000);
    device.setFault(null);
    await advance(minuteMs);
    expect(
      all("alarm")
        .filter(mains)
        .map(({ isRaised }) => isRaised),
    ).toEqual([true, false]);
  });
});

it("looks at everything at once when asked, and tries one that is lost", async () => {
  const { driver, device, all, advance } = await startDriver(reference);
  await advance(minuteMs + 5_000);
  const before = all("values").length;
  driver.lookNow();
  await advance(1_000);
  const seen = all("values")
    .slice(before)
    .flatMap(({ values }) => values.map(({ capability }) => capability));
  expect(new Set(seen)).toEqual(new Set(reference.points.map(({ capability }) => capability)));
  device.setFault("dead");
  await advance(5 * minuteMs);
  device.setFault(null);
  driver.lookNow();
  await advance(2_000);
  expect(all("identified").length).toBe(2);
});

it("a point that may not be written again yet waits, and of what waits the newest is written and told once", async () => {
  const slow = withPoint(reference, "zone.1", ({ write }) =>
    write === undefined ? {} : { write: { ...write, minIntervalMs: 5_000 } },
  );
  const { driver, all, advance, shows } = await startDriver(slow);
  driver.write("zone.1", 1);
  await advance(1_000);
  for (const value of [0, 1, 0]) driver.write("zone.1", value);
  driver.write("zone.2", 1);
  await advance(1_000);
  expect(all("written").map(({ capability, value }) => [capability, value])).toEqual([
    ["zone.1", 1],
    ["zone.2", 1],
  ]);
  await advance(10_000);
  expect(all("written").slice(2)).toMatchObject([{ capability: "zone.1", value: 0, outcome: "verified" }]);
  expect(shows("zone.1")).toBe(0);
});

describe("lease", () => {
  const leased: ModbusProfile = { ...reference, lease: [{ capability: "amplifier.power", maxOnMs: 60_000 }] };

  it("switches off what was on for as long as it may be, however often it was wanted", async () => {
    const { driver, all, advance, shows } = await startDriver(leased);
    for (let passed = 0; passed < 50_000; passed += 10_000) {
      driver.write("amplifier.power", 1);
      await advance(10_000);
    }
    expect(shows("amplifier.power")).toBe(1);
    await advance(11_000);
    expect(shows("amplifier.power")).toBe(0);
    expect(all("lease-ended")).toMatchObject([{ capability: "amplifier.power" }]);
    await advance(10 * minuteMs);
    expect(shows("amplifier.power")).toBe(0);
    driver.write("amplifier.power", 1);
    await advance(30_000);
    expect(shows("amplifier.power")).toBe(1);
    expect(all("lease-ended").length).toBe(1);
  });

  it("a relay that sticks is tried again until it lets go", async () => {
    const { driver, device, all, advance, shows } = await startDriver(leased);
    driver.write("amplifier.power", 1);
    await advance(30_000);
    device.setFault("stuck-relay");
    await advance(minuteMs);
    expect(all("lease-ended")).toEqual([]);
    device.setFault(null);
    await advance(10_000);
    expect(all("lease-ended").length).toBe(1);
    expect(shows("amplifier.power")).toBe(0);
  });
});

describe("sequences", () => {
  it("run step by step and tell that they are done", async () => {
    const { driver, all, advance, shows } = await startDriver(informer);
    driver.run("arm");
    await advance(10_000);
    expect(all("ran")).toMatchObject([{ sequence: "arm", outcome: "done" }]);
    expect(shows("siren.armed")).toBe(1);
  });

  it("end at the first step that is not as expected, with the safe state", async () => {
    const never: ModbusProfile = {
      ...informer,
      sequences: [
        { name: "play", steps: [{ expect: { capability: "siren.armed", value: 0, withinMs: 1_000 } }] },
      ],
    };
    const { driver, all, advance, shows } = await startDriver(never);
    driver.write("siren.armed", 1);
    await advance(2_000);
    expect(shows("siren.armed")).toBe(1);
    driver.run("play");
    await advance(10_000);
    expect(all("ran")).toMatchObject([{ sequence: "play", outcome: "not-as-expected", step: 0 }]);
    expect(shows("siren.armed")).toBe(0);
  });

  it("one that is broken off by silence ends in the safe state as soon as the device answers", async () => {
    const { driver, device, all, advance, shows } = await startDriver(informer);
    await advance(2_000);
    driver.run("quiet-test");
    driver.run("arm");
    await advance(200);
    device.setFault("dead");
    await advance(10_000);
    expect(all("ran").map(({ outcome }) => outcome)).toEqual(["timeout", "timeout"]);
    device.setFault(null);
    await advance(2 * minuteMs);
    expect(shows("siren.armed")).toBe(0);
  });

  it("nobody hears of a sequence that the device does not have", async () => {
    const { driver, all, advance } = await startDriver(reference);
    driver.run("arm");
    await advance(minuteMs);
    expect(all("ran")).toEqual([]);
  });
});

describe("when the box dies", () => {
  const relays = shippedProfile("waveshare-modbus-rtu-relay-8ch");

  it("a relay that goes off by itself is renewed while it is wanted, and only then", async () => {
    const { driver, all, advance, shows } = await startDriver(relays);
    driver.write("relay.1", 1);
    for (let minute = 0; minute < 10; minute++) {
      await advance(minuteMs);
      expect(shows("relay.1")).toBe(1);
    }
    expect(all("written")).toMatchObject([{ capability: "relay.1", value: 1, outcome: "verified" }]);
    driver.write("relay.1", 0);
    await advance(10 * minuteMs);
    expect(shows("relay.1")).toBe(0);
  });

  it("the relay of a dead box goes off within its time", async () => {
    const { driver, device, advance, shows } = await startDriver(relays);
    driver.write("relay.1", 1);
    await advance(10_000);
    device.setFault("dead");
    await advance(70_000);
    device.setFault(null);
    expect(shows("relay.1")).toBe(0);
    await advance(5 * minuteMs);
    expect(shows("relay.1")).toBe(0);
  });

  it("a watchdog that fired during a silence is reset, once", async () => {
    const { device, advance, all, log } = await startDriver(shippedProfile("moxa-iologik-e1214"));
    await advance(minuteMs);
    const resets = () => log.lines.filter(({ event }) => event === "device.watchdog-reset").length;
    expect(resets()).toBe(1);
    device.setFault("dead");
    await advance(5 * minuteMs);
    device.setFault(null);
    await advance(5 * minuteMs);
    expect(all("identified").length).toBe(2);
    expect(resets()).toBe(2);
  });
});
