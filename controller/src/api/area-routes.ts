import { createRoute, z } from "@hono/zod-openapi";
import { type AirRules, airRules, combineRules, NO_RULES } from "@loa/shared/broadcast/air-rules.ts";
import { area, areaKind, lineageOf, type Placement, placementProblems } from "@loa/shared/broadcast/area.ts";
import { areaId } from "@loa/shared/kernel/ids.ts";
import { localDate } from "@loa/shared/kernel/time.ts";
import {
  allPlacements,
  allRules,
  areaExists,
  countAreas,
  insertArea,
  insertPlacement,
  putRules,
} from "../store/areas.ts";
import { writeAudit } from "../store/audit.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { newId } from "./new-id.ts";
import { areasFor, requireAct, requireOwnArea, todaysTree } from "./operator.ts";

const listedArea = z
  .object({
    id: areaId,
    kind: areaKind,
    name: z.string(),
    parentId: areaId.nullable(),
    clusters: z.number().int(),
    boxes: z.number().int(),
    /** Who hear them; null where nobody has counted all of them. */
    people: z.number().int().nullable(),
  })
  .openapi("Area", { description: "Clusters and boxes are those directly in the area, not below it." });

const rulesAnswer = z.object({ own: airRules, combined: airRules }).openapi("AreaRules");
const inPath = { params: z.object({ id: areaId }) };

const listAreas = createRoute({
  method: "get",
  path: "/api/v1/areas",
  summary: "Today's tree within one's own grants, parents first",
  responses: {
    200: {
      description: "Areas",
      content: { "application/json": { schema: z.object({ areas: z.array(listedArea) }) } },
    },
    ...refusals(),
  },
});

const createArea = createRoute({
  method: "post",
  path: "/api/v1/areas",
  summary: "Add an area below one of one's own",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.object({
            id: areaId.optional(),
            kind: areaKind,
            name: area.shape.name,
            parentId: areaId,
            from: localDate.optional(),
          }),
        },
      },
    },
  },
  responses: {
    201: {
      description: "The new area",
      content: { "application/json": { schema: z.object({ area: listedArea }) } },
    },
    ...refusals("area-not-yours", "forbidden", "already-there", "bad-tree"),
  },
});

const getRules = createRoute({
  method: "get",
  path: "/api/v1/areas/{id}/rules",
  summary: "An area's own rules, and those that bind it together with all above",
  request: inPath,
  responses: {
    200: { description: "Rules", content: { "application/json": { schema: rulesAnswer } } },
    ...refusals("not-found"),
  },
});

const setRules = createRoute({
  method: "put",
  path: "/api/v1/areas/{id}/rules",
  summary: "Replace an area's own rules",
  request: { ...inPath, body: { required: true, content: { "application/json": { schema: airRules } } } },
  responses: {
    200: { description: "Rules", content: { "application/json": { schema: rulesAnswer } } },
    ...refusals("not-found", "forbidden"),
  },
});

export function areaRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(listAreas, async (c) => {
    const operator = c.get("operator");
    const tree = await todaysTree(deps, operator);
    const counted = await countAreas(deps.db, areasFor(deps, operator, "see"));
    const depthOf = new Map(counted.map((one) => [one.id, lineageOf(tree, one.id).length]));
    const areas = counted
      .map((one) => ({ ...one, parentId: tree.parentOf.get(one.id) ?? null }))
      .sort(
        (a, b) =>
          (depthOf.get(a.id) ?? 0) - (depthOf.get(b.id) ?? 0) ||
          a.name.localeCompare(b.name, "vi") ||
          (a.id < b.id ? -1 : 1),
      );
    return c.json({ areas }, 200);
  });

  api.openapi(createArea, async (c) => {
    const operator = c.get("operator");
    const wanted = c.req.valid("json");
    await requireOwnArea(deps, operator, "set-up-areas", wanted.parentId);
    const id = wanted.id ?? areaId.parse(newId(wanted.kind, deps.random));
    const from = wanted.from ?? operator.today;
    const placed: Placement = { areaId: id, parentId: wanted.parentId, from, to: null };
    await deps.db.transaction().execute(async (tx) => {
      if (await areaExists(tx, id)) throw new HttpProblem("already-there", { id });
      const problems = placementProblems([...(await allPlacements(tx)), placed]);
      if (problems.length > 0) throw new HttpProblem("bad-tree", { problems });
      await insertArea(tx, { id, kind: wanted.kind, name: wanted.name });
      await insertPlacement(tx, placed);
      await writeAudit(tx, {
        at: deps.clock.now(),
        userId: operator.userId,
        act: "area.created",
        subject: `area:${id}`,
        areaId: id,
        detail: { name: wanted.name, kind: wanted.kind, parentId: wanted.parentId, from },
      });
    });
    const { kind, name, parentId } = wanted;
    return c.json({ area: { id, kind, name, parentId, clusters: 0, boxes: 0, people: 0 } }, 201);
  });

  api.openapi(getRules, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    await requireAct(deps, operator, "see", id);
    const lineage = lineageOf(await todaysTree(deps, operator), id);
    return c.json(rulesOf(lineage, await allRules(deps.db)), 200);
  });

  api.openapi(setRules, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    const rules = c.req.valid("json");
    await requireAct(deps, operator, "set-rules", id);
    await deps.db.transaction().execute(async (tx) => {
      await putRules(tx, id, rules);
      await writeAudit(tx, {
        at: deps.clock.now(),
        userId: operator.userId,
        act: "rules.changed",
        subject: `area:${id}`,
        areaId: id,
        detail: { rules },
      });
    });
    deps.changes.planInputsChanged();
    const lineage = lineageOf(await todaysTree(deps, operator), id);
    return c.json(rulesOf(lineage, await allRules(deps.db)), 200);
  });
}

function rulesOf(
  lineage: readonly z.infer<typeof areaId>[],
  rules: ReadonlyMap<z.infer<typeof areaId>, AirRules>,
): { own: AirRules; combined: AirRules } {
  const [id] = lineage;
  return {
    own: (id === undefined ? undefined : rules.get(id)) ?? NO_RULES,
    combined: combineRules(lineage.flatMap((one) => rules.get(one) ?? [])),
  };
}
