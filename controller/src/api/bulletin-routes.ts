import { createRoute, z } from "@hono/zod-openapi";
import { bulletinClass, bulletinField } from "@loa/shared/broadcast/content.ts";
import { areaId, bulletinId, sha256, userId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { writeAudit } from "../store/audit.ts";
import { bulletinsIn, insertBulletin, type StoredBulletin } from "../store/bulletins.ts";
import { readableClip } from "../store/clips.ts";
import type { Database } from "../store/database.ts";
import { speechOfClips } from "../store/speech.ts";
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

const shownBulletin = bulletinShape
  .extend({ spoken: z.string().nullable() })
  .openapi("ShownBulletin", { description: "`spoken`: word for word, where a machine reads a typed text" });

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
      content: { "application/json": { schema: z.object({ bulletin: shownBulletin }) } },
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
      content: { "application/json": { schema: z.object({ bulletins: z.array(shownBulletin).readonly() }) } },
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
    const [shown] = await shownBulletins(deps.db, [bulletin]);
    if (shown === undefined) throw new HttpProblem("internal");
    return c.json({ bulletin: shown }, 201);
  });

  api.openapi(listBulletins, async (c) => {
    const within = areasFor(deps, c.get("operator"), "see");
    const bulletins = await bulletinsIn(deps.db, within, MAX_LISTED);
    return c.json({ bulletins: await shownBulletins(deps.db, bulletins) }, 200);
  });
}

async function shownBulletins(
  db: Database,
  bulletins: readonly StoredBulletin[],
): Promise<readonly z.infer<typeof shownBulletin>[]> {
  const speech = await speechOfClips(
    db,
    bulletins.map((one) => one.clip),
  );
  return bulletins.map((one) => ({ ...one, spoken: speech.get(one.clip)?.spoken ?? null }));
}
