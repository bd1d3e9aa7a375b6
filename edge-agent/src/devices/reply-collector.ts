import { CRC_BYTES, openMbap, openRtu, wrapMbap, wrapRtu } from "@loa/shared/device/modbus-frame.ts";
import {
  type AnyRequest,
  EXCEPTION_PDU_BYTES,
  opensReply,
  parseReply,
  replyLength,
} from "@loa/shared/device/modbus-pdu.ts";
import type { TransportKind } from "@loa/shared/device/profile-modbus.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";

/** Which answer is waited for. `transaction` counts requests; only MBAP sends it. */
export interface Asked {
  readonly unit: number;
  readonly request: AnyRequest;
  readonly transaction: number;
}

/** What the bytes so far are: not enough, the PDU of the answer, or nothing that can become it. */
export interface Collected {
  readonly outcome: "more" | Result<Uint8Array, "bad-crc" | "wrong-reply">;
  /** Bytes to keep for the next look. */
  readonly rest: Uint8Array;
}

/** Drivers of RS-485 often put a stray byte or two on the line when they turn round. */
const MAX_LEADING_NOISE_BYTES = 4;
const UNIT_BYTES = 1;

export function wrapRequest(kind: TransportKind, asked: Asked, pdu: Uint8Array): Uint8Array {
  return kind === "modbus-rtu" ? wrapRtu(asked.unit, pdu) : wrapMbap(asked.transaction, asked.unit, pdu);
}

export function collectReply(kind: TransportKind, asked: Asked, bytes: Uint8Array): Collected {
  return kind === "modbus-rtu" ? collectRtu(asked, bytes) : collectMbap(asked, bytes);
}

/** An RTU frame says neither its length nor whose answer it is: unit, function, byte count, echo and CRC must fit. */
function collectRtu(asked: Asked, bytes: Uint8Array): Collected {
  let broken = false;
  for (let start = 0; start <= MAX_LEADING_NOISE_BYTES && start < bytes.length; start++) {
    const sizeBytes = frameSize(asked, bytes.subarray(start));
    if (sizeBytes === null || bytes.length < start + sizeBytes) continue;
    const frame = openRtu(bytes.subarray(start, start + sizeBytes));
    if (!frame.ok) {
      broken ||= start === 0;
      continue;
    }
    const outcome = belongs(asked, frame.value.pdu) ? ok(frame.value.pdu) : fail("wrong-reply" as const);
    return { outcome, rest: new Uint8Array() };
  }
  return { outcome: broken ? fail("bad-crc") : "more", rest: bytes };
}

/** Answers to earlier requests are told by their transaction and thrown away; no quarantine is needed. */
function collectMbap(asked: Asked, bytes: Uint8Array): Collected {
  let rest = bytes;
  for (;;) {
    const frame = openMbap(rest);
    if (frame === "more") return { outcome: "more", rest };
    if (!frame.ok) return { outcome: fail("wrong-reply"), rest: new Uint8Array() };
    const { transaction, unit, pdu, sizeBytes } = frame.value;
    rest = rest.subarray(sizeBytes);
    if (transaction !== asked.transaction) continue;
    const outcome = unit === asked.unit && belongs(asked, pdu) ? ok(pdu) : fail("wrong-reply" as const);
    return { outcome, rest };
  }
}

/** Whole size of the frame that these bytes open, or null when they open no answer to this request. */
function frameSize(asked: Asked, bytes: Uint8Array): number | null {
  const [unit, functionByte] = bytes;
  if (unit !== asked.unit || functionByte === undefined) return null;
  const opening = opensReply(asked.request, functionByte);
  if (opening === "no") return null;
  const pduBytes = opening === "exception" ? EXCEPTION_PDU_BYTES : replyLength(asked.request);
  return UNIT_BYTES + pduBytes + CRC_BYTES;
}

function belongs(asked: Asked, pdu: Uint8Array): boolean {
  const parsed = parseReply(asked.request, pdu);
  return parsed.ok || parsed.error === "exception";
}
