import { expect, test } from "vitest";
import { characterMs, createPacedLine, SILENT_CHARACTERS } from "../support/paced-line.ts";
import { createTestTime } from "../support/test-time.ts";

const pace = { baud: 9_600, parity: "none", stopBits: 1 } as const;
const request = Uint8Array.of(1, 3, 0, 0, 0, 1, 0x84, 0x0a);

async function startLine() {
  const time = createTestTime();
  const line = createPacedLine({ pace, ...time });
  const heard: number[][] = [];
  const arrivedAt: number[] = [];
  line.master.onData((bytes) => {
    heard.push([...bytes]);
    arrivedAt.push(time.clock.monotonic());
  });
  await line.master.open();
  return { time, line, heard, arrivedAt };
}

test("a character has its start, parity and stop bits", () => {
  expect(characterMs(pace)).toBeCloseTo(10 / 9.6);
  expect(characterMs({ ...pace, parity: "even" })).toBeCloseTo(11 / 9.6);
  expect(characterMs({ baud: 2_400, parity: "odd", stopBits: 2 })).toBeCloseTo(12 / 2.4);
});

test("a slave hears a frame when the silence after it is over, and its answer takes the time of its bytes", async () => {
  const { time, line, heard, arrivedAt } = await startLine();
  let heardAt = 0;
  const say = line.attachSlave({
    turnaroundMs: 5,
    hears(frame) {
      heardAt = time.clock.monotonic();
      expect([...frame]).toEqual([...request]);
      say(Uint8Array.from({ length: 20 }, (_, index) => index));
    },
  });
  line.master.write(request);
  await time.advance(200);
  const character = characterMs(pace);
  expect(heardAt).toBeCloseTo((request.length + SILENT_CHARACTERS) * character + 5, 0);
  expect(heard.flat()).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(arrivedAt.at(-1)).toBeCloseTo(heardAt + 20 * character, 0);
  expect(line.tally().collisions).toBe(0);
  expect(line.tally().busyMs).toBeCloseTo(28 * character);
});

test("what two say at once is heard by nobody", async () => {
  const { time, line, heard } = await startLine();
  const frames: number[][] = [];
  const say = line.attachSlave({ turnaroundMs: 0, hears: (frame) => frames.push([...frame]) });
  say(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  await time.advance(3);
  line.master.write(request);
  await time.advance(100);
  expect(line.tally().collisions).toBe(1);
  expect(heard.flat().slice(0, 3)).toEqual([1, 2, 3]);
  expect(heard.flat().slice(3)).not.toEqual([4, 5, 6, 7, 8]);
  expect(frames[0]).not.toEqual([...request]);
});

test("a pulled plug is told once, and opening is refused until it is in again", async () => {
  const { line } = await startLine();
  const reasons: string[] = [];
  line.master.onClose((reason) => reasons.push(reason));
  line.setPlugged(false);
  line.setPlugged(false);
  expect(reasons).toEqual(["closed"]);
  expect(await line.master.open()).toEqual({ ok: false, error: "not-found" });
  line.setPlugged(true);
  expect((await line.master.open()).ok).toBe(true);
});
