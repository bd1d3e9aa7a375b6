import { createRoute, z } from "@hono/zod-openapi";
import {
  bulletinClass,
  bulletinField,
  MAX_PROGRAMME_ITEMS,
  MAX_PROGRAMME_MS,
} from "@loa/shared/broadcast/content.ts";
import { areaId, bulletinId, programmeId, sha256, userId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { writeAudit } from "../store/audit.ts";
import { bulletinsByIds, bulletinsIn, insertBulletin, type StoredBulletin } from "../store/bulletins.ts";
import { readableClip } from "../store/clips.ts";
import {
  clipsOfBulletins,
  insertProgramme,
  programmesIn,
  type StoredProgramme,
} from "../store/programmes.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { readerOf } from "./clip-routes.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { newId } from "./new-id.ts";
import { areasFor, requireOwnArea } from "./operator.ts";

const MAX_LISTED = 500;
const title = z.string().trim().min(1).max(200);

const bulletinShape = z
  .object({
    id: bulletinId,
    title,
    class: bulletinClass,
    field: bulletinField,
    clip: sha256,
    areaId,
    createdBy: userId,
    createdAt: instant,
  })
  .openapi("Bulletin");

const programmeShape = z
  .object({
    id: programmeId,
    title,
    bulletins: z.array(bulletinId).min(1).max(MAX_PROGRAMME_ITEMS).readonly(),
    areaId,
    createdBy: userId,
    createdAt: instant,
  })
  .openapi("Programme");

const written = { id: true, createdBy: true, createdAt: true } as const;

const createBulletin = createRoute({
  method: "post",
  path: "/api/v1/bulletins",
  summary: "Make a bulletin of a clip",
  request: {
    body: { required: true, content: { "application/json": { schema: bulletinShape.omit(written) } } },
  },
  responses: {
    201: {
      description: "The new bulletin",
      content: { "application/json": { schema: z.object({ bulletin: bulletinShape }) } },
    },
    ...refusals("area-not-yours", "forbidden", "not-found"),
  },
});

const listBulletins = createRoute({
  method: "get",
  path: "/api/v1/bulletins",
  summary: "Bulletins within one's own grants, newest first",
  responses: {
    200: {
      description: "Bulletins",
      content: { "application/json": { schema: z.object({ bulletins: z.array(bulletinShape).readonly() }) } },
    },
    ...refusals(),
  },
});

const createProgramme = createRoute({
  method: "post",
  path: "/api/v1/programmes",
  summary: "Put bulletins into an order",
  request: {
    body: { required: true, content: { "application/json": { schema: programmeShape.omit(written) } } },
  },
  responses: {
    201: {
      description: "The new programme",
      content: { "application/json": { schema: z.object({ programme: programmeShape }) } },
    },
    ...refusals("area-not-yours", "forbidden", "not-found", "too-long"),
  },
});

const listProgrammes = createRoute({
  method: "get",
  path: "/api/v1/programmes",
  summary: "Programmes within one's own grants, newest first",
  responses: {
    200: {
      description: "Programmes",
      content: {
        "application/json": { schema: z.object({ programmes: z.array(programmeShape).readonly() }) },
      },
    },
    ...refusals(),
  },
});

export function bulletinRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(createBulletin, async (c) => {
    const operator = c.get("operator");
    const wanted = c.req.valid("json");
    await requireOwnArea(deps, operator, "write-content", wanted.areaId);
    if ((await readableClip(deps.db, wanted.clip, readerOf(deps, operator))) === null) {
      throw new HttpProblem("not-found", { clip: wanted.clip });
    }
    const bulletin: StoredBulletin = {
      ...wanted,
      id: bulletinId.parse(newId("bulletin", deps.random)),
      createdBy: operator.userId,
      createdAt: deps.clock.now(),
    };
    await deps.db.transaction().execute(async (tx) => {
      await insertBulletin(tx, bulletin);
      await writeAudit(tx, {
        at: bulletin.createdAt,
        userId: operator.userId,
        act: "bulletin.created",
        subject: `bulletin:${bulletin.id}`,
        areaId: bulletin.areaId,
        detail: { title: bulletin.title, class: bulletin.class, clip: bulletin.clip },
      });
    });
    return c.json({ bulletin }, 201);
  });

  api.openapi(listBulletins, async (c) => {
    const within = areasFor(deps, c.get("operator"), "see");
    return c.json({ bulletins: await bulletinsIn(deps.db, within, MAX_LISTED) }, 200);
  });

  api.openapi(createProgramme, async (c) => {
    const operator = c.get("operator");
    const wanted = c.req.valid("json");
    await requireOwnArea(deps, operator, "write-content", wanted.areaId);
    const ids = [...new Set(wanted.bulletins)];
    const found = await bulletinsByIds(deps.db, ids, areasFor(deps, operator, "see"));
    const lacking = ids.filter((id) => !found.some((one) => one.id === id));
    if (lacking.length > 0) throw new HttpProblem("not-found", { bulletins: lacking });
    const clips = await clipsOfBulletins(deps.db, ids);
    const durationMs = wanted.bulletins.reduce((sum, id) => sum + (clips.get(id)?.durationMs ?? 0), 0);
    if (durationMs > MAX_PROGRAMME_MS) throw new HttpProblem("too-long", { limitMs: MAX_PROGRAMME_MS });
    const programme: StoredProgramme = {
      ...wanted,
      id: programmeId.parse(newId("programme", deps.random)),
      createdBy: operator.userId,
      createdAt: deps.clock.now(),
    };
    await deps.db.transaction().execute(async (tx) => {
      await insertProgramme(tx, programme);
      await writeAudit(tx, {
        at: programme.createdAt,
        userId: operator.userId,
        act: "programme.created",
        subject: `programme:${programme.id}`,
        areaId: programme.areaId,
        detail: { title: programme.title, bulletins: programme.bulletins },
      });
    });
    return c.json({ programme }, 201);
  });

  api.openapi(listProgrammes, async (c) => {
    const within = areasFor(deps, c.get("operator"), "see");
    return c.json({ programmes: await programmesIn(deps.db, within, MAX_LISTED) }, 200);
  });
}
