import type { Budget } from "../attempt-limits.ts";
import type { ApiDeps } from "./api-deps.ts";
import { HttpProblem } from "./http-problem.ts";

/** Takes one from each of the budgets, and refuses with how long to wait where one is used up. */
export async function spend({ limits }: ApiDeps, budget: Budget, keys: readonly string[]): Promise<void> {
  const waitMs = await limits.spend(budget, keys);
  if (waitMs === 0) return;
  const seconds = String(Math.ceil(waitMs / 1_000));
  throw new HttpProblem("too-many-requests", { waitMs }, { "retry-after": seconds });
}
