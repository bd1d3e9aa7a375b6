import { createRoute, z } from "@hono/zod-openapi";
import { areaId, type BoxId, boxId, emergencyId, type ScheduleId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { asRunOfBox } from "../store/as-run.ts";
import { writeAudit } from "../store/audit.ts";
import { boxWithin, findBoxes, type PlacedBox, revokeBox } from "../store/boxes.ts";
import { dataUseOf } from "../store/data-use.ts";
import { headlinesOf } from "../store/emergencies.ts";
import { faultsOfBox } from "../store/fault-log.ts";
import { receiptsOfBox } from "../store/receipts.ts";
import { scheduleTitles } from "../store/schedules.ts";
import { areasBelow } from "../store/visible-areas.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { boxDetail, boxRow } from "./box-shapes.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { scheduleOf } from "./occurrence-name.ts";
import { areasFor, type Operator, requireAct, requireFresh } from "./operator.ts";
import { foldText } from "./text-search.ts";

/** Rows of each history that a detail shows. */
const HISTORY_ROWS = 50;
const DATA_USE_MONTHS = 12;

const inPath = { params: z.object({ id: boxId }) };

const listBoxes = createRoute({
  method: "get",
  path: "/api/v1/boxes",
  summary: "Boxes in service within one's own grants",
  request: { query: z.object({ area: areaId.optional(), q: z.string().max(100).optional() }) },
  responses: {
    200: {
      description: "Boxes, by the name of their cluster",
      content: {
        "application/json": { schema: z.object({ now: instant, boxes: z.array(boxRow).readonly() }) },
      },
    },
    ...refusals(),
  },
});

const getBox = createRoute({
  method: "get",
  path: "/api/v1/boxes/{id}",
  summary: "One box with its latest values and history",
  request: inPath,
  responses: {
    200: {
      description: "The box",
      content: { "application/json": { schema: boxDetail } },
    },
    ...refusals("not-found"),
  },
});

const revoke = createRoute({
  method: "post",
  path: "/api/v1/boxes/{id}/revoke",
  summary: "Take a box out of service: it may not connect again",
  request: inPath,
  responses: {
    204: { description: "Revoked" },
    ...refusals("not-found", "forbidden", "step-up-needed", "already-revoked"),
  },
});

export function boxRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(listBoxes, async (c) => {
    const operator = c.get("operator");
    const { area, q } = c.req.valid("query");
    const found = await findBoxes(deps.db, {
      granted: areasFor(deps, operator, "see"),
      below: area === undefined ? null : areasBelow(deps.db, area, operator.today),
    });
    const rows = deps.fleet.rows(found);
    const text = foldText(q ?? "");
    const boxes =
      text === ""
        ? rows
        : rows.filter((row) =>
            [row.boxId, row.clusterName, row.areaName].some((one) => foldText(one).includes(text)),
          );
    return c.json({ now: deps.clock.now(), boxes }, 200);
  });

  api.openapi(getBox, async (c) => {
    const { id } = c.req.valid("param");
    await requireBox(deps, c.get("operator"), id);
    const known = deps.fleet.now(id);
    if (known === null) throw new HttpProblem("not-found");
    const { row, ...rest } = known;
    const box = {
      now: deps.clock.now(),
      ...row,
      ...rest,
      receipts: await receiptsOfBox(deps.db, id, HISTORY_ROWS),
      asRun: await asRunWithTitles(deps, id),
      faultLog: await faultsOfBox(deps.db, id, HISTORY_ROWS),
      dataUse: await dataUseOf(deps.db, id, DATA_USE_MONTHS),
      listenUrl: row.simulated ? `/listen/${id}` : null,
    };
    return c.json(box, 200);
  });

  api.openapi(revoke, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    const { cluster } = await requireBox(deps, operator, id);
    await requireAct(deps, operator, "revoke-box", cluster.areaId);
    requireFresh(deps, operator);
    const at = deps.clock.now();
    await deps.db.transaction().execute(async (tx) => {
      if (!(await revokeBox(tx, id, at))) throw new HttpProblem("already-revoked");
      await writeAudit(tx, {
        at,
        userId: operator.userId,
        act: "box.revoked",
        subject: `box:${id}`,
        areaId: cluster.areaId,
        detail: { cluster: cluster.id },
      });
    });
    await deps.changes.boxRevoked(id);
    return c.body(null, 204);
  });
}

async function asRunWithTitles(deps: ApiDeps, box: BoxId) {
  const rows = await asRunOfBox(deps.db, box, HISTORY_ROWS);
  const ids = [...new Set(rows.map((row) => scheduleOf(row.occurrenceId)))];
  const titles = await scheduleTitles(deps.db, ids);
  const headlines = await headlinesOf(
    deps.db,
    ids.map((id) => emergencyId.parse(id)),
  );
  const titleOf = (id: ScheduleId) => titles.get(id) ?? headlines.get(id) ?? "";
  return rows.map((row) => ({ ...row, title: titleOf(scheduleOf(row.occurrenceId)) }));
}

/** Not there for whoever may not see its area. */
export async function requireBox(deps: ApiDeps, operator: Operator, id: BoxId): Promise<PlacedBox> {
  const box = await boxWithin(deps.db, id, areasFor(deps, operator, "see"));
  if (box === null) throw new HttpProblem("not-found");
  return box;
}
