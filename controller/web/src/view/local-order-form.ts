import type { Capability } from "@loa/shared/device/capability.ts";
import { DAY_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";
import type { LocalWish } from "../api/draft-calls.ts";
import { isConfirmed } from "./emergency-form.ts";

export const edges = ["above", "below"] as const;

/** What the form of a message that a box starts by itself holds: numbers as typed. */
export interface LocalOrderForm {
  readonly headline: string;
  readonly signal: Capability | null;
  readonly edge: (typeof edges)[number];
  readonly limit: string;
  readonly days: string;
  readonly confirm: string;
}

export const emptyLocalOrder: LocalOrderForm = {
  headline: "",
  signal: null,
  edge: "above",
  limit: "1",
  days: "365",
  confirm: "",
};

/** Null while something is missing or wrong. */
export function wishOfLocalOrder(form: LocalOrderForm, from: Instant): LocalWish | null {
  const { signal, edge, confirm } = form;
  const headline = form.headline.trim();
  const limit = form.limit.trim() === "" ? Number.NaN : Number(form.limit);
  const days = Number(form.days);
  if (headline === "" || signal === null || !Number.isFinite(limit)) return null;
  if (!(days > 0) || !isConfirmed("actual", confirm)) return null;
  return {
    headline,
    trigger: { capability: signal, edge, limit },
    from,
    to: plus(from, Math.round(days * DAY_MS)),
    confirm,
  };
}
