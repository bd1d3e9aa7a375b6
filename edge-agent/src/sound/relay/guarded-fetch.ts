import type { Agent as HttpAgent, IncomingMessage } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import type { Timers } from "@loa/shared/kernel/ambient.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { http, https } from "../../adapters/web-modules.ts";
import type { Gate, HostAddress } from "./gate.ts";

export interface FetchRequest {
  readonly url: URL;
  readonly gate: Gate;
  readonly timers: Timers;
  /** Ends the request and everything that still comes. */
  readonly signal: AbortSignal;
  /** Bytes of the body from `offset` on, as many as `length`. */
  readonly range?: { readonly offset: number; readonly length: number };
  /** Connections that are kept between requests; without them each request has its own. */
  readonly agents?: { readonly http: HttpAgent; readonly https: HttpsAgent };
}

/** An answer with a body that waits to be read. */
export interface Fetched {
  readonly body: IncomingMessage;
  readonly contentType: string;
  /** Where the redirects ended. */
  readonly url: URL;
}

export type FetchFailure =
  | "not-allowed"
  /** Nobody answers, or not in time, or the server itself is in trouble. */
  | "unreachable"
  | "missing"
  /** It wants a name and a word, or sends us in circles. */
  | "refused"
  /** It answers with something that no stream of sound is. */
  | "wrong-format";

/** From the request to the head of the answer; a loaded Icecast needs 2 s over 4G. */
const HEAD_WITHIN_MS = 8_000;
const REDIRECT_LIMIT = 5;
/** Shoutcast of old calls itself `ICY` instead of HTTP; Node's lenient parser still wants HTTP, so those are lost. */
const HEAD_LIMIT_BYTES = 16_384;

/**
 * GET with every hop looked at: the host is on the list, the address was resolved by us and is the one connected
 * to, and nothing but http and https is spoken. Icy metadata is not asked for: it would lie between the samples.
 */
export async function guardedFetch(request: FetchRequest): Promise<Result<Fetched, FetchFailure>> {
  const seen = new Set<string>();
  let url = request.url;
  for (let hops = 0; hops <= REDIRECT_LIMIT; hops += 1) {
    if (!isWeb(url) || !request.gate.admits(url)) return fail("not-allowed");
    if (seen.has(url.href)) return fail("refused");
    seen.add(url.href);
    const address = await request.gate.resolve(url.hostname);
    if (!address.ok) return address;
    const answer = await head(request, url, address.value);
    if (answer === null) return fail("unreachable");
    const next = redirectOf(answer, url);
    if (next === null) return judged(answer, url);
    answer.destroy();
    if (next === "broken") return fail("wrong-format");
    url = next;
  }
  return fail("refused");
}

function isWeb(url: URL): boolean {
  return url.protocol === "http:" || url.protocol === "https:";
}

/** The answer as soon as its head is there; null when none came. */
function head(request: FetchRequest, url: URL, address: HostAddress): Promise<IncomingMessage | null> {
  const isSecure = url.protocol === "https:";
  const { range, signal, timers } = request;
  const agents = request.agents;
  const options = {
    lookup: pinned(address),
    maxHeaderSize: HEAD_LIMIT_BYTES,
    signal,
    headers: {
      "accept-encoding": "identity",
      "user-agent": "Loa",
      ...(range === undefined ? {} : { range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
    },
  };
  return new Promise((resolve) => {
    const asked = isSecure
      ? https.get(url, { ...options, agent: agents?.https ?? false })
      : http.get(url, { ...options, agent: agents?.http ?? false });
    const cancel = timers.after(HEAD_WITHIN_MS, () => asked.destroy());
    asked.once("response", (answer) => {
      cancel();
      // Whoever reads the body learns of its end from the iterator; nobody may die of an unheard error.
      answer.on("error", () => {});
      resolve(answer);
    });
    asked.on("error", () => {
      cancel();
      resolve(null);
    });
    asked.once("close", () => {
      cancel();
      resolve(null);
    });
  });
}

/** What Node would ask the resolver is answered with what we have looked at. */
function pinned({ address, family }: HostAddress): LookupFunction {
  return (_hostname, options, callback) => {
    if (options.all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

function redirectOf(answer: IncomingMessage, from: URL): URL | "broken" | null {
  const status = answer.statusCode ?? 0;
  if (![301, 302, 303, 307, 308].includes(status)) return null;
  const { location } = answer.headers;
  return (location === undefined ? null : URL.parse(location, from.href)) ?? "broken";
}

function judged(answer: IncomingMessage, url: URL): Result<Fetched, FetchFailure> {
  const status = answer.statusCode ?? 0;
  const failure = failureOf(status, answer.headers["content-encoding"]);
  if (failure === null) {
    return ok({ body: answer, contentType: (answer.headers["content-type"] ?? "").toLowerCase(), url });
  }
  answer.destroy();
  return fail(failure);
}

function failureOf(status: number, encoding: string | undefined): FetchFailure | null {
  if (status === 401 || status === 403 || status === 451) return "refused";
  // A mount point that is not there yet looks like one that never was.
  if (status === 404 || status === 410) return "missing";
  if (status !== 200 && status !== 206) return "unreachable";
  // We asked for none: a packed body is a mistake at best, and at worst grows a thousandfold.
  return encoding === undefined || encoding === "identity" ? null : "wrong-format";
}
