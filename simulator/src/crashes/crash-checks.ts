import { type Emergency, itemsOf } from "@loa/shared/broadcast/emergency.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { Stretch } from "../virtual/loudspeaker.ts";

/** What one emergency should have come to at one box, and what did. Times are world time, ms. */
export interface Said {
  readonly box: BoxId;
  readonly emergency: Pick<Emergency, "id" | "severity" | "sirenMs" | "notice" | "times" | "gapMs">;
  readonly stretches: readonly Stretch[];
  /** When the box was killed. */
  readonly deaths: readonly number[];
  /** Null: nobody ended it. */
  readonly end: End | null;
}

/** A cancellation or a STOP. */
export interface End {
  /** When the control room had it on its disk. */
  readonly at: number;
  /** When the box said that it has it; null: never. */
  readonly knownAt: number | null;
  /** The same of the raising. */
  readonly raiseKnownAt: number | null;
}

/** The mixer's end of a sound and the plan of it may lie so far apart. */
const CRUMB_MS = 60;
/** Whoever dies this soon after the last sample of a sound cannot have noted that it was said. */
const UNNOTED_MS = 50;
/** A cancellation or STOP is obeyed so soon. */
const OBEY_MS = SECOND_MS;
/** What was on its way when it was ended has come by then. */
const ON_THE_WAY_MS = 500;

/**
 * Each siren and each notice to its end, once and in order: one that a kill cut short is said again from its beginning,
 * one that was said to its end is not. Who knows that it is over is silent.
 */
export function problemsOf(said: Said): readonly string[] {
  const parts = partsOf(said);
  return [...lostOf(said, parts), ...repeatedOf(said, parts), ...soundingOn(said)].map(
    (what) => `${said.box}: ${said.emergency.id} ${what}`,
  );
}

interface Part {
  readonly item: number;
  readonly from: number;
  readonly to: number;
  /** To its end. */
  readonly isWhole: boolean;
}

function partsOf({ emergency, stretches }: Said): readonly Part[] {
  const items = itemsOf(emergency);
  return ofEmergency(emergency, stretches).map(({ soundId, offsetMs, from, to }) => {
    // `{occurrence}#{item}#{count}`
    const item = Number(soundId.split("#")[1]);
    const durationMs = items[item]?.durationMs ?? Number.POSITIVE_INFINITY;
    const end = to ?? from;
    return { item, from, to: end, isWhole: offsetMs + (end - from) >= durationMs - CRUMB_MS };
  });
}

function ofEmergency({ id }: Said["emergency"], stretches: readonly Stretch[]): readonly Stretch[] {
  return stretches.filter(({ soundId }) => soundId.startsWith(`${id}@`));
}

function lostOf({ emergency, end }: Said, parts: readonly Part[]): readonly string[] {
  if (end !== null) return end.knownAt === null ? ["never heard that it is over"] : [];
  return itemsOf(emergency).flatMap((item, index) => {
    const isHeard = parts.some((part) => part.item === index && part.isWhole);
    return item.kind === "pause" || isHeard ? [] : [`lost: ${item.kind} ${index} was not heard to its end`];
  });
}

function repeatedOf({ deaths }: Said, parts: readonly Part[]): readonly string[] {
  let done = -1;
  const found: string[] = [];
  for (const part of parts) {
    if (part.item <= done) found.push(`twice: item ${part.item} again at ${part.from}, ${done} was said`);
    const isUnnoted = deaths.some((at) => at >= part.to - CRUMB_MS && at <= part.to + UNNOTED_MS);
    done = Math.max(done, part.isWhole && !isUnnoted ? part.item : part.item - 1);
  }
  return found;
}

function soundingOn({ emergency, end, stretches }: Said): readonly string[] {
  if (end === null || end.knownAt === null) return [];
  if (end.raiseKnownAt !== null && end.raiseKnownAt > end.at + ON_THE_WAY_MS)
    return [`was told at ${end.raiseKnownAt} what was over at ${end.at}`];
  const until = end.knownAt + OBEY_MS;
  return ofEmergency(emergency, stretches)
    .filter(({ to }) => to === null || to > until)
    .map(({ from, to }) => `sounds from ${from} to ${to}, over at ${end.knownAt}`);
}
