import { DAY_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";

/** Days before its end at which somebody must hear of a certificate. */
export const ALARM_DAYS = [60, 30, 14, 7, 1] as const;
export type AlarmDays = (typeof ALARM_DAYS)[number];

/** What renews itself is given so long before its silence is worth an alarm. */
const RENEWAL_PATIENCE_MS = 3 * DAY_MS;

export interface Expiring {
  readonly notAfter: Instant;
  /** When it is renewed without anybody's doing; null: somebody has to. */
  readonly renewsAt: Instant | null;
}

export interface Expiry {
  readonly state: "valid" | "expiring" | "expired";
  /** The last threshold that was passed; null: nobody needs to be told. */
  readonly alarmDays: AlarmDays | null;
}

interface Holding {
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

/** A box asks when two thirds are over, and up to a twentieth of the whole later. */
export function boxRenewsAt({ notBefore, notAfter }: Holding): Instant {
  return plus(notAfter, Math.round((notBefore - notAfter) * (1 / 3 - 1 / 20)));
}

/** The doors of the control room renew theirs when two thirds are over; a new root is somebody's work. */
export function ownRenewsAt({ kind, notBefore, notAfter }: OwnHolding): Instant | null {
  return kind === "authority" ? null : plus(notAfter, Math.round((notBefore - notAfter) / 3));
}

interface OwnHolding extends Holding {
  readonly kind: "authority" | "server";
}

export function expiryAt({ notAfter, renewsAt }: Expiring, now: Instant): Expiry {
  if (now >= notAfter) return { state: "expired", alarmDays: 1 };
  if (renewsAt !== null && now < renewsAt + RENEWAL_PATIENCE_MS) return { state: "valid", alarmDays: null };
  const passed = ALARM_DAYS.filter((days) => now >= notAfter - days * DAY_MS).at(-1);
  return passed === undefined
    ? { state: "valid", alarmDays: null }
    : { state: "expiring", alarmDays: passed };
}
