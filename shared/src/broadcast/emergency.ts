import { z } from "zod";
import { emergencyId, type OccurrenceId } from "../kernel/ids.ts";
import { instant, plus, toLocal } from "../kernel/time.ts";
import type { Occurrence } from "./agenda.ts";
import { type AirItem, durationOf } from "./air-item.ts";
import { BUILT_IN_NOTICE_MS, type BuiltInWords } from "./built-in-sounds.ts";
import { clip, MAX_CLIP_MS } from "./content.ts";
import { LEAST_EMERGENCY_DB } from "./plan.ts";
import { type RelaySource, relaySource } from "./relay.ts";

export const MAX_EMERGENCY_MS = 24 * 3_600_000;

/** Half of a character (a lone surrogate) makes an envelope malformed: what was approved with one would reach no box. */
const headline = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text.isWellFormed(), "half of a character");

/** Scheme, host and path as they are meant to be written: without a name or a password, and nothing to be read twice. */
const plainAddress = /^[a-z]+:\/\/[^/?#@\\]+([/?#][^\\]*)?$/i;
const provenAddress = /^(https|rtmps):/i;

/**
 * Whether an emergency may be said by it. What comes over a network is nobody's signed word, so its station must prove
 * itself (TLS), or stand in the province's own network; what comes by FM is the word of the strongest transmitter near
 * the box, as it was in the communes of 2016. A password would be read by all who approve. And nobody is told by a
 * station that nobody hears.
 */
export function isFitForEmergency(source: RelaySource): boolean {
  if (source.gainDb < LEAST_EMERGENCY_DB) return false;
  if (source.kind === "input") return source.input === "line";
  return plainAddress.test(source.url) && (source.isPrivate || provenAddress.test(source.url));
}

/** As it stands in books: what was fit once is told, whatever the rules say by now. */
export const bookedStream = z.strictObject({
  source: relaySource,
  durationMs: z.number().int().min(1_000).max(MAX_CLIP_MS),
});
export type EmergencyStream = z.infer<typeof bookedStream>;

/** A station that is passed on behind the words of an emergency, and for how long each time. */
const emergencyStream = bookedStream.refine(({ source }) => isFitForEmergency(source), {
  error: "nobody can tell whose word it is",
  path: ["source"],
});

/** An emergency ("khẩn cấp") as it goes to the boxes: it plays at once, over everything, and has an explicit end. */
export const emergency = z.object({
  id: emergencyId,
  severity: z.enum(["actual", "exercise"]),
  headline,
  /** When it was raised. STOP at or after this voids it. */
  at: instant,
  /** Nothing of it sounds from here on. */
  expiresAt: instant,
  sirenMs: z.number().int().min(0).max(60_000),
  /** Null: the notice that is built into every box. */
  notice: clip.nullable(),
  /** Left out: siren and notice are all of it. While the station cannot be heard, the notice stands in for it. */
  stream: emergencyStream.optional(),
  /** How often all of it is said, and the silence between. */
  times: z.number().int().min(1).max(100),
  gapMs: z
    .number()
    .int()
    .min(0)
    .max(30 * 60_000),
  /** An emergency that this one takes the place of. */
  replaces: emergencyId.optional(),
  /** What is said in its place when it was wrong: approved together with it. Null notice: the built-in words. */
  correction: z.strictObject({ id: emergencyId, notice: clip.nullable() }).optional(),
});
export type Emergency = z.infer<typeof emergency>;

/**
 * Siren, notice and what is passed on behind them, as often as asked. An exercise always carries the spoken words of an exercise first; a correction
 * says neither that there is an emergency nor that there is an exercise.
 */
export function itemsOf(
  one: Pick<Emergency, "severity" | "sirenMs" | "notice" | "stream" | "times" | "gapMs">,
  spoken: BuiltInWords = one.severity,
): readonly AirItem[] {
  const words: AirItem = { kind: "notice", words: spoken, durationMs: BUILT_IN_NOTICE_MS[spoken] };
  const notice: readonly AirItem[] =
    one.notice === null
      ? [words]
      : [
          ...(spoken === "exercise" ? [words] : []),
          { kind: "clip", sha256: one.notice.sha256, durationMs: one.notice.durationMs, end: "soft" },
        ];
  const siren: readonly AirItem[] =
    one.sirenMs === 0 ? [] : [{ kind: "siren", severity: one.severity, durationMs: one.sirenMs }];
  const stream: readonly AirItem[] = one.stream === undefined ? [] : [relayItem(one.stream)];
  const gap: readonly AirItem[] = one.gapMs === 0 ? [] : [{ kind: "pause", durationMs: one.gapMs }];
  return Array.from({ length: one.times }, (_, index) => [
    ...(index === 0 ? [] : gap),
    ...siren,
    ...notice,
    ...stream,
  ]).flat();
}

function relayItem({ source, durationMs }: EmergencyStream): AirItem {
  return { kind: "relay", relay: source.id, durationMs, end: "soft", source };
}

/** An emergency is one occurrence at the top of the ladder: pre-emption, resume and receipts are those of every other. */
export function occurrenceOf(one: Emergency, spoken: BuiltInWords = one.severity): Occurrence {
  const items = itemsOf(one, spoken);
  const durationMs = durationOf(items);
  const { date, time } = toLocal(one.at);
  return {
    id: `${one.id}@${date}T${time}` as OccurrenceId,
    scheduleId: null,
    title: one.headline,
    rung: one.severity === "actual" ? "emergency-actual" : "emergency-exercise",
    order: 0,
    at: one.at,
    endsAt: plus(one.at, durationMs),
    voidAt: one.expiresAt,
    durationMs,
    items,
    exception: true,
  };
}
