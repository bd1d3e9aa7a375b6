import type { WantedPin } from "../devices/gpio-pins.ts";

/**
 * Requests to the kernel's GPIO character device, version 2 (linux/gpio.h, since 5.10), as bytes. Sizes and places are
 * held against that header by `tests/contract/gpio-abi.test.ts`. Little-endian, as every machine we run on.
 */

/** `_IOR(0xB4, 1, struct gpiochip_info)` and so on: direction, size of the struct, 0xB4, number. */
export const ioctls = {
  chipInfo: 0x8044b401,
  lineInfo: 0xc100b405,
  getLine: 0xc250b407,
  getValues: 0xc010b40e,
  setValues: 0xc010b40f,
} as const;

export const CHIP_INFO_BYTES = 68;
export const LINE_INFO_BYTES = 256;
export const LINE_REQUEST_BYTES = 592;
const LINE_VALUES_BYTES = 16;
const NAME_BYTES = 32;
const CHIP_LABEL_AT = 32;
const LINE_OFFSET_AT = 64;

/** Places in `struct gpio_v2_line_request`. */
export const requestPlaces = {
  offsets: 0,
  consumer: 256,
  configFlags: 288,
  configAttributeCount: 296,
  configAttributes: 320,
  lineCount: 560,
  fd: 588,
} as const;
const ATTRIBUTE_BYTES = 24;
const ATTRIBUTE_VALUE_AT = 8;
const ATTRIBUTE_MASK_AT = 16;

const flags = {
  input: 1n << 2n,
  output: 1n << 3n,
  "as-is": 0n,
  "pull-up": 1n << 8n,
  "pull-down": 1n << 9n,
  disabled: 1n << 10n,
} as const;
const attributeIds = { outputValues: 2, debounce: 3 } as const;
const CONSUMER = "loa";
const US_PER_MS = 1_000;

export function chipLabelOf(info: Buffer): string {
  return textAt(info, CHIP_LABEL_AT);
}

export function lineInfoRequest(line: number): Buffer {
  const info = Buffer.alloc(LINE_INFO_BYTES);
  info.writeUInt32LE(line, LINE_OFFSET_AT);
  return info;
}

/** Null for a line without a name. */
export function lineNameOf(info: Buffer): string | null {
  const name = textAt(info, 0);
  return name === "" ? null : name;
}

/** One line a request, so that one that somebody else holds keeps no other from being ours. */
export function lineRequest({ line, bias, settleMs, startLevel }: WantedPin): Buffer {
  const request = Buffer.alloc(LINE_REQUEST_BYTES);
  request.writeUInt32LE(line, requestPlaces.offsets);
  request.write(CONSUMER, requestPlaces.consumer, "ascii");
  const direction = startLevel === null ? flags.input : flags.output;
  request.writeBigUInt64LE(direction | flags[bias], requestPlaces.configFlags);
  const attributes: [number, bigint][] = [];
  if (startLevel !== null) attributes.push([attributeIds.outputValues, BigInt(startLevel)]);
  else if (settleMs > 0) attributes.push([attributeIds.debounce, BigInt(settleMs * US_PER_MS)]);
  request.writeUInt32LE(attributes.length, requestPlaces.configAttributeCount);
  for (const [index, [id, value]] of attributes.entries()) {
    const at = requestPlaces.configAttributes + index * ATTRIBUTE_BYTES;
    request.writeUInt32LE(id, at);
    request.writeBigUInt64LE(value, at + ATTRIBUTE_VALUE_AT);
    request.writeBigUInt64LE(1n, at + ATTRIBUTE_MASK_AT);
  }
  request.writeUInt32LE(1, requestPlaces.lineCount);
  return request;
}

export function fdOf(request: Buffer): number {
  return request.readInt32LE(requestPlaces.fd);
}

/** Asks for, or sets, the only line of its request. */
export function lineValues(level: 0 | 1): Buffer {
  const values = Buffer.alloc(LINE_VALUES_BYTES);
  values.writeBigUInt64LE(BigInt(level), 0);
  values.writeBigUInt64LE(1n, 8);
  return values;
}

export function levelOf(values: Buffer): 0 | 1 {
  return (values.readBigUInt64LE(0) & 1n) === 1n ? 1 : 0;
}

function textAt(bytes: Buffer, from: number): string {
  const end = bytes.indexOf(0, from);
  const limit = from + NAME_BYTES;
  return bytes.toString("ascii", from, end < 0 || end > limit ? limit : end);
}
