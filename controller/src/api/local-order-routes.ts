import { createRoute, z } from "@hono/zod-openapi";
import { type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { LocalOrder } from "@loa/shared/trust/order.ts";
import { boxWithin, type PlacedBox } from "../store/boxes.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { addDraft } from "./draft-making.ts";
import { draftShape, localDraft, oneDraft } from "./draft-shapes.ts";
import { newEmergencyId, noticeOf, requireConfirmed } from "./emergency-order.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { areasFor, type Operator, requireAct } from "./operator.ts";
import { shownDraft } from "./shown-draft.ts";

const inPath = { params: z.object({ id: boxId }) };

const listOrders = createRoute({
  method: "get",
  path: "/api/v1/boxes/{id}/local-orders",
  summary:
    "Messages that a key or a sensor at this box starts without any network, and those that wait for approval",
  request: inPath,
  responses: {
    200: {
      description: "Drafts; what the box holds is `raised`",
      content: { "application/json": { schema: z.object({ drafts: z.array(draftShape).readonly() }) } },
    },
    ...refusals("not-found"),
  },
});

const draftOrder = createRoute({
  method: "post",
  path: "/api/v1/boxes/{id}/local-orders",
  summary: "Draft such a message; when two persons have approved it, the box holds it",
  request: { ...inPath, body: { required: true, content: { "application/json": { schema: localDraft } } } },
  responses: {
    202: { description: "Others must approve it", content: oneDraft },
    ...refusals(
      "not-found",
      "forbidden",
      "confirmation-wrong",
      "no-roster",
      "order-too-long",
      "too-many-local-orders",
      "too-many-drafts",
      "bad-request",
    ),
  },
});

export function localOrderRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(listOrders, async (c) => {
    const operator = c.get("operator");
    const box = await requireBox(deps, operator, c.req.valid("param").id);
    const some = deps.drafts.all().filter(({ order }) => order.kind !== "emergency" && order.box === box.id);
    const drafts = await Promise.all(some.map((one) => shownDraft(deps, operator, one)));
    return c.json({ drafts }, 200);
  });

  api.openapi(draftOrder, async (c) => {
    const operator = c.get("operator");
    const asked = c.req.valid("json");
    const box = await requireBox(deps, operator, c.req.valid("param").id);
    await requireAct(deps, operator, "raise-emergency", box.cluster.areaId);
    requireConfirmed({ severity: "actual", confirm: asked.confirm });
    if (deps.rosters.inForce() === null) throw new HttpProblem("no-roster");
    if (asked.from >= asked.to) throw new HttpProblem("bad-request", { reason: "`from` comes before `to`" });
    const order = await orderFor(deps, operator, box.id, asked);
    const approveBy = plus(order.draftedAt, asked.approveWithinMin * MINUTE_MS);
    return c.json({ draft: await shownDraft(deps, operator, await addDraft(deps, order, approveBy)) }, 202);
  });
}

async function orderFor(
  deps: ApiDeps,
  operator: Operator,
  box: BoxId,
  asked: z.infer<typeof localDraft>,
): Promise<LocalOrder> {
  return {
    v: 1,
    kind: "local-emergency",
    id: newEmergencyId(deps),
    severity: "actual",
    headline: asked.headline,
    sirenMs: asked.sirenS * SECOND_MS,
    notice: await noticeOf(deps, operator, asked.message),
    times: asked.times,
    gapMs: asked.gapS * SECOND_MS,
    durationMs: asked.durationMin * MINUTE_MS,
    author: operator.userId,
    draftedAt: deps.clock.now(),
    box,
    trigger: asked.trigger,
    from: asked.from,
    to: asked.to,
  };
}

async function requireBox(deps: ApiDeps, operator: Operator, id: BoxId): Promise<PlacedBox> {
  const box = await boxWithin(deps.db, id, areasFor(deps, operator, "see"));
  if (box === null || box.revokedAt !== null) throw new HttpProblem("not-found");
  return box;
}
