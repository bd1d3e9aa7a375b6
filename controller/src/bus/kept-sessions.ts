import type { Clock } from "@loa/shared/kernel/ambient.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { BrokerLimits } from "./broker-limits.ts";
import { createKeptSession, type KeptSession } from "./kept-session.ts";

/** All sessions that outlive their connection, within their number and their age. */
export interface KeptSessions {
  /** Undefined where there is none, or it is too old. */
  find(id: string): KeptSession | undefined;
  /** The one that is there, or a new one; null when there is no room. */
  open(id: string): KeptSession | null;
  hasRoomFor(id: string): boolean;
  forget(id: string): void;
}

export function createKeptSessions(
  limits: BrokerLimits,
  clock: Clock,
  on: {
    /** A queue was full. */
    readonly dropped: () => void;
    /** Nobody comes back to it any more. */
    readonly ended: (session: KeptSession) => void;
  },
): KeptSessions {
  const sessions = new Map<string, KeptSession>();

  function forget(id: string): void {
    const session = sessions.get(id);
    if (session === undefined) return;
    sessions.delete(id);
    on.ended(session);
  }

  function isOld({ leftAt }: KeptSession, now: MonotonicMs): boolean {
    return leftAt !== null && now - leftAt >= limits.sessionMs;
  }

  function forgetOld(): void {
    const now = clock.monotonic();
    for (const [id, session] of sessions) if (isOld(session, now)) forget(id);
  }

  function find(id: string): KeptSession | undefined {
    const session = sessions.get(id);
    if (session === undefined || !isOld(session, clock.monotonic())) return session;
    forget(id);
    return undefined;
  }

  function hasRoomFor(id: string): boolean {
    if (sessions.size < limits.maxSessions || sessions.has(id)) return true;
    forgetOld();
    return sessions.size < limits.maxSessions;
  }

  return {
    find,
    open(id) {
      const known = find(id);
      if (known !== undefined) return known;
      if (!hasRoomFor(id)) return null;
      const session = createKeptSession(limits, on.dropped);
      sessions.set(id, session);
      return session;
    },
    hasRoomFor,
    forget,
  };
}
