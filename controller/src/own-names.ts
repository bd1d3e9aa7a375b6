import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import type { ServerName } from "./authority/authority-port.ts";

/**
 * The names for which our own certificate is made: the address that is listened on, or all of this machine where that is
 * every address, and what stands in the public addresses.
 */
export function ownNames(host: string, urls: readonly (string | null)[]): readonly ServerName[] {
  const own = isEveryAddress(host) ? [hostname(), ...addresses()] : [host];
  const told = urls.flatMap((url) => (url === null ? [] : [bare(new URL(url).hostname)]));
  const all = new Set([...told, ...own.map(bare), "localhost", "127.0.0.1"]);
  return [...all].filter(isName).map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }));
}

export function isEveryAddress(host: string): boolean {
  return host === "0.0.0.0" || host === "::" || host === "[::]";
}

/** As it stands in a URL or a Host header. */
export function inUrl(name: string): string {
  return isIP(name) === 6 ? `[${name}]` : name;
}

function addresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
  // A link-local address of IPv6 means another machine on every interface.
  return all.map(({ address }) => address).filter((address) => !address.startsWith("fe80:"));
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
}

/** A machine may be called anything; a certificate takes letters, digits, hyphens and dots (RFC 5280, 4.2.1.6). */
function isName(value: string): boolean {
  return isIP(value) !== 0 || /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(value);
}
