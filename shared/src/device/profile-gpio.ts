import { z } from "zod";
import {
  expected,
  goldenHead,
  MAX_GOLDEN_FRAMES,
  MAX_POINTS,
  pointHead,
  pointTail,
  profileHead,
  profileSafety,
  profileSetUp,
  profileWarmUp,
  title,
  writeLimits,
} from "./profile-parts.ts";
import { sequences } from "./profile-sequence.ts";

/** Contacts and relays on the lines of a GPIO chip, through the kernel's character device (libgpiod). */

const lineOffset = z.int().min(0).max(511);

const gpioTransport = z.strictObject({
  kind: z.literal("gpio"),
  /** Labels of the chip as `gpiodetect` prints them; the device file's number changes between kernels. */
  chips: z.array(title).min(1).max(8),
});

/** The line must have this name (`gpioinfo`), which tells one board from another. */
const gpioIdentify = z.strictObject({ line: lineOffset, name: title });

export const gpioPoint = z.strictObject({
  ...pointHead,
  line: lineOffset,
  /** True: a line at 0 V means 1. */
  activeLow: z.boolean().default(false),
  bias: z.enum(["as-is", "disabled", "pull-up", "pull-down"]).default("as-is"),
  /** A contact must rest this long before it counts, ms. */
  settleMs: z.int().min(0).max(5_000).default(0),
  ...pointTail,
  write: z.strictObject(writeLimits).optional(),
});
export type GpioPoint = z.infer<typeof gpioPoint>;

/** Volts at the pin, 0 or 1, and what they mean; for a write: what the pin must become. */
export const gpioGolden = z.strictObject({
  ...goldenHead,
  line: lineOffset,
  direction: z.enum(["read", "write"]),
  level: z.union([z.literal(0), z.literal(1)]),
  expect: expected,
});
export type GpioGolden = z.infer<typeof gpioGolden>;

export const gpioProfile = z.strictObject({
  ...profileHead,
  transport: gpioTransport,
  ...profileWarmUp,
  identify: z.array(gpioIdentify).min(1).max(8),
  points: z.array(gpioPoint).min(1).max(MAX_POINTS),
  sequences,
  ...profileSafety,
  ...profileSetUp,
  golden: z.array(gpioGolden).max(MAX_GOLDEN_FRAMES),
});
export type GpioProfile = z.infer<typeof gpioProfile>;
