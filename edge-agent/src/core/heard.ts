import type { Instant } from "@loa/shared/kernel/time.ts";
import type { Playout, Sounding } from "./state.ts";

/** Whether it is heard now, as far as the mixer has said: begun, and neither fading out nor waiting at its place. */
export function isHeard(one: Sounding): boolean {
  return one.heardFrom !== null && !one.isStopping && !one.isPaused;
}

/** What is heard of the programmes; what stands in for a part of them is not. */
export function heardItems(playout: Playout): readonly Sounding[] {
  return playout.sounding.filter((one) => one.role === "item" && isHeard(one));
}

/** How much of it has been heard, ms; what a lost relay did not give does not count. */
export function heardMsOf(one: Sounding, now: Instant): number {
  if (one.heardFrom === null) return one.heardMs;
  const lostMs = one.lostSince === null ? 0 : Math.max(0, now - one.lostSince);
  return one.heardMs + Math.max(0, now - one.heardFrom - one.silentMs - lostMs);
}

/** Where in its source it is, ms. */
export function placeOf(one: Sounding, now: Instant): number {
  return one.offsetMs + heardMsOf(one, now);
}
