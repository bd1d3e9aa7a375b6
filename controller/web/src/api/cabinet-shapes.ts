import { cause } from "@loa/shared/broadcast/receipt.ts";
import { capability, deviceFailure } from "@loa/shared/device/capability.ts";
import { faultKind } from "@loa/shared/device/fault.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";

/** What the API tells of a cabinet: its faults, devices, self-tests, measured values and data volume. */

const severity = z.enum(["warning", "critical"]);

export const presenceState = z.enum(["online", "suspect", "offline", "unknown"]);
export type PresenceState = z.infer<typeof presenceState>;

export const raisedFault = z.object({
  kind: faultKind,
  severity,
  since: instant,
  /** The point that raised it, its value then, and the limit that it passed; null where no point did. */
  point: capability.nullable(),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
});
export type RaisedFault = z.infer<typeof raisedFault>;

export const faultLogRow = raisedFault.extend({ clearedAt: instant.nullable() });
export type FaultLogRow = z.infer<typeof faultLogRow>;

/** One thing that stands in the way of the next occurrence. */
export const against = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("presence"), state: presenceState.exclude(["online"]), severity }),
  z.object({ kind: z.literal("cause"), cause, severity }),
  z.object({ kind: z.literal("fault"), fault: faultKind, severity }),
  z.object({ kind: z.literal("no-look"), severity }),
]);
export type Against = z.infer<typeof against>;

export const measured = z.object({
  capability,
  unit: z.string(),
  value: z.number().nullable(),
  at: instant,
  quality: z.enum(["good", "invalid", "stale"]),
});
export type Measured = z.infer<typeof measured>;

export const device = z.object({
  alias: z.string(),
  profile: z.string(),
  state: z.enum(["answers", "unusable", "unknown"]),
  cause: deviceFailure.nullable(),
  since: instant.nullable(),
  toldAt: instant,
});
export type Device = z.infer<typeof device>;
export type DeviceState = Device["state"];

export const dataUse = z.object({
  month: z.string(),
  upBytes: z.number(),
  downBytes: z.number(),
  /** A part of `downBytes`. */
  soundBytes: z.number(),
  aroundBytes: z.number(),
  at: instant,
});
export type DataUse = z.infer<typeof dataUse>;

/** `value` is the last of a stretch, `low` and `high` its least and greatest. */
export const samples = z.object({
  samples: z.array(
    z.object({
      at: instant,
      value: z.number().nullable(),
      low: z.number().nullable(),
      high: z.number().nullable(),
    }),
  ),
  /** Length of the stretches that were taken together, ms; 0: none were. */
  stretchMs: z.number(),
  /** The limit beyond which it last raised a fault here. */
  threshold: z.number().nullable(),
});
export type Sample = z.infer<typeof samples>["samples"][number];

const trend = z
  .object({ latest: z.number(), usual: z.number().nullable(), change: z.number().nullable() })
  .nullable();
export type Trend = z.infer<typeof trend>;

export const selfTest = z.object({
  at: instant,
  outcome: z.enum(["passed", "failed", "skipped"]),
  cause: cause.nullable(),
  /** What was looked at; null: this cabinet cannot tell. */
  switches: z.boolean().nullable(),
  readBack: z.boolean().nullable(),
  line: z.boolean().nullable(),
  lineCurrentA: z.number().nullable(),
  lineImpedanceOhm: z.number().nullable(),
});
export type SelfTest = z.infer<typeof selfTest>;
export type SelfTestOutcome = SelfTest["outcome"];

/** Newest first. */
export const selfTests = z.object({
  tests: z.array(selfTest),
  trend: z.object({ current: trend, impedance: trend }),
});
export type SelfTests = z.infer<typeof selfTests>;
