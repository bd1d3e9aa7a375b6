import type { Evidence } from "@loa/shared/broadcast/receipt.ts";
import { asInstant, DAY_MS, type Instant, type MonotonicMs, plus } from "@loa/shared/kernel/time.ts";
import { CLOCK_TOLERANCE_MS } from "@loa/shared/wire/envelope.ts";

/**
 * The box's own time: an anchor and a clock that never steps. The system clock moves it only while the kernel says
 * that it follows a time server; a system clock that jumps by a year moves nothing. Anybody on the way can forge a time
 * server's answer (RFC 5905 is not signed), so signed time stands above it, and only signed time is remembered for good.
 */
export interface BoxTime {
  readonly anchorAt: Instant;
  readonly anchorMono: MonotonicMs;
  readonly trust: ClockTrust;
  /** Estimated error at the anchor, ms; null when nobody knows. */
  readonly errorMs: number | null;
  /** No true time lies before this, at that instant of the clock that never steps: build time, last signed time. */
  readonly floor: Instant;
  readonly floorMono: MonotonicMs;
  /** What the control room has signed last in this run; null: it has not told the time yet. */
  readonly signed: SignedTime | null;
  /** The time server says another day than signed time does: one of the two is wrong, and nobody knows for how long. */
  readonly isDisputed: boolean;
  /** How far the system clock stood from our time at the last look, ms. */
  readonly systemErrorMs: number;
}
export interface SignedTime {
  readonly at: Instant;
  readonly mono: MonotonicMs;
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
/** A time server that is further off than this from signed time is not followed: grants and emergencies live for days. */
const DISPUTE_MS = DAY_MS;
/** Controller time with a worse round trip than this says too little. */
const MAX_ROUND_TRIP_MS = 20_000;

export function startTime(system: Instant, mono: MonotonicMs, floor: Instant): BoxTime {
  const anchorAt = system > floor ? system : floor;
  return {
    ...{ anchorAt, anchorMono: mono, trust: "untrusted", errorMs: null, systemErrorMs: 0 },
    ...{ floor, floorMono: mono, signed: null, isDisputed: false },
  };
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
export function earliestNow({ floor, floorMono }: BoxTime, mono: MonotonicMs): Instant {
  return plus(floor, mono - floorMono);
}

/** Somebody whose word is signed has told it in this run, and nobody says another day. */
export function isSigned({ trust, signed, isDisputed }: BoxTime): boolean {
  return isConfirmed(trust) && signed !== null && !isDisputed;
}

export interface SystemClockReport {
  readonly system: Instant;
  readonly clock: "synced" | "rtc" | "free";
  readonly clockErrorMs: number | null;
}

export function afterHostReport(before: BoxTime, report: SystemClockReport, mono: MonotonicMs): BoxTime {
  const { system, clock, clockErrorMs } = report;
  const isDisputed = clock === "synced" && isOtherDay(before.signed, system, mono);
  const time = isDisputed === before.isDisputed ? before : { ...before, isDisputed };
  if (clock === "synced" && isPossible(time, system) && !isDisputed) {
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

/** A little below what was signed before: the control room's own clock may have been put right since. */
function isPossible({ floor, signed }: BoxTime, at: Instant): boolean {
  return at >= floor - (signed === null ? 0 : CLOCK_TOLERANCE_MS);
}

function isOtherDay(signed: SignedTime | null, at: Instant, mono: MonotonicMs): boolean {
  return signed !== null && Math.abs(at - (signed.at + (mono - signed.mono))) > DISPUTE_MS;
}

/**
 * Signed time of the controller, asked for `roundTripMs` ago. A box that follows a time server takes it for its floor
 * only, unless the two are days apart.
 */
export function afterControllerTime(
  time: BoxTime,
  at: Instant,
  roundTripMs: number,
  mono: MonotonicMs,
): BoxTime {
  if (roundTripMs > MAX_ROUND_TRIP_MS || !isPossible(time, at)) return time;
  const errorMs = Math.round(roundTripMs / 2);
  const known = clockErrorAt(time, mono);
  const anchorAt = asInstant(at + roundTripMs / 2);
  const moved = timeAt(time, mono) - anchorAt;
  const isServed = time.trust === "synced";
  const isDisputed = time.isDisputed || (isServed && Math.abs(moved) > DISPUTE_MS);
  const told = withSigned(time, { at: anchorAt, mono }, isDisputed ? null : at);
  if (isServed && !isDisputed) return told;
  const isContradicted = Math.abs(moved) > CONTRADICTION_MS;
  if (isConfirmed(time.trust) && known !== null && known < errorMs && !isContradicted) return told;
  return {
    ...told,
    anchorAt,
    anchorMono: mono,
    trust: "controller",
    errorMs,
    systemErrorMs: time.trust === "untrusted" ? Math.round(moved) : time.systemErrorMs + Math.round(moved),
  };
}

/** It was not before `atLeast` when it came. Null: that is disputed, and as a floor it might silence the box for good. */
function withSigned(time: BoxTime, signed: SignedTime, atLeast: Instant | null): BoxTime {
  const { mono } = signed;
  const isLater = atLeast !== null && atLeast > earliestNow(time, mono);
  const floor = isLater ? { floor: atLeast, floorMono: mono } : {};
  return { ...time, ...floor, signed, isDisputed: atLeast === null };
}
