import { createRoute, z } from "@hono/zod-openapi";
import { cause } from "@loa/shared/broadcast/receipt.ts";
import { boxId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, instant, plus } from "@loa/shared/kernel/time.ts";
import { selfTest } from "@loa/shared/wire/bodies.ts";
import { trendOf } from "../domain/line-trend.ts";
import { selfTestsOf } from "../store/self-tests.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { requireBox } from "./box-routes.ts";
import { refusals } from "./http-problem.ts";
import { periodOf, periodQuery } from "./period.ts";

/** A test a day, and one an hour for as long as it fails. */
const MAX_TESTS = 1_000;
const TREND_MS = 30 * DAY_MS;

const trend = z
  .object({
    latest: z.number(),
    usual: z.number().nullable(),
    change: z.number().nullable(),
  })
  .nullable()
  .openapi({
    description:
      "The newest test that measured it, the middle of those before it that passed (null: fewer than 3), and the difference as a share " +
      "of the usual; null: nobody measures it here",
  });

const getSelfTests = createRoute({
  method: "get",
  path: "/api/v1/boxes/{id}/self-tests",
  summary:
    "Daily self-tests of a cabinet and the trend of its line; the last 30 days when no period is given",
  request: { params: z.object({ id: boxId }), query: z.object(periodQuery) },
  responses: {
    200: {
      description: "At most 1,000 tests, newest first",
      content: {
        "application/json": {
          schema: z.object({
            tests: z
              .array(
                z.object({
                  at: instant,
                  outcome: selfTest.shape.outcome,
                  cause: cause.nullable(),
                  switches: z.boolean().nullable(),
                  readBack: z.boolean().nullable(),
                  line: z.boolean().nullable(),
                  lineCurrentA: z.number().nullable(),
                  lineImpedanceOhm: z.number().nullable(),
                }),
              )
              .readonly(),
            trend: z.object({ current: trend, impedance: trend }),
          }),
        },
      },
    },
    ...refusals("not-found"),
  },
});

export function selfTestRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(getSelfTests, async (c) => {
    const { id } = c.req.valid("param");
    await requireBox(deps, c.get("operator"), id);
    const now = deps.clock.now();
    const period = periodOf(c.req.valid("query"), { from: plus(now, -TREND_MS), to: plus(now, 1) });
    const tests = await selfTestsOf(deps.db, id, { ...period, limit: MAX_TESTS });
    // What a failed test has measured is how it is now, never what is usual.
    const measured = tests.filter(({ outcome }, index) => index === 0 || outcome !== "failed");
    const trends = {
      current: trendOf(measured.map((one) => one.lineCurrentA)),
      impedance: trendOf(measured.map((one) => one.lineImpedanceOhm)),
    };
    return c.json({ tests, trend: trends }, 200);
  });
}
