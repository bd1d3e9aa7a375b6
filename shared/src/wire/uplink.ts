import { z } from "zod";
import { cause } from "../broadcast/receipt.ts";
import { capability, deviceFailure } from "../device/capability.ts";
import { faultKind } from "../device/fault.ts";
import { deviceAlias } from "../device/site-binding.ts";
import { occurrenceId } from "../kernel/ids.ts";
import { instant } from "../kernel/time.ts";

/** Unsigned messages of a box: they say how it is, and prove nothing. */

/** A session is one MQTT connection of the box; its number only grows, so a late will is known as old. */
const session = z.number().int().min(0);

export const presence = z.object({
  session,
  online: z.boolean(),
  /** To be signed back with the time; empty in the will. */
  nonce: z.string().max(64),
  version: z.string().max(32),
  /** Tells one piece of hardware from another, so that a card that was copied shows. */
  machine: z.string().max(32).optional(),
});
export type Presence = z.infer<typeof presence>;

export const reported = z.object({
  session,
  /** Revision of the plan that is in force; 0 when there is none. */
  revision: z.number().int().min(0),
  profile: z.string().max(64).nullable(),
  /** Number of the last event of this stream that was written. */
  stream: z.string().max(64),
  lastEvent: z.number().int().min(0),
  /** Version of the roster that is believed; 0 when there is none. */
  roster: z.number().int().min(0).default(0),
  /** Highest sequence of the controller that was seen. */
  highest: z.number().int().min(0),
  clipsWanted: z.number().int().min(0),
  clipsPresent: z.number().int().min(0),
  /** What hangs in the cabinet; `cause`: why it cannot be used now. */
  devices: z
    .array(z.object({ alias: deviceAlias, profile: z.string().max(64), cause: deviceFailure.nullable() }))
    .max(16)
    .default([]),
});
export type Reported = z.infer<typeof reported>;

/**
 * `{"k":"h","n":12,"at":1795402947,"r":345,"f":0,"o":1}`: at most 60 bytes, every 16-20 s. Seconds, not ms. While all is
 * as it was and nothing sounds, only `{"k":"h","n":12}`: heartbeats are most of what an idle box sends (144,000 a month).
 */
export const heartbeat = z.object({
  k: z.literal("h"),
  n: session,
  at: z.number().int().optional(),
  r: z.number().int().min(0).optional(),
  /** How many faults are raised. */
  f: z.number().int().min(0).optional(),
  /** 1 while something sounds. */
  o: z.union([z.literal(0), z.literal(1)]).optional(),
});

export const airStatus = z.object({
  k: z.literal("air"),
  n: session,
  at: instant,
  id: occurrenceId.nullable(),
});

/** The whole list of what is raised, never a difference. */
export const faultStatus = z.object({
  k: z.literal("fault"),
  n: session,
  at: instant,
  faults: z
    .array(
      z.object({
        c: faultKind,
        s: instant,
        /** The point that raised it, its value then, and the limit that it passed. */
        p: capability.optional(),
        v: z.number().optional(),
        t: z.number().optional(),
        /** How much it matters here, where the profile says otherwise than `severityOf`. */
        w: z.enum(["warning", "critical"]).optional(),
      }),
    )
    .max(16),
});

/**
 * Values in the unit of their capability; null: asked for and invalid. `at` is when the oldest of them was read, not when
 * it was sent.
 */
export const sampleStatus = z.object({
  k: z.literal("sample"),
  n: session,
  at: instant,
  v: z.partialRecord(capability, z.number().nullable()),
});

/** Whether the next occurrence will sound, and what stands in its way. */
export const readyStatus = z.object({
  k: z.literal("ready"),
  n: session,
  at: instant,
  id: occurrenceId.nullable(),
  dueAt: instant.nullable(),
  /** `next`: something changed; `early` and `late`: looked at anew 15 minutes and 60 s before it is due. */
  stage: z.enum(["next", "early", "late"]).default("next"),
  lacks: z.array(cause).max(8),
});

/** Level of the mixed output, dBFS; one every `LEVEL_PACE_MS`, only while something sounds. */
export const levelStatus = z.object({
  k: z.literal("level"),
  n: session,
  at: instant,
  rms: z.number(),
  peak: z.number(),
});

/** What the agent has used of its data volume this month, bytes of payload and frames of everything it opened. */
export const useStatus = z.object({
  k: z.literal("use"),
  n: session,
  at: instant,
  /** `2026-11`, local. */
  m: z.string().regex(/^\d{4}-\d{2}$/),
  up: z.number().int().min(0),
  down: z.number().int().min(0),
  /** The part of `down` that was content and relays. */
  sound: z.number().int().min(0),
  /** Estimate of what TLS, TCP and IP have put around `up` and `down`, not in them: see `traffic.ts`. */
  around: z.number().int().min(0).default(0),
});

export const status = z.discriminatedUnion("k", [
  heartbeat,
  airStatus,
  faultStatus,
  sampleStatus,
  readyStatus,
  levelStatus,
  useStatus,
]);
export type Status = z.infer<typeof status>;

/** Deadlines of the controller for a box that says nothing, ms. */
export const SUSPECT_AFTER_MS = 25_000;
export const OFFLINE_AFTER_MS = 45_000;
/** A heartbeat goes out every 16 to 20 s. */
export const HEARTBEAT_MIN_MS = 16_000;
export const HEARTBEAT_MAX_MS = 20_000;
/** Between two levels of a box that sounds; the page keeps the last one up until the next can be there. */
export const LEVEL_PACE_MS = 4_000;
