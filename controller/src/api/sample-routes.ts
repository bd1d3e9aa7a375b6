import { createRoute, z } from "@hono/zod-openapi";
import { capability } from "@loa/shared/device/capability.ts";
import { boxId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, instant, plus } from "@loa/shared/kernel/time.ts";
import { thresholdOf } from "../store/fault-log.ts";
import { samplesOf } from "../store/samples.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { requireBox } from "./box-routes.ts";
import { refusals } from "./http-problem.ts";
import { periodOf, periodQuery } from "./period.ts";

/** As many as a chart of a wide screen can tell apart, with the least and greatest of each stretch. */
const MAX_POINTS = 500;

const getSamples = createRoute({
  method: "get",
  path: "/api/v1/boxes/{id}/samples",
  summary: "Measured values over time; the last 24 h when no period is given",
  request: {
    params: z.object({ id: boxId }),
    query: z.object({ capability, ...periodQuery }),
  },
  responses: {
    200: {
      description: "At most 500 points in order of time; what was more is taken together in stretches",
      content: {
        "application/json": {
          schema: z.object({
            samples: z
              .array(
                z.object({
                  at: instant,
                  value: z.number().nullable(),
                  low: z.number().nullable(),
                  high: z.number().nullable(),
                }),
              )
              .readonly()
              .openapi({
                description:
                  "`value` is the last of a stretch, null where the device gave nothing valid; it holds until the next point. " +
                  "`low` and `high` are the least and the greatest of the stretch",
              }),
            stretchMs: z
              .number()
              .int()
              .openapi({ description: "Length of a stretch; 0 where every sample is told" }),
            threshold: z.number().nullable().openapi({
              description: "The limit beyond which this value last raised a fault here; null: it never did",
            }),
          }),
        },
      },
    },
    ...refusals("not-found"),
  },
});

export function sampleRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(getSamples, async (c) => {
    const { id } = c.req.valid("param");
    await requireBox(deps, c.get("operator"), id);
    const { capability: wanted, ...given } = c.req.valid("query");
    const now = deps.clock.now();
    const period = periodOf(given, { from: plus(now, -DAY_MS), to: plus(now, 1) });
    const found = await samplesOf(deps.db, id, wanted, { ...period, points: MAX_POINTS });
    const threshold = await thresholdOf(deps.db, id, wanted);
    return c.json({ samples: found.points, stretchMs: found.stretchMs, threshold }, 200);
  });
}
