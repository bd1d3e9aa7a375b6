import { z } from "zod";
import { occurrenceId } from "../kernel/ids.ts";
import { instant, SECOND_MS } from "../kernel/time.ts";

/** The verdict for one occurrence on one box. `unknown` is only ever said by the controller. */
export const verdict = z.enum(["heard", "played", "partial", "missed", "refused", "unknown"]);
export type Verdict = z.infer<typeof verdict>;

/** What can stand between the mixer and the ear. */
const outputCauses = [
  "amplifier-unreachable",
  "amplifier-refused",
  "amplifier-wrong-identity",
  "amplifier-silent",
  "amplifier-thermal",
  "amplifier-overload",
  "line-open",
  "line-short",
  "mains-lost",
  "battery-low",
] as const;

/** Why something did not sound as it should: one closed list from the register to the page. */
export const cause = z.enum([
  "content-missing",
  "content-bad",
  "decoder-failed",
  "sink-failed",
  "silent-source",
  "relay-failed",
  "clock-untrusted",
  "quiet-hours",
  /** Hours, length or rate beyond what the roster allows to any key. */
  "safety-limit",
  /** By the key at the box. */
  "silenced-locally",
  "pre-empted",
  "stopped",
  "cancelled",
  "withdrawn",
  "power-cut",
  "too-late",
  "disk-full",
  ...outputCauses,
  "self-test-failed",
  "self-test-stale",
  "offline",
  "no-report",
]);
export type Cause = z.infer<typeof cause>;

/** What was measured while an occurrence was due. Levels in dBFS; null: nobody measured it. */
export const evidence = z.object({
  dueMs: z.number().int().min(0),
  playedMs: z.number().int().min(0),
  /** First sample minus due time, ms; null when nothing started. */
  startErrorMs: z.number().int().nullable(),
  /** Loudest second of the mixer's output while it sounded. */
  mixerDb: z.number().nullable(),
  /** Whether the amplifier's power read back as on while it sounded; null: never read. */
  amplifierOn: z.boolean().nullable(),
  /** Loudest output level that the amplifier itself measured. */
  amplifierDb: z.number().nullable(),
  /** The same of an amplifier whose meter knows no decibels, % of full deflection. */
  amplifierMeterPercent: z.number().nullable().default(null),
  /** Gain that the amplifier last read back while it sounded, dB. */
  gainDb: z.number().nullable().default(null),
  /** Largest line current measured, A. */
  lineCurrentA: z.number().nullable(),
  /** Loudest second at a microphone near the loudspeaker, dBFS, and how well it follows the mixer's output, 0 to 1. */
  microphoneDb: z.number().nullable().default(null),
  microphoneMatch: z.number().min(0).max(1).nullable().default(null),
  /** Sound during which nobody measured what came out, although it was measured at other times, ms. */
  unmeasuredMs: z.number().int().min(0).default(0),
  /** Age of the newest reading that says that sound got through, when the verdict was given, ms; null: there is none. */
  provenAgeMs: z.number().int().min(0).nullable().default(null),
  /** How the box knew the time, and its own estimate of the error in ms. */
  clock: z.enum(["synced", "controller", "holdover", "rtc", "untrusted"]),
  clockErrorMs: z.number().nullable(),
});
export type Evidence = z.infer<typeof evidence>;

export const receipt = z.object({
  occurrenceId,
  dueAt: instant,
  verdict,
  cause: cause.nullable(),
  evidence,
  /** When the box gave the verdict. */
  at: instant,
});
export type Receipt = z.infer<typeof receipt>;

/** Below this a mixer or an amplifier is as good as silent, dBFS. Speech at −16 LUFS stands 40 dB above. */
export const SILENCE_FLOOR_DB = -60;
/** A line with loudspeakers on it draws more than this while something sounds, A. Meters of open lines show half of it. */
export const LINE_CURRENT_FLOOR_A = 0.02;
/** From this output level on even a single horn of 30 W on a 100 V line draws twice what the meter's noise is, dBFS. */
export const LINE_TELLS_FROM_DB = -30;
/** A microphone that follows the mixer's output as well as this hears it, and nothing else. */
export const MICROPHONE_MATCH = 0.5;
/** Shorter losses than this, or than 2 % of the item, do not make an item partial. */
export const WHOLE_TOLERANCE_MS = SECOND_MS;

/**
 * The verdict that evidence allows. `heard` needs a measured output: the level and the line current where both are
 * measured, or a microphone that follows the mixer. A read-back of what was commanded alone is `played`. `trouble` is
 * the first thing that went wrong, as the box saw it.
 */
export function judge(seen: Evidence, trouble: Cause | null): { verdict: Verdict; cause: Cause | null } {
  if ((trouble === "quiet-hours" || trouble === "safety-limit") && seen.playedMs === 0)
    return { verdict: "refused", cause: trouble };
  if (seen.playedMs === 0) return { verdict: "missed", cause: trouble ?? "decoder-failed" };
  if (seen.mixerDb === null || seen.mixerDb < SILENCE_FLOOR_DB) {
    return { verdict: "missed", cause: trouble ?? "silent-source" };
  }
  const output = outputOf(seen);
  // An amplifier without a power switch cannot say that it is on; what comes out of it can.
  const isOn = seen.amplifierOn ?? output === "sound";
  if (!isOn) return { verdict: "missed", cause: outputTrouble(trouble, "amplifier-unreachable") };
  if (output === "nothing") return { verdict: "missed", cause: outputTrouble(trouble, "amplifier-silent") };
  if (output === "open-line") return { verdict: "missed", cause: outputTrouble(trouble, "line-open") };
  if (seen.playedMs < seen.dueMs - toleranceOf(seen)) return { verdict: "partial", cause: trouble };
  const isHeard = output === "sound" && seen.unmeasuredMs <= toleranceOf(seen);
  return { verdict: isHeard ? "heard" : "played", cause: null };
}

/**
 * Whether a line with loudspeakers on it draws `currentA` while its amplifier gives `outputDb`. Null: so little comes
 * out that the current says nothing either way.
 */
export function drawsCurrent(outputDb: number, currentA: number): boolean | null {
  if (currentA >= LINE_CURRENT_FLOOR_A) return true;
  return outputDb >= LINE_TELLS_FROM_DB ? false : null;
}

/** `unsure`: looked for, and not found where it should be, or too quiet to tell. `unmeasured`: nobody looks. */
type Output = "sound" | "nothing" | "open-line" | "unsure" | "unmeasured";

function outputOf(seen: Evidence): Output {
  const { microphoneMatch } = seen;
  if (microphoneMatch !== null && microphoneMatch >= MICROPHONE_MATCH) return "sound";
  const electric = electricOutputOf(seen);
  return microphoneMatch !== null && electric === "sound" ? "unsure" : electric;
}

function electricOutputOf(seen: Evidence): Output {
  const { mixerDb, amplifierDb, amplifierMeterPercent, gainDb, lineCurrentA } = seen;
  const isLoud = isLoudAt(amplifierDb, amplifierMeterPercent);
  if (isLoud === false) return "nothing";
  if (lineCurrentA === null) return isLoud === null ? "unmeasured" : "sound";
  const outputDb = amplifierDb ?? (mixerDb ?? SILENCE_FLOOR_DB) + (gainDb ?? 0);
  const draws = drawsCurrent(outputDb, lineCurrentA);
  if (draws === null) return "unsure";
  if (draws) return "sound";
  return isLoud === null ? "nothing" : "open-line";
}

/** Whether the amplifier's own meter shows sound; null: it has none, or could not be read. */
export function isLoudAt(amplifierDb: number | null, meterPercent: number | null): boolean | null {
  if (amplifierDb !== null) return amplifierDb >= SILENCE_FLOOR_DB;
  return meterPercent === null ? null : meterPercent > 0;
}

function toleranceOf({ dueMs }: Evidence): number {
  return Math.max(WHOLE_TOLERANCE_MS, dueMs * 0.02);
}

const outputTroubles: ReadonlySet<Cause> = new Set(outputCauses);

function outputTrouble(trouble: Cause | null, otherwise: Cause): Cause {
  return trouble !== null && outputTroubles.has(trouble) ? trouble : otherwise;
}
