import { createRoute, z } from "@hono/zod-openapi";
import { lineageOf } from "@loa/shared/broadcast/area.ts";
import { LEAST_EMERGENCY_DB, volume } from "@loa/shared/broadcast/plan.ts";
import { type AreaId, areaId, bulletinId } from "@loa/shared/kernel/ids.ts";
import { type AreaSettings, NO_SETTINGS, settingsInForce } from "../domain/area-settings.ts";
import { allSettings, areaSettings, putSettings } from "../store/areas.ts";
import { writeAudit } from "../store/audit.ts";
import { bulletinsByIds } from "../store/bulletins.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { areasFor, type Operator, requireAct, todaysTree } from "./operator.ts";

const settingsShape = z.object(areaSettings.shape).openapi("AreaSettings", {
  description: "Volume and filler of an area and all below it; null: as the area above says.",
});

/** What boxes refuse is not kept. */
const wantedSettings = settingsShape.extend({
  volume: volume.extend({ emergencyDb: volume.shape.emergencyDb.min(LEAST_EMERGENCY_DB) }).nullable(),
});

const settingsAnswer = z.object({
  own: settingsShape,
  /** What holds there, and the area that says so; null: none does. */
  inForce: z.object({
    volume,
    volumeFrom: areaId.nullable(),
    filler: bulletinId.nullable(),
    fillerFrom: areaId.nullable(),
  }),
});

const inPath = { params: z.object({ id: areaId }) };
const answer = {
  200: { description: "Settings", content: { "application/json": { schema: settingsAnswer } } },
};

const getSettings = createRoute({
  method: "get",
  path: "/api/v1/areas/{id}/settings",
  summary: "How loud an area speaks, and what it plays where a source fails",
  request: inPath,
  responses: { ...answer, ...refusals("not-found") },
});

const setSettings = createRoute({
  method: "put",
  path: "/api/v1/areas/{id}/settings",
  summary: "Replace an area's own settings",
  request: {
    ...inPath,
    body: { required: true, content: { "application/json": { schema: wantedSettings } } },
  },
  responses: { ...answer, ...refusals("not-found", "forbidden") },
});

export function settingsRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(getSettings, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    await requireAct(deps, operator, "see", id);
    return c.json(await settingsOf(deps, operator, id), 200);
  });

  api.openapi(setSettings, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    const settings = c.req.valid("json");
    await requireAct(deps, operator, "set-rules", id);
    await requireFiller(deps, operator, settings);
    await deps.db.transaction().execute(async (tx) => {
      await putSettings(tx, id, settings);
      await writeAudit(tx, {
        at: deps.clock.now(),
        userId: operator.userId,
        act: "settings.changed",
        subject: `area:${id}`,
        areaId: id,
        detail: { settings },
      });
    });
    deps.changes.planInputsChanged();
    return c.json(await settingsOf(deps, operator, id), 200);
  });
}

async function requireFiller(deps: ApiDeps, operator: Operator, { filler }: AreaSettings): Promise<void> {
  if (filler === null) return;
  const [found] = await bulletinsByIds(deps.db, [filler], areasFor(deps, operator, "see"));
  if (found === undefined) throw new HttpProblem("not-found", { filler });
}

async function settingsOf(deps: ApiDeps, operator: Operator, id: AreaId) {
  const settings = await allSettings(deps.db);
  const lineage = lineageOf(await todaysTree(deps, operator), id);
  return { own: settings.get(id) ?? NO_SETTINGS, inForce: settingsInForce(lineage, settings) };
}
