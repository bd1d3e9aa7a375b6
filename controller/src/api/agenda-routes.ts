import { createRoute, z } from "@hono/zod-openapi";
import { occurrencesBetween } from "@loa/shared/broadcast/agenda.ts";
import { isWithin } from "@loa/shared/broadcast/area.ts";
import { areaId, occurrenceId, scheduleId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, instant, plus, toLocal } from "@loa/shared/kernel/time.ts";
import { areasSeen } from "../domain/access.ts";
import { reachedAreas, scheduleMap } from "../domain/draft-world.ts";
import { countBoxesByArea } from "../store/boxes.ts";
import { readPlanTables } from "../store/plan-tables.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { refusals } from "./http-problem.ts";
import { todaysTree } from "./operator.ts";
import { periodOf, periodQuery } from "./period.ts";

const MAX_OCCURRENCES = 2_000;

const agendaRoute = createRoute({
  method: "get",
  path: "/api/v1/agenda",
  summary: "What is due within one's own grants; the next 24 h when no period is given",
  request: { query: z.object({ ...periodQuery, area: areaId.optional() }) },
  responses: {
    200: {
      description: "At most 2,000 occurrences in order of time",
      content: {
        "application/json": {
          schema: z.object({
            occurrences: z
              .array(
                z.object({
                  id: occurrenceId,
                  scheduleId,
                  title: z.string(),
                  at: instant,
                  endsAt: instant,
                  boxes: z.number().int(),
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

export function agendaRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(agendaRoute, async (c) => {
    const operator = c.get("operator");
    const { area, ...given } = c.req.valid("query");
    const now = deps.clock.now();
    const { from, to } = periodOf(given, { from: now, to: plus(now, DAY_MS) });
    const tree = await todaysTree(deps, operator);
    const seen = areasSeen(operator.grants, tree);
    const asked = (await countBoxesByArea(deps.db)).filter(
      (one) => seen.has(one.areaId) && (area === undefined || isWithin(tree, one.areaId, area)),
    );
    const tables = await readPlanTables(deps.db);
    const { made } = scheduleMap(tables, toLocal(from).date);
    const boxesOf = new Map(
      tables.schedules.map((one) => [
        one.id,
        reachedAreas(tree, one.areas, asked).reduce((sum, each) => sum + each.boxes, 0),
      ]),
    );
    // As the first of those hear it who speak in turns.
    const planned = [...made.values()].map((one) => one.planned);
    const sounding = planned.filter((one) => (boxesOf.get(one.id) ?? 0) > 0);
    const occurrences = occurrencesBetween(sounding, from, to)
      .slice(0, MAX_OCCURRENCES)
      .flatMap(({ id, scheduleId: schedule, title, at, endsAt }) =>
        schedule === null
          ? []
          : [{ id, scheduleId: schedule, title, at, endsAt, boxes: boxesOf.get(schedule) ?? 0 }],
      );
    return c.json({ occurrences }, 200);
  });
}
