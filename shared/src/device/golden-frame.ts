import type { PointValue } from "./capability.ts";
import { openMbap, openRtu, type UnitPdu, wrapMbap, wrapRtu } from "./modbus-frame.ts";
import { encodeReply, encodeRequest, type ModbusRequest, parseReply, parseRequest } from "./modbus-pdu.ts";
import { readsBefore, writeRequest } from "./point-write.ts";
import { readFunctionOf, wordsOf } from "./poll-plan.ts";
import type { ModbusGolden, ModbusPoint, ModbusProfile, TransportKind } from "./profile-modbus.ts";
import type { Expected } from "./profile-parts.ts";
import { decodePoint, widthOf } from "./registers.ts";

/** What a golden frame and the rest of its profile disagree about, as sentences; nothing when they agree. */
export function checkGoldenFrame(profile: ModbusProfile, frame: ModbusGolden): readonly string[] {
  const kind = profile.transport.kind;
  const request = openFrame(kind, bytesOf(frame.request));
  const reply = openFrame(kind, bytesOf(frame.reply));
  if (request === null)
    return ["`request` is not a whole frame with the right checksum or header: copy or encode it again"];
  if (reply === null)
    return ["`reply` is not a whole frame with the right checksum or header: copy or encode it again"];
  if (request.unit !== reply.unit)
    return ["`request` and `reply` name different units: one of them is foreign"];
  const asked = parseRequest(request.pdu);
  if (!asked.ok) return ["`request` is no Modbus request with function 1 to 6, 15 or 16"];
  const answer = parseReply(asked.value, reply.pdu);
  if (!answer.ok) return ["`reply` does not answer `request`: function, byte count or echo differ"];
  return frame.expect.flatMap((expected) =>
    asked.value.kind === "read"
      ? checkRead(profile, asked.value, answer.value, expected)
      : checkWrite(profile, frame, asked.value, expected),
  );
}

/** Points whose reading (or writing) this frame pins down. */
export function coverageOf(profile: ModbusProfile, frame: ModbusGolden): "read" | "write" | "none" {
  const request = openFrame(profile.transport.kind, bytesOf(frame.request));
  const asked = request === null ? null : parseRequest(request.pdu);
  return asked?.ok === true ? asked.value.kind : "none";
}

/** The frames as this code makes them: request, and the answer to a write or with these register values. */
export function makeFrames(
  kind: TransportKind,
  unit: number,
  request: ModbusRequest,
  values: readonly number[],
): { readonly request: string; readonly reply: string } {
  return {
    request: hexOf(wrap(kind, unit, encodeRequest(request))),
    reply: hexOf(wrap(kind, unit, encodeReply(request, values))),
  };
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.split(" "), (pair) => Number.parseInt(pair, 16));
}

export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}

function wrap(kind: TransportKind, unit: number, pdu: Uint8Array): Uint8Array {
  return kind === "modbus-rtu" ? wrapRtu(unit, pdu) : wrapMbap(1, unit, pdu);
}

function openFrame(kind: TransportKind, bytes: Uint8Array): UnitPdu | null {
  if (kind === "modbus-rtu") {
    const opened = openRtu(bytes);
    return opened.ok ? opened.value : null;
  }
  const opened = openMbap(bytes);
  if (opened === "more" || !opened.ok || opened.value.sizeBytes !== bytes.length) return null;
  return opened.value;
}

function checkRead(
  profile: ModbusProfile,
  asked: ModbusRequest & { readonly kind: "read" },
  words: readonly number[],
  expected: Expected,
): readonly string[] {
  const point = profile.points.find((candidate) => candidate.capability === expected.capability);
  if (point === undefined) return [missingPoint(expected)];
  if (!isInside(point, asked))
    return [
      `\`${point.capability}\` is not among the registers of this \`request\`: correct its address, or give it a frame of its own`,
    ];
  const found = decodePoint(point, wordsOf(point, asked, words));
  if (agrees(found, expected.value)) return [];
  const value = found.quality === "good" ? `${found.value}` : "invalid";
  const wanted = expected.value === null ? "invalid (null)" : `${expected.value}`;
  return [
    `\`${point.capability}\` decodes to ${value}, not to ${wanted}: check type, word order, scale and offset`,
  ];
}

function checkWrite(
  profile: ModbusProfile,
  frame: ModbusGolden,
  asked: ModbusRequest & { readonly kind: "write" },
  expected: Expected,
): readonly string[] {
  const point = profile.points.find((candidate) => candidate.capability === expected.capability);
  if (point === undefined) return [missingPoint(expected)];
  if (expected.value === null) return [`writing \`${point.capability}\` needs a value, not null`];
  const missing = readsBefore(point).find(
    (read) => !frame.given.some((word) => word.space === read.space && word.address === read.address),
  );
  if (missing !== undefined)
    return [
      `writing \`${point.capability}\` needs the register before: add \`given\` with ${missing.space} ${missing.address}`,
    ];
  const made = writeRequest(point, expected.value, frame.given);
  if (!made.ok) return [`the profile does not allow to write ${expected.value} to \`${point.capability}\``];
  const ours = hexOf(encodeRequest(made.value));
  return ours === hexOf(encodeRequest(asked))
    ? []
    : [
        `writing ${expected.value} to \`${point.capability}\` makes ${ours}, which is not this \`request\`: correct the point or the frame`,
      ];
}

function isInside(point: ModbusPoint, asked: ModbusRequest & { readonly kind: "read" }): boolean {
  return (
    readFunctionOf(point.space) === asked.function &&
    point.address >= asked.address &&
    point.address + widthOf(point.type) <= asked.address + asked.count
  );
}

function agrees(found: PointValue, wanted: number | null): boolean {
  if (found.quality === "invalid") return wanted === null;
  return wanted !== null && Math.abs(found.value - wanted) <= Math.max(1e-9, Math.abs(wanted) * 1e-6);
}

function missingPoint(expected: Expected): string {
  return `\`${expected.capability}\` is expected but is no point of this profile: add the point or remove the line`;
}
