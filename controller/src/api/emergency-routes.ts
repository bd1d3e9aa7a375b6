import { createRoute, z } from "@hono/zod-openapi";
import { type EmergencyId, emergencyId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, plus } from "@loa/shared/kernel/time.ts";
import type { EmergencyOrder } from "@loa/shared/trust/order.ts";
import type { CancelKind } from "../changes.ts";
import { isLoopbackUrl } from "../exposure.ts";
import { emergenciesSince } from "../store/emergencies.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { draftOf, SECOND_PRESS_MS } from "./draft-making.ts";
import { oneDraft } from "./draft-shapes.ts";
import { orderOf, requireRaiseIn } from "./emergency-order.ts";
import {
  correctionTally,
  emergencyBox,
  emergencyDraft,
  emergencyShape,
  emergencyTally,
} from "./emergency-shapes.ts";
import { boxesOf, correctionTallyOf, tallyOf } from "./emergency-tally.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { type Operator, requireFresh } from "./operator.ts";
import { shownDraft } from "./shown-draft.ts";
import { heardAreas, requireEmergency, shown, shownOne } from "./shown-emergency.ts";

/** Older ones are in the audit. */
const LISTED_DAYS = 30;

const inPath = { params: z.object({ id: emergencyId }) };
const oneEmergency = { "application/json": { schema: z.object({ emergency: emergencyShape }) } };

const raise = createRoute({
  method: "post",
  path: "/api/v1/emergencies",
  summary: "Raise an emergency, or an exercise of one, in areas: it sounds at once and over everything",
  request: { body: { required: true, content: { "application/json": { schema: emergencyDraft } } } },
  responses: {
    201: { description: "Raised, and said to all boxes that can hear now", content: oneEmergency },
    202: { description: "Where a roster is in force: drafted, others must approve it", content: oneDraft },
    ...refusals(
      "area-not-yours",
      "forbidden",
      "confirmation-wrong",
      "not-found",
      "already-raised",
      "emergency-over",
      "other-severity",
      "stream-not-proven",
      "no-roster",
      "step-up-needed",
      "order-too-long",
      "too-many-drafts",
    ),
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

const correct = createRoute({
  method: "post",
  path: "/api/v1/emergencies/{id}/correct",
  summary: "Take an emergency off the air, and say what was prepared for the case that it was wrong",
  request: inPath,
  responses: {
    200: { description: "Cancelled, and corrected", content: oneEmergency },
    ...refusals("not-found", "forbidden", "emergency-over", "no-correction"),
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
            correction: correctionTally.nullable(),
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
    const order = await orderOf(deps, operator, c.req.valid("json"));
    if (deps.rosters.inForce() !== null) {
      const draft = await draftOf(deps, order);
      return c.json({ draft: await shownDraft(deps, operator, draft) }, 202);
    }
    if (!isLoopbackUrl(deps.config.publicUrl)) throw new HttpProblem("no-roster");
    // Nobody's key signs it here, so the person must be there at least.
    requireFresh(deps, operator);
    await requireFirstPress(deps, operator, order);
    const raised = await deps.changes.raise({ order, signed: null, by: operator.userId });
    return c.json({ emergency: await shownOne(deps, operator, raised) }, 201);
  });

  const end = async (operator: Operator, id: EmergencyId, how: CancelKind) => {
    const stored = await requireEmergency(deps, operator, id);
    await requireRaiseIn(deps, operator, stored.areas);
    if (how === "corrected" && stored.emergency.correction === undefined)
      throw new HttpProblem("no-correction");
    const ended = await deps.changes.cancelEmergency(id, operator.userId, how);
    if (ended === null) throw new HttpProblem("emergency-over");
    return { emergency: await shownOne(deps, operator, ended) };
  };

  api.openapi(cancel, async (c) =>
    c.json(await end(c.get("operator"), c.req.valid("param").id, "cancelled"), 200),
  );

  api.openapi(correct, async (c) =>
    c.json(await end(c.get("operator"), c.req.valid("param").id, "corrected"), 200),
  );

  api.openapi(listEmergencies, async (c) => {
    const operator = c.get("operator");
    const heard = await heardAreas(deps, operator);
    const all = await emergenciesSince(deps.db, plus(deps.clock.now(), -LISTED_DAYS * DAY_MS));
    const some = all.filter((one) => one.areas.some((area) => heard.has(area)));
    return c.json({ emergencies: await shown(deps, operator, some) }, 200);
  });

  api.openapi(getEmergency, async (c) => {
    const operator = c.get("operator");
    const stored = await requireEmergency(deps, operator, c.req.valid("param").id);
    const boxes = await boxesOf(deps, operator, stored);
    const emergency = await shownOne(deps, operator, stored);
    const isListed = c.req.valid("query").boxes === "all";
    const list = isListed ? boxes.map((one) => one.shown) : [];
    const correction = correctionTallyOf(stored, boxes);
    return c.json({ emergency, tally: tallyOf(boxes), correction, boxes: list }, 200);
  });
}

/** Who presses twice means once: two of the same would sound one after the other. */
async function requireFirstPress(deps: ApiDeps, operator: Operator, order: EmergencyOrder): Promise<void> {
  const where = [...order.areas].sort().join();
  const same = (await emergenciesSince(deps.db, plus(deps.clock.now(), -SECOND_PRESS_MS))).filter(
    (one) =>
      one.raisedBy === order.author &&
      one.emergency.severity === order.severity &&
      one.emergency.headline === order.headline &&
      [...one.areas].sort().join() === where,
  );
  const pressed = (await shown(deps, operator, same)).find(({ standing }) => standing === "in-force");
  if (pressed !== undefined) throw new HttpProblem("already-raised", { emergency: pressed.id });
}
