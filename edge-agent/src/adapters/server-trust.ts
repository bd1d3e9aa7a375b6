import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { TLSSocket } from "node:tls";
import { DAY_MS } from "@loa/shared/kernel/time.ts";
import type { DoorKeys, KnownTime } from "../tls-identity.ts";

/** A machine whose clock is further off than this makes good certificates look bad (RFC 5280, 4.1.2.5). */
const CLOCK_OFF_MS = DAY_MS;
/** Of a chain: the server's own, and what stands between it and a root that we believe. */
const MOST_CERTIFICATES = 4;
/** id-kp-serverAuth (RFC 5280, 4.2.1.12): the certificate of another box is none of a server. */
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

/** Of `tls.connect`. */
export interface TlsOptions {
  readonly ca?: string[];
  readonly key?: string;
  readonly cert?: string;
  readonly rejectUnauthorized: boolean;
}

/**
 * How a connection is to be made. OpenSSL holds certificates against the clock of the machine, and Node has no way to
 * give it another one; so where that clock is wrong or unproved and we have roots of our own, a server that OpenSSL does
 * not believe is looked at here, by our own time.
 */
export function tlsOptions(keys: DoorKeys): TlsOptions {
  const ca = keys.ca === undefined ? {} : { ca: [...keys.ca] };
  return { ...ca, ...(keys.own ?? {}), rejectUnauthorized: !isClockDoubtful(keys) };
}

/** Cuts the connection before anything of ours goes over it, unless the server is one that we believe. */
export function requireTrusted(socket: TLSSocket, host: string, keys: DoorKeys): void {
  const { ca, time } = keys;
  if (ca === undefined || !isClockDoubtful(keys)) return;
  // Before anybody else hears of it: what was written already goes out after this event.
  socket.prependOnceListener("secureConnect", () => {
    // A clock that nobody vouches for may still be right.
    if (socket.authorized && !time.isKnown) return;
    const why = distrust(socket, host, ca, time);
    if (why !== null) socket.destroy(Object.assign(new Error(why), { code: "ERR_TLS_DISTRUSTED" }));
  });
}

function isClockDoubtful({ ca, time }: DoorKeys): boolean {
  return ca !== undefined && (!time.isKnown || Math.abs(Date.now() - time.at) > CLOCK_OFF_MS);
}

function distrust(socket: TLSSocket, host: string, ca: readonly string[], time: KnownTime): string | null {
  const server = socket.getPeerX509Certificate();
  if (server === undefined) return "the server shows no certificate";
  if (server.keyUsage?.includes(SERVER_AUTH) !== true) return "its certificate is not for a server";
  const name = isIP(host) === 0 ? server.checkHost(host, { subject: "never" }) : server.checkIP(host);
  if (name === undefined) return "its certificate is for another name";
  return isBelieved(server, rootsOf(ca), time) ? null : "nobody whom we believe has signed its certificate";
}

function isBelieved(server: X509Certificate, roots: readonly X509Certificate[], time: KnownTime): boolean {
  let one = server;
  for (let count = 0; count < MOST_CERTIFICATES; count += 1) {
    if (!holds(one, time)) return false;
    const root = roots.find((root) => isSignedBy(one, root));
    if (root !== undefined) return holds(root, time);
    const next = one.issuerCertificate;
    if (next === undefined || !isSignedBy(one, next)) return false;
    one = next;
  }
  return false;
}

function isSignedBy(one: X509Certificate, by: X509Certificate): boolean {
  return by.ca && one.checkIssued(by) && one.verify(by.publicKey);
}

/** Before the earliest time that it can be, nothing can be called not yet valid: only what is over is over for sure. */
function holds({ validFromDate, validToDate }: X509Certificate, { at, isKnown }: KnownTime): boolean {
  return (!isKnown || validFromDate.getTime() <= at) && at < validToDate.getTime();
}

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Whether a text holds nothing but certificates that can be read, and one at least. */
export function areCertificates(text: string): boolean {
  try {
    return rootsOf([text]).length > 0;
  } catch {
    return false;
  }
}

/** A file may hold several. */
function rootsOf(ca: readonly string[]): readonly X509Certificate[] {
  return ca.flatMap((text) => text.match(PEM) ?? []).map((pem) => new X509Certificate(pem));
}
