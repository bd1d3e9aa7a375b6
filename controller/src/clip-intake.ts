import { readFile, rm } from "node:fs/promises";
import type { Clock } from "@loa/shared/kernel/ambient.ts";
import type { UserId } from "@loa/shared/kernel/ids.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { BASE_RENDITION, type RenditionKind } from "./domain/rendition.ts";
import { type IngestSettings, readIngestSettings } from "./ingest-settings.ts";
import type { IngestDetail, IngestedClip, IngestFailure, IngestPhase, Media } from "./media/media-port.ts";
import type { BlobFailure, Blobs } from "./ports.ts";
import { writeAudit } from "./store/audit.ts";
import { insertClip, type ListedClip } from "./store/clips.ts";
import type { Database } from "./store/database.ts";
import { keepOriginal } from "./store/originals.ts";
import { insertRendition, wantedKinds } from "./store/renditions.ts";
import { insertSpeech, type StoredSpeech } from "./store/speech.ts";

export interface IntakeParts {
  readonly db: Database;
  readonly blobs: Blobs;
  readonly media: Media;
  readonly clock: Clock;
}

/** A sound that a person brings. */
export interface BroughtFile {
  /** Taken away where the original is kept; else left for the caller to remove. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly fileName: string;
  readonly by: UserId;
  /** Where it is a text that a machine has read aloud. */
  readonly typed?: TypedText;
  readonly onProgress?: (progress: {
    readonly phase: IngestPhase | "storing";
    readonly share: number;
  }) => void;
}

/** A text, and how it was read aloud. */
export interface TypedText extends StoredSpeech {
  readonly written: string;
}

/** `io`: the disk did something that it should not. */
export interface IntakeRefusal {
  readonly reason: IngestFailure | "io";
  readonly detail: IngestDetail | null;
}

/** Makes a clip of a file and keeps everything that is made of it. */
export async function takeInClip(
  parts: IntakeParts,
  file: BroughtFile,
): Promise<Result<ListedClip, IntakeRefusal>> {
  const settings = await readIngestSettings(parts.db);
  const ingested = await ingest(parts, file, settings, await wantedKinds(parts.db));
  if (!ingested.ok) return ingested;
  const { onProgress = () => undefined } = file;
  onProgress({ phase: "storing", share: 0 });
  const failure = await keepBytes(parts.blobs, file, ingested.value, settings);
  if (failure !== null) return fail({ reason: failure, detail: null });
  return ok(await writeDown(parts, file, ingested.value, settings));
}

/** What a clip of it would sound like: the bytes that boxes would play, and nothing is kept. */
export async function tryOutClip(
  parts: Pick<IntakeParts, "db" | "media">,
  file: BroughtFile,
): Promise<Result<Uint8Array<ArrayBuffer>, IntakeRefusal>> {
  const settings = await readIngestSettings(parts.db);
  const ingested = await ingest(parts, file, settings, []);
  if (!ingested.ok) return ingested;
  const { renditions } = ingested.value;
  try {
    const base = renditions.find((one) => one.kind === BASE_RENDITION);
    return base === undefined ? fail({ reason: "io", detail: null }) : ok(await readFile(base.path));
  } finally {
    for (const made of renditions) await rm(made.path, { force: true });
  }
}

function ingest(
  { media }: Pick<IntakeParts, "media">,
  { path, sizeBytes, fileName, typed, onProgress }: BroughtFile,
  { targetLufs, trimBelowDb, trimKeepMs }: IngestSettings,
  kinds: readonly RenditionKind[],
): ReturnType<Media["ingest"]> {
  return media.ingest({
    path,
    sizeBytes,
    fileName,
    kinds,
    targetLufs,
    trim: { belowDb: trimBelowDb, keepMs: trimKeepMs },
    isMachineVoice: typed !== undefined,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

/** The bytes are kept before the rows that name them, so a row never names bytes that are not there. */
async function keepBytes(
  blobs: Blobs,
  file: BroughtFile,
  clip: IngestedClip,
  { keepOriginalDays }: IngestSettings,
): Promise<BlobFailure | null> {
  const originals = isOriginalKept(file.typed, keepOriginalDays)
    ? [{ sha256: clip.sourceSha256, path: file.path }]
    : [];
  const all = [...originals, ...clip.renditions];
  for (const one of all) {
    const kept = await blobs.put(one.sha256, one.path);
    if (kept.ok) continue;
    for (const made of clip.renditions) await rm(made.path, { force: true });
    return kept.error;
  }
  return null;
}

async function writeDown(
  { db, clock }: IntakeParts,
  { fileName, by, sizeBytes, typed }: BroughtFile,
  ingested: IngestedClip,
  { keepOriginalDays }: IngestSettings,
): Promise<ListedClip> {
  const clip = { ...listedOf(ingested, fileName, clock.now()), written: typed?.written ?? null };
  await db.transaction().execute(async (tx) => {
    const upload = { by, fileName, at: clip.createdAt };
    await insertClip(tx, clip, typed === undefined ? upload : { ...upload, written: typed.written });
    if (typed !== undefined) await insertSpeech(tx, clip.sha256, typed);
    for (const rendition of ingested.renditions) await insertRendition(tx, clip.sha256, rendition);
    if (isOriginalKept(typed, keepOriginalDays))
      await keepOriginal(tx, { sha256: clip.sourceSha256, sizeBytes, at: clip.createdAt });
    await writeAudit(tx, {
      at: clip.createdAt,
      userId: by,
      act: typed === undefined ? "clip.uploaded" : "clip.spoken",
      subject: `clip:${clip.sha256}`,
      areaId: null,
      detail: { fileName, durationMs: clip.durationMs, sourceSha256: clip.sourceSha256, ...toldOf(typed) },
    });
  });
  return clip;
}

/** What a machine has said it can say again: its text is kept, and is all that it was made of. */
function isOriginalKept(typed: TypedText | undefined, keepOriginalDays: number): boolean {
  return typed === undefined && keepOriginalDays > 0;
}

/** The record holds the words themselves: whoever asks what was said need not listen. */
function toldOf(typed: TypedText | undefined) {
  return typed === undefined ? {} : { written: typed.written, spoken: typed.spoken, dialect: typed.dialect };
}

function listedOf(
  of: IngestedClip,
  fileName: string,
  createdAt: ListedClip["createdAt"],
): Omit<ListedClip, "written"> {
  const { sizeBytes, durationMs, gainDb, loudnessLufs, truePeakDb, waveform, sourceSha256, trimmed } = of;
  return {
    sha256: of.sha256,
    sizeBytes,
    durationMs,
    gainDb,
    loudnessLufs,
    truePeakDb,
    waveform,
    sourceSha256,
    trimmedStartMs: trimmed.startMs,
    trimmedEndMs: trimmed.endMs,
    fileName,
    createdAt,
  };
}
