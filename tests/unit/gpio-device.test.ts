import { createGpioPins } from "@loa/edge-agent/adapters/gpio-chip.ts";
import { loadProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { createDeviceDriver } from "@loa/edge-agent/devices/device-driver.ts";
import { createGpioConversation } from "@loa/edge-agent/devices/gpio-conversation.ts";
import type { DeviceReport } from "@loa/edge-agent/ports.ts";
import { isGpio } from "@loa/shared/device/profile.ts";
import { deviceAlias } from "@loa/shared/device/site-binding.ts";
import { expect, onTestFinished, test } from "vitest";
import { createFakeGpio, type FakeChip } from "../support/fake-gpio.ts";
import { createLogBook } from "../support/log-book.ts";
import { createTestTime } from "../support/test-time.ts";

const RELAY = 17;
const DOOR = 22;
const HOUR_MS = 3_600_000;

function raspberryPi(changed: Partial<FakeChip> = {}): FakeChip {
  return {
    label: "pinctrl-rp1",
    names: new Map([
      [RELAY, "GPIO17"],
      [DOOR, "GPIO22"],
    ]),
    levels: new Map([[DOOR, 0]]),
    taken: new Set(),
    ...changed,
  };
}

async function startDevice(chips: ReadonlyMap<string, FakeChip>, file: string | null = null) {
  const loaded = loadProfile("hardware-profiles/raspberry-pi-gpio.yaml");
  if (!loaded.ok || !isGpio(loaded.value)) throw new Error("no GPIO profile");
  const time = createTestTime();
  const kernel = createFakeGpio(chips);
  const log = createLogBook();
  const pins = createGpioPins(kernel, file, log);
  const device = createDeviceDriver({
    alias: deviceAlias.parse("pins"),
    profile: loaded.value,
    conversation: createGpioConversation(loaded.value, pins),
    clock: time.clock,
    timers: time.timers,
    log,
  });
  onTestFinished(() => device.close());
  const reports: DeviceReport[] = [];
  device.onReport((report) => reports.push(report));
  await time.advance(100);
  const told = <Kind extends DeviceReport["kind"]>(kind: Kind) =>
    reports.filter((one): one is Extract<DeviceReport, { kind: Kind }> => one.kind === kind);
  return { ...time, kernel, device, told };
}

test("the chip is found by its label, whatever its number, and its relay switches and is read back", async () => {
  const other = raspberryPi({ label: "brcmvirt-gpio" });
  const chip = raspberryPi();
  const { device, told, advance } = await startDevice(
    new Map([
      ["/dev/gpiochip0", other],
      ["/dev/gpiochip4", chip],
    ]),
  );
  expect(told("identified")).toHaveLength(1);
  device.write("relay.1", 1);
  await advance(500);
  expect(told("written")).toMatchObject([{ capability: "relay.1", readBack: 1, outcome: "verified" }]);
  expect(chip.levels.get(RELAY)).toBe(1);
  expect(other.levels.get(RELAY)).toBeUndefined();
});

test("an open door is a fault within seconds, and is cleared when it is shut", async () => {
  const chip = raspberryPi();
  const { told, advance } = await startDevice(new Map([["/dev/gpiochip0", chip]]));
  chip.levels.set(DOOR, 1);
  await advance(4_000);
  expect(told("alarm")).toMatchObject([{ fault: "cabinet-open", isRaised: true, value: 1 }]);
  chip.levels.set(DOOR, 0);
  await advance(20_000);
  expect(told("alarm").at(-1)).toMatchObject({ fault: "cabinet-open", isRaised: false });
});

test("a board with other names on its lines is not ours, and not one line of it is even taken", async () => {
  const chip = raspberryPi({ names: new Map([[RELAY, "SDA"]]) });
  const { device, told, advance, kernel } = await startDevice(new Map([["/dev/gpiochip0", chip]]));
  device.write("relay.1", 1);
  await advance(1_000);
  expect(told("unreachable")[0]?.reason).toBe("wrong-identity");
  expect(told("written")[0]?.outcome).toBe("wrong-identity");
  expect([chip.levels.get(RELAY), kernel.openFds()]).toEqual([undefined, 0]);
});

test("a line that somebody else holds, and a chip that is not there, are a device that is not there", async () => {
  const taken = await startDevice(new Map([["/dev/gpiochip0", raspberryPi({ taken: new Set([DOOR]) })]]));
  expect(taken.told("unreachable")[0]?.reason).toBe("closed");
  expect(taken.kernel.openFds()).toBe(0);
  const none = await startDevice(new Map());
  expect(none.told("unreachable")[0]?.reason).toBe("closed");
});

test("a relay is off after its lease, and off when the agent goes", async () => {
  const chip = raspberryPi();
  const { device, told, advance, kernel } = await startDevice(new Map([["/dev/gpiochip0", chip]]));
  device.write("relay.1", 1);
  await advance(4 * HOUR_MS + 60_000);
  expect(told("lease-ended")).toMatchObject([{ capability: "relay.1" }]);
  expect(chip.levels.get(RELAY)).toBe(0);
  device.write("relay.1", 1);
  await advance(1_000);
  expect(chip.levels.get(RELAY)).toBe(1);
  await device.close();
  expect([chip.levels.get(RELAY), kernel.openFds()]).toEqual([0, 0]);
});
