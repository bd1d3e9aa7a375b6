import { createRoute, z } from "@hono/zod-openapi";
import type { Timers } from "@loa/shared/kernel/ambient.ts";
import { areaId, userId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, instant, plus } from "@loa/shared/kernel/time.ts";
import { signHead, walkChain } from "../audit/chain.ts";
import { findAudit } from "../store/audit.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { areasFor, requireRole } from "./operator.ts";
import { periodOf, periodQuery } from "./period.ts";
import { coversProvince } from "./whole-province.ts";

const MAX_ROWS = 1_000;

const listAudit = createRoute({
  method: "get",
  path: "/api/v1/audit",
  summary:
    "Who did what within the areas that one may audit, newest first; the last 24 h when no period is given",
  request: {
    query: z.object({
      ...periodQuery,
      subject: z.string().max(100).optional(),
      before: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .openapi({ type: "integer", description: "Only rows with a smaller number" }),
    }),
  },
  responses: {
    200: {
      description: "At most 1,000 rows; `more`: there are older ones, to be asked for with `before`",
      content: {
        "application/json": {
          schema: z.object({
            rows: z
              .array(
                z.object({
                  id: z.number().int(),
                  at: instant,
                  userId: userId.nullable(),
                  userName: z.string().nullable(),
                  act: z.string(),
                  subject: z.string(),
                  areaId: areaId.nullable(),
                  detail: z.record(z.string(), z.unknown()),
                }),
              )
              .readonly(),
            more: z.boolean(),
          }),
        },
      },
    },
    ...refusals("forbidden"),
  },
});

const checkAudit = createRoute({
  method: "get",
  path: "/api/v1/audit/chain",
  summary: "Follows the chain of the audit from its first row, for whoever audits the whole province",
  responses: {
    200: {
      description:
        "How far it holds; `head` is a JWS by the controller's key over number and hash of the last row",
      content: {
        "application/json": {
          schema: z.object({
            rows: z.number().int(),
            firstBad: z.number().int().nullable(),
            checkedAt: instant,
            head: z.string().nullable(),
          }),
        },
      },
    },
    ...refusals("forbidden"),
  },
});

export function auditRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(checkAudit, async (c) => {
    const operator = c.get("operator");
    requireRole(operator, "read-audit");
    if (!(await coversProvince(deps, operator, "read-audit"))) throw new HttpProblem("forbidden");
    const { rows, firstBad, last } = await walkChain(deps.db, () => breath(deps.timers));
    const at = deps.clock.now();
    const head = last === null ? null : signHead({ v: 1, ...last, at }, deps.config.privateKey, deps.crypto);
    return c.json({ rows, firstBad, checkedAt: at, head }, 200);
  });

  api.openapi(listAudit, async (c) => {
    const operator = c.get("operator");
    requireRole(operator, "read-audit");
    const { subject, before, ...given } = c.req.valid("query");
    const now = deps.clock.now();
    const found = await findAudit(deps.db, {
      ...periodOf(given, { from: plus(now, -DAY_MS), to: plus(now, 1) }),
      within: areasFor(deps, operator, "read-audit"),
      // Sign-ins and uploads belong to no area: they are for whoever audits the whole province.
      withoutArea: await coversProvince(deps, operator, "read-audit"),
      subject: subject ?? null,
      before: before ?? null,
      limit: MAX_ROWS + 1,
    });
    const rows = found.slice(0, MAX_ROWS).map((row) => ({ ...row, detail: { ...row.detail } }));
    return c.json({ rows, more: found.length > MAX_ROWS }, 200);
  });
}

function breath(timers: Timers): Promise<void> {
  return new Promise((resolve) => timers.after(0, resolve));
}
