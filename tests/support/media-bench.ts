import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createMedia, type MediaOptions } from "@loa/controller/media/create-media.ts";
import type {
  IngestDetail,
  IngestedClip,
  IngestInput,
  IngestRefusal,
} from "@loa/controller/media/media-port.ts";
import type { Result } from "@loa/shared/kernel/result.ts";
import { expect } from "vitest";
import { ffmpeg } from "../golden-ear/make-audio.ts";
import { fromWav, type Recording } from "../golden-ear/recording.ts";
import { systemPart } from "./system-part.ts";
import { testFolder } from "./temp-folder.ts";

/** Debian's, or any other that `FFMPEG_PATH` names: what is tested with one is tested with all. */
export const ffmpegPath = systemPart("ffmpeg")?.path ?? "";

export const quietLog = { info() {}, warn() {}, error() {} };

export async function newMedia(options: Partial<MediaOptions> = {}) {
  return createMedia({ ffmpegPath, workFolder: await testFolder(), log: quietLog, ...options });
}

export async function ingest(
  path: string,
  options: Partial<MediaOptions> = {},
  input: Partial<IngestInput> = {},
): Promise<Result<IngestedClip, IngestRefusal>> {
  const workFolder = await testFolder();
  const media = await newMedia({ workFolder, ...options });
  const sizeBytes = input.sizeBytes ?? statSync(path).size;
  const answer = await media.ingest({ path, fileName: "upload", ...input, sizeBytes });
  // A refusal leaves nothing behind, and a clip nothing but its files.
  expect(readdirSync(workFolder)).toHaveLength(answer.ok ? answer.value.renditions.length : 0);
  return answer;
}

/** `path` is that of the base rendition. */
export async function clipOf(
  path: string,
  options: Partial<MediaOptions> = {},
  input: Partial<IngestInput> = {},
): Promise<IngestedClip & { readonly path: string }> {
  const answer = await ingest(path, options, input);
  if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer.error)}`);
  const [base] = answer.value.renditions;
  if (base === undefined) throw new Error("a clip without a file");
  return { ...answer.value, path: base.path };
}

export const refusal = (reason: string) => ({ ok: false, error: { reason } });

/** The second where a refused file broke; −1 when it was not refused for that. */
export function brokenSecond(answer: Result<unknown, { readonly detail: IngestDetail | null }>): number {
  if (answer.ok || answer.error.detail?.kind !== "broke-at") return -1;
  return answer.error.detail.second;
}

/** What a box hears of a file. */
export async function decoded(path: string): Promise<Recording> {
  const wav = join(await testFolder(), "decoded.wav");
  await ffmpeg(ffmpegPath, ["-i", path, "-ac", "1", "-ar", "48000", wav]);
  return fromWav(readFileSync(wav), 0);
}

export async function file(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(await testFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

/** The real program for questions about itself; for the work, what `script` (sh) does. */
export async function ffmpegThat(script: string): Promise<string> {
  const path = join(await testFolder(), "ffmpeg");
  const questions = `case "$*" in *-encoders*|*-formats*) exec '${ffmpegPath}' "$@";; esac`;
  writeFileSync(path, `#!/bin/sh\n${questions}\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A WAV header that claims what it likes, in front of `frames` quiet frames. */
export function claimingWav(claim: {
  channels?: number;
  rateHz?: number;
  dataBytes?: number;
  frames?: number;
}): Buffer {
  const { channels = 1, rateHz = 48_000, frames = 4_800 } = claim;
  const data = Buffer.alloc(frames * channels * 2, 0x10);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(Math.min(0xffff_ffff, 36 + (claim.dataBytes ?? data.length)), 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rateHz, 24);
  head.writeUInt32LE(rateHz * channels * 2, 28);
  head.writeUInt16LE(channels * 2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(claim.dataBytes ?? data.length, 40);
  return Buffer.concat([head, data]);
}
