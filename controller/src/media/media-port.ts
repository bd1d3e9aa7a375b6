import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Result } from "@loa/shared/kernel/result.ts";
import type { RenditionKind } from "../domain/rendition.ts";
import type { TrimRule } from "./audible-part.ts";

/** Makes clips of what people upload: looks at it, decodes it to its end, measures it, encodes it for the boxes. */
export interface Media {
  /**
   * One short and one long file at a time; others wait in short queues. The source is read only and stays where it is.
   */
  ingest(input: IngestInput): Promise<Result<IngestedClip, IngestRefusal>>;
  /** One more file of a clip that is here already. Waits with the long ones. */
  encode(input: EncodeInput): Promise<Result<MadeRendition, IngestRefusal>>;
}

export interface IngestInput {
  /** A whole local file. */
  readonly path: string;
  readonly sizeBytes: number;
  /** As the person called it; for the log only. */
  readonly fileName: string;
  /** What is made beside the base rendition, which every clip has; nothing unless told. */
  readonly kinds?: readonly RenditionKind[];
  /** A machine's voice has peaks far above its loudness: they are held down, so that it comes as loud as a person's. */
  readonly isMachineVoice?: boolean;
  /** Left out: `DEFAULT_TARGET_LUFS`. */
  readonly targetLufs?: number;
  /** Left out: silence at the ends is cut as `DEFAULT_TRIM` says. */
  readonly trim?: TrimRule;
  readonly onProgress?: (progress: IngestProgress) => void;
}

export interface EncodeInput {
  readonly path: string;
  readonly kind: RenditionKind;
  /** Which part of the file is the clip. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** `waiting`: others are before it. The share (0 to 1) is of the phase. */
export interface IngestProgress {
  readonly phase: IngestPhase;
  readonly share: number;
}

export const ingestPhases = ["waiting", "checking", "decoding", "measuring", "encoding"] as const;
export type IngestPhase = (typeof ingestPhases)[number];

/** What the boxes will play. The caller moves the files of `renditions` to where clips live, or removes them. */
export interface IngestedClip {
  /** Of the base rendition: bulletins name the clip by it. */
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  /** Of the clip, counted by its samples: a whole number, for a clip ends with a whole millisecond. */
  readonly durationMs: number;
  /** EBU R128 integrated loudness of the source, mixed to mono, LUFS. */
  readonly loudnessLufs: number;
  /** Highest true peak of the source, mixed to mono, dBTP. */
  readonly truePeakDb: number;
  /** Static gain for the player: to the target, as far as the true peak allows. */
  readonly gainDb: number;
  readonly targetLufs: number;
  /** Silence that was cut away, ms. */
  readonly trimmed: { readonly startMs: number; readonly endMs: number };
  /** Peaks of equal stretches of the clip, 0 to 1, at most 400. */
  readonly waveform: readonly number[];
  /** The base one, and those that were asked for; each exactly as long as the clip. */
  readonly renditions: readonly MadeRendition[];
  readonly sourceSha256: Sha256;
}

export interface MadeRendition {
  readonly kind: RenditionKind;
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  readonly path: string;
}

export interface IngestRefusal {
  readonly reason: IngestFailure;
  /** Where the file broke or which limit it passed, in numbers that a page can show; null when there is none. */
  readonly detail: IngestDetail | null;
}

/** `truncated`: it ends before its end. `damaged`: something in it does not decode, and more follows. */
export type IngestFailure =
  | "empty"
  | "too-large"
  | "not-audio"
  | "truncated"
  | "damaged"
  | "no-sound"
  | "too-long"
  | "too-many-channels"
  | "bad-sample-rate"
  | "timeout"
  | "tool-missing"
  | "disk-full"
  | "busy";

export type IngestDetail =
  | { readonly kind: "broke-at"; readonly second: number }
  | { readonly kind: "limit"; readonly value: number; readonly limit: number };
