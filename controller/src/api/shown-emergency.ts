import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import { occurrenceOf } from "@loa/shared/broadcast/emergency.ts";
import type { AreaId, EmergencyId, UserId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { areasHeardFrom } from "../domain/access.ts";
import { standingOf } from "../domain/emergencies.ts";
import { areasStopped, stoppedParts, toldStanding } from "../domain/emergency-stops.ts";
import { approvalOver } from "../domain/standing-approvals.ts";
import { allAreas } from "../store/areas.ts";
import { emergencyById, type StoredEmergency } from "../store/emergencies.ts";
import { approversOf } from "../store/emergency-drafts.ts";
import { speechOfClips } from "../store/speech.ts";
import { stopsSince } from "../store/stop-orders.ts";
import { userNames } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { ShownEmergency } from "./emergency-shapes.ts";
import { HttpProblem } from "./http-problem.ts";
import { type Operator, todaysTree } from "./operator.ts";

/** Not there for persons in whose areas it is not heard. */
export async function requireEmergency(
  deps: ApiDeps,
  operator: Operator,
  id: EmergencyId,
): Promise<StoredEmergency> {
  const stored = (await emergencyById(deps.db, id)) ?? deps.changes.emergency(id);
  const heard = await heardAreas(deps, operator);
  if (stored?.areas.some((area) => heard.has(area)) !== true) throw new HttpProblem("not-found");
  return stored;
}

/** One's own areas and those above: what is raised up there sounds down here. */
export async function heardAreas(deps: ApiDeps, operator: Operator): Promise<ReadonlySet<AreaId>> {
  return areasHeardFrom(operator.grants, await todaysTree(deps, operator));
}

export async function shownOne(
  deps: ApiDeps,
  operator: Operator,
  stored: StoredEmergency,
): Promise<ShownEmergency> {
  const [one] = await shown(deps, operator, [stored]);
  if (one === undefined) throw new HttpProblem("internal");
  return one;
}

export async function shown(
  deps: ApiDeps,
  operator: Operator,
  all: readonly StoredEmergency[],
): Promise<readonly ShownEmergency[]> {
  const tree = await todaysTree(deps, operator);
  const heard = areasHeardFrom(operator.grants, tree);
  const stopped = await stoppedAreasOf(deps, tree, all);
  const names = new Map((await allAreas(deps.db)).map((area) => [area.id, area.name]));
  const people = await userNames(deps.db);
  const approvers = await approversOf(
    deps.db,
    all.filter((one) => one.signed !== null).map((one) => one.emergency.id),
  );
  const speech = await speechOfClips(
    deps.db,
    all.flatMap((one) => one.emergency.notice?.sha256 ?? []),
  );
  const approversFor = (one: StoredEmergency) => {
    const over = approvalOver(one);
    if (over === null) return approvers.get(one.emergency.id) ?? [];
    return deps.standings.find(over.id)?.approvals.map((given) => given.person) ?? [];
  };
  const person = (id: UserId) => ({ id, name: people.get(id) ?? id });
  return all.map((one) => {
    const { notice, replaces, correction, stream, ...emergency } = one.emergency;
    const areas = one.areas.filter((area) => heard.has(area));
    const { id: occurrenceId, endsAt } = occurrenceOf(one.emergency);
    const { cancelled } = one;
    const parts = stopped(one);
    const stoppedAreas = parts.filter((area) => heard.has(area));
    return {
      ...emergency,
      occurrenceId,
      saidAt: endsAt < emergency.expiresAt ? endsAt : emergency.expiresAt,
      message: notice === null ? ("built-in" as const) : ("clip" as const),
      spoken: notice === null ? null : (speech.get(notice.sha256)?.spoken ?? null),
      stream: stream ?? null,
      areas,
      areaNames: areas.map((area) => names.get(area) ?? area),
      raisedBy: person(one.raisedBy),
      approvedBy: approversFor(one).map(person),
      standingApproval: underOf(one),
      replaces: replaces ?? null,
      correction: correctionWord(correction ?? null),
      standing: toldStanding(standingOf(one, deps.clock.now()), one.areas, parts),
      stoppedAreas,
      stoppedAreaNames: stoppedAreas.map((area) => names.get(area) ?? area),
      cancelledAt: cancelled?.at ?? null,
      cancelledBy: cancelled === null || cancelled.by === null ? null : person(cancelled.by),
      correctedAt: cancelled?.isCorrected === true ? cancelled.at : null,
    };
  });
}

/** Where STOPs have made each of them void. */
export async function stoppedAreasOf(
  { db, changes }: Pick<ApiDeps, "db" | "changes">,
  tree: AreaTree,
  all: readonly StoredEmergency[],
): Promise<(one: StoredEmergency) => readonly AreaId[]> {
  const first = Math.min(...all.map((one) => one.emergency.at));
  const stops = all.length === 0 ? [] : await stopsSince(db, first as Instant);
  return ({ emergency, areas }) => {
    const known = [...areasStopped(emergency, stops), ...changes.stoppedIn(emergency.id)];
    return stoppedParts(areas, known, tree);
  };
}

/** What it went out under; null: persons have approved the very order. */
function underOf(one: StoredEmergency): ShownEmergency["standingApproval"] {
  const over = approvalOver(one);
  return over === null ? null : { id: over.id, sender: over.sender };
}

/** What was prepared to be said if it was wrong. */
export function correctionWord(
  correction: { readonly notice: object | null } | null,
): "none" | "built-in" | "clip" {
  if (correction === null) return "none";
  return correction.notice === null ? "built-in" : "clip";
}
