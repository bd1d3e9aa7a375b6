import type { Generated } from "kysely";

/** Clips and what they were made of; see `schema.ts` for how values stand in columns. */

export interface ClipTable {
  sha256: string;
  size_bytes: number;
  duration_ms: number;
  gain_db: number;
  loudness_lufs: number;
  true_peak_db: number;
  /** JSON array of numbers from 0 to 1. */
  waveform: string;
  source_sha256: string;
  /** Silence that was cut away. */
  trimmed_start_ms: number;
  trimmed_end_ms: number;
}
/** A file of a clip. The one of kind `mp3-64` is there for every clip, and its hash is the clip's own. */
export interface RenditionTable {
  clip_sha256: string;
  kind: string;
  sha256: string;
  size_bytes: number;
}
/** What people brought, while it is kept; its bytes are a blob. */
export interface OriginalTable {
  sha256: string;
  size_bytes: number;
  kept_at: number;
}
/** Which rendition boxes in an area and below it get. */
export interface AreaAudioTable {
  area_id: string;
  rendition: string;
}
/** Who brought a clip. Two persons may bring the same bytes, and neither may see the other's name for them. */
export interface UploadTable {
  clip_sha256: string;
  created_by: string;
  file_name: string;
  created_at: number;
  /** What the person typed, where the clip is that text read aloud. */
  written: Generated<string | null>;
}
/** What a clip says that a machine has read aloud: whoever may hear it may read it. */
export interface SpeechTable {
  clip_sha256: string;
  spoken: string;
  dialect: string;
  rate: number;
}
