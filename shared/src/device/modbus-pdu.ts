import { fail, ok, type Result } from "../kernel/result.ts";

/**
 * Requests and answers without their envelope, as in the Modbus Application Protocol V1.1b3, section 6.
 * Coils and discrete inputs travel as 0 and 1, registers as 0 to 65535.
 */
export type ReadFunction = 1 | 2 | 3 | 4;
export type WriteFunction = 5 | 6 | 15 | 16;
export type ModbusRequest =
  | {
      readonly kind: "read";
      readonly function: ReadFunction;
      readonly address: number;
      readonly count: number;
    }
  | {
      readonly kind: "write";
      readonly function: WriteFunction;
      readonly address: number;
      readonly values: readonly number[];
    };

/**
 * Function 5 with a number where the standard has on and off: on for so many units of the device's own time. Some
 * relays know it (`agentLoss: timed-on`); the answer is the echo.
 */
export interface TimedOnRequest {
  readonly kind: "timed-on";
  readonly function: 5;
  readonly address: number;
  readonly units: number;
}
/** All that we ever ask. */
export type AnyRequest = ModbusRequest | TimedOnRequest;

/** Section 7: illegal function, illegal data address, illegal data value, server failure. */
export type ExceptionCode = 1 | 2 | 3 | 4;

/** Sections 6.1 and 6.3: most coils and most registers of one read; writes are below both. */
const MAX_COILS = 2_000;
const MAX_REGISTERS = 125;
const COIL_ON = 0xff00;
const EXCEPTION_FLAG = 0x80;
/** Function byte and exception code. */
export const EXCEPTION_PDU_BYTES = 2;

export function encodeRequest(request: AnyRequest): Uint8Array {
  const head = [request.function, ...word(request.address)];
  if (request.kind === "timed-on") return Uint8Array.from([...head, ...word(request.units)]);
  if (request.kind === "read") return Uint8Array.from([...head, ...word(request.count)]);
  const { values } = request;
  switch (request.function) {
    case 5:
      return Uint8Array.from([...head, ...word(values[0] === 1 ? COIL_ON : 0)]);
    case 6:
      return Uint8Array.from([...head, ...word(values[0] ?? 0)]);
    case 15: {
      const packed = packBits(values);
      return Uint8Array.from([...head, ...word(values.length), packed.length, ...packed]);
    }
    case 16:
      return Uint8Array.from([...head, ...word(values.length), values.length * 2, ...values.flatMap(word)]);
  }
}

/** The slave's view of a request; the failure is the exception to answer with. */
export function parseRequest(pdu: Uint8Array): Result<ModbusRequest, ExceptionCode> {
  const code = byteAt(pdu, 0);
  const address = wordAt(pdu, 1);
  const argument = wordAt(pdu, 3);
  switch (code) {
    case 1:
    case 2:
    case 3:
    case 4:
      return pdu.length === 5 && isCount(code, argument)
        ? ok({ kind: "read", function: code, address, count: argument })
        : fail(3);
    case 5:
      if (pdu.length !== 5 || (argument !== 0 && argument !== COIL_ON)) return fail(3);
      return ok({ kind: "write", function: 5, address, values: [argument === COIL_ON ? 1 : 0] });
    case 6:
      return pdu.length === 5 ? ok({ kind: "write", function: 6, address, values: [argument] }) : fail(3);
    case 15:
      if (!isCount(1, argument) || !hasPayload(pdu, Math.ceil(argument / 8))) return fail(3);
      return ok({ kind: "write", function: 15, address, values: unpackBits(pdu.subarray(6), argument) });
    case 16:
      if (!isCount(3, argument) || !hasPayload(pdu, argument * 2)) return fail(3);
      return ok({ kind: "write", function: 16, address, values: unpackWords(pdu.subarray(6), argument) });
    default:
      return fail(1);
  }
}

/** `values` are the coils or registers that a read asked for; a write is answered from the request. */
export function encodeReply(request: AnyRequest, values: readonly number[]): Uint8Array {
  if (request.kind !== "read") return encodeRequest(request).subarray(0, 5);
  const payload = request.function <= 2 ? packBits(values) : values.flatMap(word);
  return Uint8Array.from([request.function, payload.length, ...payload]);
}

export function encodeException(functionCode: number, code: ExceptionCode): Uint8Array {
  return Uint8Array.from([functionCode | EXCEPTION_FLAG, code]);
}

/** Bytes of the good answer to a request: known before it is sent, so a foreign answer seldom fits. */
export function replyLength(request: AnyRequest): number {
  if (request.kind !== "read") return 5;
  return 2 + (request.function <= 2 ? Math.ceil(request.count / 8) : request.count * 2);
}

/** Whether these first bytes can open an answer to this request (good or exception). */
export function opensReply(request: AnyRequest, functionByte: number): "reply" | "exception" | "no" {
  if (functionByte === request.function) return "reply";
  return functionByte === (request.function | EXCEPTION_FLAG) ? "exception" : "no";
}

/** Checks function, byte count and echo; a write answers with no values. */
export function parseReply(
  request: AnyRequest,
  pdu: Uint8Array,
): Result<readonly number[], "exception" | "wrong-reply"> {
  const opening = opensReply(request, byteAt(pdu, 0));
  if (opening === "exception")
    return pdu.length === EXCEPTION_PDU_BYTES ? fail("exception") : fail("wrong-reply");
  if (opening === "no" || pdu.length !== replyLength(request)) return fail("wrong-reply");
  if (request.kind !== "read") {
    const echo = encodeReply(request, []);
    return echo.every((value, index) => pdu[index] === value) ? ok([]) : fail("wrong-reply");
  }
  if (byteAt(pdu, 1) !== pdu.length - 2) return fail("wrong-reply");
  const payload = pdu.subarray(2);
  return ok(request.function <= 2 ? unpackBits(payload, request.count) : unpackWords(payload, request.count));
}

function isCount(code: number, count: number): boolean {
  return count >= 1 && count <= (code <= 2 ? MAX_COILS : MAX_REGISTERS);
}

function hasPayload(pdu: Uint8Array, sizeBytes: number): boolean {
  return byteAt(pdu, 5) === sizeBytes && pdu.length === 6 + sizeBytes;
}

function word(value: number): [number, number] {
  return [(value >> 8) & 0xff, value & 0xff];
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

function wordAt(bytes: Uint8Array, index: number): number {
  return byteAt(bytes, index) * 256 + byteAt(bytes, index + 1);
}

/** Section 6.1: the first coil is the lowest bit of the first byte. */
function packBits(values: readonly number[]): number[] {
  const packed: number[] = new Array(Math.ceil(values.length / 8)).fill(0);
  values.forEach((value, index) => {
    if (value === 1) packed[index >> 3] = (packed[index >> 3] ?? 0) | (1 << (index & 7));
  });
  return packed;
}

function unpackBits(bytes: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, index) => (byteAt(bytes, index >> 3) >> (index & 7)) & 1);
}

function unpackWords(bytes: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, index) => wordAt(bytes, index * 2));
}
