import type { Instant } from "../kernel/time.ts";

/**
 * Whether a STOP voids what was written or begun at an instant: what is of its own instant, too. Two things of one
 * millisecond have no order that everybody knows, and silence is soon mended. The one rule for boxes and control room.
 */
export function isVoidedByStop(at: Instant, stoppedAt: Instant | null): boolean {
  return stoppedAt !== null && at <= stoppedAt;
}
