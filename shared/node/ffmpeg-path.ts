import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { z } from "zod";

export interface FfmpegFound {
  /** Absolute, unless FFMPEG_PATH said otherwise. */
  readonly path: string;
  /** First line of `ffmpeg -version`. */
  readonly version: string;
  /** A sentence for the log when this ffmpeg should not be the one that a box runs; else null. */
  readonly warning: string | null;
}

export interface FfmpegMissing {
  /** One line for each candidate and why it was not taken. */
  readonly tried: readonly string[];
}

export interface FfmpegSearch {
  readonly env: { readonly FFMPEG_PATH?: string | undefined; readonly PATH?: string | undefined };
  /** `import.meta.url` of the workspace that depends on `ffmpeg-static`. */
  readonly from: string;
  /** Candidates after FFMPEG_PATH; tests pass their own. */
  readonly candidates?: readonly FfmpegCandidate[];
}

export interface FfmpegCandidate {
  readonly name: string;
  readonly warning: string | null;
  /** A path or command name, or null when the candidate is not installed. */
  locate(): string | null;
}

/** A Pi with a busy SD card takes seconds to load a 70 MB binary. */
const VERSION_TIMEOUT_MS = 10_000;

/**
 * FFMPEG_PATH never falls through: who sets it means it. Then ffmpeg-static, ffmpeg on PATH, and the build of 2018
 * in @ffmpeg-installer (tests and demo only). Packages name files that may not be there, so each one must run.
 */
export async function findFfmpeg(search: FfmpegSearch): Promise<Result<FfmpegFound, FfmpegMissing>> {
  const named = search.env.FFMPEG_PATH;
  const candidates =
    named === undefined || named === "" ? (search.candidates ?? installed(search)) : [fromEnvironment(named)];
  const tried: string[] = [];
  for (const candidate of candidates) {
    const path = candidate.locate();
    if (path === null) {
      tried.push(`${candidate.name}: not installed`);
      continue;
    }
    const version = await versionOf(path);
    if (version.ok) return ok({ path, version: version.value, warning: candidate.warning });
    tried.push(`${candidate.name} (${path}): ${version.error}`);
  }
  return fail({ tried });
}

function fromEnvironment(path: string): FfmpegCandidate {
  return { name: "FFMPEG_PATH", warning: null, locate: () => path };
}

function installed({ env, from }: FfmpegSearch): readonly FfmpegCandidate[] {
  const require = createRequire(from);
  return [
    { name: "ffmpeg-static", warning: null, locate: () => exportedPath(require, "ffmpeg-static") },
    { name: "PATH", warning: null, locate: () => onPath(env.PATH ?? "") },
    {
      name: "@ffmpeg-installer/ffmpeg",
      warning: "ffmpeg is the 2018 build of @ffmpeg-installer: good for tests and the demo, not for a box",
      locate: () => exportedPath(require, "@ffmpeg-installer/ffmpeg"),
    },
  ];
}

function onPath(folders: string): string | null {
  const paths = folders.split(delimiter).map((folder) => join(folder, "ffmpeg"));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** ffmpeg-static exports the path itself, @ffmpeg-installer an object that holds it. */
const exportedFfmpeg = z.union([
  z.string().min(1),
  z.object({ path: z.string().min(1) }).transform((it) => it.path),
]);

function exportedPath(require: NodeJS.Require, name: string): string | null {
  try {
    const parsed = exportedFfmpeg.safeParse(require(name));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not installed, or not for this platform: both packages throw then.
    return null;
  }
}

function versionOf(path: string): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    execFile(path, ["-version"], { timeout: VERSION_TIMEOUT_MS }, (error, stdout) => {
      const line = stdout.split("\n", 1)[0] ?? "";
      if (error !== null) resolve(fail(error.code === undefined ? error.message : `${error.code}`));
      else if (!line.startsWith("ffmpeg version")) resolve(fail("does not say that it is ffmpeg"));
      else resolve(ok(line.trim()));
    });
  });
}
