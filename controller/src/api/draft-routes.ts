import { createRoute, z } from "@hono/zod-openapi";
import { type EmergencyId, emergencyId } from "@loa/shared/kernel/ids.ts";
import { plus } from "@loa/shared/kernel/time.ts";
import type { ApprovedOrder } from "@loa/shared/trust/order.ts";
import { draftStanding } from "../domain/drafts.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { approvalProblem, requireApproval } from "./approval-key.ts";
import { addDraft } from "./draft-making.ts";
import { approvedAnswer, assertionBody, draftShape, oneDraft } from "./draft-shapes.ts";
import { newEmergencyId, requireRaiseIn } from "./emergency-order.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { type Operator, todaysTree } from "./operator.ts";
import {
  heardDrafts,
  type PlacedDraft,
  placed,
  shownDraft,
  shownDrafts,
  whyNotApproveDraft,
} from "./shown-draft.ts";
import { heardAreas, shownOne } from "./shown-emergency.ts";

const inPath = { params: z.object({ id: emergencyId }) };

const listDrafts = createRoute({
  method: "get",
  path: "/api/v1/emergency-drafts",
  summary: "Emergencies that wait for approval, and those of the last day that did, newest first",
  responses: {
    200: {
      description: "Drafts",
      content: { "application/json": { schema: z.object({ drafts: z.array(draftShape).readonly() }) } },
    },
    ...refusals(),
  },
});

const getDraft = createRoute({
  method: "get",
  path: "/api/v1/emergency-drafts/{id}",
  summary: "One draft, and what one may do with it",
  request: inPath,
  responses: { 200: { description: "The draft", content: oneDraft }, ...refusals("not-found") },
});

const approve = createRoute({
  method: "post",
  path: "/api/v1/emergency-drafts/{id}/approvals",
  summary: "Approve a draft with one's own passkey; with the last approval it goes out",
  request: {
    ...inPath,
    body: { required: true, content: { "application/json": { schema: assertionBody } } },
  },
  responses: {
    200: { description: "Approved", content: { "application/json": { schema: approvedAnswer } } },
    ...refusals(
      "not-found",
      "same-person",
      "no-approval-key",
      "forbidden",
      "already-approved",
      "draft-over",
      "overtaken-by-stop",
      "approval-refused",
    ),
  },
});

const withdraw = createRoute({
  method: "post",
  path: "/api/v1/emergency-drafts/{id}/withdraw",
  summary: "Nobody can approve it any more; a message that a box holds for its day is taken off it",
  request: inPath,
  responses: {
    200: { description: "Withdrawn", content: oneDraft },
    ...refusals("not-found", "forbidden", "draft-over"),
  },
});

const again = createRoute({
  method: "post",
  path: "/api/v1/emergency-drafts/{id}/again",
  summary: "The same once more, to be approved anew: after a STOP, or when it took too long",
  request: inPath,
  responses: {
    202: { description: "A new draft", content: oneDraft },
    ...refusals(
      "not-found",
      "forbidden",
      "no-roster",
      "order-too-long",
      "too-many-local-orders",
      "too-many-drafts",
    ),
  },
});

export function draftRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(listDrafts, async (c) => {
    const operator = c.get("operator");
    return c.json({ drafts: await shownDrafts(deps, operator, await heardDrafts(deps, operator)) }, 200);
  });

  api.openapi(getDraft, async (c) => {
    const operator = c.get("operator");
    const { draft } = await requireDraft(deps, operator, c.req.valid("param").id);
    return c.json({ draft: await shownDraft(deps, operator, draft) }, 200);
  });

  api.openapi(approve, async (c) => {
    const operator = c.get("operator");
    const found = await requireDraft(deps, operator, c.req.valid("param").id);
    const { lineages, draft: before } = found;
    const whyNot = whyNotApproveDraft(deps, operator, await todaysTree(deps, operator), found);
    const asked = { whyNot, over: () => over(deps, before.order.id) };
    const approval = await requireApproval(deps, operator, asked, c.req.valid("json"));
    const given = { person: operator.userId, approval, lineages };
    const done = await deps.drafts.approve(before.order.id, given);
    if (!done.ok) throw approvalProblem(done.error, asked.over);
    const { draft, emergency } = done.value;
    const raised = emergency === null ? null : await shownOne(deps, operator, emergency);
    return c.json({ draft: await shownDraft(deps, operator, draft), emergency: raised }, 200);
  });

  api.openapi(withdraw, async (c) => {
    const operator = c.get("operator");
    const { draft, areas } = await requireDraft(deps, operator, c.req.valid("param").id);
    await requireRaiseIn(deps, operator, areas);
    const withdrawn = await deps.drafts.withdraw(draft.order.id, operator.userId);
    if (withdrawn === null) throw over(deps, draft.order.id);
    return c.json({ draft: await shownDraft(deps, operator, withdrawn) }, 200);
  });

  api.openapi(again, async (c) => {
    const operator = c.get("operator");
    const { draft, areas } = await requireDraft(deps, operator, c.req.valid("param").id);
    await requireRaiseIn(deps, operator, areas);
    if (deps.rosters.inForce() === null) throw new HttpProblem("no-roster");
    const order = afresh(deps, operator, draft.order);
    const approveBy = plus(order.draftedAt, draft.approveBy - draft.order.draftedAt);
    return c.json({ draft: await shownDraft(deps, operator, await addDraft(deps, order, approveBy)) }, 202);
  });
}

/** Not there for persons in whose areas it would not be heard. */
async function requireDraft(deps: ApiDeps, operator: Operator, id: EmergencyId): Promise<PlacedDraft> {
  const draft = deps.drafts.find(id);
  if (draft === null) throw new HttpProblem("not-found");
  const found = await placed(deps, await todaysTree(deps, operator), draft);
  const heard = await heardAreas(deps, operator);
  if (!found.areas.some((area) => heard.has(area))) throw new HttpProblem("not-found");
  return found;
}

function over({ drafts, clock }: ApiDeps, id: EmergencyId): HttpProblem {
  const draft = drafts.find(id);
  const standing = draft === null ? "expired" : draftStanding(draft, clock.now());
  return standing === "overtaken"
    ? new HttpProblem("overtaken-by-stop")
    : new HttpProblem("draft-over", { standing });
}

/** The same contents under a new name, written now by whoever asks for it. */
function afresh(deps: ApiDeps, operator: Operator, order: ApprovedOrder): ApprovedOrder {
  const draftedAt = deps.clock.now();
  const changed = { id: newEmergencyId(deps), author: operator.userId, draftedAt };
  if (order.kind !== "emergency") return { ...order, ...changed };
  const { correction, approveBy } = order;
  return {
    ...order,
    ...changed,
    correction: correction === null ? null : { ...correction, id: newEmergencyId(deps) },
    approveBy: plus(draftedAt, approveBy - order.draftedAt),
  };
}
