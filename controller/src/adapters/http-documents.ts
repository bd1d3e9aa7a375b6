import { fail, ok } from "@loa/shared/kernel/result.ts";
import type { Documents } from "../upstream/documents.ts";

const ANSWER_LIMIT_MS = 15_000;

/** Fetches with limits of time and size. A redirection is no answer: it could lead anywhere. */
export const httpDocuments: Documents = {
  async get(url, { etag, lastModified }, maxBytes) {
    try {
      const answer = await fetch(url, {
        headers: {
          accept: "application/cap+xml, application/atom+xml, application/rss+xml, application/xml, text/xml",
          ...(etag === null ? {} : { "if-none-match": etag }),
          ...(lastModified === null ? {} : { "if-modified-since": lastModified }),
        },
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      });
      if (answer.status === 304) return ok("unchanged");
      if (answer.status !== 200) return fail(`answered ${answer.status}`);
      const bytes = await wholeOf(answer, maxBytes);
      return bytes === null
        ? fail(`more than ${maxBytes} bytes`)
        : ok({ bytes, etag: answer.headers.get("etag"), lastModified: answer.headers.get("last-modified") });
    } catch (error) {
      return fail(error instanceof Error ? `not reached: ${error.message}` : "not reached");
    }
  },
};

/** Null as soon as it is more than may be, whatever length was announced. */
async function wholeOf(answer: Response, maxBytes: number): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += part.length;
    if (length > maxBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
