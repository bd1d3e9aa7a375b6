import { rename, truncate } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import { ok, type Result } from "@loa/shared/kernel/result.ts";
import { BASE_RENDITION, type RenditionKind } from "../domain/rendition.ts";
import { type AudiblePart, audiblePart } from "./audible-part.ts";
import { decodeSource, monoFilter } from "./decode-source.ts";
import { type Encoded, encodeClip, FRAMES_A_MS } from "./encode-clip.ts";
import { encoders } from "./encoders.ts";
import type { FfmpegTool } from "./ffmpeg-job.ts";
import { sha256OfFile, sizeOfFile } from "./file-facts.ts";
import { gainToTarget, type Loudness } from "./loudness.ts";
import {
  DEFAULT_TARGET_LUFS,
  DEFAULT_TRIM,
  DISK_RESERVE_BYTES,
  MAX_DURATION_MS,
  PCM_BYTES_PER_MS,
  WAVEFORM_POINTS,
} from "./media-limits.ts";
import type {
  EncodeInput,
  IngestedClip,
  IngestInput,
  IngestPhase,
  IngestRefusal,
  MadeRendition,
} from "./media-port.ts";
import { outlineOf, type PcmOutline, STRETCH_MS, waveformOf } from "./pcm-outline.ts";
import { checkSource, refuse, type SourceFacts } from "./source-check.ts";

/** Where one job is done. */
export interface Workbench {
  readonly tool: FfmpegTool;
  /** The job's own; removed with everything in it when the job ends. What is finished is put beside it, under its name. */
  readonly folder: string;
  readonly freeBytes: () => Promise<number>;
  readonly log: Log;
}

export async function makeClip(
  bench: Workbench,
  input: IngestInput,
): Promise<Result<IngestedClip, IngestRefusal>> {
  const tell = (phase: IngestPhase, share: number) => input.onProgress?.({ phase, share });
  tell("checking", 0);
  const kinds = [...new Set<RenditionKind>([BASE_RENDITION, ...(input.kinds ?? [])])];
  const source = await checkSource(bench.tool, input.path);
  if (!source.ok) return source;
  if (!(await hasRoom(bench, source.value, kinds))) return refuse("disk-full");

  const pcmPath = join(bench.folder, "source.pcm");
  tell("decoding", 0);
  const decoded = await decodeSource(bench.tool, {
    sourcePath: input.path,
    source: source.value,
    pcmPath,
    isMachineVoice: input.isMachineVoice ?? false,
    onProgress: (share) => tell("decoding", share),
  });
  if (!decoded.ok) return decoded;
  const { targetLufs = DEFAULT_TARGET_LUFS } = input;
  const gainDb = gainToTarget(decoded.value, targetLufs);
  const outline = await outlineOf(pcmPath, await sizeOfFile(pcmPath), (share) => tell("measuring", share));
  const part = audiblePart(outline.peaks, STRETCH_MS, input.trim ?? DEFAULT_TRIM, gainDb);
  if (part === null) return refuse("no-sound");

  const span = spanOf(part, outline);
  await truncate(pcmPath, span.endMs * PCM_BYTES_PER_MS);
  const renditions = await encodeAll(bench, pcmPath, span, kinds, (share) => tell("encoding", share));
  if (!renditions.ok) return renditions;
  const waveform = waveformOf(outline.peaks.slice(part.from, part.to), WAVEFORM_POINTS);
  const measured = { loudness: decoded.value, gainDb, targetLufs, span, waveform };
  return ok(await clipOf(bench, input, measured, renditions.value));
}

/** Whole milliseconds, so that every rate on the ladder has a whole number of samples. */
interface Span {
  readonly startMs: number;
  readonly endMs: number;
  readonly sourceMs: number;
}

/** The last begun millisecond of the source counts whole; it is filled up with silence. */
function spanOf(part: AudiblePart, { frames, peaks }: PcmOutline): Span {
  const sourceMs = Math.ceil(frames / FRAMES_A_MS);
  const endMs = part.to === peaks.length ? sourceMs : part.to * STRETCH_MS;
  return { startMs: part.from * STRETCH_MS, endMs, sourceMs };
}

async function encodeAll(
  bench: Workbench,
  pcmPath: string,
  { startMs, endMs }: Span,
  kinds: readonly RenditionKind[],
  onProgress: (share: number) => void,
): Promise<Result<readonly Encoded[], IngestRefusal>> {
  const made: Encoded[] = [];
  for (const [index, kind] of kinds.entries()) {
    const one = await encodeClip(bench.tool, {
      from: { inputPath: pcmPath, inputKind: "pcm" },
      filters: [],
      startMs,
      durationMs: endMs - startMs,
      kind,
      path: join(bench.folder, kind),
      onProgress: (share) => onProgress((index + share) / kinds.length),
    });
    if (!one.ok) return one;
    if (isExact(bench, one.value, endMs - startMs)) made.push(one.value);
    else if (kind === BASE_RENDITION) return refuse("not-audio");
  }
  return ok(made);
}

/** Neighbours may hold different renditions of one programme: a millisecond each would be heard after a few clips. */
function isExact({ log }: Workbench, { kind, decodedFrames }: Encoded, durationMs: number): boolean {
  const isSame = decodedFrames === durationMs * FRAMES_A_MS;
  if (!isSame) log.error("media.length-differs", { kind, durationMs, decodedFrames });
  return isSame;
}

interface Measured {
  readonly loudness: Loudness;
  readonly gainDb: number;
  readonly targetLufs: number;
  readonly span: Span;
  readonly waveform: readonly number[];
}

async function clipOf(
  bench: Workbench,
  { path }: IngestInput,
  { loudness, gainDb, targetLufs, span, waveform }: Measured,
  encoded: readonly Encoded[],
): Promise<IngestedClip> {
  const renditions: MadeRendition[] = [];
  for (const one of encoded) renditions.push(await deliver(bench, one));
  const base = renditions.find((one) => one.kind === BASE_RENDITION);
  if (base === undefined) throw new Error("the base rendition is made first, or none");
  return {
    sha256: base.sha256,
    sizeBytes: base.sizeBytes,
    durationMs: span.endMs - span.startMs,
    loudnessLufs: loudness.lufs,
    truePeakDb: loudness.truePeakDb,
    gainDb,
    targetLufs,
    trimmed: { startMs: span.startMs, endMs: span.sourceMs - span.endMs },
    waveform,
    renditions,
    sourceSha256: await sha256OfFile(path),
  };
}

/** Out of the folder of the job, which is about to go. */
async function deliver({ folder }: Workbench, one: Encoded): Promise<MadeRendition> {
  const { kind, sha256, sizeBytes } = one;
  const path = `${folder}-${basename(one.path)}`;
  await rename(one.path, path);
  return { kind, sha256, sizeBytes, path };
}

/** A rendition that nobody needed when the clip came: from its original, or from its base rendition. */
export async function encodeAgain(
  bench: Workbench,
  { path, kind, startMs, durationMs }: EncodeInput,
): Promise<Result<MadeRendition, IngestRefusal>> {
  const source = await checkSource(bench.tool, path);
  if (!source.ok) return source;
  if (!(await hasRoom(bench, { declaredMs: 0 }, [kind]))) return refuse("disk-full");
  const one = await encodeClip(bench.tool, {
    from: { inputPath: path, inputKind: "anything" },
    filters: [monoFilter(source.value.channels)],
    startMs,
    durationMs,
    kind,
    path: join(bench.folder, kind),
    onProgress: () => undefined,
  });
  if (!one.ok) return one;
  return isExact(bench, one.value, durationMs) ? ok(await deliver(bench, one.value)) : refuse("not-audio");
}

/** For the samples and everything that is made of them. What declares no length may be as long as allowed. */
async function hasRoom(
  bench: Workbench,
  { declaredMs }: Pick<SourceFacts, "declaredMs">,
  kinds: readonly RenditionKind[],
): Promise<boolean> {
  const durationMs = declaredMs ?? MAX_DURATION_MS;
  const kbps = kinds.reduce((sum, kind) => sum + encoders[kind].kbps, 0);
  const wantedBytes = durationMs * (PCM_BYTES_PER_MS + kbps / 8);
  return (await bench.freeBytes()) >= wantedBytes + DISK_RESERVE_BYTES;
}
