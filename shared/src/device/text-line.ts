import type { PointValue } from "./capability.ts";
import type { TextProfile } from "./profile-text.ts";
import { fillPattern, matchPattern } from "./text-pattern.ts";
import { decodeLine } from "./text-point.ts";

/** What a line of a text device is to whoever waits for an answer. Pure; the driver acts on it. */
export type LineMeaning =
  /** What was waited for. */
  | { readonly kind: "answer" }
  /** The device refuses what was sent. */
  | { readonly kind: "refused" }
  /** Said by itself, and worth knowing. */
  | { readonly kind: "news"; readonly values: readonly PointValue[] }
  /** The device wants to hear from us. */
  | { readonly kind: "asked"; readonly send: string }
  | { readonly kind: "noise" };

/** Any of these patterns is the answer; `isGood` says whether what stands in `{value}` makes sense. */
export interface AwaitedLine {
  readonly patterns: readonly string[];
  readonly isGood: (word: string) => boolean;
}

/**
 * Patterns overlap: a bare `{value}` fits every line, and `DATA {any}` every answer. So a sensible answer comes first,
 * then what is known to come unasked, and only what is neither counts as an answer without sense.
 */
export function meaningOf(profile: TextProfile, awaited: AwaitedLine | null, line: string): LineMeaning {
  const { dialogue, transport } = profile;
  const { unit } = transport;
  const fits = (pattern: string) => matchPattern(pattern, line, unit) !== null;
  const asked = dialogue.answers.find(({ on }) => fits(on));
  if (asked !== undefined) return { kind: "asked", send: fillPattern(asked.send, { unit }) };
  const words = (awaited?.patterns ?? [])
    .map((pattern) => matchPattern(pattern, line, unit))
    .filter((word) => word !== null);
  if (words.some((word) => awaited?.isGood(word))) return { kind: "answer" };
  if (dialogue.errors.some(fits)) return awaited === null ? { kind: "noise" } : { kind: "refused" };
  const values = profile.points
    .map((point) => decodeLine(point, point.unsolicited, line, unit))
    .filter((value) => value?.quality === "good");
  if (values.length > 0) return { kind: "news", values };
  if (dialogue.unsolicited.some(fits)) return { kind: "noise" };
  return words.length > 0 ? { kind: "answer" } : { kind: "noise" };
}
