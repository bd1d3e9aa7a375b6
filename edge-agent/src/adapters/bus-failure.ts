import type { BusFailure } from "../ports.ts";

/**
 * The reason a connection failed, in our words. Codes only: a CONNACK return code (MQTT 3.1.1, table 3.1), an errno,
 * or a name from node:tls and OpenSSL. mqtt.js reports a packet that it cannot read without any code.
 */
export function failureOf(error: Error & { readonly code?: unknown }): BusFailure {
  const { code } = error;
  if (typeof code === "number") return ofConnack(code);
  if (typeof code !== "string") return "protocol";
  return ofErrno.get(code) ?? (isErrno.test(code) ? "unreachable" : "tls");
}

function ofConnack(code: number): BusFailure {
  if (code === 1) return "protocol";
  // 3, server unavailable: the name and the password may be good, so this is no refusal.
  return code === 3 ? "unreachable" : "refused";
}

const ofErrno: ReadonlyMap<string, BusFailure> = new Map([
  ["ECONNRESET", "closed"],
  ["ECONNABORTED", "closed"],
  ["EPIPE", "closed"],
  ["ETIMEDOUT", "timeout"],
  // What OpenSSL calls a peer that does not speak TLS.
  ["EPROTO", "tls"],
]);

/** `ECONNREFUSED`, `ENETUNREACH`, `EAI_AGAIN` …; the names of node:tls are `ERR_…`, `CERT_…`, `UNABLE_TO_…`. */
const isErrno = /^E(?!RR_)[A-Z]+(_[A-Z]+)?$/;
