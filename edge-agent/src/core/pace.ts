import type { MonotonicMs } from "@loa/shared/kernel/time.ts";

/** When something was last said, and how long it is kept back after that. Monotonic: a corrected clock moves nothing. */
export interface Paced {
  readonly saidAt: MonotonicMs;
  readonly waitMs: number;
}

export interface PaceLimits {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** What was never said, or has been kept back for long enough. */
export function mayBeSaid(paced: Paced | undefined, mono: MonotonicMs): boolean {
  return paced === undefined || mono - paced.saidAt >= paced.waitMs;
}

/**
 * Said now. What changes again and again waits twice as long each time, so that a bouncing contact costs no data; after
 * a calm of twice the longest wait it is quick again.
 */
export function saidNow(
  before: Paced | undefined,
  { firstMs, mostMs }: PaceLimits,
  mono: MonotonicMs,
): Paced {
  const isRestless = before !== undefined && mono - before.saidAt < 2 * mostMs;
  const waitMs = isRestless ? Math.min(mostMs, Math.max(firstMs, 2 * before.waitMs)) : firstMs;
  return { saidAt: mono, waitMs };
}
