import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { NO_TRAFFIC, type Traffic } from "@loa/shared/wire/traffic.ts";

/** What the agent has used of its data volume, bytes; see `traffic.ts`. Survives power cuts, up to the last few minutes. */
export interface MonthUse {
  /** `2026-11`, local; null until the time was known for the first time. */
  readonly month: string | null;
  readonly up: number;
  readonly down: number;
  /** The part of `down` that was content and relays. */
  readonly sound: number;
  readonly around: number;
}

/** What the ports have counted since the agent started, as far as it is in the account of the month. */
export interface Counted {
  readonly bus: Traffic;
  readonly content: Traffic;
  /** By sound, what its relay has cost. */
  readonly relays: ReadonlyMap<string, number>;
  /** The account as it is on the disk, and since when. */
  readonly saved: MonthUse | null;
  readonly savedAt: MonotonicMs | null;
}

export const NO_USE: MonthUse = { month: null, up: 0, down: 0, sound: 0, around: 0 };
export const NOTHING_COUNTED: Counted = {
  bus: NO_TRAFFIC,
  content: NO_TRAFFIC,
  relays: new Map(),
  saved: null,
  savedAt: null,
};
