import type { Clock, Log, LogFields } from "@loa/shared/kernel/ambient.ts";
import { type MonotonicMs, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { Refusal } from "./broker-port.ts";

/** Counts what the broker refuses. The log gets the first of a kind, then one line every ten seconds with a count. */
export interface Refusals {
  refuse(reason: Refusal, fields: LogFields): void;
  counts(): Readonly<Record<Refusal, number>>;
}

const quietMs = 10 * SECOND_MS;

export function createRefusals(clock: Clock, log: Log): Refusals {
  const counts = { ...none };
  const lastLine = new Map<Refusal, { readonly at: MonotonicMs; readonly count: number }>();
  return {
    refuse(reason, fields) {
      counts[reason] += 1;
      const at = clock.monotonic();
      const last = lastLine.get(reason);
      if (last !== undefined && at - last.at < quietMs) return;
      log.warn("broker.refused", { reason, more: counts[reason] - (last?.count ?? 0) - 1, ...fields });
      lastLine.set(reason, { at, count: counts[reason] });
    },
    counts: () => ({ ...counts }),
  };
}

const none: Record<Refusal, number> = {
  "too-many-connections": 0,
  "connect-too-big": 0,
  "frame-too-big": 0,
  "bad-frame": 0,
  "bad-id": 0,
  "bad-session": 0,
  "sessions-full": 0,
  "bad-will": 0,
  "bad-handshake": 0,
  "bad-certificate": 0,
  unknown: 0,
  "wrong-password": 0,
  revoked: 0,
  limited: 0,
  "bad-topic": 0,
  "topic-denied": 0,
  "subscription-denied": 0,
  "payload-too-big": 0,
  "payload-not-text": 0,
  "retained-full": 0,
  "queue-full": 0,
  silent: 0,
  "not-connected": 0,
  "link-full": 0,
};
