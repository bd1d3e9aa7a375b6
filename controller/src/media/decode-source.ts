import { ok, type Result } from "@loa/shared/kernel/result.ts";
import { type FfmpegTool, runFfmpeg } from "./ffmpeg-job.ts";
import { brokenAtMs, type FfmpegNotes } from "./ffmpeg-lines.ts";
import type { Loudness } from "./loudness.ts";
import {
  CLIP_SAMPLE_RATE_HZ,
  MAX_DURATION_MS,
  NO_SOUND_BELOW_LUFS,
  NO_SOUND_BELOW_PEAK_DB,
} from "./media-limits.ts";
import type { IngestRefusal } from "./media-port.ts";
import { brokeAt, limit, refuse, type SourceFacts, sourceFailure } from "./source-check.ts";

/** Rounding of headers and encoder padding stay below this. */
const LENGTH_TOLERANCE_MS = 300;
/** EBU R128 needs one block of 400 ms; ffmpeg answers −70 for less, and for silence. */
const NOTHING_MEASURED_LUFS = -70;

/**
 * The voice comes at about -24 LUFS with peaks of -3 dBTP, measured in its three dialects: this leaves peaks of -4 and a
 * loudness from which the gain reaches -16, as the notices are made that boxes carry.
 */
const EVENED = "volume=12dB,alimiter=limit=0.63:attack=2:release=40:level=false,";

export interface DecodeWish {
  readonly sourcePath: string;
  readonly source: SourceFacts;
  readonly pcmPath: string;
  readonly isMachineVoice: boolean;
  readonly onProgress: (share: number) => void;
}

/**
 * Decodes the source to its end, once: mixed to mono without gaining level, measured, and written down as samples
 * (s16le, 48 kHz). Refuses what breaks on the way, however far the decoder would go on behind it.
 */
export async function decodeSource(
  tool: FfmpegTool,
  { sourcePath, source, pcmPath, isMachineVoice, onProgress }: DecodeWish,
): Promise<Result<Loudness, IngestRefusal>> {
  const expectedMs = source.declaredMs ?? MAX_DURATION_MS;
  const end = await runFfmpeg({
    tool,
    inputPath: sourcePath,
    inputKind: "anything",
    options: [
      ...["-af", `${monoFilter(source.channels)},${isMachineVoice ? EVENED : ""}ebur128=peak=true,astats`],
      // One second more than allowed, so that a file without a length of its own shows that it is too long.
      ...["-t", String(MAX_DURATION_MS / 1_000 + 1)],
      ...["-c:a", "pcm_s16le", "-f", "s16le"],
    ],
    output: pcmPath,
    durationMs: expectedMs,
    onProgress: (ms) => onProgress(Math.min(1, ms / expectedMs)),
  });
  if (!end.ok) return refuse(sourceFailure(end));
  const { measuredFrames } = end.value;
  const loudness = loudnessOf(end.value);
  if (loudness === null || measuredFrames === null || measuredFrames === 0) return refuse("not-audio");
  const decodedMs = (measuredFrames * 1_000) / CLIP_SAMPLE_RATE_HZ;
  return judge(source, decodedMs, end.value, loudness) ?? ok(loudness);
}

/** `<` scales the sum back to one, so that loud stereo does not clip on its way to mono. */
export function monoFilter(channels: number): string {
  const mix = Array.from({ length: channels }, (_, index) => `c${index}`).join("+");
  return `pan=mono|c0<${mix},aformat=sample_rates=${CLIP_SAMPLE_RATE_HZ}`;
}

/** What only the whole of it shows. */
function judge(source: SourceFacts, decodedMs: number, notes: FfmpegNotes, loudness: Loudness) {
  if (decodedMs > MAX_DURATION_MS)
    return refuse("too-long", limit(decodedMs / 1_000, MAX_DURATION_MS / 1_000));
  const isShort = source.declaredMs !== null && source.declaredMs - decodedMs > LENGTH_TOLERANCE_MS;
  const brokenMs = brokenAtMs(notes, decodedMs);
  if (brokenMs !== null) return refuse("damaged", brokeAt(brokenMs));
  if (source.isCut || isShort || notes.isUnread) return refuse("truncated", brokeAt(decodedMs));
  const isSilent = loudness.lufs < NO_SOUND_BELOW_LUFS || loudness.truePeakDb < NO_SOUND_BELOW_PEAK_DB;
  return isSilent ? refuse("no-sound") : null;
}

function loudnessOf(notes: FfmpegNotes): Loudness | null {
  const { integratedLufs, truePeakDb, rmsDb } = notes;
  if (integratedLufs === null || truePeakDb === null) return null;
  // A bell of 0.3 s is loud but has no R128 value: its RMS is within 1 dB of one for most sounds.
  const lufs = integratedLufs <= NOTHING_MEASURED_LUFS ? (rmsDb ?? integratedLufs) : integratedLufs;
  return { lufs, truePeakDb };
}
