import type { AttemptKind, AttemptLimits } from "../attempt-limits.ts";
import { HttpProblem } from "./http-problem.ts";

/** Refuses before anything is looked at, with the seconds to wait in `Retry-After` (RFC 9110, 10.2.3). */
export async function refuseWhileWaiting(
  limits: AttemptLimits,
  kind: AttemptKind,
  keys: readonly string[],
): Promise<void> {
  const waitMs = await limits.waitMs(kind, keys);
  if (waitMs === 0) return;
  const seconds = String(Math.ceil(waitMs / 1_000));
  throw new HttpProblem("too-many-attempts", { waitMs }, { "retry-after": seconds });
}
