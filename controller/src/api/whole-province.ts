import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import { type Act, mayDo, rootsOf } from "../domain/access.ts";
import type { ApiDeps } from "./api-deps.ts";
import { HttpProblem } from "./http-problem.ts";
import { type Operator, todaysTree } from "./operator.ts";

/** Whether one may do this in a whole province: what belongs to no area is for them. */
export async function coversProvince(deps: ApiDeps, operator: Operator, act: Act): Promise<boolean> {
  return coversTree(operator, await todaysTree(deps, operator), act);
}

export function coversTree(operator: Operator, tree: AreaTree, act: Act): boolean {
  return rootsOf(tree).some((root) => mayDo(operator.grants, tree, act, root));
}

export async function requireProvince(deps: ApiDeps, operator: Operator, act: Act): Promise<Operator> {
  if (!(await coversProvince(deps, operator, act))) throw new HttpProblem("forbidden");
  return operator;
}
