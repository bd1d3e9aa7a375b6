import { createFrameWalk, type FrameFault } from "@loa/shared/wire/frame-walk.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frame, header } from "../support/raw-mqtt.ts";

const everything = () => true;

/** What the walk says about bytes that come in pieces of these sizes. */
function walk(
  bytes: Buffer,
  maxFrameBytes: number,
  pieceSizes: readonly number[] = [bytes.length],
): FrameFault | null {
  const frames = createFrameWalk(everything);
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, pieceSizes[turn % pieceSizes.length] ?? 1);
    const fault = frames.look(bytes.subarray(at, at + size), maxFrameBytes);
    if (fault !== null) return fault;
    at += size;
  }
  return null;
}

const frameOf = fc
  .tuple(fc.integer({ min: 0x10, max: 0xef }), fc.uint8Array({ maxLength: 300 }))
  .map(([firstByte, body]) => {
    const start = beginsWithId(firstByte) ? Buffer.from([1, 0, 0, 0, 0]) : Buffer.alloc(0);
    return frame(firstByte, start, Buffer.from(body));
  });

/** PUBACK to UNSUBACK. */
function beginsWithId(firstByte: number): boolean {
  return firstByte >= 0x40 && firstByte < 0xc0;
}

describe("the walk over frames", () => {
  test("finds nothing wrong with whole frames, in whatever pieces they come", () => {
    fc.assert(
      fc.property(
        fc.array(frameOf),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (frames, pieces) => {
          const largest = Math.max(2, ...frames.map(({ length }) => length));
          expect(walk(Buffer.concat(frames), largest, pieces)).toBeNull();
        },
      ),
    );
  });

  test("says so at the announcement of a frame that is one byte too long", () => {
    fc.assert(
      fc.property(fc.array(frameOf), fc.integer({ min: 400, max: 100_000 }), (frames, bodyBytes) => {
        const announced = header(0x30, bodyBytes);
        const wholeBytes = announced.length + bodyBytes;
        const bytes = Buffer.concat([...frames, announced]);
        expect(walk(bytes, wholeBytes, [1])).toBeNull();
        expect(walk(bytes, wholeBytes - 1, [1])).toBe("too-big");
      }),
    );
  });

  test("refuses a length of five bytes", () => {
    const endless = Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x00]);
    expect(walk(endless, 2 ** 40)).toBe("bad-length");
  });

  test.for([
    ["PUBACK with id 0", frame(0x40, Buffer.from([0, 0])), "no-packet-id"],
    ["SUBSCRIBE with id 0", frame(0x82, Buffer.from([0, 0, 0, 1, 0x61, 1])), "no-packet-id"],
    ["PUBACK without an id", frame(0x40), "bad-length"],
    ["SUBSCRIBE without a filter", frame(0x82, Buffer.from([0, 1])), "bad-length"],
    ["UNSUBSCRIBE without a filter", frame(0xa2, Buffer.from([0, 1])), "bad-length"],
  ] as const)("refuses %s, in whatever pieces it comes", ([, bytes, fault]) => {
    const before = frame(0x40, Buffer.from([0, 1]));
    for (const size of [1, 2, 3, 100]) expect(walk(Buffer.concat([before, bytes]), 100, [size])).toBe(fault);
  });

  test("refuses a first byte that is not allowed, wherever it comes", () => {
    const frames = createFrameWalk((firstByte) => firstByte !== 0x20);
    expect(frames.look(frame(0x30, Buffer.alloc(10)), 100)).toBeNull();
    expect(frames.look(Buffer.from([0x20]), 100)).toBe("not-allowed");
  });
});
