import { type Capability, capabilities } from "@loa/shared/device/capability.ts";
import type { ModbusPoint, ModbusProfile, Timing } from "@loa/shared/device/profile-modbus.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { createSeededRandom, type SeededRandom } from "@loa/simulator/virtual/random.ts";
import { openPacedCabinet, type PacedCabinet } from "../support/paced-cabinet.ts";
import { preciseTimers } from "../support/precise-timers.ts";
import { shippedProfile } from "../support/profiles.ts";
import { realClock, realTimers } from "../support/real-time.ts";
import { createTestTime } from "../support/test-time.ts";
import { atLeast, atMost, type BenchRow } from "./bench-row.ts";
import { goAhead } from "./go-ahead.ts";
import { medianOf, quantileOf } from "./quantiles.ts";

const BLOCK_REGISTERS = 20;
const LONG_BLOCKS = 3;
/** No extra gap: 3.5 characters are 3.6 ms at 9600 baud. */
const timing: Timing = {
  responseMs: 300,
  gapMs: 4,
  quarantineMs: 600,
  retries: 2,
  maxRead: BLOCK_REGISTERS,
  maxHole: 0,
};
const virtualWrites = 1_000;
const realWrites = 240;
const GOAL_MS = 120;
/** Until both drivers know their amplifiers. */
const SETTLE_MS = 2_000;
const STEP_MS = 10_000;
/** A process that stood still for so long has made the line late itself, and whatever was asked in the second after. */
const STALL_MS = 25;
const AFTER_STALL_MS = 1_000;
const LOOK_MS = 5;
const realLimitMs = 150_000;

/** `obeyed`: from the core's word until the relay moves. `verified`: until the driver has read it back. */
interface WriteTimes {
  readonly obeyed: number[];
  readonly verified: number[];
}

/** The real drivers of two amplifiers, which are looked at without a pause; the writes come at any moment. */
export async function bench(): Promise<BenchRow[]> {
  return [...(await onVirtualClock()), ...(await inRealTime())];
}

/** What the line and the driver take, whatever the machine does meanwhile. */
async function onVirtualClock(): Promise<BenchRow[]> {
  const time = createTestTime();
  const cabinet = openPolledCabinet({ ...time });
  const random = createSeededRandom("writes");
  const times: WriteTimes = { obeyed: [], verified: [] };
  let isDone = false;
  const writing = (async () => {
    await pause(time.timers, SETTLE_MS);
    for (let write = 0; write < virtualWrites; write += 1)
      note(times, await timeOne(cabinet, time, random, write));
    isDone = true;
  })();
  while (!isDone) await time.advance(STEP_MS);
  await writing;
  tell("on a virtual clock", cabinet, times);
  return rowsOf("on a virtual clock", times);
}

/** With the time of the processor and of Node's timers in it. */
async function inRealTime(): Promise<BenchRow[]> {
  goAhead();
  const time = { clock: realClock, timers: realTimers, lineTimers: preciseTimers };
  const cabinet = openPolledCabinet(time);
  const stalls = watchStalls();
  const random = createSeededRandom("writes");
  const times: WriteTimes = { obeyed: [], verified: [] };
  await pause(realTimers, SETTLE_MS);
  const from = performance.now();
  let write = 0;
  for (; times.obeyed.length < realWrites && performance.now() - from < realLimitMs; write += 1) {
    const one = await timeOne(cabinet, time, random, write);
    if (performance.now() - stalls.lastAt() > AFTER_STALL_MS) note(times, one);
  }
  stalls.end();
  await cabinet.close();
  const where = `in real time, ${write - times.obeyed.length} left out because the machine stood still`;
  tell(where, cabinet, times);
  const counted = atLeast("writes in real time that count", times.obeyed.length, "writes", 200);
  return times.obeyed.length === 0 ? [counted] : [counted, ...rowsOf("in real time", times)];
}

function rowsOf(where: string, { obeyed }: WriteTimes): BenchRow[] {
  const named = (which: string) =>
    `write during polling at 9600 baud until the relay moves, ${where}, ${which} of ${obeyed.length}`;
  return [
    atMost(named("median"), medianOf(obeyed), "ms", GOAL_MS),
    atMost(named("p99"), quantileOf(obeyed, 0.99), "ms", GOAL_MS),
  ];
}

function tell(where: string, { line, log }: PacedCabinet, { verified }: WriteTimes): void {
  const { busyMs, collisions } = line.tally();
  const quarantines = log.lines.filter(({ event }) => event === "line.quarantined").length;
  if (verified.length === 0) return;
  process.stderr.write(
    `writes ${where}: the line spoke for ${(busyMs / 1_000).toFixed(0)} s, ${collisions} collisions, ${quarantines} quarantines; read back after ${medianOf(verified).toFixed(0)} ms (median), ${quantileOf(verified, 0.99).toFixed(0)} ms (p99)\n`,
  );
}

function openPolledCabinet(time: {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly lineTimers?: Timers;
}): PacedCabinet {
  const profile = amplifierOfLongBlocks();
  const units = [
    { profile, fault: null },
    { profile, fault: null },
  ];
  const cabinet = openPacedCabinet({ units, baud: 9_600, ...time });
  for (const { devices } of cabinet.units)
    devices.onReport((report) => {
      if (report.kind === "values") devices.lookNow();
    });
  return cabinet;
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
  return { ...profile, timing, points: [...profile.points, ...more] };
}

async function timeOne(
  cabinet: PacedCabinet,
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  random: SeededRandom,
  write: number,
): Promise<{ readonly obeyedMs: number; readonly verifiedMs: number }> {
  await pause(timers, random.between(20, 200));
  const index = random.integer(0, 1);
  const devices = cabinet.units[index]?.devices;
  if (devices === undefined) throw new Error(`no unit ${index}`);
  return new Promise((resolve, reject) => {
    const from = clock.monotonic();
    let obeyedMs = Number.NaN;
    cabinet.onObeyed((unit, capability) => {
      if (unit === index + 1 && capability === "zone.1") obeyedMs = clock.monotonic() - from;
    });
    let isOver = false;
    devices.onReport((report) => {
      if (isOver || report.kind !== "written") return;
      isOver = true;
      if (report.outcome === "verified") resolve({ obeyedMs, verifiedMs: clock.monotonic() - from });
      else reject(new Error(`a healthy unit on a healthy line: ${report.outcome}`));
    });
    devices.write("zone.1", write % 2);
  });
}

function note(times: WriteTimes, one: { readonly obeyedMs: number; readonly verifiedMs: number }): void {
  times.obeyed.push(one.obeyedMs);
  times.verified.push(one.verifiedMs);
}

function watchStalls(): { lastAt(): number; end(): void } {
  let lookedAt = performance.now();
  let lastAt = Number.NEGATIVE_INFINITY;
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - lookedAt > STALL_MS) lastAt = now;
    lookedAt = now;
  }, LOOK_MS);
  return { lastAt: () => lastAt, end: () => clearInterval(timer) };
}

function pause(timers: Timers, ms: number): Promise<void> {
  return new Promise((resolve) => {
    timers.after(ms, resolve);
  });
}
