import { createRoute, z } from "@hono/zod-openapi";
import { MAX_PROGRAMME_MS } from "@loa/shared/broadcast/content.ts";
import { type ProgrammeItem, programmeItems } from "@loa/shared/broadcast/programme.ts";
import { areaId, programmeId, userId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { areasHeardFrom } from "../domain/access.ts";
import { writeAudit } from "../store/audit.ts";
import { bulletinsByIds } from "../store/bulletins.ts";
import {
  bulletinsIn,
  clipsOfBulletins,
  insertProgramme,
  programmesIn,
  type StoredProgramme,
} from "../store/programmes.ts";
import { relaysByIds } from "../store/relays.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { newId } from "./new-id.ts";
import { areasFor, type Operator, requireOwnArea, todaysTree } from "./operator.ts";

const MAX_LISTED = 500;

const programmeShape = z
  .object({
    id: programmeId,
    title: z.string().trim().min(1).max(200),
    items: programmeItems,
    durationMs: z.number().int(),
    areaId,
    createdBy: userId,
    createdAt: instant,
  })
  .openapi("Programme");

const listedProgramme = programmeShape.extend({ items: programmeItems.readonly() });

const createProgramme = createRoute({
  method: "post",
  path: "/api/v1/programmes",
  summary: "Put bulletins and relays into an order",
  description:
    "An item that ends `soft` is played whole and what follows waits; one that ends `hard` ends at its planned time.",
  request: {
    body: {
      required: true,
      content: {
        "application/json": { schema: programmeShape.pick({ title: true, items: true, areaId: true }) },
      },
    },
  },
  responses: {
    201: {
      description: "The new programme",
      content: { "application/json": { schema: z.object({ programme: listedProgramme }) } },
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
        "application/json": { schema: z.object({ programmes: z.array(listedProgramme).readonly() }) },
      },
    },
    ...refusals(),
  },
});

export function programmeRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(createProgramme, async (c) => {
    const operator = c.get("operator");
    const wanted = c.req.valid("json");
    await requireOwnArea(deps, operator, "write-content", wanted.areaId);
    await requireItems(deps, operator, wanted.items);
    const programme: StoredProgramme = {
      ...wanted,
      id: programmeId.parse(newId("programme", deps.random)),
      createdBy: operator.userId,
      createdAt: deps.clock.now(),
    };
    const [shown] = await withDurations(deps, [programme]);
    if (shown === undefined || shown.durationMs > MAX_PROGRAMME_MS) {
      throw new HttpProblem("too-long", { limitMs: MAX_PROGRAMME_MS });
    }
    await deps.db.transaction().execute(async (tx) => {
      await insertProgramme(tx, programme);
      await writeAudit(tx, {
        at: programme.createdAt,
        userId: operator.userId,
        act: "programme.created",
        subject: `programme:${programme.id}`,
        areaId: programme.areaId,
        detail: { title: programme.title, items: programme.items },
      });
    });
    return c.json({ programme: shown }, 201);
  });

  api.openapi(listProgrammes, async (c) => {
    const within = areasFor(deps, c.get("operator"), "see");
    const programmes = await programmesIn(deps.db, within, MAX_LISTED);
    return c.json({ programmes: await withDurations(deps, programmes) }, 200);
  });
}

/** Bulletins of one's own areas, and relays that may be heard there. */
async function requireItems(
  deps: ApiDeps,
  operator: Operator,
  items: readonly ProgrammeItem[],
): Promise<void> {
  const bulletins = bulletinsIn(items);
  const found = await bulletinsByIds(deps.db, bulletins, areasFor(deps, operator, "see"));
  const lacking = bulletins.filter((id) => !found.some((one) => one.id === id));
  if (lacking.length > 0) throw new HttpProblem("not-found", { bulletins: lacking });
  const relays = items.flatMap((item) => ("relay" in item ? [item.relay] : []));
  const heard = areasHeardFrom(operator.grants, await todaysTree(deps, operator));
  const known = (await relaysByIds(deps.db, relays)).filter((one) => heard.has(one.areaId));
  const strange = relays.filter((id) => !known.some((one) => one.source.id === id));
  if (strange.length > 0) throw new HttpProblem("not-found", { relays: strange });
}

async function withDurations(deps: ApiDeps, programmes: readonly StoredProgramme[]) {
  const clips = await clipsOfBulletins(
    deps.db,
    programmes.flatMap((one) => bulletinsIn(one.items)),
  );
  const lengthOf = (item: ProgrammeItem) =>
    "relay" in item ? item.durationMs : (clips.get(item.bulletin)?.durationMs ?? 0);
  return programmes.map((one) => ({
    ...one,
    durationMs: one.items.reduce((sum, item) => sum + lengthOf(item), 0),
  }));
}
