import { z } from "@hono/zod-openapi";
import { DAY_MS, type Instant, instant, plus } from "@loa/shared/kernel/time.ts";
import { HttpProblem } from "./http-problem.ts";

/** Milliseconds, as they stand in an address. */
export const instantQuery = z.coerce.number().pipe(instant).optional().openapi({ type: "integer" });

/** `?from=&to=`, `to` exclusive. */
export const periodQuery = { from: instantQuery, to: instantQuery };

/** Longest period that one question may cover. */
const MAX_PERIOD_MS = 62 * DAY_MS;

export interface Period {
  readonly from: Instant;
  readonly to: Instant;
}

/** What is not given is a day long and ends (or begins) at the other end. */
export function periodOf(
  given: { readonly from?: Instant | undefined; readonly to?: Instant | undefined },
  fallback: Period,
): Period {
  const from = given.from ?? (given.to === undefined ? fallback.from : plus(given.to, -DAY_MS));
  const to = given.to ?? (given.from === undefined ? fallback.to : plus(given.from, DAY_MS));
  if (to <= from || to - from > MAX_PERIOD_MS) {
    throw new HttpProblem("bad-request", {
      issues: [{ path: "to", message: "after from, at most 62 days" }],
    });
  }
  return { from, to };
}
