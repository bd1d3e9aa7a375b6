import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import type { ApiDeps } from "./api-deps.ts";
import { type Approvable, clipsOf } from "./approved-sounds.ts";
import type { Operator } from "./operator.ts";
import { heardDrafts } from "./shown-draft.ts";
import { heardAreas } from "./shown-emergency.ts";

/** Whoever is asked to approve a message listens to it, whosever it is. */
export async function isToBeApproved(deps: ApiDeps, operator: Operator, clip: Sha256): Promise<boolean> {
  const has = (one: Approvable) => clipsOf(one).includes(clip);
  if (deps.drafts.all().some(({ order }) => has(order)))
    if ((await heardDrafts(deps, operator)).some(({ draft }) => has(draft.order))) return true;
  const standing = deps.standings.all().filter(({ approved }) => has(approved));
  if (standing.length === 0) return false;
  const heard = await heardAreas(deps, operator);
  return standing.some(({ approved }) => approved.areas.some((area) => heard.has(area)));
}
