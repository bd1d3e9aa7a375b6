import { HOUR_MS, type Instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";

/** How long the certificate of this box holds. */
export interface Holding {
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

/** What is known of time and link when somebody asks whether to renew. */
export interface RenewalSight {
  readonly now: Instant;
  /** Somebody else has told the time. */
  readonly isClockTrusted: boolean;
  readonly isLinkUp: boolean;
  /** Connects in a row that came to nothing. */
  readonly linkFailures: number;
}

/** Boxes that were enrolled on one day shall not all come on one. */
const JITTER_OF_LIFE = 1 / 20;
/** Without the time nobody knows whether the certificate is over; so many closed doors make it worth asking. */
const FAILURES_WITHOUT_TIME = 5;
const FIRST_WAIT_MS = MINUTE_MS;
const LONGEST_WAIT_MS = 6 * HOUR_MS;

/** At two thirds of its life, and up to four days later of ninety. `chance` stays as long as the box runs. */
export function renewalDueAt({ notBefore, notAfter }: Holding, chance: number): Instant {
  const lifeMs = notAfter - notBefore;
  return plus(notBefore, Math.round(lifeMs * (2 / 3 + chance * JITTER_OF_LIFE)));
}

export function isRenewalDue(holding: Holding, chance: number, sight: RenewalSight): boolean {
  if (sight.isClockTrusted) return sight.now >= renewalDueAt(holding, chance);
  // A control room that is merely away costs a few requests; one that shuts us out for an old certificate hears of us.
  return !sight.isLinkUp && sight.linkFailures >= FAILURES_WITHOUT_TIME;
}

/** After so many tries that failed: full jitter below a ceiling that doubles. */
export function renewalWaitMs(failures: number, chance: number): number {
  const ceilingMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 12));
  return FIRST_WAIT_MS / 2 + chance * ceilingMs;
}
