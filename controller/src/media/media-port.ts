import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Result } from "@loa/shared/kernel/result.ts";

/** Makes clips of what people upload: looks at it, decodes it to its end, measures it, encodes it for the boxes. */
export interface Media {
  /** One file at a time; others wait in a short queue. The source is read only and stays where it is. */
  ingest(input: IngestInput): Promise<Result<IngestedClip, IngestRefusal>>;
}

export interface IngestInput {
  /** A whole local file. */
  readonly path: string;
  readonly sizeBytes: number;
  /** As the person called it; for the log only. */
  readonly fileName: string;
}

/** What the boxes will play. The caller moves the file at `path` to where clips live. */
export interface IngestedClip {
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  /** Mono, 48 kHz, 64 kbit/s, with a LAME tag: it starts and ends at the exact sample. */
  readonly type: "audio/mpeg";
  readonly path: string;
  /** Of the decoded clip, counted by its samples; a begun millisecond counts whole. */
  readonly durationMs: number;
  /** EBU R128 integrated loudness of the source, mixed to mono, LUFS. */
  readonly loudnessLufs: number;
  /** Highest true peak of the source, mixed to mono, dBTP. */
  readonly truePeakDb: number;
  /** Static gain for the player: to the target, as far as the true peak allows. */
  readonly gainDb: number;
  readonly targetLufs: number;
  /** Peaks of equal stretches of the clip, 0 to 1, at most 400. */
  readonly waveform: readonly number[];
  readonly sourceSha256: Sha256;
}

export interface IngestRefusal {
  readonly reason: IngestFailure;
  /** Where the file broke or which limit it passed, in numbers that a page can show; null when there is none. */
  readonly detail: IngestDetail | null;
}

export type IngestFailure =
  | "empty"
  | "too-large"
  | "not-audio"
  | "truncated"
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
