import { type FaultKind, silencing } from "@loa/shared/device/fault.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { LEVEL_PACE_MS } from "@loa/shared/wire/uplink.ts";
import type { BoxRow, Level } from "../api/shapes.ts";

/** Levels travel without an acknowledgement: two in a row may be lost before the meter falls to nothing, ms. */
const LEVEL_VALID_MS = 3 * LEVEL_PACE_MS;

/** With one of these, too, it may be that nobody in the village hears what a box plays; or only some. */
const doubtful: readonly FaultKind[] = [
  ...silencing,
  "amplifier-short",
  "line-open",
  "line-short",
  "supply-fault",
  "sound-engine-lost",
  "dead-air",
  "silenced-locally",
];

/** What it did last may be over, and it plays on by its plan: nobody here knows what it does now. */
export function isOutOfTouch({ presence }: BoxRow): boolean {
  return presence.state === "offline" || presence.state === "unknown";
}

export function soundNow(row: BoxRow): "on-air" | "silent" | "unknown" {
  if (row.onAir !== null) return "on-air";
  return isOutOfTouch(row) ? "unknown" : "silent";
}

/** What is counted as on air: it plays, and nothing says that nobody hears it. */
export function isSounding({ onAir, faults }: BoxRow): boolean {
  return onAir !== null && !silencing.some((kind) => faults.some((one) => one.kind === kind));
}

export function mayBeInaudible({ onAir, faults }: BoxRow): boolean {
  return onAir !== null && faults.some(({ kind }) => doubtful.includes(kind));
}

/** Null where nothing sounds, or where no level came for long enough. */
export function levelNow({ onAir }: BoxRow, heard: Level | null, now: Instant): Level | null {
  return onAir !== null && heard !== null && now - heard.at < LEVEL_VALID_MS ? heard : null;
}

/** What a list without faults means: that there are none, that there were none, or that none was told yet. */
export function noFaults(row: BoxRow): "none" | "none-then" | "untold" {
  if (row.faultsAt === null) return "untold";
  return isOutOfTouch(row) ? "none-then" : "none";
}
