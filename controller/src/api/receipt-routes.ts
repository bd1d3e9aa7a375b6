import { createRoute, z } from "@hono/zod-openapi";
import { verdict } from "@loa/shared/broadcast/receipt.ts";
import { areaId, emergencyId, scheduleId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, plus } from "@loa/shared/kernel/time.ts";
import { countVerdicts, findReceipts } from "../store/receipts.ts";
import { areasBelow } from "../store/visible-areas.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { receiptRow } from "./box-shapes.ts";
import { refusals } from "./http-problem.ts";
import { areasFor } from "./operator.ts";
import { periodOf, periodQuery } from "./period.ts";

const MAX_RECEIPTS = 5_000;

const listReceipts = createRoute({
  method: "get",
  path: "/api/v1/receipts",
  summary: "What became of due occurrences, newest first; the last 24 h when no period is given",
  request: {
    query: z.object({
      ...periodQuery,
      area: areaId.optional(),
      schedule: scheduleId.optional(),
      emergency: emergencyId.optional(),
    }),
  },
  responses: {
    200: {
      description: "At most 5,000 receipts, and how many there are of each verdict",
      content: {
        "application/json": {
          schema: z.object({
            receipts: z.array(receiptRow).readonly(),
            summary: z.record(verdict, z.number().int()),
          }),
        },
      },
    },
    ...refusals(),
  },
});

export function receiptRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(listReceipts, async (c) => {
    const operator = c.get("operator");
    const { area, schedule, emergency, ...given } = c.req.valid("query");
    const now = deps.clock.now();
    const search = {
      ...periodOf(given, { from: plus(now, -DAY_MS), to: plus(now, 1) }),
      within: areasFor(deps, operator, "see"),
      below: area === undefined ? null : areasBelow(deps.db, area, operator.today),
      source: emergency ?? schedule ?? null,
    };
    const receipts = await findReceipts(deps.db, search, MAX_RECEIPTS);
    return c.json({ receipts, summary: await countVerdicts(deps.db, search) }, 200);
  });
}
