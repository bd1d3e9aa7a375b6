import { createRoute, z } from "@hono/zod-openapi";
import { areaId, userId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, instant, plus } from "@loa/shared/kernel/time.ts";
import { mayDo } from "../domain/access.ts";
import { findAudit } from "../store/audit.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { refusals } from "./http-problem.ts";
import { areasFor, requireRole, todaysTree } from "./operator.ts";
import { periodOf, periodQuery } from "./period.ts";

const MAX_ROWS = 1_000;

const listAudit = createRoute({
  method: "get",
  path: "/api/v1/audit",
  summary:
    "Who did what within the areas that one may audit, newest first; the last 24 h when no period is given",
  request: { query: z.object({ ...periodQuery, subject: z.string().max(100).optional() }) },
  responses: {
    200: {
      description: "At most 1,000 rows",
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
          }),
        },
      },
    },
    ...refusals("forbidden"),
  },
});

export function auditRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(listAudit, async (c) => {
    const operator = c.get("operator");
    requireRole(operator, "read-audit");
    const { subject, ...given } = c.req.valid("query");
    const now = deps.clock.now();
    const tree = await todaysTree(deps, operator);
    const roots = [...tree.parentOf].filter(([, parent]) => parent === null).map(([id]) => id);
    const rows = await findAudit(deps.db, {
      ...periodOf(given, { from: plus(now, -DAY_MS), to: plus(now, 1) }),
      within: areasFor(deps, operator, "read-audit"),
      // Sign-ins and uploads belong to no area: they are for whoever audits the whole province.
      withoutArea: roots.some((root) => mayDo(operator.grants, tree, "read-audit", root)),
      subject: subject ?? null,
      limit: MAX_ROWS,
    });
    return c.json({ rows: rows.map((row) => ({ ...row, detail: { ...row.detail } })) }, 200);
  });
}
