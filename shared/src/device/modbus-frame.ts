import { fail, ok, type Result } from "../kernel/result.ts";

/** The two envelopes: RTU (Modbus over Serial Line V1.02, 2.5.1) and MBAP (Messaging on TCP/IP V1.0b, 3.1.3). */

export const CRC_BYTES = 2;
/** Unit, function, CRC. */
const MIN_RTU_BYTES = 4;
export const MBAP_HEADER_BYTES = 7;
/** 253 bytes of PDU and the unit. */
const MAX_MBAP_LENGTH = 254;

export interface UnitPdu {
  readonly unit: number;
  readonly pdu: Uint8Array;
}

export function wrapRtu(unit: number, pdu: Uint8Array): Uint8Array {
  const body = Uint8Array.from([unit, ...pdu]);
  const crc = crc16(body);
  return Uint8Array.from([...body, crc & 0xff, crc >> 8]);
}

/** `bytes` is exactly one frame. */
export function openRtu(bytes: Uint8Array): Result<UnitPdu, "bad-crc"> {
  if (bytes.length < MIN_RTU_BYTES) return fail("bad-crc");
  const body = bytes.subarray(0, -CRC_BYTES);
  const crc = crc16(body);
  const matches = bytes[bytes.length - 2] === (crc & 0xff) && bytes[bytes.length - 1] === crc >> 8;
  return matches ? ok({ unit: body[0] ?? 0, pdu: body.subarray(1) }) : fail("bad-crc");
}

export function wrapMbap(transaction: number, unit: number, pdu: Uint8Array): Uint8Array {
  const length = pdu.length + 1;
  return Uint8Array.from([
    (transaction >> 8) & 0xff,
    transaction & 0xff,
    0,
    0,
    (length >> 8) & 0xff,
    length & 0xff,
    unit,
    ...pdu,
  ]);
}

/** The first frame of a stream: `more` when it is not whole yet, a failure when the stream is out of step. */
export function openMbap(
  bytes: Uint8Array,
): "more" | Result<UnitPdu & { readonly transaction: number; readonly sizeBytes: number }, "wrong-reply"> {
  if (bytes.length < MBAP_HEADER_BYTES + 1) return "more";
  const at = (index: number) => bytes[index] ?? 0;
  const length = at(4) * 256 + at(5);
  if (at(2) !== 0 || at(3) !== 0 || length < 2 || length > MAX_MBAP_LENGTH) return fail("wrong-reply");
  const sizeBytes = 6 + length;
  if (bytes.length < sizeBytes) return "more";
  return ok({
    transaction: at(0) * 256 + at(1),
    unit: at(6),
    pdu: bytes.subarray(MBAP_HEADER_BYTES, sizeBytes),
    sizeBytes,
  });
}

/** CRC-16 with polynomial 0xA001, sent low byte first (Modbus over Serial Line V1.02, 6.2.2). */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}
