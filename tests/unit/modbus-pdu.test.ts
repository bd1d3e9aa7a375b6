import { openMbap, openRtu, wrapMbap, wrapRtu } from "@loa/shared/device/modbus-frame.ts";
import {
  encodeReply,
  encodeRequest,
  type ModbusRequest,
  parseReply,
  parseRequest,
} from "@loa/shared/device/modbus-pdu.ts";
import fc from "fast-check";
import { expect, it } from "vitest";

const address = fc.integer({ min: 0, max: 0xffff });
const bit = fc.constantFrom(0, 1);
const word = fc.integer({ min: 0, max: 0xffff });
const anyRequest: fc.Arbitrary<ModbusRequest> = fc.oneof(
  fc.record({
    kind: fc.constant("read" as const),
    function: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
    address,
    count: fc.integer({ min: 1, max: 125 }),
  }),
  write(5, bit, 1),
  write(6, word, 1),
  write(15, bit, 200),
  write(16, word, 100),
);

it("a request is understood as it was made", () => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      expect(parseRequest(encodeRequest(request))).toEqual({ ok: true, value: request });
    }),
  );
});

it("an answer gives back the values, and is refused for any other length or function", () => {
  const asked = anyRequest.chain((request) => {
    const count = request.kind === "read" ? request.count : 0;
    const value = request.function <= 2 ? bit : word;
    return fc.record({
      request: fc.constant(request),
      values: fc.array(value, { minLength: count, maxLength: count }),
    });
  });
  fc.assert(
    fc.property(asked, ({ request, values }) => {
      const reply = encodeReply(request, values);
      expect(parseReply(request, reply)).toEqual({ ok: true, value: values });
      expect(parseReply(request, Uint8Array.from([...reply, 0])).ok).toBe(false);
      expect(parseReply(request, reply.subarray(0, -1)).ok).toBe(false);
      expect(parseReply(request, Uint8Array.from([7, ...reply.subarray(1)])).ok).toBe(false);
    }),
  );
});

it("a write that echoes another address or value is no answer", () => {
  const on: ModbusRequest = { kind: "write", function: 5, address: 3, values: [1] };
  expect(parseReply(on, Uint8Array.of(5, 0, 3, 0xff, 0)).ok).toBe(true);
  expect(parseReply(on, Uint8Array.of(5, 0, 4, 0xff, 0))).toEqual({ ok: false, error: "wrong-reply" });
  expect(parseReply(on, Uint8Array.of(5, 0, 3, 0, 0))).toEqual({ ok: false, error: "wrong-reply" });
});

it("one wrong bit anywhere in an RTU frame is noticed", () => {
  const frame = wrapRtu(1, encodeRequest({ kind: "read", function: 4, address: 2, count: 3 }));
  expect(openRtu(frame).ok).toBe(true);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: frame.length * 8 - 1 }), (position) => {
      const broken = Uint8Array.from(frame);
      broken[position >> 3] = (broken[position >> 3] ?? 0) ^ (1 << (position & 7));
      expect(openRtu(broken)).toEqual({ ok: false, error: "bad-crc" });
    }),
  );
});

it("a TCP frame is taken out of a stream in any pieces", () => {
  const frame = wrapMbap(258, 7, Uint8Array.of(3, 2, 0, 9));
  for (let length = 0; length < frame.length; length++)
    expect(openMbap(frame.subarray(0, length))).toBe("more");
  expect(openMbap(Uint8Array.from([...frame, 1, 2]))).toMatchObject({
    value: { transaction: 258, unit: 7, sizeBytes: frame.length },
  });
});

function write<Code extends 5 | 6 | 15 | 16>(code: Code, value: fc.Arbitrary<number>, most: number) {
  return fc.record({
    kind: fc.constant("write" as const),
    function: fc.constant(code),
    address,
    values: fc.array(value, { minLength: 1, maxLength: most }),
  });
}
