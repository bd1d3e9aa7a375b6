import { createRoute, z } from "@hono/zod-openapi";
import { type AreaTree, isWithin } from "@loa/shared/broadcast/area.ts";
import { type AreaId, type StandingApprovalId, standingApprovalId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, plus } from "@loa/shared/kernel/time.ts";
import type { StandingApproval } from "@loa/shared/trust/standing-approval.ts";
import { type KeptApproval, withOwnCodes } from "../domain/standing-approvals.ts";
import { MAX_STANDING } from "../standing-keeper.ts";
import { senderCertificates, signingKeys } from "../store/alert-senders.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { approvalProblem, requireApproval } from "./approval-key.ts";
import { assertionBody } from "./draft-shapes.ts";
import { orderOf, requireRaiseIn } from "./emergency-order.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { newId } from "./new-id.ts";
import { hasRole, type Operator, requireFresh, todaysTree } from "./operator.ts";
import { heardAreas } from "./shown-emergency.ts";
import { shownStandingApprovals, whyNotApproveStanding } from "./shown-standing-approval.ts";
import {
  oneStandingApproval,
  type StandingDraft,
  standingApprovalShape,
  standingDraft,
} from "./standing-approval-shapes.ts";

const inPath = { params: z.object({ id: standingApprovalId }) };

const list = createRoute({
  method: "get",
  path: "/api/v1/standing-approvals",
  summary: "What was approved in advance of the alerts of others, newest first; ended ones of 90 days",
  responses: {
    200: {
      description:
        "Standing approvals; and for whoever may write one the senders whose certificates are known",
      content: {
        "application/json": {
          schema: z.object({
            standingApprovals: z.array(standingApprovalShape).readonly(),
            senders: z.array(z.string()).readonly(),
          }),
        },
      },
    },
    ...refusals(),
  },
});

const getOne = createRoute({
  method: "get",
  path: "/api/v1/standing-approvals/{id}",
  summary: "One standing approval, and what one may do with it",
  request: inPath,
  responses: { 200: { description: "It", content: oneStandingApproval }, ...refusals("not-found") },
});

const draft = createRoute({
  method: "post",
  path: "/api/v1/standing-approvals",
  summary: "Write a standing approval, for two other persons to approve",
  request: { body: { required: true, content: { "application/json": { schema: standingDraft } } } },
  responses: {
    202: { description: "It waits for approval", content: oneStandingApproval },
    ...refusals(
      "area-not-yours",
      "forbidden",
      "step-up-needed",
      "not-found",
      "no-roster",
      "sender-unsigned",
      "confirmation-wrong",
      "too-many-drafts",
      "order-too-long",
    ),
  },
});

const approve = createRoute({
  method: "post",
  path: "/api/v1/standing-approvals/{id}/approvals",
  summary: "Approve it with one's own passkey; with the last approval it is in force",
  request: {
    ...inPath,
    body: { required: true, content: { "application/json": { schema: assertionBody } } },
  },
  responses: {
    200: { description: "Approved", content: oneStandingApproval },
    ...refusals(
      "not-found",
      "same-person",
      "no-approval-key",
      "forbidden",
      "already-approved",
      "draft-over",
      "no-roster",
      "approval-refused",
    ),
  },
});

const withdraw = createRoute({
  method: "post",
  path: "/api/v1/standing-approvals/{id}/withdraw",
  summary: "Take it back: one person is enough, at once here and soon at every box",
  request: inPath,
  responses: {
    200: { description: "Taken back", content: oneStandingApproval },
    ...refusals("not-found", "forbidden", "draft-over"),
  },
});

export function standingApprovalRoutes(api: Api, deps: ApiDeps): void {
  const shown = async (operator: Operator, one: KeptApproval) => {
    const [standingApproval] = await shownStandingApprovals(deps, operator, [one]);
    if (standingApproval === undefined) throw new TypeError("one in, one out");
    return { standingApproval };
  };

  api.openapi(list, async (c) => {
    const operator = c.get("operator");
    const heard = await heardAreas(deps, operator);
    const all = deps.standings.all().filter(({ approved }) => approved.areas.some((area) => heard.has(area)));
    // For whoever may write one.
    const mayWrite = hasRole(operator, "raise-emergency");
    const senders = mayWrite ? [...(await senderCertificates(deps.db)).keys()] : [];
    return c.json({ standingApprovals: await shownStandingApprovals(deps, operator, all), senders }, 200);
  });

  api.openapi(getOne, async (c) => {
    const operator = c.get("operator");
    return c.json(await shown(operator, await requireOne(deps, operator, c.req.valid("param").id)), 200);
  });

  api.openapi(draft, async (c) => {
    const operator = c.get("operator");
    requireFresh(deps, operator);
    const approved = await textOf(deps, operator, c.req.valid("json"));
    if (deps.rosters.inForce() === null) throw new HttpProblem("no-roster");
    if (!deps.standings.hasRoom()) throw new HttpProblem("too-many-drafts", { limit: MAX_STANDING });
    return c.json(await shown(operator, await deps.standings.add(approved)), 202);
  });

  api.openapi(approve, async (c) => {
    const operator = c.get("operator");
    const one = await requireOne(deps, operator, c.req.valid("param").id);
    const whyNot = whyNotApproveStanding(deps, operator, await todaysTree(deps, operator), one);
    const asked = { whyNot, over: () => over(deps, one) };
    const approval = await requireApproval(deps, operator, asked, c.req.valid("json"));
    const done = await deps.standings.approve(one.approved.id, { person: operator.userId, approval });
    if (!done.ok) throw approvalProblem(done.error, asked.over);
    // Boxes hold its clips ahead: when they are wanted there may be no network.
    deps.changes.planInputsChanged();
    return c.json(await shown(operator, done.value), 200);
  });

  api.openapi(withdraw, async (c) => {
    const operator = c.get("operator");
    const one = await requireOne(deps, operator, c.req.valid("param").id);
    await requireRaiseIn(deps, operator, one.approved.areas);
    const withdrawn = await deps.standings.withdraw(one.approved.id, operator.userId);
    if (withdrawn === null) throw over(deps, one);
    deps.changes.planInputsChanged();
    return c.json(await shown(operator, withdrawn), 200);
  });
}

/** Not there for persons in whose areas nothing of it would be heard. */
async function requireOne(deps: ApiDeps, operator: Operator, id: StandingApprovalId): Promise<KeptApproval> {
  const one = deps.standings.find(id);
  const heard = await heardAreas(deps, operator);
  if (one === null || !one.approved.areas.some((area) => heard.has(area))) throw new HttpProblem("not-found");
  return one;
}

function over({ standings }: ApiDeps, one: KeptApproval): HttpProblem {
  return new HttpProblem("draft-over", {
    standing: standings.stateOf(standings.find(one.approved.id) ?? one),
  });
}

/** What the person may order there, with the sender's own keys and what its codes mean here. */
async function textOf(deps: ApiDeps, operator: Operator, asked: StandingDraft): Promise<StandingApproval> {
  const { sender, events, eventCodes, least, validDays, codes, ...spoken } = asked;
  const order = await orderOf(deps, operator, { ...spoken, approveWithinMin: 1 });
  await requireRaiseIn(
    deps,
    operator,
    codes.map(({ area }) => area),
  );
  const keys = await signingKeys(deps.db, sender);
  if (keys.length === 0) throw new HttpProblem("sender-unsigned", { sender });
  const tree = await todaysTree(deps, operator);
  const byName = Map.groupBy(
    codes.flatMap((code) => codesWithin(order.areas, code, tree)),
    ({ valueName }) => valueName,
  );
  const { severity, areas, headline, sirenMs, notice, times, gapMs, durationMs, author, draftedAt } = order;
  const whole = withOwnCodes(
    {
      ...{ v: 1, kind: "standing-approval", id: newStandingId(deps), severity, sender },
      ...{ keys: [...keys], events, eventCodes, least, areas },
      places: [...byName].map(([valueName, some]) => ({
        valueName,
        codes: some.map(({ value, area }) => [value, area]),
      })),
      ...{ headline, sirenMs, notice, times, gapMs, durationMs },
      correction: order.correction === null ? null : { notice: order.correction.notice },
      ...{ author, draftedAt, from: draftedAt, to: plus(draftedAt, validDays * DAY_MS) },
    },
    tree,
  );
  if (whole === null) throw new HttpProblem("order-too-long");
  return whole;
}

type SenderCode = StandingDraft["codes"][number];

/** Boxes refuse it outside of what was approved: a code for more than that means the part that was. */
function codesWithin(areas: readonly AreaId[], code: SenderCode, tree: AreaTree): readonly SenderCode[] {
  if (areas.some((one) => isWithin(tree, code.area, one))) return [code];
  const parts = areas.filter((one) => isWithin(tree, one, code.area));
  if (parts.length === 0) throw new HttpProblem("area-not-yours", { areaId: code.area });
  return parts.map((area) => ({ ...code, area }));
}

function newStandingId({ random }: Pick<ApiDeps, "random">): StandingApprovalId {
  return standingApprovalId.parse(newId("standing", random));
}
