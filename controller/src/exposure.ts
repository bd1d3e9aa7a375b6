import type { TlsOptions } from "./bus/listener.ts";

/** What of the control room can be reached from where, and how it is protected. */
export interface Exposure {
  readonly host: string;
  /** The pages speak HTTPS with it. */
  readonly httpTls?: Pick<TlsOptions, "key" | "cert">;
  /** Somebody in front of us speaks HTTPS, and nobody reaches us but through there. */
  readonly isBehindProxy?: boolean;
  /** How people and boxes reach the pages from outside, such as `https://loa.example.vn`; null: by host and port. */
  readonly publicUrl: string | null;
  readonly mqttTls: TlsOptions | null;
}

/** Why it must not start so; null: it may. Off the loopback nothing is said in clear, neither passwords nor plans. */
export function exposureProblem(exposure: Exposure): string | null {
  const { host, httpTls, isBehindProxy, publicUrl, mqttTls } = exposure;
  if (isBehindProxy === true && publicUrl?.startsWith("https:") !== true)
    return "--behind-proxy wants the address that people use: --public-url https://…";
  if (isLoopbackHost(host)) return null;
  if (mqttTls === null) return `the broker would speak in clear on ${host}: give --mqtt-key and --mqtt-cert`;
  if (httpTls === undefined && isBehindProxy !== true)
    return `the pages would speak in clear on ${host}: give --http-key and --http-cert, or --behind-proxy`;
  return null;
}

/** Whether browsers are told to send the session's cookie over TLS only. */
export function isSecure({ publicUrl, httpTls }: Pick<Exposure, "publicUrl" | "httpTls">): boolean {
  return httpTls !== undefined || publicUrl?.startsWith("https:") === true;
}

function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
