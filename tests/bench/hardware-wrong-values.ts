import { type BusMaster, createBusMaster } from "@loa/edge-agent/devices/bus-master.ts";
import type { Timing } from "@loa/shared/device/profile-modbus.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import type { DeviceFault } from "@loa/simulator/virtual-device/device-fault.ts";
import { createLogBook } from "../support/log-book.ts";
import { TURNAROUND_MS } from "../support/paced-cabinet.ts";
import { createPacedLine, type PacedLine } from "../support/paced-line.ts";
import { attachStampedSlave, isStampOf, STAMPED_REGISTERS } from "../support/stamped-slave.ts";
import { createTestTime, type TestTime } from "../support/test-time.ts";
import { atLeast, atMost, type BenchRow } from "./bench-row.ts";

/** The units of one line and what is wrong with each. */
const units: readonly (DeviceFault | null)[] = [
  null,
  "late-replies",
  "crc-noise",
  "half-frames",
  "dead",
  "slow",
  null,
];
const polls = 3_000;
const sizes = [1, 2, 3, 10, 20] as const;
const timing: Timing = { responseMs: 300, gapMs: 5, quarantineMs: 600, retries: 1, maxRead: 20, maxHole: 0 };
const STEP_MS = 10_000;

interface Tally {
  right: number;
  wrong: number;
  failed: number;
}

/** The bus master itself on a virtual clock: without back-off the bad units are asked as often as the good ones. */
export async function bench(): Promise<BenchRow[]> {
  const time = createTestTime();
  const { master, line } = startLine(time);
  const tally: Tally = { right: 0, wrong: 0, failed: 0 };
  let isDone = false;
  const asked = askAll(master, time, tally).then(() => {
    isDone = true;
  });
  while (!isDone) await time.advance(STEP_MS);
  await asked;
  const inWords = `${tally.right} right, ${tally.failed} failed, ${line.tally().collisions} collisions`;
  return [
    atLeast("polls of late, noisy, halved, dead, slow and healthy units on one line", polls, "polls", 1_000),
    atMost(`wrong values in them (${inWords})`, tally.wrong, "values", 0),
  ];
}

function startLine(time: TestTime): { readonly master: BusMaster; readonly line: PacedLine } {
  const line = createPacedLine({ pace: { baud: 9_600, parity: "none", stopBits: 1 }, ...time });
  for (const [index, fault] of units.entries())
    attachStampedSlave({
      line,
      timing,
      unit: index + 1,
      fault,
      turnaroundMs: TURNAROUND_MS,
      ...time,
      random: createSeededRandom(`unit-${index + 1}`),
    });
  return {
    line,
    master: createBusMaster({ link: line.master, kind: "modbus-rtu", ...time, log: createLogBook() }),
  };
}

/** In a random order and with few shapes, so that an answer to another question would often fit. */
async function askAll(master: BusMaster, { clock }: TestTime, tally: Tally): Promise<void> {
  const random = createSeededRandom("wrong-values");
  for (let poll = 0; poll < polls; poll += 1) {
    const unit = random.integer(1, units.length);
    const address = random.integer(0, STAMPED_REGISTERS - 20);
    const count = random.pick(sizes);
    const request = { kind: "read", function: 3, address, count } as const;
    const from = clock.monotonic();
    const answer = await master.ask({ unit, request, timing, urgency: "poll" });
    if (!answer.ok) tally.failed += 1;
    else if (isStampOf(answer.value, { unit, address }, from, clock.monotonic())) tally.right += 1;
    else tally.wrong += 1;
  }
}
