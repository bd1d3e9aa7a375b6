import { type Sha256, sha256, type UserId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";
import type { AreaQuery } from "./visible-areas.ts";

export interface StoredClip {
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  readonly durationMs: number;
  readonly gainDb: number;
  readonly loudnessLufs: number;
  readonly truePeakDb: number;
  readonly waveform: readonly number[];
  readonly sourceSha256: Sha256;
  /** Silence that was cut away at the ends. */
  readonly trimmedStartMs: number;
  readonly trimmedEndMs: number;
}

/** A clip as the person knows it who looks at it. */
export interface ListedClip extends StoredClip {
  readonly fileName: string;
  readonly createdAt: Instant;
  /** What the person typed, where the clip is that text read aloud. */
  readonly written: string | null;
}

/** Who asks for clips: what one brought oneself, and what bulletins of one's areas use. */
export interface ClipReader {
  readonly userId: UserId;
  readonly granted: AreaQuery;
}

const listedRow = z
  .object({
    sha256,
    size_bytes: z.number(),
    duration_ms: z.number(),
    gain_db: z.number(),
    loudness_lufs: z.number(),
    true_peak_db: z.number(),
    waveform: jsonColumn(z.array(z.number())),
    source_sha256: sha256,
    trimmed_start_ms: z.number(),
    trimmed_end_ms: z.number(),
    file_name: z.string().nullable(),
    created_at: instant.nullable(),
    written: z.string().nullable(),
  })
  .transform(
    (row): ListedClip => ({
      sha256: row.sha256,
      sizeBytes: row.size_bytes,
      durationMs: row.duration_ms,
      gainDb: row.gain_db,
      loudnessLufs: row.loudness_lufs,
      truePeakDb: row.true_peak_db,
      waveform: row.waveform,
      sourceSha256: row.source_sha256,
      trimmedStartMs: row.trimmed_start_ms,
      trimmedEndMs: row.trimmed_end_ms,
      fileName: row.file_name ?? "",
      createdAt: row.created_at ?? (0 as Instant),
      written: row.written,
    }),
  );

/** The same bytes may come twice; the second time only the upload is new. */
export async function insertClip(
  db: Database,
  clip: StoredClip,
  upload: {
    readonly by: UserId;
    readonly fileName: string;
    readonly at: Instant;
    readonly written?: string;
  },
): Promise<void> {
  await db
    .insertInto("clip")
    .values({
      sha256: clip.sha256,
      size_bytes: clip.sizeBytes,
      duration_ms: clip.durationMs,
      gain_db: clip.gainDb,
      loudness_lufs: clip.loudnessLufs,
      true_peak_db: clip.truePeakDb,
      waveform: JSON.stringify(clip.waveform),
      source_sha256: clip.sourceSha256,
      trimmed_start_ms: clip.trimmedStartMs,
      trimmed_end_ms: clip.trimmedEndMs,
    })
    .onConflict((conflict) => conflict.column("sha256").doNothing())
    .execute();
  await db
    .insertInto("upload")
    .values({
      clip_sha256: clip.sha256,
      created_by: upload.by,
      file_name: upload.fileName,
      created_at: upload.at,
      written: upload.written ?? null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["clip_sha256", "created_by"])
        .doUpdateSet({ file_name: upload.fileName, created_at: upload.at, written: upload.written ?? null }),
    )
    .execute();
}

/** Newest first. */
export async function listClips(
  db: Database,
  reader: ClipReader,
  limit: number,
): Promise<readonly ListedClip[]> {
  const rows = await readableClips(db, reader)
    .orderBy("upload.created_at", "desc")
    .orderBy("clip.sha256")
    .limit(limit)
    .execute();
  return rows.map((row) => listedRow.parse(row));
}

export async function readableClip(db: Database, id: Sha256, reader: ClipReader): Promise<ListedClip | null> {
  const row = await readableClips(db, reader).where("clip.sha256", "=", id).executeTakeFirst();
  return row === undefined ? null : listedRow.parse(row);
}

function readableClips(db: Database, { userId, granted }: ClipReader) {
  const used = db.selectFrom("bulletin").where("area_id", "in", granted).select("clip_sha256").$asScalar();
  return db
    .selectFrom("clip")
    .leftJoin("upload", (join) =>
      join.onRef("upload.clip_sha256", "=", "clip.sha256").on("upload.created_by", "=", userId),
    )
    .where((eb) => eb.or([eb("upload.created_by", "is not", null), eb("clip.sha256", "in", used)]))
    .selectAll("clip")
    .select(["upload.file_name", "upload.created_at", "upload.written"]);
}
