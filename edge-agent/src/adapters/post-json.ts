import type { IncomingMessage } from "node:http";
import { connect, type TLSSocket } from "node:tls";
import type { DoorKeys } from "../tls-identity.ts";
import { requireTrusted, tlsOptions } from "./server-trust.ts";
import { http, https } from "./web-modules.ts";

/** An answer of a control room has a few kilobytes; more comes from somebody else. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const LIMIT_MS = 20_000;

export interface Posted {
  readonly status: number;
  readonly text: string;
}

/** Null where no whole answer came in time. Redirects are not followed: only the address that was given is asked. */
export async function postJson(url: string, body: unknown, keys: DoorKeys): Promise<Posted | null> {
  try {
    const answer = await ask(url, JSON.stringify(body), keys);
    return { status: answer.statusCode ?? 0, text: await textOf(answer) };
  } catch {
    return null;
  }
}

async function ask(url: string, text: string, keys: DoorKeys): Promise<IncomingMessage> {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  const how = { method: "POST", headers, signal: AbortSignal.timeout(LIMIT_MS) };
  return await new Promise((resolve, reject) => {
    const asked =
      new URL(url).protocol === "https:"
        ? https.request(url, { ...how, createConnection: () => secure(url, keys) }, resolve)
        : http.request(url, { ...how, agent: false }, resolve);
    // Also after the answer has begun; whoever reads the answer hears of it there.
    asked.on("error", reject);
    asked.end(text);
  });
}

function secure(url: string, keys: DoorKeys): TLSSocket {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const socket = connect({ host, port: Number(port || 443), servername: nameOf(host), ...tlsOptions(keys) });
  requireTrusted(socket, host, keys);
  return socket;
}

/** Addresses are no names to ask for (RFC 6066, 3). */
function nameOf(host: string): string {
  return /^[\d.]+$|:/.test(host) ? "" : host;
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_ANSWER_BYTES) throw new RangeError("too long an answer");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
