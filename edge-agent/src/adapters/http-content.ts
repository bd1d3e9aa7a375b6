import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { Content, ContentFailure, ContentReport, WantedFile } from "../ports.ts";
import type { DoorKeys } from "../tls-identity.ts";
import { giveName, hashOf, hasRoom, partOf, sizeOf, wholeFiles } from "./clip-folder.ts";
import { isDiskTrouble, type TransferLimits, transfer } from "./http-transfer.ts";
import { createMeteredHttp, type MeteredHttp } from "./metered-http.ts";

/** Largest manifest; its size is not in the plan. */
const MAX_MANIFEST_BYTES = 1024 * 1024;
/** Below the half hour after which the core takes a fetch as lost. */
const LIMITS: TransferLimits = { stallMs: 30 * SECOND_MS, transferMs: 25 * MINUTE_MS };

export interface HttpContentOptions {
  readonly folder: string;
  /** `http(s)://host:port`; only this origin is ever asked. */
  readonly url: string;
  readonly box: string;
  readonly password: string;
  /** Asked at each connect to an `https:` address. */
  readonly doors?: () => DoorKeys;
  /** All files together may take this much. */
  readonly budgetBytes: number;
  readonly log: Log;
  readonly limits?: TransferLimits;
}

/** Verified files by hash: resumed, checked against size and SHA-256, and durable before they get their name. */
export function openHttpContent(
  options: HttpContentOptions,
): Content & { path(sha256: Sha256): string | null; close(): void } {
  const { folder, log } = options;
  const listeners: ((report: ContentReport) => void)[] = [];
  const closing = new AbortController();
  const http = createMeteredHttp(options.doors);
  const running = new Set<Sha256>();
  mkdirSync(folder, { recursive: true });
  const present = new Set(wholeFiles(folder, log));
  /** One file after the other: fifty at once would take fifty pieces of memory. */
  let looking: Promise<void> = Promise.resolve();
  async function get(file: WantedFile): Promise<void> {
    const { sha256 } = file;
    const reason = await obtain(file, options, http, closing.signal);
    running.delete(sha256);
    if (closing.signal.aborted) return;
    if (reason === null) present.add(sha256);
    tell(sha256, reason);
  }
  async function look(sha256: Sha256): Promise<void> {
    const reason = await findFault(folder, sha256, log);
    running.delete(sha256);
    if (closing.signal.aborted) return;
    if (reason !== null) {
      present.delete(sha256);
      rmSync(join(folder, sha256), { force: true });
    }
    tell(sha256, reason);
  }
  function tell(sha256: Sha256, reason: ContentFailure | null): void {
    for (const listener of listeners)
      listener(reason === null ? { kind: "fetched", sha256 } : { kind: "failed", sha256, reason });
  }
  return {
    list: () => [...present],
    fetch(file) {
      if (running.has(file.sha256) || closing.signal.aborted) return;
      running.add(file.sha256);
      void get(file);
    },
    verify(sha256) {
      if (running.has(sha256) || closing.signal.aborted) return;
      running.add(sha256);
      looking = looking.then(() => look(sha256));
    },
    readText: (sha256) => (present.has(sha256) ? readIfThere(join(folder, sha256)) : null),
    remove(sha256) {
      present.delete(sha256);
      rmSync(join(folder, sha256), { force: true });
      if (!running.has(sha256)) rmSync(partOf(folder, sha256), { force: true });
    },
    onReport(listener) {
      listeners.push(listener);
    },
    path(sha256) {
      const path = join(folder, sha256);
      return present.has(sha256) && statSync(path, { throwIfNoEntry: false }) !== undefined ? path : null;
    },
    traffic: http.traffic,
    close() {
      closing.abort();
      http.close();
    },
  };
}

/** What is wrong with a file that was whole; null: it still is. Who plays it from an open file goes on. */
async function findFault(folder: string, sha256: Sha256, log: Log): Promise<ContentFailure | null> {
  const path = join(folder, sha256);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return "not-found";
  try {
    if ((await hashOf(path)) === sha256) return null;
  } catch (error) {
    log.warn("content.unreadable", { sha256, error: String(error) });
    return "wrong-hash";
  }
  log.warn("content.rotten", { sha256 });
  return "wrong-hash";
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

async function obtain(
  file: WantedFile,
  options: HttpContentOptions,
  http: MeteredHttp,
  closing: AbortSignal,
): Promise<ContentFailure | null> {
  try {
    return await download(file, options, http, closing);
  } catch (error) {
    options.log.warn("content.not-kept", { sha256: file.sha256, error: String(error) });
    return isDiskTrouble(error) ? "disk-full" : "unreachable";
  }
}

async function download(
  file: WantedFile,
  options: HttpContentOptions,
  http: MeteredHttp,
  closing: AbortSignal,
): Promise<ContentFailure | null> {
  const { folder } = options;
  const { sha256 } = file;
  const part = partOf(folder, sha256);
  const limitBytes = file.sizeBytes ?? MAX_MANIFEST_BYTES;
  if (!hasRoom(folder, sha256, limitBytes, options.budgetBytes)) return "disk-full";
  const had = sizeOf(part);
  // The power went between the last byte and the name.
  if (had > 0 && (await hashOf(part)) === sha256) return keep(folder, sha256);
  const failure = await transfer({
    url: `${options.url}/content/v1/${sha256}`,
    authorization: `Basic ${Buffer.from(`${options.box}:${options.password}`).toString("base64")}`,
    part,
    from: had < limitBytes ? had : 0,
    limitBytes,
    limits: options.limits ?? LIMITS,
    closing,
    http,
  });
  if (failure !== null) return failure;
  if ((await hashOf(part)) === sha256) return keep(folder, sha256);
  // Less than promised is a broken transfer and is resumed; as much as promised and wrong is thrown away.
  if (file.sizeBytes !== null && sizeOf(part) < file.sizeBytes) return "unreachable";
  rmSync(part, { force: true });
  return "wrong-hash";
}

function keep(folder: string, sha256: Sha256): null {
  giveName(folder, sha256);
  return null;
}
