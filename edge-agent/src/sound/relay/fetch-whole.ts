import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { type FetchFailure, type FetchRequest, guardedFetch } from "./guarded-fetch.ts";

export interface FetchedWhole {
  readonly bytes: Buffer;
  readonly url: URL;
}

export interface WholeLimits {
  readonly sizeBytes: number;
  readonly withinMs: number;
}

/** A whole body in memory: a playlist or a segment. One that is too long is no such thing. */
export async function fetchWhole(
  request: FetchRequest,
  limits: WholeLimits,
  count: (bytes: number) => void,
): Promise<Result<FetchedWhole, FetchFailure>> {
  const fetched = await guardedFetch(request);
  if (!fetched.ok) return fetched;
  const { body, url } = fetched.value;
  const wanted = request.range;
  // A server that ignores ranges sends the whole file, of which we want a piece.
  const skipped = wanted === undefined || body.statusCode === 206 ? 0 : wanted.offset;
  const cancel = request.timers.after(limits.withinMs, () => body.destroy());
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      if (!Buffer.isBuffer(chunk)) continue;
      count(chunk.length);
      size += chunk.length;
      if (size > limits.sizeBytes) return fail("wrong-format");
      pieces.push(chunk);
    }
  } catch {
    return fail("unreachable");
  } finally {
    cancel();
    body.destroy();
  }
  if (!body.complete) return fail("unreachable");
  const bytes = Buffer.concat(pieces);
  return ok({ bytes: wanted === undefined ? bytes : bytes.subarray(skipped, skipped + wanted.length), url });
}
