import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { createSerialLink } from "@loa/edge-agent/adapters/serial-link.ts";
import { createTcpLink } from "@loa/edge-agent/adapters/tcp-link.ts";
import type { ByteLink } from "@loa/edge-agent/devices/byte-link.ts";
import { createModbusDevice } from "@loa/edge-agent/devices/modbus-device.ts";
import type { DeviceReport } from "@loa/edge-agent/ports.ts";
import type { TransportKind } from "@loa/shared/device/profile-modbus.ts";
import { startVirtualDevice, type VirtualTransport } from "@loa/simulator/virtual-device/start.ts";
import { expect, it, onTestFinished } from "vitest";
import { startLineProcess } from "../support/line-process.ts";
import { createLogBook } from "../support/log-book.ts";
import { shippedProfile } from "../support/profiles.ts";
import { openPtyPair } from "../support/pty-pair.ts";
import { realClock, realTimers } from "../support/real-time.ts";
import { describeWithPart } from "../support/system-part.ts";

// Both ends against programs that we did not write: what our own two ends agree about may still be wrong.
const profile = shippedProfile("loa-reference-amplifier");
const line = { baud: 9_600, parity: "none", stopBits: 1 } as const;
const realTime = { clock: realClock, timers: realTimers };
const waitLimit = { timeout: 10_000, interval: 10 };

describeWithPart("python3-pymodbus", "our driver against a pymodbus server", ({ path }) => {
  const script = join(import.meta.dirname, "../support/pymodbus-server.py");

  it("over Modbus TCP: identifies, reads every point, writes and reads back", async () => {
    const server = startLineProcess(path, [script, "tcp"]);
    onTestFinished(server.stop);
    const port = Number((await server.line("ready")).split(" ")[1]);
    const link = createTcpLink({ host: "127.0.0.1", port });
    await driveForeignAmplifier(link, "modbus-tcp", server.lines);
  });

  it("over RTU on a pty: identifies, reads every point, writes and reads back", async () => {
    const cable = openPtyPair();
    onTestFinished(cable.close);
    const [near, far] = cable.ends;
    const server = startLineProcess(path, [script, "rtu", far]);
    onTestFinished(server.stop);
    await server.line("ready");
    await driveForeignAmplifier(createSerialLink({ path: near, ...line }), "modbus-rtu", server.lines);
  });
});

async function driveForeignAmplifier(
  link: ByteLink,
  framing: TransportKind,
  told: readonly string[],
): Promise<void> {
  const amplifier = createModbusDevice({
    profile,
    link,
    framing,
    unit: 1,
    ...realTime,
    log: createLogBook(),
  });
  onTestFinished(amplifier.close);
  const reports: DeviceReport[] = [];
  amplifier.onReport((report) => reports.push(report));
  amplifier.write("amplifier.power", 1);
  amplifier.write("amplifier.gain", -6.5);
  amplifier.write("zone.2", 1);
  const written = () => reports.filter((report) => report.kind === "written");
  await expect.poll(() => written().length, waitLimit).toBe(3);
  expect(written().map(({ capability, readBack, outcome }) => [capability, readBack, outcome])).toEqual([
    ["amplifier.power", 1, "verified"],
    ["amplifier.gain", -6.5, "verified"],
    ["zone.2", 1, "verified"],
  ]);
  expect(told.filter((entry) => entry.startsWith("set"))).toEqual([
    "set coil 0 1",
    "set holding 0 65471",
    "set coil 3 1",
  ]);
  expect(reports[0]?.kind).toBe("identified");
  const values = () => reports.flatMap((report) => (report.kind === "values" ? report.values : []));
  await expect.poll(() => values().length, waitLimit).toBeGreaterThanOrEqual(profile.points.length);
  const good = (value: number) => ({ quality: "good", value });
  const wanted = {
    "amplifier.level": good(-18.5),
    "speakerLine.current": good(0.415),
    "amplifier.temperature": { quality: "invalid" },
    "mains.present": good(1),
    "amplifier.power": good(1),
    "amplifier.gain": good(-6.5),
    "zone.1": good(0),
    "zone.2": good(1),
  };
  for (const [capability, value] of Object.entries(wanted))
    expect(values().find((each) => each.capability === capability)).toEqual({ capability, ...value });
}

describeWithPart("mbpoll", "our virtual amplifier against mbpoll", ({ path }) => {
  const start = async (transport: VirtualTransport) => {
    const meter = () => ({ rmsDb: -20, peakDb: -9 });
    const amplifier = await startVirtualDevice({ profile, transport, meter, ...realTime, seed: 1 });
    onTestFinished(amplifier.close);
    return amplifier;
  };
  const run = promisify(execFile);
  /** Addresses from 0, once; answers the numbers of the lines `[address]: value`. */
  const ask = async (args: readonly string[]) => {
    const { stdout } = await run(path, ["-0", "-1", "-o", "2", ...args], { timeout: 10_000 });
    const found = [...stdout.matchAll(/^\[\d+\]:\s+(\S+)/gm)].map((match) => Number(match[1]));
    return { found, stdout };
  };

  it("over Modbus TCP: reads and writes coils and registers", async () => {
    const framing = "modbus-tcp";
    const amplifier = await start({ kind: "tcp", host: "127.0.0.1", port: 0, framing });
    if (amplifier.address.kind !== "tcp") throw new Error("no TCP address");
    await checkAll(["-p", `${amplifier.address.port}`], "127.0.0.1");
    expect(amplifier.snapshot().values).toMatchObject({
      "amplifier.power": 1,
      "zone.1": 1,
      "amplifier.gain": -3,
    });
  });

  it("over RTU on a pty: reads and writes coils and registers", async () => {
    const cable = openPtyPair();
    onTestFinished(cable.close);
    const [near, far] = cable.ends;
    const amplifier = await start({ kind: "pty", path: far });
    await checkAll(["-m", "rtu", "-b", "9600", "-P", "none"], near);
    expect(amplifier.snapshot().values).toMatchObject({
      "amplifier.power": 1,
      "zone.1": 1,
      "amplifier.gain": -3,
    });
  });

  async function checkAll(mode: readonly string[], where: string): Promise<void> {
    expect((await ask([...mode, "-t", "3:hex", "-r", "0", "-c", "2", where])).found).toEqual([0x4c41, 1]);
    await ask([...mode, "-t", "0", "-r", "0", where, "1"]);
    await ask([...mode, "-t", "0", "-r", "2", where, "1"]);
    await ask([...mode, "-t", "4", "-r", "0", where, `${65_536 - 30}`]);
    expect((await ask([...mode, "-t", "0", "-r", "0", "-c", "4", where])).found).toEqual([1, 0, 1, 0]);
    expect((await ask([...mode, "-t", "1", "-r", "0", "-c", "4", where])).found).toEqual([0, 0, 0, 1]);
    const [level] = (await ask([...mode, "-t", "3", "-r", "2", where])).found;
    expect(level).toBe(65_536 - 230);
    // Beyond the last register.
    await expect(ask([...mode, "-t", "4", "-r", "500", where])).rejects.toThrow(/Illegal data address/);
  }
});
