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
 * then what is known to come unasked. What is neither, or says more exactly what was asked than what comes unasked,
 * counts as an answer without sense.
 */
export function meaningOf(profile: TextProfile, awaited: AwaitedLine | null, line: string): LineMeaning {
  const { dialogue, transport } = profile;
  const { unit } = transport;
  if (isSpoilt(profile, line)) return { kind: "noise" };
  const fits = (pattern: string) => matchPattern(pattern, line, unit) !== null;
  const asked = dialogue.answers.find(({ on }) => fits(on));
  if (asked !== undefined) return { kind: "asked", send: fillPattern(asked.send, { unit }) };
  const fitting = (awaited?.patterns ?? []).filter(fits);
  const isSensible = (pattern: string) => awaited?.isGood(matchPattern(pattern, line, unit) ?? "") === true;
  if (fitting.some(isSensible)) return { kind: "answer" };
  if (dialogue.errors.some(fits)) return awaited === null ? { kind: "noise" } : { kind: "refused" };
  const values = profile.points
    .map((point) => decodeLine(point, point.unsolicited, line, unit))
    .filter((value) => value?.quality === "good");
  if (values.length > 0) return { kind: "news", values };
  const unasked = Math.max(-1, ...dialogue.unsolicited.filter(fits).map(fixedLength));
  return fitting.some((pattern) => fixedLength(pattern) > unasked) ? { kind: "answer" } : { kind: "noise" };
}

/** A shorter beginning than this also stands inside of honest answers. */
const MIN_HEAD = 3;

/** Something unasked was said in the middle of this line: what stands before it is cut off, and looks like a number. */
function isSpoilt({ dialogue, points, transport }: TextProfile, line: string): boolean {
  const unasked = [
    ...dialogue.unsolicited,
    ...dialogue.answers.map(({ on }) => on),
    ...points.map(({ unsolicited }) => unsolicited ?? ""),
  ];
  return unasked.some((pattern) => {
    const [head = ""] = pattern.replaceAll("{unit}", transport.unit ?? "").split("{");
    return head.length >= MIN_HEAD && line.indexOf(head, 1) > 0;
  });
}

/** How much of a pattern is its own text: more of it says more exactly which line is meant. */
function fixedLength(pattern: string): number {
  return fillPattern(pattern, {}).length;
}
