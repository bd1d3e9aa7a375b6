import { z } from "zod";
import {
  expectation,
  expected,
  goldenHead,
  MAX_GOLDEN_FRAMES,
  MAX_POINTS,
  pointHead,
  pointNumber,
  pointTail,
  profileHead,
  profileSafety,
  profileSetUp,
  profileWarmUp,
  setting,
  writeLimits,
} from "./profile-parts.ts";
import { sequences } from "./profile-sequence.ts";

/** Devices that speak Modbus, on a serial line or over TCP. */

/** Modbus Application Protocol V1.1b3, section 4.3: the four tables of a device. */
export const modbusSpace = z.enum(["coil", "discrete", "input", "holding"]);
export type ModbusSpace = z.infer<typeof modbusSpace>;

export const pointType = z.enum(["bit", "u16", "s16", "u32", "s32", "f32"]);
export type PointType = z.infer<typeof pointType>;

/** Which word of a 32-bit value has the lower address. Bytes inside a word are big-endian, as Modbus says. */
export const wordOrder = z.enum(["high-first", "low-first"]);

/** 256 bytes of the longest RTU frame, written as `01 04 …`. */
const MAX_FRAME_TEXT = 256 * 3;
const MAX_COPIES = 8;

const address = z.int().min(0).max(0xffff);
const bit = z.int().min(0).max(15);
/** Bits `first` to `last` of a register, both included; 0 is the lowest. */
const bits = z.strictObject({ first: bit, last: bit });
export type Bits = z.infer<typeof bits>;

const modbusRtu = z.strictObject({
  kind: z.literal("modbus-rtu"),
  baud: z.int().min(1_200).max(115_200),
  dataBits: z.literal(8),
  parity: z.enum(["none", "even", "odd"]),
  stopBits: z.union([z.literal(1), z.literal(2)]),
  unit: z.int().min(1).max(247),
});
const modbusTcp = z.strictObject({
  kind: z.literal("modbus-tcp"),
  port: z.int().min(1).max(65_535),
  unit: z.int().min(0).max(255),
});
/** Factory defaults; the site's own bus, unit and address are not the profile's business. */
const modbusTransport = z.discriminatedUnion("kind", [modbusRtu, modbusTcp]);
/** How Modbus frames travel. */
export type TransportKind = z.infer<typeof modbusTransport>["kind"];

export const timing = z.strictObject({
  /** How long an answer is waited for, ms. */
  responseMs: z.int().min(20).max(5_000),
  /** Silence between two frames, ms; at least 3.5 characters (Modbus over Serial Line V1.02, 2.5.1.1). */
  gapMs: z.int().min(0).max(2_000),
  /** After a timeout bytes are thrown away this long; must outlast the slowest late answer, ms. */
  quarantineMs: z.int().min(0).max(10_000),
  /** Further tries of one request after the first. */
  retries: z.int().min(0).max(5),
  /** Most registers (or coils) in one read. */
  maxRead: z.int().min(1).max(125),
  /** Most unused registers (or coils) read along to join two points into one read. */
  maxHole: z.int().min(0).max(124),
});
export type Timing = z.infer<typeof timing>;

export const identifyRead = z.strictObject({
  space: modbusSpace,
  address,
  type: pointType,
  wordOrder: wordOrder.default("high-first"),
  expect: expectation,
});
export type IdentifyRead = z.infer<typeof identifyRead>;

/** Bits of a register that the device has now, put into the word that is written: the rest of a packed word. */
const bitCopy = z.strictObject({ space: z.enum(["input", "holding"]), address, bits, to: bit });
export type BitCopy = z.infer<typeof bitCopy>;

const modbusWrite = z.strictObject({
  /** Modbus function: 5 and 15 for coils, 6 and 16 for holding registers. */
  function: z.union([z.literal(5), z.literal(6), z.literal(15), z.literal(16)]),
  /** Where it is written, if not where it is read. */
  address: address.optional(),
  /** Which bits of the written register, if not those of the point. */
  bits: bits.optional(),
  /** The other bits of a packed register: read first, then written together with the value. */
  compose: z.array(bitCopy).min(1).max(MAX_COPIES).optional(),
  ...writeLimits,
});

export const modbusPoint = z.strictObject({
  ...pointHead,
  space: modbusSpace,
  address,
  type: pointType,
  wordOrder: wordOrder.default("high-first"),
  /** Which bit of the register, for `type: bit` in `input` and `holding`. */
  bit: bit.optional(),
  /** Which bits of the register, for `type: u16` that shares its register with others. */
  bits: bits.optional(),
  ...pointNumber,
  ...pointTail,
  write: modbusWrite.optional(),
});
export type ModbusPoint = z.infer<typeof modbusPoint>;

const hexFrame = z
  .string()
  .max(MAX_FRAME_TEXT)
  .regex(/^[0-9A-F]{2}( [0-9A-F]{2})*$/, "upper-case hex bytes with one space between: `01 04 00 00`");

export const modbusGolden = z.strictObject({
  ...goldenHead,
  request: hexFrame,
  reply: hexFrame,
  /** For a composed write: the registers as they stood before. */
  given: z
    .array(z.strictObject({ space: z.enum(["input", "holding"]), address, word: z.int().min(0).max(0xffff) }))
    .max(MAX_COPIES)
    .default([]),
  expect: expected,
});
export type ModbusGolden = z.infer<typeof modbusGolden>;

/**
 * What the hardware itself does when nobody speaks to it any more.
 * `timed-on`: switched on only for a time, `value × unitMs`, and renewed by the driver while it is wanted.
 * `watchdog`: set on the device, which switches off by itself when nobody polls; `reset` is written after it fired.
 */
const agentLoss = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({
    kind: z.literal("timed-on"),
    /** Function 5 with a number instead of on or off; for each capability its own address. */
    outputs: z
      .array(z.strictObject({ capability: pointHead.capability, address }))
      .min(1)
      .max(32),
    unitMs: z.int().min(1).max(60_000),
    maxUnits: z.int().min(1).max(0xffff),
    /** How long each order keeps it on, ms; renewed after half of it. */
    onMs: z.int().min(1_000).max(3_600_000),
    /** One order byte for byte, so that the encoding is pinned: this output on for so long. */
    example: z.strictObject({ capability: pointHead.capability, onMs: z.int().min(1), request: hexFrame }),
  }),
  z.strictObject({
    kind: z.literal("watchdog"),
    /** What it is to be set to on the device, ms. */
    timeoutMs: z.int().min(1_000).max(3_600_000),
    reset: setting,
  }),
]);
export type AgentLoss = z.infer<typeof agentLoss>;

export const modbusProfile = z.strictObject({
  ...profileHead,
  transport: modbusTransport,
  timing,
  ...profileWarmUp,
  /** All must agree before anything is written. */
  identify: z.array(identifyRead).min(1).max(8),
  points: z.array(modbusPoint).min(1).max(MAX_POINTS),
  sequences,
  ...profileSafety,
  agentLoss: agentLoss.optional(),
  ...profileSetUp,
  golden: z.array(modbusGolden).max(MAX_GOLDEN_FRAMES),
});
export type ModbusProfile = z.infer<typeof modbusProfile>;
