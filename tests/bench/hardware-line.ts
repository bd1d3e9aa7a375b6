import { type BusMaster, createBusMaster } from "@loa/edge-agent/devices/bus-master.ts";
import type { Timing } from "@loa/shared/device/profile-modbus.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { createLogBook } from "../support/log-book.ts";
import { TURNAROUND_MS } from "../support/paced-cabinet.ts";
import { characterMs, createPacedLine, type LinePace, SILENT_CHARACTERS } from "../support/paced-line.ts";
import { preciseTimers } from "../support/precise-timers.ts";
import { realClock, realTimers } from "../support/real-time.ts";
import { attachStampedSlave } from "../support/stamped-slave.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { goAhead } from "./go-ahead.ts";
import { medianOf } from "./quantiles.ts";

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

/** Poll times, in real time on a line that is as slow as a real one. */
export async function bench(): Promise<BenchRow[]> {
  goAhead();
  const rows: BenchRow[] = [];
  for (const count of pollSizes) rows.push(await pollTime(count));
  return rows;
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
