import { createSerialLink } from "@loa/edge-agent/adapters/serial-link.ts";
import { createTcpLink } from "@loa/edge-agent/adapters/tcp-link.ts";
import type { ByteLink } from "@loa/edge-agent/devices/byte-link.ts";
import { createModbusDevice } from "@loa/edge-agent/devices/modbus-device.ts";
import type { ModbusProfile, TransportKind } from "@loa/shared/device/profile-modbus.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { createAmplifierTwin } from "@loa/simulator/virtual-device/amplifier-twin.ts";
import type { MeterReading } from "@loa/simulator/virtual-device/signal-path.ts";
import {
  type StartedDevice,
  startVirtualDevice,
  type VirtualTransport,
} from "@loa/simulator/virtual-device/start.ts";
import { createVirtualDevice } from "@loa/simulator/virtual-device/virtual-device.ts";
import { expect } from "vitest";
import { createBytePipe } from "../support/byte-pipe.ts";
import { createLogBook } from "../support/log-book.ts";
import { hastyProfile } from "../support/profiles.ts";
import { openPtyPair } from "../support/pty-pair.ts";
import { realClock, realTimers } from "../support/real-time.ts";
import { createTestTime, type TestTime } from "../support/test-time.ts";
import { type AmplifierWorld, contractProfile, describeAmplifier } from "./amplifier.contract.ts";

const unit = 1;
const realTime = { clock: realClock, timers: realTimers };

/** The input of the amplifier, as the test sets it. */
function createSignal() {
  let reading: MeterReading = { rmsDb: Number.NEGATIVE_INFINITY, peakDb: Number.NEGATIVE_INFINITY };
  return {
    meter: () => reading,
    setMeter(next: MeterReading) {
      reading = next;
    },
  };
}

const stepMs = 10;
const virtualLimitMs = 120_000;

function virtualUntil(time: TestTime): AmplifierWorld["until"] {
  return async (isTrue) => {
    for (let passed = 0; !isTrue(); passed += stepMs) {
      expect(passed).toBeLessThan(virtualLimitMs);
      await time.advance(stepMs);
    }
  };
}

async function realUntil(isTrue: () => boolean): Promise<void> {
  await expect.poll(isTrue, { timeout: 15_000, interval: 5 }).toBe(true);
}

describeAmplifier("twin", async () => {
  const time = createTestTime();
  const signal = createSignal();
  const device = createVirtualDevice({
    profile: contractProfile(),
    meter: signal.meter,
    clock: time.clock,
  });
  const amplifier = createAmplifierTwin({
    device,
    clock: time.clock,
    timers: time.timers,
    random: createSeededRandom("twin"),
  });
  return {
    amplifier,
    setMeter: signal.setMeter,
    setFault: device.setFault,
    deviceShows: (capability) => device.snapshot().values[capability],
    until: virtualUntil(time),
    close: async () => amplifier.close(),
  };
});

const framings = ["modbus-rtu", "modbus-tcp"] as const;
for (const framing of framings)
  describeAmplifier(`driver and virtual amplifier, ${framing} in memory`, async () => {
    const time = createTestTime();
    const [near, far] = createBytePipe(time.timers).ends;
    const world = await driverWorld({
      ...time,
      profile: contractProfile(),
      transport: { kind: "link", link: far, framing },
      linkTo: () => near,
      framing,
    });
    return {
      ...world,
      until: virtualUntil(time),
      async close() {
        const closed = world.close();
        await time.advance(virtualLimitMs);
        await closed;
      },
    };
  });

describeAmplifier("driver and virtual amplifier, RTU on a real pty", async () => {
  const cable = openPtyPair();
  const [near, far] = cable.ends;
  const world = await driverWorld({
    ...realTime,
    profile: contractProfile(hastyProfile()),
    transport: { kind: "pty", path: far },
    linkTo: () => createSerialLink({ path: near, baud: 115_200, parity: "none", stopBits: 1 }),
    framing: "modbus-rtu",
  });
  return {
    ...world,
    until: realUntil,
    async close() {
      await world.close();
      cable.close();
    },
  };
});

describeAmplifier("driver and virtual amplifier, Modbus TCP on a real socket", async () => {
  const framing = "modbus-tcp";
  const world = await driverWorld({
    ...realTime,
    profile: contractProfile(hastyProfile()),
    transport: { kind: "tcp", host: "127.0.0.1", port: 0, framing },
    linkTo: (address) => {
      if (address.kind !== "tcp") throw new Error("no TCP address");
      return createTcpLink(address);
    },
    framing,
  });
  return { ...world, until: realUntil };
});

/** The real driver on the bytes of a virtual amplifier. */
async function driverWorld(parts: {
  readonly profile: ModbusProfile;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly transport: VirtualTransport;
  readonly linkTo: (address: StartedDevice["address"]) => ByteLink;
  readonly framing: TransportKind;
}): Promise<Omit<AmplifierWorld, "until">> {
  const { profile, clock, timers, transport, framing } = parts;
  const signal = createSignal();
  const device = await startVirtualDevice({
    profile,
    transport,
    meter: signal.meter,
    clock,
    timers,
    seed: 1,
  });
  const link = parts.linkTo(device.address);
  const amplifier = createModbusDevice({ profile, link, framing, unit, clock, timers, log: createLogBook() });
  return {
    amplifier,
    setMeter: signal.setMeter,
    setFault: device.setFault,
    deviceShows: (capability) => device.snapshot().values[capability],
    async close() {
      await amplifier.close();
      await device.close();
    },
  };
}
