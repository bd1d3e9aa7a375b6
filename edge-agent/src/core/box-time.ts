import type { Evidence } from "@loa/shared/broadcast/receipt.ts";
import { asInstant, type Instant, type MonotonicMs, plus } from "@loa/shared/kernel/time.ts";

/**
 * The box's own time: an anchor and a clock that never steps. The system clock moves it only while the kernel says
 * that it follows a time server; a system clock that jumps by a year moves nothing.
 */
export interface BoxTime {
  readonly anchorAt: Instant;
  readonly anchorMono: MonotonicMs;
  readonly trust: ClockTrust;
  /** Estimated error at the anchor, ms; null when nobody knows. */
  readonly errorMs: number | null;
  /** No true time lies before this: build time, last time seen. */
  readonly floor: Instant;
  /** How far the system clock stood from our time at the last look, ms. */
  readonly systemErrorMs: number;
}
export type ClockTrust = Evidence["clock"];

/** A crystal of a cheap board, parts per million. */
const DRIFT_PPM = 50;
/** A step of the anchor below this is left alone: it is reading noise. */
const MIN_CORRECTION_MS = 1;
/** A system clock that is further off than this is a fault worth showing. */
export const WRONG_CLOCK_MS = 5_000;
/** Signed time that says this much else than ours is believed over a better estimate: one of the two is no estimate. */
const CONTRADICTION_MS = 60_000;
/** Controller time with a worse round trip than this says too little. */
const MAX_ROUND_TRIP_MS = 20_000;

export function startTime(system: Instant, mono: MonotonicMs, floor: Instant): BoxTime {
  const anchorAt = system > floor ? system : floor;
  return { anchorAt, anchorMono: mono, trust: "untrusted", errorMs: null, floor, systemErrorMs: 0 };
}

export function timeAt(time: BoxTime, mono: MonotonicMs): Instant {
  return asInstant(time.anchorAt + (mono - time.anchorMono));
}

/** Our estimate of how far our time may be off now, ms. */
export function clockErrorAt(time: BoxTime, mono: MonotonicMs): number | null {
  if (time.errorMs === null) return null;
  return Math.round(time.errorMs + ((mono - time.anchorMono) * DRIFT_PPM) / 1_000_000);
}

export function isTrusted(trust: ClockTrust): boolean {
  return trust !== "untrusted";
}

/** Somebody else has told it. A battery clock alone may be years off: it plans the day, and ends no emergency. */
export function isConfirmed(trust: ClockTrust): boolean {
  return isTrusted(trust) && trust !== "rtc";
}

/** It is not earlier than this, whatever the clock of the machine says. */
export function earliestNow({ floor, anchorMono }: BoxTime, mono: MonotonicMs): Instant {
  return plus(floor, mono - anchorMono);
}

export interface SystemClockReport {
  readonly system: Instant;
  readonly clock: "synced" | "rtc" | "free";
  readonly clockErrorMs: number | null;
}

export function afterHostReport(time: BoxTime, report: SystemClockReport, mono: MonotonicMs): BoxTime {
  const { system, clock, clockErrorMs } = report;
  if (clock === "synced" && system >= time.floor) {
    const isClose = time.trust === "synced" && Math.abs(system - timeAt(time, mono)) < MIN_CORRECTION_MS;
    if (isClose && time.errorMs === clockErrorMs) return time;
    return {
      ...time,
      anchorAt: system,
      anchorMono: mono,
      trust: "synced",
      errorMs: clockErrorMs,
      systemErrorMs: 0,
    };
  }
  if (clock === "rtc" && time.trust === "untrusted" && system >= time.floor) {
    return {
      ...time,
      anchorAt: system,
      anchorMono: mono,
      trust: "rtc",
      errorMs: clockErrorMs,
      systemErrorMs: 0,
    };
  }
  const systemErrorMs = time.trust === "untrusted" ? 0 : Math.round(system - timeAt(time, mono));
  const lost = time.trust === "synced";
  if (!lost && systemErrorMs === time.systemErrorMs) return time;
  return { ...time, trust: lost ? "holdover" : time.trust, systemErrorMs };
}

/** Signed time of the controller, asked for `roundTripMs` ago. A box that follows a time server does not need it. */
export function afterControllerTime(
  time: BoxTime,
  at: Instant,
  roundTripMs: number,
  mono: MonotonicMs,
): BoxTime {
  if (time.trust === "synced" || roundTripMs > MAX_ROUND_TRIP_MS || at < time.floor) return time;
  const errorMs = Math.round(roundTripMs / 2);
  const known = clockErrorAt(time, mono);
  const anchorAt = asInstant(at + roundTripMs / 2);
  const moved = timeAt(time, mono) - anchorAt;
  const isContradicted = Math.abs(moved) > CONTRADICTION_MS;
  if (isConfirmed(time.trust) && known !== null && known < errorMs && !isContradicted) return time;
  return {
    ...time,
    anchorAt,
    anchorMono: mono,
    trust: "controller",
    errorMs,
    systemErrorMs: time.trust === "untrusted" ? Math.round(moved) : time.systemErrorMs + Math.round(moved),
  };
}
