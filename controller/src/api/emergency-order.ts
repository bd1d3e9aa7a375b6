import type { Clip } from "@loa/shared/broadcast/content.ts";
import { type EmergencyStream, isFitForEmergency } from "@loa/shared/broadcast/emergency.ts";
import { type AreaId, emergencyId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { EmergencyOrder } from "@loa/shared/trust/order.ts";
import { areasHeardFrom, mayDo } from "../domain/access.ts";
import { confirmations, isConfirmed, standingOf, topmost } from "../domain/emergencies.ts";
import { bulletinsByIds } from "../store/bulletins.ts";
import { readableClip } from "../store/clips.ts";
import { relayById } from "../store/relays.ts";
import type { ApiDeps } from "./api-deps.ts";
import { readerOf } from "./clip-routes.ts";
import type { EmergencyDraft, EmergencyMessage } from "./emergency-shapes.ts";
import { HttpProblem } from "./http-problem.ts";
import { newId } from "./new-id.ts";
import { areasFor, type Operator, todaysTree } from "./operator.ts";
import { requireEmergency } from "./shown-emergency.ts";

/** What the person may order, out of what was asked. Refuses everything else. */
export async function orderOf(
  deps: ApiDeps,
  operator: Operator,
  asked: EmergencyDraft,
): Promise<EmergencyOrder> {
  const areas = await requireAreas(deps, operator, asked.areas);
  requireConfirmed(asked);
  const draftedAt = deps.clock.now();
  return {
    v: 1,
    kind: "emergency",
    id: newEmergencyId(deps),
    severity: asked.severity,
    headline: asked.headline,
    sirenMs: asked.sirenS * SECOND_MS,
    notice: await noticeOf(deps, operator, asked.message),
    ...(asked.stream === undefined ? {} : { stream: await streamOf(deps, operator, asked.stream) }),
    times: asked.times,
    gapMs: asked.gapS * SECOND_MS,
    durationMs: asked.durationMin * MINUTE_MS,
    author: operator.userId,
    draftedAt,
    areas: [...areas],
    replaces:
      asked.replaces === undefined
        ? null
        : await requireReplaceable(deps, operator, asked.replaces, asked.severity),
    correction:
      asked.correction === undefined
        ? null
        : { id: newEmergencyId(deps), notice: await noticeOf(deps, operator, asked.correction) },
    approveBy: plus(draftedAt, asked.approveWithinMin * MINUTE_MS),
  };
}

export function newEmergencyId({ random }: Pick<ApiDeps, "random">) {
  return emergencyId.parse(newId("emergency", random));
}

export function requireConfirmed({ severity, confirm }: Pick<EmergencyDraft, "severity" | "confirm">): void {
  if (isConfirmed(severity, confirm)) return;
  throw new HttpProblem("confirmation-wrong", { expected: confirmations[severity] });
}

/** One look at the tree, however many areas: seconds count. Whether a strange area exists is not said. */
async function requireAreas(
  deps: ApiDeps,
  operator: Operator,
  areas: readonly AreaId[],
): Promise<readonly AreaId[]> {
  const tree = await todaysTree(deps, operator);
  for (const id of areas) {
    if (!mayDo(operator.grants, tree, "see", id)) throw new HttpProblem("area-not-yours", { areaId: id });
    if (!mayDo(operator.grants, tree, "raise-emergency", id))
      throw new HttpProblem("forbidden", { areaId: id });
  }
  return topmost(areas, tree);
}

/** Who replaces one takes it off the air: as much as cancelling it. No exercise silences an actual alarm so. */
async function requireReplaceable(
  deps: ApiDeps,
  operator: Operator,
  id: NonNullable<EmergencyDraft["replaces"]>,
  severity: EmergencyDraft["severity"],
): Promise<typeof id> {
  const stored = await requireEmergency(deps, operator, id);
  await requireRaiseIn(deps, operator, stored.areas);
  if (standingOf(stored, deps.clock.now()) !== "in-force") throw new HttpProblem("emergency-over");
  if (stored.emergency.severity !== severity) throw new HttpProblem("other-severity");
  return id;
}

/** For things that were found. */
export async function requireRaiseIn(
  deps: ApiDeps,
  operator: Operator,
  areas: readonly AreaId[],
): Promise<void> {
  const tree = await todaysTree(deps, operator);
  if (!areas.every((area) => mayDo(operator.grants, tree, "raise-emergency", area)))
    throw new HttpProblem("forbidden");
}

export async function noticeOf(
  deps: ApiDeps,
  operator: Operator,
  message: EmergencyMessage,
): Promise<Clip | null> {
  if (message === null) return null;
  const sha256 = "clip" in message ? message.clip : await clipOfBulletin(deps, operator, message.bulletin);
  const found = await readableClip(deps.db, sha256, readerOf(deps, operator));
  if (found === null) throw new HttpProblem("not-found", { message });
  const { sizeBytes, durationMs, gainDb } = found;
  return { sha256, sizeBytes, durationMs, gainDb };
}

/** As it is now: what is approved stays, whatever becomes of the relay. */
async function streamOf(
  deps: ApiDeps,
  operator: Operator,
  { relay, minutes }: NonNullable<EmergencyDraft["stream"]>,
): Promise<EmergencyStream> {
  const found = await relayById(deps.db, relay);
  const heard = areasHeardFrom(operator.grants, await todaysTree(deps, operator));
  if (found === null || !heard.has(found.areaId)) throw new HttpProblem("not-found", { relay });
  if (!isFitForEmergency(found.source)) throw new HttpProblem("stream-not-proven");
  return { source: found.source, durationMs: minutes * MINUTE_MS };
}

async function clipOfBulletin(
  deps: ApiDeps,
  operator: Operator,
  id: Extract<NonNullable<EmergencyMessage>, { bulletin: unknown }>["bulletin"],
) {
  const [found] = await bulletinsByIds(deps.db, [id], areasFor(deps, operator, "see"));
  if (found === undefined) throw new HttpProblem("not-found", { bulletin: id });
  return found.clip;
}
