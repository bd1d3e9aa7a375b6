import type { HttpTls } from "./adapters/http-server.ts";
import type { TlsOptions } from "./bus/listener.ts";

/** What of the control room can be reached from where, and how it is protected. */
export interface Exposure {
  readonly host: string;
  /** The pages speak HTTPS with it. */
  readonly httpTls?: HttpTls;
  /** Somebody in front of us speaks HTTPS, and nobody reaches us but through there. */
  readonly isBehindProxy?: boolean;
  /** How people and boxes reach the pages from outside, such as `https://loa.example.vn`; null: by host and port. */
  readonly publicUrl: string | null;
  readonly mqttTls: TlsOptions | null;
  /** Certificates of our own authority also on the loopback, where nothing asks for them. */
  readonly isOwnTlsWanted?: boolean;
}

/** What a door speaks: in clear, or TLS with a certificate that was given or that our own authority signs. */
export type DoorKind = "clear" | "given" | "own";

export interface Doors {
  readonly http: DoorKind;
  readonly mqtt: DoorKind;
  /** A box comes in only with a certificate of the province's authority. */
  readonly areBoxesCertified: boolean;
}

/** Why it must not start so; null: it may. */
export function exposureProblem({ isBehindProxy, publicUrl }: Exposure): string | null {
  if (isBehindProxy === true && publicUrl?.startsWith("https:") !== true)
    return "--behind-proxy wants the address that people use: --public-url https://…";
  return null;
}

/** Off the loopback nothing is said in clear, neither passwords nor plans, and no box comes in by a password alone. */
export function doorsOf(exposure: Exposure): Doors {
  const { host, httpTls, isBehindProxy, mqttTls, isOwnTlsWanted } = exposure;
  const isTlsNeeded = isOwnTlsWanted === true || !isLoopbackHost(host);
  const otherwise = isTlsNeeded ? "own" : "clear";
  const http = isBehindProxy === true ? "clear" : otherwise;
  return {
    http: httpTls === undefined ? http : "given",
    mqtt: mqttTls === null ? otherwise : "given",
    areBoxesCertified: isTlsNeeded || mqttTls?.ca !== undefined,
  };
}

/** Whether browsers are told to send the session's cookie over TLS only. */
export function isSecure(exposure: Exposure): boolean {
  return doorsOf(exposure).http !== "clear" || exposure.publicUrl?.startsWith("https:") === true;
}

/** Whether people reach it from this machine only. */
export function isLoopbackUrl(url: string): boolean {
  return isLoopbackHost(new URL(url).hostname.replace(/^\[|\]$/g, ""));
}

function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
