import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { Voice } from "./voice.ts";

/** Long enough for a card that is reset, short enough that it is known soon that nobody hears the alarm. */
const EMERGENCY_PATIENCE_MS = 5_000;

/** Whether a sound whose time has come fails because the sink is away; who must be heard waits a while for it. */
export function givesUp(voice: Voice, lostAt: MonotonicMs | null, now: MonotonicMs): boolean {
  if (!isDue(voice, now)) return false;
  const waitedMs = now - Math.max(voice.request.startAt, lostAt ?? now);
  return !voice.isEmergency || waitedMs > EMERGENCY_PATIENCE_MS;
}

export function isUrgent(voice: Voice, now: MonotonicMs): boolean {
  return voice.isEmergency && isDue(voice, now);
}

function isDue({ phase, request }: Voice, now: MonotonicMs): boolean {
  return phase === "waiting" && request.startAt <= now;
}
