import { createHash } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import { type Sha256, sha256 as sha256Schema } from "@loa/shared/kernel/ids.ts";
import type { Content, ContentFailure, ContentReport, WantedFile } from "../ports.ts";

/** Largest manifest; its size is not in the plan. */
const MAX_MANIFEST_BYTES = 1024 * 1024;
/** A transfer that brings nothing for this long is given up; what came is kept for the next try. */
const STALL_MS = 30_000;

export interface HttpContentOptions {
  readonly folder: string;
  /** `http(s)://host:port`; only this origin is ever asked. */
  readonly url: string;
  readonly box: string;
  readonly password: string;
  /** All files together may take this much. */
  readonly budgetBytes: number;
  readonly log: Log;
}

/** Verified files by hash: resumed, checked against size and SHA-256, and durable before they get their name. */
export function openHttpContent(
  options: HttpContentOptions,
): Content & { path(sha256: Sha256): string | null; close(): void } {
  const listeners: ((report: ContentReport) => void)[] = [];
  const closing = new AbortController();
  const running = new Set<Sha256>();
  mkdirSync(options.folder, { recursive: true });
  const present = new Set(wholeFiles(options.folder, options.log));
  const report = (one: ContentReport) => {
    for (const listener of listeners) listener(one);
  };
  async function get(file: WantedFile): Promise<void> {
    const failure = await download(file, present, options, closing.signal);
    running.delete(file.sha256);
    if (closing.signal.aborted) return;
    if (failure === null) present.add(file.sha256);
    report(
      failure === null
        ? { kind: "fetched", sha256: file.sha256 }
        : { kind: "failed", sha256: file.sha256, reason: failure },
    );
  }
  return {
    list: () => [...present],
    fetch(file) {
      if (running.has(file.sha256)) return;
      running.add(file.sha256);
      void get(file);
    },
    readText: (sha256) => (present.has(sha256) ? readFileSync(join(options.folder, sha256), "utf8") : null),
    remove(sha256) {
      present.delete(sha256);
      rmSync(join(options.folder, sha256), { force: true });
    },
    onReport(listener) {
      listeners.push(listener);
    },
    path(sha256) {
      const path = join(options.folder, sha256);
      return present.has(sha256) && statSync(path, { throwIfNoEntry: false }) !== undefined ? path : null;
    },
    close: () => closing.abort(),
  };
}

/** What is on the disk at start, each file read once and checked: a torn or rotten one goes. */
function wholeFiles(folder: string, log: Log): readonly Sha256[] {
  return readdirSync(folder).flatMap((name) => {
    const parsed = sha256Schema.safeParse(name);
    if (!parsed.success) return [];
    if (
      createHash("sha256")
        .update(readFileSync(join(folder, name)))
        .digest("hex") === name
    )
      return [parsed.data];
    log.warn("content.rotten", { sha256: name });
    rmSync(join(folder, name), { force: true });
    return [];
  });
}

async function download(
  file: WantedFile,
  present: ReadonlySet<Sha256>,
  options: HttpContentOptions,
  closing: AbortSignal,
): Promise<ContentFailure | null> {
  const part = join(options.folder, `${file.sha256}.part`);
  const limit = file.sizeBytes ?? MAX_MANIFEST_BYTES;
  if (bytesIn(options.folder, present) + limit > options.budgetBytes) return "disk-full";
  const had = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  const from = had < limit ? had : 0;
  try {
    const failure = await transfer(part, from, limit, file.sha256, options, closing);
    if (failure !== null) return failure;
  } catch (error) {
    return failureOf(error);
  }
  return keepIfWhole(part, file, options.folder);
}

function bytesIn(folder: string, present: ReadonlySet<Sha256>): number {
  let sum = 0;
  for (const name of present) sum += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  return sum;
}

async function transfer(
  part: string,
  from: number,
  limit: number,
  sha256: Sha256,
  options: HttpContentOptions,
  closing: AbortSignal,
): Promise<ContentFailure | null> {
  const stalled = new AbortController();
  let stall = setTimeout(() => stalled.abort(), STALL_MS);
  const handle = await open(part, from === 0 ? "w" : "a", 0o600);
  try {
    const response = await fetch(`${options.url}/content/v1/${sha256}`, {
      headers: {
        authorization: `Basic ${Buffer.from(`${options.box}:${options.password}`).toString("base64")}`,
        ...(from > 0 ? { range: `bytes=${from}-` } : {}),
      },
      redirect: "error",
      signal: AbortSignal.any([stalled.signal, closing]),
    });
    const refused = refusalOf(response.status);
    if (refused !== null || response.body === null) {
      await response.body?.cancel();
      return refused ?? "unreachable";
    }
    // A server that ignores the range sends the whole file.
    if (response.status === 200 && from > 0) await handle.truncate(0);
    let size = response.status === 206 ? from : 0;
    for await (const chunk of response.body) {
      clearTimeout(stall);
      stall = setTimeout(() => stalled.abort(), STALL_MS);
      size += chunk.byteLength;
      if (size > limit) {
        await handle.truncate(0);
        return "wrong-size";
      }
      await handle.appendFile(chunk);
    }
    await handle.sync();
    return null;
  } finally {
    clearTimeout(stall);
    await handle.close();
  }
}

function refusalOf(status: number): ContentFailure | null {
  if (status === 200 || status === 206) return null;
  if (status === 404) return "not-found";
  return status === 401 || status === 403 ? "refused" : "unreachable";
}

/** The name is given last, so a file under its hash is always whole (toolchain.md, trap 10). */
function keepIfWhole(part: string, file: WantedFile, folder: string): ContentFailure | null {
  const bytes = readFileSync(part);
  const isWhole = createHash("sha256").update(bytes).digest("hex") === file.sha256;
  if (!isWhole) {
    // Less than promised is a broken transfer and is resumed; as much as promised and wrong is thrown away.
    const isShort = file.sizeBytes !== null && bytes.byteLength < file.sizeBytes;
    if (!isShort) rmSync(part, { force: true });
    return isShort ? "unreachable" : "wrong-hash";
  }
  renameSync(part, join(folder, file.sha256));
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
  return null;
}

function failureOf(error: unknown): ContentFailure {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOSPC" || code === "EDQUOT") return "disk-full";
  return error instanceof Error && error.name === "AbortError" ? "timeout" : "unreachable";
}
