import { MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";

/** When a fault begins and ends, against the start of a bulletin of `bulletinMs`; `to: null`: it stays. */
export const bulletinMs = 5 * MINUTE_MS;
export const moments = {
  before: { fromMs: -10 * MINUTE_MS, toMs: null },
  "at the start": { fromMs: 0, toMs: null },
  during: { fromMs: bulletinMs / 2, toMs: null },
  "for a minute": { fromMs: 2 * MINUTE_MS, toMs: 3 * MINUTE_MS },
  "at the end": { fromMs: bulletinMs - 20 * SECOND_MS, toMs: null },
  "cleared before": { fromMs: -40 * MINUTE_MS, toMs: -10 * MINUTE_MS },
  "begun after": { fromMs: bulletinMs + 30 * SECOND_MS, toMs: null },
} as const satisfies Record<string, { readonly fromMs: number; readonly toMs: number | null }>;
export type FaultMoment = keyof typeof moments;
export const momentNames = Object.keys(moments) as FaultMoment[];
