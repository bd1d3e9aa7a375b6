import { type FileHandle, open } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import type { ContentFailure } from "../ports.ts";
import type { MeteredHttp } from "./metered-http.ts";
import { https, http as plainHttp } from "./web-modules.ts";

export interface TransferLimits {
  /** A transfer that brings less than `MIN_BYTES` in this time is given up; what came is kept for the next try. */
  readonly stallMs: number;
  /** One try takes no longer than this, however steadily it drips; the next one goes on where it ended. */
  readonly transferMs: number;
}

const MIN_BYTES = 4 * 1024;

export interface Transfer {
  readonly url: string;
  readonly authorization: string;
  /** The file that grows. */
  readonly part: string;
  /** Bytes of it that are there already. */
  readonly from: number;
  readonly limitBytes: number;
  readonly limits: TransferLimits;
  readonly closing: AbortSignal;
  readonly http: MeteredHttp;
}

/** Fetches the rest of a file; null when the server has ended it and every byte is on the disk. */
export async function transfer(wanted: Transfer): Promise<ContentFailure | null> {
  const pace = startPace(wanted.limits);
  try {
    const handle = await open(wanted.part, wanted.from === 0 ? "w" : "a", 0o600);
    try {
      return await receive(wanted, handle, pace);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return failureOf(error, pace.signal);
  } finally {
    pace.end();
  }
}

async function receive(wanted: Transfer, handle: FileHandle, pace: Pace): Promise<ContentFailure | null> {
  const { from, limitBytes } = wanted;
  const response = await ask(wanted, AbortSignal.any([pace.signal, wanted.closing]));
  const refused = await refusalOf(response.statusCode ?? 0, handle);
  if (refused !== null) {
    response.destroy();
    return refused;
  }
  // A server that ignores the range sends the whole file.
  const isRest = response.statusCode === 206;
  if (!isRest && from > 0) await handle.truncate(0);
  let size = isRest ? from : 0;
  const declared = Number(response.headers["content-length"] ?? 0);
  if (size + declared > limitBytes) {
    response.destroy();
    return await startOver(handle);
  }
  for await (const chunk of response) {
    pace.count(chunk.byteLength);
    size += chunk.byteLength;
    if (size > limitBytes) return await startOver(handle);
    await handle.appendFile(chunk);
  }
  await handle.sync();
  return null;
}

/**
 * Follows no redirect: it is answered like a refusal, for only the address of the enrolment is ever asked.
 * Not `fetch`, whose client takes 12 MB of a box's memory for good.
 */
async function ask(
  { url, authorization, from, http }: Transfer,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const isTls = url.startsWith("https:");
  const get = isTls ? https.get : plainHttp.get;
  return await new Promise((resolve, reject) => {
    const headers = {
      authorization,
      // A range is of the bytes that are stored, not of their compressed form (RFC 9110, 14.2).
      "accept-encoding": "identity",
      ...(from > 0 ? { range: `bytes=${from}-` } : {}),
    };
    const request = get(url, { headers, signal, agent: isTls ? http.tls : http.plain }, resolve);
    // Also after the answer has begun; whoever reads the answer hears of it there.
    request.on("error", reject);
  });
}

async function startOver(handle: FileHandle): Promise<ContentFailure> {
  await handle.truncate(0);
  return "wrong-size";
}

async function refusalOf(status: number, handle: FileHandle): Promise<ContentFailure | null> {
  if (status === 200 || status === 206) return null;
  // Nothing comes after what we have, and yet it is not the file.
  if (status === 416) return await startOver(handle);
  if (status === 404) return "not-found";
  return status < 500 ? "refused" : "unreachable";
}

interface Pace {
  readonly signal: AbortSignal;
  count(bytes: number): void;
  end(): void;
}

function startPace({ stallMs, transferMs }: TransferLimits): Pace {
  const slow = new AbortController();
  let bytes = 0;
  const look = setInterval(() => {
    if (bytes < MIN_BYTES) slow.abort();
    bytes = 0;
  }, stallMs);
  const limit = setTimeout(() => slow.abort(), transferMs);
  return {
    signal: slow.signal,
    count(more) {
      bytes += more;
    },
    end() {
      clearInterval(look);
      clearTimeout(limit);
    },
  };
}

function failureOf(error: unknown, slow: AbortSignal): ContentFailure {
  if (slow.aborted) return "timeout";
  return isDiskTrouble(error) ? "disk-full" : "unreachable";
}

/** The disk takes no more, for whatever reason: the room shows it as one fault. */
export function isDiskTrouble(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return code === "ENOSPC" || code === "EDQUOT" || code === "EROFS" || code === "EIO";
}
