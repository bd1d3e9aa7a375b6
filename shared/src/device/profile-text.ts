import { z } from "zod";
import {
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
  span,
  writeLimits,
} from "./profile-parts.ts";
import { sequences } from "./profile-sequence.ts";

/**
 * Devices that speak lines of text. A pattern is the text itself with holes: `{value}` is the number or word,
 * `{any}` anything up to what follows, `{unit}` the device's own name on a shared line. Never an expression.
 * Control characters are written with YAML's escapes in double quotes: "\e" is ESC, "\r" and "\n" the line ends.
 */

const MAX_PATTERN = 120;
const MAX_PATTERNS = 16;

const pattern = z.string().min(1).max(MAX_PATTERN);
const lineEnd = z.string().max(4);

const textSerial = z.strictObject({
  kind: z.literal("text-serial"),
  baud: z.int().min(1_200).max(115_200),
  dataBits: z.literal(8),
  parity: z.enum(["none", "even", "odd"]),
  stopBits: z.union([z.literal(1), z.literal(2)]),
  unit: z.string().max(16).optional(),
});
const textTcp = z.strictObject({
  kind: z.literal("text-tcp"),
  port: z.int().min(1).max(65_535),
  unit: z.string().max(16).optional(),
});
const textUdp = z.strictObject({
  kind: z.literal("text-udp"),
  port: z.int().min(1).max(65_535),
  unit: z.string().max(16).optional(),
});
const textTransport = z.discriminatedUnion("kind", [textSerial, textTcp, textUdp]);
export type TextTransportKind = z.infer<typeof textTransport>["kind"];

const textTiming = z.strictObject({
  responseMs: z.int().min(20).max(10_000),
  gapMs: z.int().min(0).max(2_000),
  /** After a timeout lines are thrown away this long, ms. */
  quarantineMs: z.int().min(0).max(10_000),
  retries: z.int().min(0).max(5),
});
export type TextTiming = z.infer<typeof textTiming>;

/** How a conversation goes that no single point owns. */
const dialogue = z.strictObject({
  /** Appended to all that we send, and what ends each line of the device. An empty `replyEnd`: one packet is one line. */
  lineEnd,
  replyEnd: lineEnd,
  /** Sent first, each time the line opens; without `reply` nothing is waited for. */
  hello: z
    .array(z.strictObject({ send: pattern, reply: pattern.optional() }))
    .max(8)
    .default([]),
  /** Sent when the line was quiet so long, so that the device keeps talking to us. */
  heartbeat: z
    .strictObject({
      send: pattern,
      reply: pattern.optional(),
      everyMs: z.int().min(1_000).max(3_600_000),
    })
    .optional(),
  /** What the device asks of us, and what we answer. */
  answers: z
    .array(z.strictObject({ on: pattern, send: pattern }))
    .max(8)
    .default([]),
  /** Lines that may come at any time and mean nothing to us. */
  unsolicited: z.array(pattern).max(MAX_PATTERNS).default([]),
  /** Lines that refuse what was sent. */
  errors: z.array(pattern).max(MAX_PATTERNS).default([]),
});
export type Dialogue = z.infer<typeof dialogue>;

/** How a number stands in the text. Words go through `enum`. */
const numberFormat = z.strictObject({
  base: z.union([z.literal(10), z.literal(16)]).default(10),
  /** Filled with zeros to this length; 0: as short as it goes. */
  digits: z.int().min(0).max(8).default(0),
});
export type NumberFormat = z.infer<typeof numberFormat>;

const textIdentify = z.strictObject({
  ask: pattern,
  match: pattern,
  expect: z.union(
    [
      z.strictObject({ oneOf: z.array(z.string().max(80)).min(1).max(32) }),
      z.strictObject({ startsWith: z.string().min(1).max(80) }),
      z.strictObject({ between: span }),
    ],
    "write `{ oneOf: […] }`, `{ startsWith: … }` or `{ between: { min, max } }`",
  ),
});
export type TextIdentify = z.infer<typeof textIdentify>;

const textWrite = z.strictObject({
  command: pattern,
  /** What acknowledges it; without it the command is not acknowledged and only the read-back tells. */
  reply: pattern.optional(),
  ...writeLimits,
});

export const textPoint = z.strictObject({
  ...pointHead,
  ask: pattern.optional(),
  match: pattern.optional(),
  /** A line that the device sends by itself and that says the same. */
  unsolicited: pattern.optional(),
  number: numberFormat.optional(),
  ...pointNumber,
  ...pointTail,
  write: textWrite.optional(),
});
export type TextPoint = z.infer<typeof textPoint>;

/** Whole exchanges with their line ends. `reply` is empty where nothing is answered. */
export const textGolden = z.strictObject({
  ...goldenHead,
  request: z.string().min(1).max(240),
  reply: z.string().max(480),
  expect: expected,
});
export type TextGolden = z.infer<typeof textGolden>;

export const textProfile = z.strictObject({
  ...profileHead,
  transport: textTransport,
  timing: textTiming,
  dialogue,
  ...profileWarmUp,
  identify: z.array(textIdentify).min(1).max(8),
  points: z.array(textPoint).min(1).max(MAX_POINTS),
  sequences,
  ...profileSafety,
  ...profileSetUp,
  golden: z.array(textGolden).max(MAX_GOLDEN_FRAMES),
});
export type TextProfile = z.infer<typeof textProfile>;
