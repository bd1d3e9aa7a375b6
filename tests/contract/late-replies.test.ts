import { createSerialLink } from "@loa/edge-agent/adapters/serial-link.ts";
import { type BusMaster, createBusMaster } from "@loa/edge-agent/devices/bus-master.ts";
import type { Timing } from "@loa/shared/device/profile-modbus.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { expect, it } from "vitest";
import { attachAddressSlave } from "../support/address-slave.ts";
import { createBytePipe } from "../support/byte-pipe.ts";
import { createLogBook } from "../support/log-book.ts";
import { openPtyPair } from "../support/pty-pair.ts";
import { realClock, realTimers } from "../support/real-time.ts";
import { createTestTime } from "../support/test-time.ts";
import { timeReplies } from "../support/timed-replies.ts";

// hardware.md: modbus-serial alone returns a reply that comes after its timeout as the next register's data.
const questions = 150;
const unit = 1;
const timing: Timing = { responseMs: 200, gapMs: 5, quarantineMs: 500, retries: 0, maxRead: 20, maxHole: 0 };

/** `answered`: by question, whose data it was given. */
async function askAll(master: BusMaster, timing: Timing, answered = new Map<number, number>()) {
  const tally = { right: 0, timeout: 0, wrong: 0, other: 0 };
  for (let address = 0; address < questions; address++) {
    // All of one shape: nothing in the frame but the moment tells whose answer it is.
    const request = { kind: "read", function: 4, address, count: 1 } as const;
    const answer = await master.ask({ unit, request, timing, urgency: "poll" });
    if (answer.ok) answered.set(address, answer.value[0] ?? Number.NaN);
    if (answer.ok) tally[answer.value[0] === address ? "right" : "wrong"] += 1;
    else tally[answer.error === "timeout" ? "timeout" : "other"] += 1;
  }
  return tally;
}

it("150 of 150 late replies never become another register's data", async () => {
  const time = createTestTime();
  const [near, far] = createBytePipe(time.timers).ends;
  const random = createSeededRandom("late");
  const delayMs = () => random.between(timing.responseMs, timing.responseMs + timing.quarantineMs * 0.9);
  const slave = attachAddressSlave({ link: far, timers: time.timers, delayMs });
  await far.open();
  const master = createBusMaster({ link: near, kind: "modbus-rtu", ...time, log: createLogBook() });
  const asked = askAll(master, timing);
  await time.advance(questions * 2_000);
  expect(await asked).toEqual({ right: 0, timeout: questions, wrong: 0, other: 0 });
  expect(slave.requests()).toBe(questions);
});

it("between late replies, those in time are right", async () => {
  const time = createTestTime();
  const [near, far] = createBytePipe(time.timers).ends;
  const random = createSeededRandom("mixed");
  attachAddressSlave({ link: far, timers: time.timers, delayMs: () => random.between(0, 600) });
  await far.open();
  const master = createBusMaster({ link: near, kind: "modbus-rtu", ...time, log: createLogBook() });
  const asked = askAll(master, timing);
  await time.advance(questions * 2_000);
  const tally = await asked;
  expect(tally).toMatchObject({ wrong: 0, other: 0 });
  expect(tally.right).toBeGreaterThan(20);
  expect(tally.timeout).toBeGreaterThan(20);
});

it("without the quarantine the same line does give wrong data, so the test can see it", async () => {
  const time = createTestTime();
  const [near, far] = createBytePipe(time.timers).ends;
  attachAddressSlave({ link: far, timers: time.timers, delayMs: () => timing.responseMs + 50 });
  await far.open();
  const master = createBusMaster({ link: near, kind: "modbus-rtu", ...time, log: createLogBook() });
  const asked = askAll(master, { ...timing, quarantineMs: 0 });
  await time.advance(questions * 2_000);
  expect((await asked).wrong).toBeGreaterThan(50);
});

/**
 * Questions that got another's data although that came in time. A reply that a machine which stands still made later than
 * the quarantine is long nobody can tell from the next one's; and that one's own reply is then left over for the one after it.
 */
function wrongInTime(
  answered: ReadonlyMap<number, number>,
  isOverdue: (address: number) => boolean,
): readonly number[] {
  const spoiled = new Set<number>();
  return [...answered].flatMap(([address, value]) => {
    if (value === address) return [];
    spoiled.add(address);
    return isOverdue(value) || spoiled.has(value) ? [] : [address];
  });
}

const realTestLimitMs = 60_000;

it(
  "150 questions on a real pty, every second one answered late: none wrong",
  async () => {
    const cable = openPtyPair();
    const [nearPath, farPath] = cable.ends;
    const how = { baud: 115_200, parity: "none", stopBits: 1 } as const;
    const [near, far] = [
      createSerialLink({ path: nearPath, ...how }),
      createSerialLink({ path: farPath, ...how }),
    ];
    const hasty: Timing = { ...timing, responseMs: 40, quarantineMs: 150 };
    let asked = 0;
    // Late ones come 10 to 90 ms after the master gave up.
    const delayMs = () => (asked++ % 2 === 0 ? 0 : hasty.responseMs + 10 + (asked % 9) * 10);
    attachAddressSlave({ link: far, timers: realTimers, delayMs });
    expect((await far.open()).ok).toBe(true);
    const log = createLogBook();
    const line = timeReplies(near);
    const master = createBusMaster({
      link: line.link,
      kind: "modbus-rtu",
      clock: realClock,
      timers: realTimers,
      log,
    });
    const answered = new Map<number, number>();
    const tally = await askAll(master, hasty, answered);
    await master.close();
    await far.close();
    cable.close();
    // A busy machine may make more of them late, or tear a frame apart that is then refused; never wrong.
    const graceMs = hasty.responseMs + hasty.quarantineMs;
    expect(wrongInTime(answered, (address) => line.tookMs(address) > graceMs)).toEqual([]);
    expect(tally.right).toBeGreaterThan(0);
    expect(tally.timeout + tally.wrong).toBeGreaterThanOrEqual(questions / 2);
    const thrownAway = log.lines.filter((entry) => entry.event === "line.quarantined");
    expect(thrownAway.some((entry) => Number(entry.fields.thrownAwayBytes) > 0)).toBe(true);
  },
  realTestLimitMs,
);
