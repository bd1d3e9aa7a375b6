import { type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import type { Refusal } from "./broker-port.ts";
import { isBrokenTopic, refusalOfPublish } from "./topic-rights.ts";

export interface ConnectRequest {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly clean: boolean;
  readonly keepaliveS: number;
  readonly will: { readonly topic: string; readonly payload: Uint8Array } | undefined;
}

/** What can be said about a CONNECT before its password is looked at. */
export type ConnectVerdict =
  | { readonly ok: true; readonly box: BoxId }
  | { readonly ok: false; readonly reason: Refusal };

/**
 * Client id, username and box id are one and the same, so that nobody connects with one name and speaks as another.
 * Sessions are clean: a queue kept for an absent box would replay stale commands. A will is a publish.
 */
export function judgeConnect(request: ConnectRequest, maxKeepaliveS: number): ConnectVerdict {
  const id = boxId.safeParse(request.clientId);
  if (!id.success || request.username !== request.clientId) return { ok: false, reason: "bad-id" };
  const isTimed = request.keepaliveS > 0 && request.keepaliveS <= maxKeepaliveS;
  if (!request.clean || !isTimed) return { ok: false, reason: "bad-session" };
  const { will } = request;
  if (will === undefined) return { ok: true, box: id.data };
  const isRefused = isBrokenTopic(will.topic) || refusalOfPublish(id.data, will.topic, will.payload) !== null;
  return isRefused ? { ok: false, reason: "bad-will" } : { ok: true, box: id.data };
}

/** CONNACK return code (MQTT 3.1.1, table 3.1). 3 means: try again later. */
export function returnCodeOf(reason: Refusal): 2 | 3 | 4 | 5 {
  if (reason === "bad-id") return 2;
  if (reason === "limited" || reason === "sessions-full") return 3;
  return reason === "unknown" || reason === "wrong-password" ? 4 : 5;
}
