import { z } from "zod";
import { occurrenceId } from "../kernel/ids.ts";
import { instant, SECOND_MS } from "../kernel/time.ts";

/** The verdict for one occurrence on one box. `unknown` is only ever said by the controller. */
export const verdict = z.enum(["heard", "played", "partial", "missed", "refused", "unknown"]);
export type Verdict = z.infer<typeof verdict>;

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
  "pre-empted",
  "stopped",
  "cancelled",
  "withdrawn",
  "power-cut",
  "too-late",
  "disk-full",
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
  /** Largest line current measured, A. */
  lineCurrentA: z.number().nullable(),
  /** Loudest second at a microphone near the loudspeaker, dBFS, and how well it follows the mixer's output, 0 to 1. */
  microphoneDb: z.number().nullable().default(null),
  microphoneMatch: z.number().min(0).max(1).nullable().default(null),
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
/** A line with loudspeakers on it draws more than this while something sounds, A. */
export const LINE_CURRENT_FLOOR_A = 0.02;
/** Shorter losses than this, or than 2 % of the item, do not make an item partial. */
export const WHOLE_TOLERANCE_MS = SECOND_MS;

/**
 * The verdict that evidence allows. `heard` needs a measured output level or a line current; a read-back of what
 * was commanded alone is `played`. `trouble` is the first thing that went wrong, as the box saw it.
 */
export function judge(seen: Evidence, trouble: Cause | null): { verdict: Verdict; cause: Cause | null } {
  if (trouble === "quiet-hours" && seen.playedMs === 0) return { verdict: "refused", cause: trouble };
  if (seen.playedMs === 0) return { verdict: "missed", cause: trouble ?? "decoder-failed" };
  if (seen.mixerDb === null || seen.mixerDb < SILENCE_FLOOR_DB) {
    return { verdict: "missed", cause: trouble ?? "silent-source" };
  }
  const measured = outputMeasured(seen);
  // An amplifier without a power switch cannot say that it is on; what comes out of it can.
  const isOn = seen.amplifierOn ?? measured === true;
  if (!isOn) return { verdict: "missed", cause: amplifierTrouble(trouble) };
  if (measured === false) return { verdict: "missed", cause: "amplifier-silent" };
  if (!isWhole(seen)) return { verdict: "partial", cause: trouble };
  return { verdict: measured === true ? "heard" : "played", cause: null };
}

/** True: sound was measured behind the amplifier. False: it was looked for and not there. Null: nobody measures. */
function outputMeasured(seen: Evidence): boolean | null {
  if (seen.amplifierDb === null && seen.lineCurrentA === null) return null;
  const loud = seen.amplifierDb !== null && seen.amplifierDb >= SILENCE_FLOOR_DB;
  const drawing = seen.lineCurrentA !== null && seen.lineCurrentA >= LINE_CURRENT_FLOOR_A;
  return loud || drawing;
}

function isWhole(seen: Evidence): boolean {
  return seen.playedMs >= seen.dueMs - Math.max(WHOLE_TOLERANCE_MS, seen.dueMs * 0.02);
}

function amplifierTrouble(trouble: Cause | null): Cause {
  const known: readonly (Cause | null)[] = [
    "amplifier-refused",
    "amplifier-wrong-identity",
    "amplifier-silent",
  ];
  return trouble !== null && known.includes(trouble) ? trouble : "amplifier-unreachable";
}
