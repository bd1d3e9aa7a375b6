import { createBusMaster, type Question } from "@loa/edge-agent/devices/bus-master.ts";
import { wrapRtu } from "@loa/shared/device/modbus-frame.ts";
import type { Timing } from "@loa/shared/device/profile-modbus.ts";
import { expect, it } from "vitest";
import { attachAddressSlave } from "../support/address-slave.ts";
import { createBytePipe } from "../support/byte-pipe.ts";
import { createLogBook } from "../support/log-book.ts";
import { createTestTime } from "../support/test-time.ts";

const timing: Timing = { responseMs: 200, gapMs: 5, quarantineMs: 500, retries: 0, maxRead: 20, maxHole: 0 };

async function startLine(delayMs: () => number = () => 2) {
  const time = createTestTime();
  const pipe = createBytePipe(time.timers);
  const [near, far] = pipe.ends;
  const slave = attachAddressSlave({ link: far, timers: time.timers, delayMs });
  await far.open();
  const log = createLogBook();
  const master = createBusMaster({ link: near, kind: "modbus-rtu", ...time, log });
  const order: string[] = [];
  const ask = (name: string, parts: Partial<Question> = {}) => {
    const request = { kind: "read", function: 3, address: 7, count: 1 } as const;
    const answer = master.ask({ unit: 1, request, timing, urgency: "poll", ...parts });
    void answer.then(() => order.push(name));
    return answer;
  };
  return { ...time, pipe, far, slave, master, log, order, ask };
}

it("a write goes ahead of every poll that waits", async () => {
  const { ask, order, advance } = await startLine();
  for (let poll = 1; poll <= 20; poll++) void ask(`poll ${poll}`);
  await advance(30);
  void ask("write", { urgency: "write" });
  await advance(90);
  expect(order.indexOf("write")).toBeGreaterThan(0);
  expect(order.indexOf("write")).toBeLessThan(5);
});

it("one request at a time: the next is sent after the answer and the gap", async () => {
  const { ask, slave, advance } = await startLine(() => 150);
  for (let poll = 1; poll <= 5; poll++) void ask(`poll ${poll}`);
  await advance(140);
  expect(slave.requests()).toBe(1);
  await advance(5 * 200);
  expect(slave.requests()).toBe(5);
});

it("tries again as often as the profile says, then reports the timeout", async () => {
  const { ask, slave, advance } = await startLine(() => 1e6);
  const answer = ask("poll", { timing: { ...timing, retries: 2 } });
  await advance(3_000);
  expect(await answer).toEqual({ ok: false, error: "timeout" });
  expect(slave.requests()).toBe(3);
});

it("refuses the newest question when more wait than anybody can want", async () => {
  const { ask, advance } = await startLine(() => 1e6);
  const answers = Array.from({ length: 100 }, (_, index) => ask(`poll ${index}`));
  await advance(1);
  expect(await answers[99]).toEqual({ ok: false, error: "timeout" });
});

it("a pulled cable fails what is under way, and the line is opened again when it is back", async () => {
  const { ask, pipe, far, advance, log } = await startLine();
  const first = ask("first");
  await advance(100);
  expect((await first).ok).toBe(true);
  pipe.pull();
  const during = ask("during");
  await advance(100);
  expect(await during).toEqual({ ok: false, error: "closed" });
  pipe.plugIn();
  await far.open();
  // A poll waits for the next try; a write does not.
  expect(await ask("too early")).toEqual({ ok: false, error: "closed" });
  const write = ask("write", { urgency: "write" });
  await advance(100);
  expect((await write).ok).toBe(true);
  expect(log.lines.map((entry) => entry.event)).toEqual([
    "line.opened",
    "line.closed",
    "line.not-opened",
    "line.opened",
  ]);
});

it("tries to open ever more rarely, but at least every 10 s", async () => {
  const { ask, pipe, advance, log } = await startLine();
  pipe.pull();
  for (let second = 0; second < 300; second++) {
    void ask("poll");
    await advance(1_000);
  }
  const tries = log.lines.filter((entry) => entry.event === "line.not-opened").length;
  expect(tries).toBeGreaterThanOrEqual(28);
  expect(tries).toBeLessThan(40);
});

it("a unit in quarantine holds up nobody else on its line, and is not asked before its end", async () => {
  const time = createTestTime();
  const [near, far] = createBytePipe(time.timers).ends;
  const asked: { readonly unit: number; readonly at: number }[] = [];
  far.onData((bytes) => {
    const [unit = 0] = bytes;
    asked.push({ unit, at: time.clock.monotonic() });
    if (unit !== 2) far.write(wrapRtu(unit, Uint8Array.from([3, 2, 0, unit])));
  });
  await far.open();
  const master = createBusMaster({ link: near, kind: "modbus-rtu", ...time, log: createLogBook() });
  const request = { kind: "read", function: 3, address: 7, count: 1 } as const;
  const ask = (unit: number) =>
    master.ask({ unit, request, timing: { ...timing, retries: 1 }, urgency: "poll" });
  const dead = ask(2);
  await time.advance(220);
  for (let round = 0; round < 10; round++) {
    const alive = ask(1);
    await time.advance(30);
    expect(await alive).toEqual({ ok: true, value: [1] });
  }
  await time.advance(1_000);
  expect(await dead).toEqual({ ok: false, error: "timeout" });
  const [first, second] = asked.filter(({ unit }) => unit === 2).map(({ at }) => at);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(timing.quarantineMs);
});

it("closing answers everybody who waits", async () => {
  const { ask, master, advance } = await startLine(() => 1e6);
  const answers = [ask("one"), ask("two")];
  await advance(10);
  await master.close();
  await advance(1_000);
  for (const answer of answers) expect((await answer).ok).toBe(false);
  expect(await ask("after")).toEqual({ ok: false, error: "closed" });
});

it("a device that says it is busy is asked again, where its profile knows it for that, and else believed", async () => {
  const time = createTestTime();
  const [near, far] = createBytePipe(time.timers).ends;
  let requests = 0;
  far.onData(() => {
    requests += 1;
    const busy = requests < 3;
    far.write(wrapRtu(1, Uint8Array.from(busy ? [0x83, 6] : [3, 2, 0, 42])));
  });
  await far.open();
  const log = createLogBook();
  const master = createBusMaster({ link: near, kind: "modbus-rtu", ...time, log });
  const question = {
    unit: 1,
    request: { kind: "read", function: 3, address: 7, count: 1 },
    timing: { ...timing, retries: 2 },
    urgency: "poll",
  } as const;
  const patient = master.ask({ ...question, quirks: ["busy-exception"] });
  await time.advance(100);
  expect(await patient).toEqual({ ok: true, value: [42] });
  requests = 0;
  const believing = master.ask(question);
  await time.advance(100);
  expect(await believing).toEqual({ ok: false, error: "exception" });
  expect(requests).toBe(1);
});

/** Red when only a unit that has rested counts: another unit's poll would take far longer than the rest of its gap. */
it("a write whose unit still rests for its gap lets no poll of another unit go first", async () => {
  const { ask, order, advance } = await startLine();
  const long = { timing: { ...timing, gapMs: 25 } };
  void ask("poll of 1", long);
  // It is on the wire now.
  await advance(30);
  void ask("poll of 2", { unit: 2 });
  void ask("write to 1", { ...long, urgency: "write" });
  await advance(200);
  expect(order).toEqual(["poll of 1", "write to 1", "poll of 2"]);
});
