import { createRoute, z } from "@hono/zod-openapi";
import { areaId } from "@loa/shared/kernel/ids.ts";
import { instant, MINUTE_MS } from "@loa/shared/kernel/time.ts";
import type { BoxRow } from "../domain/box-row.ts";
import { toFix, worstOf } from "../domain/readiness.ts";
import { findBoxes } from "../store/boxes.ts";
import { areasBelow } from "../store/visible-areas.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { boxRow } from "./box-shapes.ts";
import { refusals } from "./http-problem.ts";
import { areasFor } from "./operator.ts";

const MAX_ROWS = 1_000;
const MAX_WITHIN_MINUTES = 62 * 24 * 60;

const listRow = boxRow.pick({
  boxId: true,
  clusterId: true,
  clusterName: true,
  areaId: true,
  areaName: true,
  presence: true,
  against: true,
  readiness: true,
});

const readinessRoute = createRoute({
  method: "get",
  path: "/api/v1/readiness",
  summary: "Clusters to be fixed before air, within one's own grants: soonest first, then the worst",
  request: {
    query: z.object({
      area: areaId.optional(),
      within: z.coerce
        .number()
        .int()
        .min(1)
        .max(MAX_WITHIN_MINUTES)
        .optional()
        .openapi({ type: "integer", description: "Only what is due within so many minutes" }),
    }),
  },
  responses: {
    200: {
      description: "At most 1,000 clusters; `toFix` counts all of them, `due` all that have something ahead",
      content: {
        "application/json": {
          schema: z.object({
            now: instant,
            due: z.number().int(),
            toFix: z.number().int(),
            clusters: z
              .array(
                listRow.extend({
                  severity: z.enum(["warning", "critical"]),
                  next: boxRow.shape.next.unwrap(),
                }),
              )
              .readonly(),
          }),
        },
      },
    },
    ...refusals(),
  },
});

export function readinessRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(readinessRoute, async (c) => {
    const operator = c.get("operator");
    const { area, within } = c.req.valid("query");
    const found = await findBoxes(deps.db, {
      granted: areasFor(deps, operator, "see"),
      below: area === undefined ? null : areasBelow(deps.db, area, operator.today),
    });
    const now = deps.clock.now();
    const before = within === undefined ? Number.POSITIVE_INFINITY : now + within * MINUTE_MS;
    const due = deps.fleet.rows(found).filter(({ next }) => next !== null && next.dueAt < before);
    const bad = toFix(due, before);
    const clusters = bad.slice(0, MAX_ROWS).flatMap(lineOf);
    return c.json({ now, due: due.length, toFix: bad.length, clusters }, 200);
  });
}

function lineOf(row: BoxRow) {
  const { boxId, clusterId, clusterName, areaId, areaName, next, presence, readiness, against } = row;
  if (next === null) return [];
  const severity = worstOf(row);
  return [{ boxId, clusterId, clusterName, areaId, areaName, next, severity, presence, readiness, against }];
}
