import { loadNotices } from "@loa/edge-agent/sound/notice.ts";
import { renderSiren } from "@loa/edge-agent/sound/siren.ts";
import { BUILT_IN_NOTICE_MS } from "@loa/shared/broadcast/built-in-sounds.ts";
import { findPatterns } from "../golden-ear/find-pattern.ts";
import { SAMPLE_RATE_HZ } from "../golden-ear/make-audio.ts";
import { durationMs, type Recording, slice } from "../golden-ear/recording.ts";
import { createLogBook } from "../support/log-book.ts";
import { recordedIn } from "../support/recorded-loudspeaker.ts";

/** Hears how often a box has said each part of an alarm: the siren, and the built-in words after it. */
export interface AlarmEar {
  hear(folder: string, fromAt: number, toAt: number): readonly HeardPart[];
}

/** A part whose mark near its end was heard. */
export interface HeardPart {
  readonly part: "siren" | "notice";
  /** When that was, on the wall clock, ms. */
  readonly markAt: number;
  /** When its first and its last sample were due. */
  readonly beganAt: number;
  readonly endsAt: number;
}

interface Mark {
  readonly part: HeardPart["part"];
  readonly pattern: Float64Array;
  readonly fromMs: number;
  readonly restMs: number;
}

export const SIREN_S = 2;
const SAMPLES_A_MS = SAMPLE_RATE_HZ / 1_000;
const MARK_MS = 300;
/** What a killed engine had not yet written is at most half a second; the mark lies before it. */
const BEFORE_END_MS = { from: 2_500, to: 900 } as const;
const ALIKE = 0.5;
const APART_MS = 1_000;

export async function openAlarmEar(ffmpegPath: string): Promise<AlarmEar> {
  const notices = loadNotices({ ffmpegPath, log: createLogBook() });
  await notices.ready;
  const words = notices.pcm("actual");
  if (words === null || typeof words === "string") throw new Error("the built-in words cannot be decoded");
  const sirenMs = SIREN_S * 1_000;
  const marks = [
    markOf("siren", renderSiren("actual"), sirenMs - BEFORE_END_MS.to, sirenMs),
    markOf("notice", words, loudestIn(words), BUILT_IN_NOTICE_MS.actual),
  ];
  return {
    hear: (folder, fromAt, toAt) =>
      recordedIn(folder)
        .filter((one) => one.firstSampleAt < toAt && one.firstSampleAt + durationMs(one) > fromAt)
        .map((one) => slice(one, fromAt, toAt))
        .flatMap((one) => marks.flatMap((mark) => heardOf(one, mark)))
        .toSorted((a, b) => a.markAt - b.markAt),
  };
}

function markOf(part: Mark["part"], pcm: Int16Array, fromMs: number, lengthMs: number): Mark {
  const samples = pcm.subarray(fromMs * SAMPLES_A_MS, (fromMs + MARK_MS) * SAMPLES_A_MS);
  return {
    part,
    pattern: Float64Array.from(samples, (one) => one / 32_768),
    fromMs,
    restMs: lengthMs - fromMs,
  };
}

/** Where speech is loudest near its end, ms from its beginning: a pause is no mark. */
function loudestIn(pcm: Int16Array): number {
  const endMs = pcm.length / SAMPLES_A_MS;
  let best = { fromMs: 0, energy: 0 };
  for (let fromMs = endMs - BEFORE_END_MS.from; fromMs <= endMs - BEFORE_END_MS.to; fromMs += 50) {
    const samples = pcm.subarray(fromMs * SAMPLES_A_MS, (fromMs + MARK_MS) * SAMPLES_A_MS);
    const energy = samples.reduce((sum, one) => sum + one * one, 0);
    if (energy > best.energy) best = { fromMs, energy };
  }
  return best.fromMs;
}

function heardOf(recording: Recording, { part, pattern, fromMs, restMs }: Mark): readonly HeardPart[] {
  if (recording.samples.length < pattern.length) return [];
  const found = findPatterns(recording, pattern, { alike: ALIKE, apartMs: APART_MS });
  return found.map(({ at }) => ({ part, markAt: at, beganAt: at - fromMs, endsAt: at + restMs }));
}
