import { asMonotonic, type MonotonicMs } from "../kernel/time.ts";
import type { Capability, DeviceFailure } from "./capability.ts";
import type { Sequence } from "./profile-sequence.ts";

/** Where in its steps a sequence is. Pure; the same in driver and twin. */
export interface SequenceRun {
  readonly sequence: Sequence;
  /** Counted from 0. */
  readonly step: number;
  readonly stepSince: MonotonicMs;
}
export type SequenceTask =
  | { readonly kind: "write"; readonly capability: Capability; readonly value: number }
  | { readonly kind: "wait"; readonly until: MonotonicMs }
  | { readonly kind: "look"; readonly capability: Capability }
  | { readonly kind: "end" };
export type SequenceOutcome = "done" | "not-as-expected" | DeviceFailure;

/** Between two looks at what a step expects, ms. */
export const EXPECT_AGAIN_MS = 250;

export function beginSequence(sequence: Sequence, now: MonotonicMs): SequenceRun {
  return { sequence, step: 0, stepSince: now };
}

export function taskOf({ sequence, step, stepSince }: SequenceRun): SequenceTask {
  const now = sequence.steps[step];
  if (now === undefined) return { kind: "end" };
  if ("write" in now) return { kind: "write", ...now.write };
  if ("waitMs" in now) return { kind: "wait", until: asMonotonic(stepSince + now.waitMs) };
  return { kind: "look", capability: now.expect.capability };
}

export function nextStep(run: SequenceRun, now: MonotonicMs): SequenceRun {
  return { ...run, step: run.step + 1, stepSince: now };
}

/** What a look at the point of an `expect` step means; an invalid reading (null) never agrees. */
export function judgeLook(
  { sequence, step, stepSince }: SequenceRun,
  value: number | null,
  tolerance: number,
  now: MonotonicMs,
): "agrees" | "look-again" | "not-as-expected" {
  const expects = sequence.steps[step];
  if (expects === undefined || !("expect" in expects)) return "agrees";
  const { value: wanted, between, withinMs } = expects.expect;
  const agrees =
    value !== null &&
    (wanted === undefined || Math.abs(value - wanted) <= tolerance) &&
    (between === undefined || (value >= between.min && value <= between.max));
  if (agrees) return "agrees";
  return now - stepSince < withinMs ? "look-again" : "not-as-expected";
}
