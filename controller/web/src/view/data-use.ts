import type { DataUse } from "../api/cabinet-shapes.ts";

/** What a box may cost a month without sound, bytes. */
export const IDLE_BUDGET_BYTES = 15_000_000;

export interface DataShares {
  /** Everything that is no sound: what the budget is about. */
  readonly idle: number;
  readonly sound: number;
  /** Estimate of what lies around both. */
  readonly around: number;
  readonly total: number;
  /** Of the budget, 0 to 1; more when it is passed. */
  readonly share: number;
}

export function sharesOf({ upBytes, downBytes, soundBytes, aroundBytes }: DataUse): DataShares {
  const idle = Math.max(0, upBytes + downBytes - soundBytes);
  const total = upBytes + downBytes + aroundBytes;
  return { idle, sound: soundBytes, around: aroundBytes, total, share: idle / IDLE_BUDGET_BYTES };
}
