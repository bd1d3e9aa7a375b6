import { createRoute, z } from "@hono/zod-openapi";
import type { Clip } from "@loa/shared/broadcast/content.ts";
import { occurrenceOf } from "@loa/shared/broadcast/emergency.ts";
import { type AreaId, type EmergencyId, emergencyId, type UserId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { areasHeardFrom, mayDo } from "../domain/access.ts";
import { confirmations, isConfirmed, standingOf, topmost } from "../domain/emergencies.ts";
import { allAreas } from "../store/areas.ts";
import { bulletinsByIds } from "../store/bulletins.ts";
import { readableClip } from "../store/clips.ts";
import { emergenciesSince, emergencyById, type StoredEmergency } from "../store/emergencies.ts";
import { userNames } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { readerOf } from "./clip-routes.ts";
import {
  type EmergencyDraft,
  emergencyBox,
  emergencyDraft,
  emergencyShape,
  emergencyTally,
  type ShownEmergency,
} from "./emergency-shapes.ts";
import { boxesOf, tallyOf } from "./emergency-tally.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { newId } from "./new-id.ts";
import { areasFor, type Operator, todaysTree } from "./operator.ts";

/** Older ones are in the audit. */
const LISTED_DAYS = 30;

/** The same by the same person within this time is the same press. */
const SECOND_PRESS_MS = 30 * SECOND_MS;

const inPath = { params: z.object({ id: emergencyId }) };
const oneEmergency = { "application/json": { schema: z.object({ emergency: emergencyShape }) } };

const raise = createRoute({
  method: "post",
  path: "/api/v1/emergencies",
  summary: "Raise an emergency, or an exercise of one, in areas: it sounds at once and over everything",
  request: { body: { required: true, content: { "application/json": { schema: emergencyDraft } } } },
  responses: {
    201: { description: "Raised, and said to all boxes that can hear now", content: oneEmergency },
    ...refusals("area-not-yours", "forbidden", "confirmation-wrong", "not-found", "already-raised"),
  },
});

const cancel = createRoute({
  method: "post",
  path: "/api/v1/emergencies/{id}/cancel",
  summary: "Take an emergency off the air",
  request: inPath,
  responses: {
    200: { description: "Cancelled", content: oneEmergency },
    ...refusals("not-found", "forbidden", "emergency-over"),
  },
});

const listEmergencies = createRoute({
  method: "get",
  path: "/api/v1/emergencies",
  summary: "Emergencies of the last 30 days that are heard within one's own grants, newest first",
  responses: {
    200: {
      description: "Emergencies",
      content: {
        "application/json": { schema: z.object({ emergencies: z.array(emergencyShape).readonly() }) },
      },
    },
    ...refusals(),
  },
});

const getEmergency = createRoute({
  method: "get",
  path: "/api/v1/emergencies/{id}",
  summary: "One emergency, and how far it has come at each box within one's own grants",
  request: {
    ...inPath,
    query: z.object({
      boxes: z.enum(["all", "none"]).default("all").openapi({ description: "None: only the figures" }),
    }),
  },
  responses: {
    200: {
      description: "The tally",
      content: {
        "application/json": {
          schema: z.object({
            emergency: emergencyShape,
            tally: emergencyTally,
            boxes: z.array(emergencyBox).readonly(),
          }),
        },
      },
    },
    ...refusals("not-found"),
  },
});

export function emergencyRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(raise, async (c) => {
    const operator = c.get("operator");
    const draft = c.req.valid("json");
    const areas = await requireAreas(deps, operator, draft.areas);
    if (!isConfirmed(draft.severity, draft.confirm)) {
      throw new HttpProblem("confirmation-wrong", { expected: confirmations[draft.severity] });
    }
    await requireFirstPress(deps, operator, draft, areas);
    const raised = await deps.changes.raise({
      id: emergencyId.parse(newId("emergency", deps.random)),
      severity: draft.severity,
      headline: draft.headline,
      sirenMs: draft.sirenS * SECOND_MS,
      notice: await noticeOf(deps, operator, draft.message),
      times: draft.times,
      gapMs: draft.gapS * SECOND_MS,
      areas,
      durationMs: draft.durationMin * MINUTE_MS,
      by: operator.userId,
    });
    return c.json({ emergency: await shownOne(deps, operator, raised) }, 201);
  });

  api.openapi(cancel, async (c) => {
    const operator = c.get("operator");
    const stored = await requireEmergency(deps, operator, c.req.valid("param").id);
    const tree = await todaysTree(deps, operator);
    if (!stored.areas.every((area) => mayDo(operator.grants, tree, "raise-emergency", area))) {
      throw new HttpProblem("forbidden");
    }
    const cancelled = await deps.changes.cancelEmergency(stored.emergency.id, operator.userId);
    if (cancelled === null) throw new HttpProblem("emergency-over");
    return c.json({ emergency: await shownOne(deps, operator, cancelled) }, 200);
  });

  api.openapi(listEmergencies, async (c) => {
    const operator = c.get("operator");
    const heard = await heardAreas(deps, operator);
    const all = await emergenciesSince(deps.db, plus(deps.clock.now(), -LISTED_DAYS * DAY_MS));
    const some = all.filter((one) => one.areas.some((area) => heard.has(area)));
    return c.json({ emergencies: await shown(deps, heard, some) }, 200);
  });

  api.openapi(getEmergency, async (c) => {
    const operator = c.get("operator");
    const stored = await requireEmergency(deps, operator, c.req.valid("param").id);
    const boxes = await boxesOf(deps, operator, stored);
    const emergency = await shownOne(deps, operator, stored);
    const isListed = c.req.valid("query").boxes === "all";
    const list = isListed ? boxes.map((one) => one.shown) : [];
    return c.json({ emergency, tally: tallyOf(boxes), boxes: list }, 200);
  });
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

/** Who presses twice means once: two of the same would sound one after the other. */
async function requireFirstPress(
  deps: ApiDeps,
  operator: Operator,
  { severity, headline }: EmergencyDraft,
  areas: readonly AreaId[],
): Promise<void> {
  const now = deps.clock.now();
  const where = [...areas].sort().join();
  const pressed = (await emergenciesSince(deps.db, plus(now, -SECOND_PRESS_MS))).find(
    (one) =>
      one.raisedBy === operator.userId &&
      one.emergency.severity === severity &&
      one.emergency.headline === headline &&
      [...one.areas].sort().join() === where &&
      standingOf(one, now) === "in-force",
  );
  if (pressed !== undefined) throw new HttpProblem("already-raised", { emergency: pressed.emergency.id });
}

async function noticeOf(
  deps: ApiDeps,
  operator: Operator,
  message: EmergencyDraft["message"],
): Promise<Clip | null> {
  if (message === null) return null;
  const sha256 = "clip" in message ? message.clip : await clipOfBulletin(deps, operator, message.bulletin);
  const found = await readableClip(deps.db, sha256, readerOf(deps, operator));
  if (found === null) throw new HttpProblem("not-found", { message });
  const { sizeBytes, durationMs, gainDb } = found;
  return { sha256, sizeBytes, durationMs, gainDb };
}

async function clipOfBulletin(
  deps: ApiDeps,
  operator: Operator,
  id: Extract<NonNullable<EmergencyDraft["message"]>, { bulletin: unknown }>["bulletin"],
) {
  const [found] = await bulletinsByIds(deps.db, [id], areasFor(deps, operator, "see"));
  if (found === undefined) throw new HttpProblem("not-found", { bulletin: id });
  return found.clip;
}

/** Not there for persons in whose areas it is not heard. */
async function requireEmergency(
  deps: ApiDeps,
  operator: Operator,
  id: EmergencyId,
): Promise<StoredEmergency> {
  const stored = await emergencyById(deps.db, id);
  const heard = await heardAreas(deps, operator);
  if (stored?.areas.some((area) => heard.has(area)) !== true) throw new HttpProblem("not-found");
  return stored;
}

/** One's own areas and those above: what is raised up there sounds down here. */
async function heardAreas(deps: ApiDeps, operator: Operator): Promise<ReadonlySet<AreaId>> {
  return areasHeardFrom(operator.grants, await todaysTree(deps, operator));
}

async function shownOne(deps: ApiDeps, operator: Operator, stored: StoredEmergency): Promise<ShownEmergency> {
  const [one] = await shown(deps, await heardAreas(deps, operator), [stored]);
  if (one === undefined) throw new HttpProblem("internal");
  return one;
}

async function shown(
  deps: ApiDeps,
  heard: ReadonlySet<AreaId>,
  all: readonly StoredEmergency[],
): Promise<readonly ShownEmergency[]> {
  const names = new Map((await allAreas(deps.db)).map((area) => [area.id, area.name]));
  const people = await userNames(deps.db);
  const person = (id: UserId) => ({ id, name: people.get(id) ?? id });
  return all.map((one) => {
    const { notice, ...emergency } = one.emergency;
    const areas = one.areas.filter((area) => heard.has(area));
    const { id: occurrenceId, endsAt } = occurrenceOf(one.emergency);
    return {
      ...emergency,
      occurrenceId,
      saidAt: endsAt < emergency.expiresAt ? endsAt : emergency.expiresAt,
      message: notice === null ? ("built-in" as const) : ("clip" as const),
      areas,
      areaNames: areas.map((area) => names.get(area) ?? area),
      raisedBy: person(one.raisedBy),
      standing: standingOf(one, deps.clock.now()),
      cancelledAt: one.cancelled?.at ?? null,
      cancelledBy: one.cancelled === null ? null : person(one.cancelled.by),
    };
  });
}
