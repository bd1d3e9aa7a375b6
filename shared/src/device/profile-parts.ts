import { z } from "zod";
import { capability } from "./capability.ts";
import { faultKind } from "./fault.ts";

/** What profiles of every transport are made of. The order of keys is the order in the file (`hardware-profiles/README.md`). */

export const pollClass = z.enum(["fast", "normal", "slow"]);
export type PollClass = z.infer<typeof pollClass>;

const MAX_ENUM = 32;
const MAX_SOURCES = 16;
const MAX_CONFLICTS = 16;
const MAX_TERMINALS = 24;
const MAX_SET_UP_STEPS = 16;
export const MAX_POINTS = 64;
export const MAX_GOLDEN_FRAMES = 96;

export const title = z.string().min(1).max(120);
const sentence = z.string().min(1).max(400);
/** What a person reads, in both languages. */
export const titles = z.strictObject({ vi: title, en: title });
const sentences = z.strictObject({ vi: sentence, en: sentence });
export const span = z.strictObject({ min: z.number(), max: z.number() });

/** How far the facts can be believed, weakest first. `derived` frames come from an independent encoder. */
export const trust = z.enum(["derived", "manual", "bench", "field"]);
export type Trust = z.infer<typeof trust>;

const source = z.strictObject({
  title,
  page: z.string().min(1).max(60),
  url: z.url({ protocol: /^https?$/, error: "write a whole address with https://" }).optional(),
  trust,
});

/** Public sources that say different things: what each says (in its own words), and which one this file follows. */
const conflict = z.strictObject({
  about: sentences,
  says: z.array(sentence).min(2).max(6),
  follows: sentences,
});

/** Which firmware the file is for, in words; `identify` holds the reads that tell. */
const firmware = z.strictObject({ from: title.optional(), until: title.optional(), tellBy: sentence });

/**
 * Behaviour that no other key can say. Closed: each word here is implemented and tested in the driver.
 * `busy-exception`: Modbus exceptions 5 and 6 mean "ask again after the gap", not "no such value".
 */
export const quirk = z.enum(["busy-exception"]);
export type Quirk = z.infer<typeof quirk>;

/**
 * `gauge` moves freely, `counter` only grows, `state` is one of a few, `setting` was written by us, `command` is only
 * ever written and cannot be read.
 */
export const pointKind = z.enum(["gauge", "counter", "state", "setting", "command"]);
export type PointKind = z.infer<typeof pointKind>;

/** A raw number or word of the device, and the value it stands for. What is not listed is invalid. */
export const enumEntry = z.strictObject({
  raw: z.union(
    [z.number(), z.string().max(40)],
    "write the number or the word of the device, up to 40 characters",
  ),
  value: z.number(),
});

export const alarmWhen = z.union(
  [
    z.strictObject({ equals: z.number() }),
    z.strictObject({ above: z.number() }),
    z.strictObject({ below: z.number() }),
  ],
  "write `{ equals: … }`, `{ above: … }` or `{ below: … }` with a number",
);
export type AlarmWhen = z.infer<typeof alarmWhen>;

/** A fault that this point raises by itself, with the time both ways so that nothing flickers. */
const alarm = z.strictObject({
  fault: faultKind,
  when: alarmWhen,
  /** For `above` and `below`: how far back the value must come before the fault may clear. */
  hysteresis: z.number().min(0).default(0),
  raiseAfterMs: z.int().min(0).max(3_600_000),
  clearAfterMs: z.int().min(0).max(3_600_000),
  severity: z.enum(["warning", "critical"]),
});
export type PointAlarm = z.infer<typeof alarm>;

export const pointHead = { capability, kind: pointKind.optional() };

/** How raw numbers become values: value = raw × scale + offset, or what `enum` says. */
export const pointNumber = {
  scale: z.number().default(1),
  offset: z.number().default(0),
  /** Raw numbers that mean "no value" (broken sensor). NaN of an f32 always does. */
  invalid: z.array(z.number()).max(8).default([]),
  enum: z.array(enumEntry).min(1).max(MAX_ENUM).optional(),
  /** What the value can physically be; outside of it the reading is invalid. */
  range: span.optional(),
};

export const pointTail = {
  poll: pollClass,
  /** A smaller move than this is not worth a sample. */
  deadband: z.number().min(0).default(0),
  alarm: alarm.optional(),
  note: sentence.optional(),
};

/** What every `write` says. */
export const writeLimits = {
  /** The read-back must agree within this time, ms. */
  verifyWithinMs: z.int().min(0).max(30_000),
  min: z.number(),
  max: z.number(),
  /** Two writes of this point are at least so far apart, ms. */
  minIntervalMs: z.int().min(0).max(3_600_000).default(0),
};

/** What the raw number must be: one of a list, or in a span. */
export const expectation = z.union(
  [z.strictObject({ oneOf: z.array(z.number()).min(1).max(16) }), z.strictObject({ between: span })],
  "write `{ oneOf: […] }` or `{ between: { min, max } }` with raw numbers",
);

export const expected = z
  .array(
    z.strictObject({
      capability,
      /** null: the reading is invalid. For a write: the value that makes this request. */
      value: z.number().nullable(),
    }),
  )
  .min(1)
  .max(MAX_POINTS);
export type Expected = z.infer<typeof expected>[number];

export const setting = z.strictObject({ capability, value: z.number() });

/** Printed by the maker, recorded on a bus, or encoded by an independent implementation. */
export const goldenHead = {
  title,
  origin: z.enum(["published", "recorded", "derived"]),
  source: title,
};

/** What a technician connects and sets on the device itself; the site's own bus and unit are not here. */
const setUp = z.strictObject({
  terminals: z
    .array(
      z.strictObject({
        device: title,
        box: z.union([title, sentences], "write one text, or `{ vi, en }`"),
        note: sentences.optional(),
      }),
    )
    .max(MAX_TERMINALS)
    .default([]),
  steps: z.array(sentences).max(MAX_SET_UP_STEPS).default([]),
});

export const profileHead = {
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "1 to 64 of a-z, 0-9 and -"),
  version: z.int().min(1),
  /** Addresses that are not public, or not yet known: for virtual devices only, never written to a real line. */
  draft: z.boolean().default(false),
  titles,
  models: z.array(title).min(1).max(32),
  firmware: firmware.optional(),
  sources: z.array(source).min(1).max(MAX_SOURCES),
  conflicts: z.array(conflict).max(MAX_CONFLICTS).default([]),
};

export const profileWarmUp = {
  quirks: z.array(quirk).max(8).default([]),
  /** From power on to full sound, ms: how long before the first sample the amplifier is switched on. */
  warmUpMs: z.int().min(0).max(60_000),
  /** How long it stays on after the last sample, so that two items close together do not click, ms. */
  holdMs: z.int().min(0).max(600_000),
  /** Settable gain, dB; wanted where `amplifier.gain` is writable. */
  gain: z.strictObject({ minDb: z.number(), maxDb: z.number() }).optional(),
};

export const profileSafety = {
  /** What may not stay on longer than this in one go: the driver switches it off, whoever wanted it, ms. */
  lease: z
    .array(z.strictObject({ capability, maxOnMs: z.int().min(1_000).max(86_400_000) }))
    .max(16)
    .default([]),
  /** What is written, in this order, when the agent goes down. */
  safeState: z.array(setting).max(16),
};

export const profileSetUp = { setUp: setUp.optional() };
