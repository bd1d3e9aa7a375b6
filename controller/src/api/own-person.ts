import type { UserId } from "@loa/shared/kernel/ids.ts";
import { isWhollyWithin, type UserWithGrants, usersIn } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import { HttpProblem } from "./http-problem.ts";
import { areasFor, type Operator } from "./operator.ts";

/**
 * For what gives whoever does it the account of somebody else. All that the person may do has to lie within one's own
 * areas: else whoever administers a commune could take the account of somebody who also works for the province.
 */
export async function requireOwnPerson(
  deps: ApiDeps,
  operator: Operator,
  id: UserId,
): Promise<UserWithGrants> {
  const within = areasFor(deps, operator, "set-up-people");
  const known = (await usersIn(deps.db, within, operator.today)).find((one) => one.id === id);
  if (known === undefined) throw new HttpProblem("not-found");
  const isTheirs = await isWhollyWithin(deps.db, id, within, operator.today);
  if (!isTheirs || id === operator.userId) throw new HttpProblem("forbidden");
  return known;
}
