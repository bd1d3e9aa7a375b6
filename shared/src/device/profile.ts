import { z } from "zod";
import { capability } from "./capability.ts";

/**
 * A profile: everything the driver, the virtual device and the technician's sheet know about one product family.
 * Data only, no expressions. The order of keys here is the order in the file (`hardware-profiles/README.md`).
 */

/** Modbus Application Protocol V1.1b3, section 4.3: the four tables of a device. */
export const modbusSpace = z.enum(["coil", "discrete", "input", "holding"]);
export type ModbusSpace = z.infer<typeof modbusSpace>;

export const pointType = z.enum(["bit", "u16", "s16", "u32", "s32", "f32"]);
export type PointType = z.infer<typeof pointType>;

export const pollClass = z.enum(["fast", "normal", "slow"]);
export type PollClass = z.infer<typeof pollClass>;

/** Which word of a 32-bit value has the lower address. Bytes inside a word are big-endian, as Modbus says. */
export const wordOrder = z.enum(["high-first", "low-first"]);

const MAX_POINTS = 64;
const MAX_GOLDEN_FRAMES = 64;
/** 256 bytes of the longest RTU frame, written as `01 04 …`. */
const MAX_FRAME_TEXT = 256 * 3;

const title = z.string().min(1).max(120);
const address = z.int().min(0).max(0xffff);
const span = z.strictObject({ min: z.number(), max: z.number() });

/** How far the facts can be believed, weakest first. `derived` frames come from an independent encoder. */
const trust = z.enum(["derived", "manual", "bench", "field"]);

const source = z.strictObject({
  title,
  page: z.string().min(1).max(60),
  url: z.url({ protocol: /^https?$/ }).optional(),
  trust,
});

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
export const transport = z.discriminatedUnion("kind", [modbusRtu, modbusTcp]);
export type TransportKind = z.infer<typeof transport>["kind"];

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

/** What the raw number must be: one of a list, or in a span. */
const expectation = z.union([
  z.strictObject({ oneOf: z.array(z.number()).min(1).max(16) }),
  z.strictObject({ between: span }),
]);

export const identifyRead = z.strictObject({
  space: modbusSpace,
  address,
  type: pointType,
  wordOrder: wordOrder.default("high-first"),
  expect: expectation,
});
export type IdentifyRead = z.infer<typeof identifyRead>;

const pointWrite = z.strictObject({
  /** Modbus function: 5 and 15 for coils, 6 and 16 for holding registers. */
  function: z.union([z.literal(5), z.literal(6), z.literal(15), z.literal(16)]),
  /** The read-back must agree within this time, ms. */
  verifyWithinMs: z.int().min(0).max(30_000),
  min: z.number(),
  max: z.number(),
});

export const profilePoint = z.strictObject({
  capability,
  space: modbusSpace,
  address,
  type: pointType,
  wordOrder: wordOrder.default("high-first"),
  /** Which bit of the register, for `type: bit` in `input` and `holding`. */
  bit: z.int().min(0).max(15).optional(),
  /** value = raw × scale + offset, in the unit of the capability. */
  scale: z.number().default(1),
  offset: z.number().default(0),
  /** Raw numbers that mean "no value" (broken sensor). NaN of an f32 always does. */
  invalid: z.array(z.number()).max(8).default([]),
  /** What the value can physically be; outside of it the reading is invalid. */
  range: span.optional(),
  poll: pollClass,
  /** A smaller move than this is not worth a sample. */
  deadband: z.number().min(0).default(0),
  write: pointWrite.optional(),
});
export type ProfilePoint = z.infer<typeof profilePoint>;

const hexFrame = z
  .string()
  .max(MAX_FRAME_TEXT)
  .regex(/^[0-9A-F]{2}( [0-9A-F]{2})*$/, "upper-case hex bytes with one space between: `01 04 00 00`");

export const goldenFrame = z.strictObject({
  title,
  /** Printed by the maker, recorded on a bus, or encoded by an independent implementation. */
  origin: z.enum(["published", "recorded", "derived"]),
  source: title,
  request: hexFrame,
  reply: hexFrame,
  expect: z
    .array(
      z.strictObject({
        capability,
        /** null: the reading is invalid. For a write: the value that makes this request. */
        value: z.number().nullable(),
      }),
    )
    .min(1)
    .max(MAX_POINTS),
});
export type GoldenFrame = z.infer<typeof goldenFrame>;

export const profile = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "1 to 64 of a-z, 0-9 and -"),
  version: z.int().min(1),
  titles: z.strictObject({ vi: title, en: title }),
  models: z.array(title).min(1).max(32),
  sources: z.array(source).min(1).max(16),
  transport,
  timing,
  /** From power on to full sound, ms: how long before the first sample the amplifier is switched on. */
  warmUpMs: z.int().min(0).max(60_000),
  /** How long it stays on after the last sample, so that two items close together do not click, ms. */
  holdMs: z.int().min(0).max(600_000),
  /** Settable gain, dB; wanted where `amplifier.gain` is writable. */
  gain: z.strictObject({ minDb: z.number(), maxDb: z.number() }).optional(),
  /** All must agree before anything is written. */
  identify: z.array(identifyRead).min(1).max(8),
  points: z.array(profilePoint).min(1).max(MAX_POINTS),
  /** What is written, in this order, when the agent goes down. */
  safeState: z.array(z.strictObject({ capability, value: z.number() })).max(16),
  golden: z.array(goldenFrame).min(1).max(MAX_GOLDEN_FRAMES),
});
export type Profile = z.infer<typeof profile>;
