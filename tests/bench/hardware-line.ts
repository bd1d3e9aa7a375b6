import { setPriority } from "node:os";
import { type BusMaster, createBusMaster } from "@loa/edge-agent/devices/bus-master.ts";
import { type Capability, capabilities } from "@loa/shared/device/capability.ts";
import type { ModbusPoint, ModbusProfile, Timing } from "@loa/shared/device/profile-modbus.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { createLogBook } from "../support/log-book.ts";
import { openPacedCabinet, type PacedCabinet, TURNAROUND_MS } from "../support/paced-cabinet.ts";
import { characterMs, createPacedLine, type LinePace, SILENT_CHARACTERS } from "../support/paced-line.ts";
import { preciseTimers } from "../support/precise-timers.ts";
import { shippedProfile } from "../support/profiles.ts";
import { realClock, realTimers } from "../support/real-time.ts";
import { attachStampedSlave } from "../support/stamped-slave.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { medianOf, quantileOf } from "./quantiles.ts";

/** The most common line; 9600 8N1. */
const pace: LinePace = { baud: 9_600, parity: "none", stopBits: 1 };
/** No extra gap: 3.5 characters are 3.6 ms. */
const timing: Timing = {
  responseMs: 300,
  gapMs: 4,
  quarantineMs: 600,
  retries: 2,
  maxRead: 60,
  maxHole: 0,
};
const UNIT = 1;
const pollsOfEach = 30;
const pollSizes = [1, 10, 20, 60] as const;
const writes = 240;
const BLOCK_REGISTERS = 20;
const LONG_BLOCKS = 3;
/** Until both drivers know their amplifiers. */
const SETTLE_MS = 2_000;
/** What else the machine does is not what is measured; without the right to it the numbers are as they are. */
const AHEAD_OF_OTHERS = -15;

/** Poll times and a write between polls, in real time on a line that is as slow as a real one. */
export async function bench(): Promise<BenchRow[]> {
  goAhead();
  const rows: BenchRow[] = [];
  for (const count of pollSizes) rows.push(await pollTime(count));
  rows.push(...(await priorityWrites()));
  return rows;
}

function goAhead(): void {
  try {
    setPriority(AHEAD_OF_OTHERS);
  } catch (error) {
    process.stderr.write(
      `measured at the usual priority: ${error instanceof Error ? error.message : error}\n`,
    );
  }
}

function openLine(): BusMaster {
  const line = createPacedLine({ pace, clock: realClock, timers: preciseTimers });
  attachStampedSlave({
    line,
    timing,
    unit: UNIT,
    fault: null,
    turnaroundMs: TURNAROUND_MS,
    clock: realClock,
    timers: preciseTimers,
    random: createSeededRandom("unit"),
  });
  const log = createLogBook();
  return createBusMaster({
    link: line.master,
    kind: "modbus-rtu",
    clock: realClock,
    timers: realTimers,
    log,
  });
}

function read(master: BusMaster, count: number) {
  const request = { kind: "read", function: 3, address: 0, count } as const;
  return master.ask({ unit: UNIT, request, timing, urgency: "poll" });
}

/** `hardware.md`: (8 + 5 + 2n) characters + 2 × 3.5 characters + turnaround. */
function formulaMs(registers: number): number {
  return (8 + 5 + 2 * registers + 2 * SILENT_CHARACTERS) * characterMs(pace) + TURNAROUND_MS;
}

async function pollTime(count: number): Promise<BenchRow> {
  const master = openLine();
  await read(master, count);
  const times: number[] = [];
  let from = performance.now();
  for (let poll = 0; poll < pollsOfEach; poll += 1) {
    const answer = await read(master, count);
    if (!answer.ok) throw new Error(`a healthy unit on a healthy line: ${answer.error}`);
    const at = performance.now();
    times.push(at - from);
    from = at;
  }
  await master.close();
  const wanted = formulaMs(count);
  const found = medianOf(times);
  const name = `poll of ${count} register${count === 1 ? "" : "s"}: ${found.toFixed(1)} ms, formula ${wanted.toFixed(1)} ms, off by`;
  return atMost(name, Math.abs(found / wanted - 1) * 100, "%", 10);
}

/** The real driver of each of two amplifiers, which are looked at without a pause; the writes come at any moment. */
async function priorityWrites(): Promise<BenchRow[]> {
  const profile = amplifierOfLongBlocks();
  const cabinet = openPacedCabinet({
    units: [
      { profile, fault: null },
      { profile, fault: null },
    ],
    baud: pace.baud,
    clock: realClock,
    timers: realTimers,
    lineTimers: preciseTimers,
  });
  for (const { devices } of cabinet.units)
    devices.onReport((report) => {
      if (report.kind === "values") devices.lookNow();
    });
  await pause(SETTLE_MS);
  const random = createSeededRandom("writes");
  const obeyed: number[] = [];
  const verified: number[] = [];
  for (let write = 0; write < writes; write += 1) {
    await pause(random.between(20, 200));
    const times = await timeWrite(cabinet, random.integer(0, 1), write % 2);
    obeyed.push(times.obeyedMs);
    verified.push(times.verifiedMs);
  }
  const load = cabinet.line.tally().busyMs;
  await cabinet.close();
  process.stderr.write(
    `${writes} writes, the line spoke for ${(load / 1_000).toFixed(1)} s; read back after ${medianOf(verified).toFixed(0)} ms (median), ${quantileOf(verified, 0.99).toFixed(0)} ms (p99)\n`,
  );
  const named = (which: string) =>
    `write during polling at 9600 baud, until the relay moves, ${which} of ${writes}`;
  return [
    atMost(named("median"), medianOf(obeyed), "ms", 120),
    atMost(named("p99"), quantileOf(obeyed, 0.99), "ms", 120),
  ];
}

/** The reference amplifier, with three more blocks of the most registers that the promise is for. */
function amplifierOfLongBlocks(): ModbusProfile {
  const profile = shippedProfile("loa-reference-amplifier");
  const known = new Set(profile.points.map(({ capability }) => capability));
  const others = (Object.keys(capabilities) as Capability[]).filter((one) => !known.has(one));
  const more = others.slice(0, LONG_BLOCKS * BLOCK_REGISTERS).map(
    (capability, index): ModbusPoint => ({
      ...{ capability, space: "holding", address: 100 + index, type: "u16", wordOrder: "high-first" },
      ...{ poll: "fast", scale: 1, offset: 0, invalid: [], deadband: 0 },
    }),
  );
  return {
    ...profile,
    timing: { ...timing, maxRead: BLOCK_REGISTERS },
    points: [...profile.points, ...more],
  };
}

/** From the core's word to the moment in which the device obeys, and to the moment in which the driver has seen it. */
function timeWrite(cabinet: PacedCabinet, index: number, value: number) {
  const devices = cabinet.units[index]?.devices;
  if (devices === undefined) throw new Error(`no unit ${index}`);
  return new Promise<{ readonly obeyedMs: number; readonly verifiedMs: number }>((resolve, reject) => {
    const from = performance.now();
    let obeyedMs = Number.NaN;
    cabinet.onObeyed((unit, capability) => {
      if (unit === index + 1 && capability === "zone.1") obeyedMs = performance.now() - from;
    });
    let isOver = false;
    devices.onReport((report) => {
      if (isOver || report.kind !== "written") return;
      isOver = true;
      if (report.outcome === "verified") resolve({ obeyedMs, verifiedMs: performance.now() - from });
      else reject(new Error(`a healthy unit on a healthy line: ${report.outcome}`));
    });
    devices.write("zone.1", value);
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
