import { z } from "zod";
import { capability } from "./capability.ts";
import { setting, span } from "./profile-parts.ts";

/** Ordered steps for devices that obey only in one order. A step that fails ends the sequence with the safe state. */

const MAX_SEQUENCES = 8;
const MAX_STEPS = 24;
const MAX_WAIT_MS = 120_000;

/** Who asks for it is fixed: before the first sample, before and after each sound, and once a day. */
export const sequenceName = z.enum(["wake", "arm", "play", "end", "quiet-test"]);
export type SequenceName = z.infer<typeof sequenceName>;

const sequenceStep = z.union(
  [
    z.strictObject({ write: setting }),
    z.strictObject({ waitMs: z.int().min(1).max(MAX_WAIT_MS) }),
    z.strictObject({
      expect: z.strictObject({
        capability,
        value: z.number().optional(),
        between: span.optional(),
        /** Looked at again and again until it agrees, at most this long, ms. */
        withinMs: z.int().min(0).max(MAX_WAIT_MS),
      }),
    }),
  ],
  "write one of `write`, `waitMs` and `expect`, as README.md says",
);
export type SequenceStep = z.infer<typeof sequenceStep>;

const sequence = z.strictObject({ name: sequenceName, steps: z.array(sequenceStep).min(1).max(MAX_STEPS) });
export type Sequence = z.infer<typeof sequence>;

export const sequences = z.array(sequence).max(MAX_SEQUENCES).default([]);
