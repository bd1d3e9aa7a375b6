import { CRC_BYTES, openMbap, openRtu, wrapMbap, wrapRtu } from "@loa/shared/device/modbus-frame.ts";
import type { ModbusProfile, TransportKind } from "@loa/shared/device/profile-modbus.ts";
import type { Random, Timers } from "@loa/shared/kernel/ambient.ts";
import { answerPdu } from "./modbus-answer.ts";
import type { VirtualDevice } from "./virtual-device.ts";

/**
 * The device's side of one line, with its own frame codec: modbus-serial's servers cannot break a checksum, and the
 * serial one opens its port by itself. `tests/contract/modbus-pymodbus.test.ts` holds it against mbpoll.
 */
export interface Slave {
  /** Bytes from the line; `send` is called for answers, now or later. */
  receive(bytes: Uint8Array): void;
}

export interface SlavePorts {
  readonly device: VirtualDevice<ModbusProfile>;
  readonly kind: TransportKind;
  readonly unit: number;
  readonly send: (bytes: Uint8Array) => void;
  readonly timers: Timers;
  readonly random: Random;
}

/** More without a whole request is noise and starts anew. */
const MAX_RECEIVED_BYTES = 520;
/** Share of answers with a broken byte under `crc-noise`, and of cut ones under `half-frames`. */
export const NOISE_SHARE = 0.25;
/** Under `slow`: this share of the time that the profile lets pass. */
const SLOW_SHARE = 0.6;

export function createSlave(ports: SlavePorts): Slave {
  let received = new Uint8Array();
  return {
    receive(bytes) {
      received = Uint8Array.from([...received, ...bytes]).slice(-MAX_RECEIVED_BYTES);
      for (;;) {
        const taken = ports.kind === "modbus-rtu" ? takeRtu(received) : takeMbap(received);
        if (taken === "more") return;
        received = received.slice(taken.sizeBytes);
        if (taken.request !== null && taken.request.unit === ports.unit) answer(ports, taken.request);
      }
    },
  };
}

interface TakenRequest {
  readonly unit: number;
  readonly pdu: Uint8Array;
  readonly transaction: number;
}
type Taken = "more" | { readonly sizeBytes: number; readonly request: TakenRequest | null };

/** A slave knows a request's length by its function. Noise empties the buffer, as silence does on a real line. */
function takeRtu(bytes: Uint8Array): Taken {
  const [, functionByte = 0] = bytes;
  const isMultiple = functionByte === 15 || functionByte === 16;
  const byteCount = isMultiple ? bytes[6] : 0;
  if (bytes.length < 4 || byteCount === undefined) return "more";
  const sizeBytes = (isMultiple ? 7 + byteCount : 6) + CRC_BYTES;
  if (bytes.length < sizeBytes) return "more";
  const frame = openRtu(bytes.subarray(0, sizeBytes));
  if (!frame.ok) return { sizeBytes: bytes.length, request: null };
  return { sizeBytes, request: { ...frame.value, transaction: 0 } };
}

function takeMbap(bytes: Uint8Array): Taken {
  const frame = openMbap(bytes);
  if (frame === "more") return "more";
  if (!frame.ok) return { sizeBytes: bytes.length, request: null };
  return { sizeBytes: frame.value.sizeBytes, request: frame.value };
}

function answer(ports: SlavePorts, { unit, pdu, transaction }: TakenRequest): void {
  const { device, kind, send, timers, random } = ports;
  if (!device.hears()) return;
  const reply = answerPdu(device, pdu);
  const faults = device.faults();
  const isNoisy = faults.has("crc-noise") && random.next() < NOISE_SHARE;
  const isHalf = faults.has("half-frames") && random.next() < NOISE_SHARE;
  // TCP has no checksum of ours: there, noise is an answer that belongs to no request.
  const frame =
    kind === "modbus-rtu"
      ? wrapRtu(unit, reply)
      : wrapMbap(isNoisy ? transaction ^ 1 : transaction, unit, reply);
  if (isNoisy && kind === "modbus-rtu") flipBit(frame, random);
  const sent = isHalf ? frame.subarray(0, Math.ceil(frame.length / 2)) : frame;
  const delayMs = delayOf(ports);
  if (delayMs === 0) send(sent);
  else timers.after(delayMs, () => send(sent));
}

/** Late means: after the master gave up, and before its quarantine is over. */
function delayOf({ device, random }: SlavePorts): number {
  const { responseMs, quarantineMs } = device.profile.timing;
  const faults = device.faults();
  if (!faults.has("late-replies")) return faults.has("slow") ? Math.round(responseMs * SLOW_SHARE) : 0;
  return Math.round(responseMs + quarantineMs * (0.1 + 0.7 * random.next()));
}

function flipBit(frame: Uint8Array, random: Random): void {
  const index = Math.floor(random.next() * frame.length);
  frame[index] = (frame[index] ?? 0) ^ (1 << Math.floor(random.next() * 8));
}
