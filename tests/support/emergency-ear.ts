import { renderSiren } from "@loa/edge-agent/sound/siren.ts";
import { machineNow } from "../ears/machine-time.ts";
import { findPattern } from "../golden-ear/find-pattern.ts";
import { SAMPLE_RATE_HZ } from "../golden-ear/make-audio.ts";
import { durationMs, type Recording, slice } from "../golden-ear/recording.ts";
import { eventually } from "./eventually.ts";
import type { SupervisedLoudspeaker } from "./supervised-loudspeaker.ts";

/** An alarm that was raised while something else went on. Times are machine time. */
export interface HeardEmergency {
  readonly during: string;
  readonly orderedAt: number;
  /** From the order to the first sample of the siren; infinity when it was not heard. */
  readonly latencyMs: number;
  readonly endedAt: number;
}

const SIREN_MS = 300;
/** As much of the siren as an ear needs. */
const PATTERN_SAMPLES = 0.2 * SAMPLE_RATE_HZ;
/** What it interrupts goes and comes in this. */
export const FADE_MS = 50;
const LIMIT_MS = 15_000;
/** A card that stands still lets be heard later what it was given. */
const LATE_MS = 100;

const pattern = Float64Array.from(renderSiren("actual").subarray(0, PATTERN_SAMPLES), (one) => one / 32_768);

/**
 * Raises an alarm over the sounds `interrupted`, as the ladder does: they are paused, the siren sounds, they go on. `meanwhile`
 * happens right after the order.
 */
export async function emergencyDuring(
  box: SupervisedLoudspeaker,
  during: string,
  interrupted: readonly string[],
  meanwhile: () => Promise<void> | void = () => {},
): Promise<HeardEmergency> {
  const soundId = `siren during ${during}`;
  const orderedAt = machineNow();
  for (const one of interrupted) box.sound.pause(one, FADE_MS);
  const source = { kind: "siren", severity: "actual", durationMs: SIREN_MS } as const;
  box.play(soundId, source, { rung: "emergency-actual" });
  await meanwhile();
  const { at: endedAt } = await eventually(`${soundId} is over`, LIMIT_MS, () => {
    const isEnd = (kind: string) => kind === "ended" || kind === "failed";
    return box.reports.find((one) => "soundId" in one && one.soundId === soundId && isEnd(one.kind)) ?? null;
  });
  for (const one of interrupted) box.sound.resume(one, FADE_MS);
  const siren = findPattern(await heardBetween(box, orderedAt, endedAt + LATE_MS), pattern);
  return { during, orderedAt, latencyMs: (siren?.at ?? Number.POSITIVE_INFINITY) - orderedAt, endedAt };
}

/** What the card lets be heard, as soon as it has been. */
export function heardBetween(
  { card }: SupervisedLoudspeaker,
  fromAt: number,
  toAt: number,
): Promise<Recording> {
  return eventually("the card hears so far", LIMIT_MS, () => {
    const heard = card.recording({ fromAt, toAt });
    return heard.firstSampleAt + durationMs(heard) >= toAt - 1 ? heard : null;
  });
}

/** The parts of a recording without an alarm and the fades around it, in order. */
export function withoutEmergencies(
  recording: Recording,
  emergencies: readonly HeardEmergency[],
): readonly Recording[] {
  const buffered = 250;
  const ends = [recording.firstSampleAt, ...emergencies.map(({ endedAt }) => endedAt + buffered)];
  const orders = [
    ...emergencies.map(({ orderedAt }) => orderedAt),
    recording.firstSampleAt + durationMs(recording),
  ];
  return ends.map((from, index) => slice(recording, from, Math.max(from, orders[index] ?? from)));
}

/** One line for each: what was said of the bad input, and how late the siren was heard. */
export function printLatencies(
  emergencies: readonly HeardEmergency[],
  words: ReadonlyMap<string, string>,
): void {
  for (const { during, latencyMs } of emergencies) {
    const word = words.get(during) ?? "";
    process.stdout.write(`${during.padEnd(44)} ${word.padEnd(22)} siren after ${latencyMs.toFixed(0)} ms\n`);
  }
}
