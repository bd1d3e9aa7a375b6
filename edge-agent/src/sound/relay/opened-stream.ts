import type { IncomingMessage } from "node:http";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { guardedFetch } from "./guarded-fetch.ts";
import { SNIFF_BYTES, type SoundFormat, sniff } from "./sound-format.ts";
import { endOfFetch, type WayEnd, type WayEnvironment } from "./way.ts";

export type OpenedStream =
  | {
      readonly kind: "sound";
      readonly format: SoundFormat;
      /** What was read to recognise it. */
      readonly head: Buffer;
      /** What comes after it; null when the connection is at its end. */
      next(): Promise<Buffer | null>;
      close(): void;
    }
  | { readonly kind: "hls"; readonly url: URL };

/** A list that names a list that names a stream is the most that was ever seen. */
const LINK_LIMIT = 3;

/** Goes through redirects and playlists that only name the stream, until there is sound or a list of segments. */
export async function openStream(
  from: URL,
  environment: WayEnvironment,
  signal: AbortSignal,
): Promise<Result<OpenedStream, WayEnd>> {
  let url = from;
  for (let links = 0; links <= LINK_LIMIT; links += 1) {
    const fetched = await guardedFetch({ ...environment, url, signal });
    if (!fetched.ok) return fail(endOfFetch[fetched.error]);
    const { body } = fetched.value;
    const next = countedChunks(body, environment);
    const { head, what, isCut } = await recognise(next, body);
    if (what.kind === "sound") {
      return ok({ kind: "sound", format: what.format, head, next, close: () => body.destroy() });
    }
    body.destroy();
    if (what.kind === "hls") return ok({ kind: "hls", url: fetched.value.url });
    if (isCut) return fail("lost");
    const linked = what.kind === "link" ? URL.parse(what.address) : null;
    if (linked === null) return fail("wrong-format");
    url = linked;
  }
  return fail("wrong-format");
}

/** `isCut`: it broke off before anything could be said about it. */
async function recognise(next: () => Promise<Buffer | null>, body: IncomingMessage) {
  let head = Buffer.alloc(0);
  for (;;) {
    const chunk = await next();
    if (chunk !== null) head = Buffer.concat([head, chunk]);
    // Also of a tag or of line ends that never end no more is kept: what cannot be told by then never can.
    const isAll = chunk === null || head.length >= 2 * SNIFF_BYTES;
    const what = sniff(head.subarray(0, 2 * SNIFF_BYTES), isAll);
    if (what.kind !== "more" || chunk === null) {
      return { head, what, isCut: chunk === null && !body.complete };
    }
  }
}

/** The end and a break of the connection are the same to a stream that should never end. */
function countedChunks(body: IncomingMessage, environment: WayEnvironment): () => Promise<Buffer | null> {
  const chunks: AsyncIterator<unknown> = body[Symbol.asyncIterator]();
  return async () => {
    try {
      const { value } = await chunks.next();
      if (!Buffer.isBuffer(value)) return null;
      environment.count(value.length);
      return value;
    } catch {
      return null;
    }
  };
}
