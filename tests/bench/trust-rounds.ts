import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { atMost, type BenchRow } from "./bench-row.ts";
import { raiseApproved } from "./raise-approved.ts";
import type { TrustFleet } from "./trust-fleet.ts";
import { soundFrom, soundUntil } from "./trust-loudspeaker.ts";

/** Of every box and emergency, ms. */
export interface Rounds {
  /** From the last press that raises it to the first sample of the siren. */
  readonly toSound: readonly number[];
  /** From the press of STOP to the last sample. */
  readonly toSilence: readonly number[];
}

export interface RoundsOptions {
  readonly rounds: number;
  /** By then it sounds everywhere; what does not counts as never. */
  readonly soundsWithinMs: number;
  readonly silentWithinMs: number;
}

/** The siren outlasts what a round waits for. */
const SIREN_S = 60;
const LOOK_EVERY_MS = 500;
/** What was heard by then is in the recording, whole. */
const SETTLED_MS = 400;

/** Raises and stops one emergency after the other, and hears at every loudspeaker when it began and when it was over. */
export async function rounds(fleet: TrustFleet, options: RoundsOptions): Promise<Rounds> {
  const toSound: number[] = [];
  const toSilence: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const headline = `Đo ${round}`;
    const order = { area: fleet.area, headline, sirenS: SIREN_S, times: 2, durationMin: 10 };
    const { pressedAt } = await raiseApproved(fleet.desk.operator, order, fleet.trust);
    const began = await heardAtAll(fleet, options.soundsWithinMs, (heard) => soundFrom(heard, pressedAt));
    const stoppedAt = Date.now();
    await fleet.desk.stop(fleet.area);
    const ended = await heardAtAll(fleet, options.silentWithinMs, (heard) => soundUntil(heard, stoppedAt));
    toSound.push(...began.map((at) => at - pressedAt));
    toSilence.push(...ended.map((at) => at - stoppedAt));
  }
  return { toSound, toSilence };
}

/** A quantile looks past the last one of a hundred, and a siren that never came is not a slow one. */
export function neverRow(what: string, { toSound, toSilence }: Rounds): BenchRow {
  const never = [...toSound, ...toSilence].filter((ms) => ms === Number.POSITIVE_INFINITY);
  return atMost(`${what}: sirens that never came or never ended`, never.length, "sirens", 0);
}

/** Looks at the loudspeakers that have not got there yet, until all have; infinite for those that never do. */
async function heardAtAll(
  fleet: TrustFleet,
  withinMs: number,
  find: (heard: Awaited<ReturnType<TrustFleet["heard"]>>) => number | null,
): Promise<readonly number[]> {
  const until = performance.now() + withinMs;
  const found = new Map<BoxId, number>();
  await pass(SETTLED_MS);
  for (;;) {
    const waiting = fleet.boxes.filter((box) => !found.has(box));
    for (const box of waiting) {
      const at = find(await fleet.heard(box));
      if (at !== null) found.set(box, at);
    }
    if (found.size === fleet.boxes.length || performance.now() > until) break;
    await pass(LOOK_EVERY_MS);
  }
  return fleet.boxes.map((box) => found.get(box) ?? Number.POSITIVE_INFINITY);
}

/** Real sound takes real time. */
function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
