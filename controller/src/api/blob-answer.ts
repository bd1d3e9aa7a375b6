import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Blobs } from "../ports.ts";
import { HttpProblem } from "./http-problem.ts";
import { parseRange } from "./range.ts";

/** The bytes of a blob, whole or in part. Its name is its hash, so it never changes. */
export async function blobAnswer(
  blobs: Blobs,
  id: Sha256,
  request: Request,
  contentType: string,
): Promise<Response> {
  const size = await blobs.size(id);
  if (size === null) throw new HttpProblem("not-found");
  const range = parseRange(request.headers.get("range") ?? undefined, size);
  if (!range.ok) throw new HttpProblem("bad-range", { size }, { "content-range": `bytes */${size}` });
  const { start, end, isPart } = range.value;
  const headers = new Headers({
    "content-type": contentType,
    "content-length": String(end - start),
    "accept-ranges": "bytes",
    "cache-control": "private, max-age=31536000, immutable",
    etag: `"${id}"`,
  });
  if (isPart) headers.set("content-range", `bytes ${start}-${end - 1}/${size}`);
  const body = request.method === "HEAD" ? null : blobs.read(id, start, end);
  return new Response(body, { status: isPart ? 206 : 200, headers });
}
