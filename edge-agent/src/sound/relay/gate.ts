import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Timers } from "@loa/shared/kernel/ambient.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { rangeOf } from "./address-range.ts";

/** What a relay may reach: the hosts of its signed entry, at addresses that were looked at first. */
export interface Gate {
  /** The host is on the list. Addresses, redirects, playlists and segments are all asked about. */
  admits(url: URL): boolean;
  /** The one address to connect to; whoever connects uses it and asks no name server again. */
  resolve(hostname: string): Promise<Result<HostAddress, GateFailure>>;
}

export interface HostAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

export type GateFailure = "not-allowed" | "unreachable";

/** All addresses of a name. */
export type Resolver = (hostname: string) => Promise<readonly HostAddress[]>;

export interface GateOptions {
  readonly url: string;
  readonly hosts: readonly string[];
  readonly isPrivate: boolean;
  /**
   * Its sound was approved for what its address proves: whoever proves by TLS who they are leads nowhere where nobody has to,
   * and who proves nothing is in the province's own network, whatever a name server says.
   */
  readonly isEmergency: boolean;
  readonly timers: Timers;
  /** Tests bring their own names. */
  readonly resolver?: Resolver;
}

/** glibc gives up after 10 s at each name server; a relay has others things to do. */
const RESOLVE_WITHIN_MS = 5_000;

export function createGate(options: GateOptions): Gate {
  const { isEmergency, isPrivate, timers } = options;
  const resolver = options.resolver ?? systemResolver;
  const isProven = isTls(URL.parse(options.url));
  const listed = new Set([hostOf(options.url), ...options.hosts.map((host) => host.toLowerCase())]);

  function isReachable(address: string): boolean {
    const range = rangeOf(address);
    if (range === "public") return isProven || !isEmergency;
    return range === "inside" && isPrivate;
  }

  return {
    admits: (url) => listed.has(url.hostname.toLowerCase()) && (!(isEmergency && isProven) || isTls(url)),
    async resolve(hostname) {
      const literal = hostname.replace(/^\[|\]$/g, "");
      const found = await within(timers, RESOLVE_WITHIN_MS, resolver(literal));
      if (found === null || found.length === 0) return fail("unreachable");
      const usable = found.find((one) => isReachable(one.address));
      return usable === undefined ? fail("not-allowed") : ok(usable);
    },
  };
}

function isTls(url: URL | null): boolean {
  return url?.protocol === "https:" || url?.protocol === "rtmps:";
}

function hostOf(url: string): string {
  return URL.parse(url)?.hostname.toLowerCase() ?? "";
}

/** IPv4 first: half of the 4G modems claim an IPv6 that leads nowhere. */
async function systemResolver(hostname: string): Promise<readonly HostAddress[]> {
  const family = isIP(hostname);
  if (family === 4 || family === 6) return [{ address: hostname, family }];
  const found = await lookup(hostname, { all: true, order: "ipv4first" });
  return found.map(({ address, family: kind }) => ({ address, family: kind === 6 ? 6 : 4 }));
}

/** Null when it failed or took too long. */
function within<Value>(timers: Timers, limitMs: number, promise: Promise<Value>): Promise<Value | null> {
  return new Promise((resolve) => {
    const cancel = timers.after(limitMs, () => resolve(null));
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      () => {
        cancel();
        resolve(null);
      },
    );
  });
}
