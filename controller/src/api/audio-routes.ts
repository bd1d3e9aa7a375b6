import { createRoute, z } from "@hono/zod-openapi";
import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import { type AreaId, areaId } from "@loa/shared/kernel/ids.ts";
import { type RenditionTables, wantedIn } from "../domain/rendition.ts";
import { ingestSettings, putIngestSettings, readIngestSettings } from "../ingest-settings.ts";
import { writeAudit } from "../store/audit.ts";
import { originalBytes } from "../store/originals.ts";
import { putWantedRendition, renditionKind, wantedRenditions } from "../store/renditions.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { requireAct, todaysTree } from "./operator.ts";

const inPath = { params: z.object({ id: areaId }) };

const audioAnswer = z
  .object({
    own: renditionKind.nullable(),
    inForce: renditionKind,
    from: areaId.nullable(),
  })
  .openapi("AreaAudio", {
    description:
      "Codec and kbit/s of what boxes fetch. `own` null: as the area above says, which is named by `from`; where none " +
      "says anything it is mp3 of 64 kbit/s.",
  });

const getAudio = createRoute({
  method: "get",
  path: "/api/v1/areas/{id}/audio",
  summary: "In which rendition boxes of an area get their clips",
  request: inPath,
  responses: {
    200: { description: "Rendition", content: { "application/json": { schema: audioAnswer } } },
    ...refusals("not-found"),
  },
});

const setAudio = createRoute({
  method: "put",
  path: "/api/v1/areas/{id}/audio",
  summary: "Choose the rendition of an area and all below it that do not choose themselves",
  request: {
    ...inPath,
    body: {
      required: true,
      content: { "application/json": { schema: z.object({ rendition: renditionKind.nullable() }) } },
    },
  },
  responses: {
    200: { description: "Rendition", content: { "application/json": { schema: audioAnswer } } },
    ...refusals("not-found", "forbidden"),
  },
});

const settingsAnswer = ingestSettings
  .extend({ originalsUsedMb: z.number() })
  .openapi("IngestSettings", { description: "How clips are taken in, in the whole province." });

const getSettings = createRoute({
  method: "get",
  path: "/api/v1/settings/ingest",
  summary: "How loud clips are brought to be, what is trimmed from them, and how long originals are kept",
  responses: {
    200: { description: "Settings", content: { "application/json": { schema: settingsAnswer } } },
    ...refusals(),
  },
});

const setSettings = createRoute({
  method: "put",
  path: "/api/v1/settings/ingest",
  summary: "Change how clips are taken in; those that are here stay as they are",
  request: { body: { required: true, content: { "application/json": { schema: ingestSettings } } } },
  responses: {
    200: { description: "Settings", content: { "application/json": { schema: settingsAnswer } } },
    ...refusals("not-found", "forbidden"),
  },
});

const BYTES_A_MB = 1_000_000;

export function audioRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(getAudio, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    await requireAct(deps, operator, "see", id);
    return c.json(audioOf(await todaysTree(deps, operator), id, await wantedRenditions(deps.db)), 200);
  });

  api.openapi(setAudio, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    const { rendition } = c.req.valid("json");
    await requireAct(deps, operator, "set-rules", id);
    await deps.db.transaction().execute(async (tx) => {
      await putWantedRendition(tx, id, rendition);
      await writeAudit(tx, {
        at: deps.clock.now(),
        userId: operator.userId,
        act: "audio.changed",
        subject: `area:${id}`,
        areaId: id,
        detail: { rendition },
      });
    });
    deps.changes.planInputsChanged();
    return c.json(audioOf(await todaysTree(deps, operator), id, await wantedRenditions(deps.db)), 200);
  });

  api.openapi(getSettings, async (c) => c.json(await settingsNow(deps), 200));

  api.openapi(setSettings, async (c) => {
    const operator = c.get("operator");
    const settings = c.req.valid("json");
    const root = rootOf(await todaysTree(deps, operator));
    if (root === null) throw new HttpProblem("not-found");
    await requireAct(deps, operator, "set-rules", root);
    await deps.db.transaction().execute(async (tx) => {
      await putIngestSettings(tx, settings);
      await writeAudit(tx, {
        at: deps.clock.now(),
        userId: operator.userId,
        act: "ingest.changed",
        subject: "settings:ingest",
        areaId: root,
        detail: settings,
      });
    });
    return c.json(await settingsNow(deps), 200);
  });
}

function audioOf(tree: AreaTree, id: AreaId, wanted: RenditionTables["wanted"]): z.infer<typeof audioAnswer> {
  const { kind, from } = wantedIn(tree, id, wanted);
  return { own: wanted.get(id) ?? null, inForce: kind, from };
}

async function settingsNow({ db }: Pick<ApiDeps, "db">): Promise<z.infer<typeof settingsAnswer>> {
  const originalsUsedMb = Math.ceil((await originalBytes(db)) / BYTES_A_MB);
  return { ...(await readIngestSettings(db)), originalsUsedMb };
}

function rootOf(tree: AreaTree): AreaId | null {
  for (const [id, parent] of tree.parentOf) if (parent === null) return id;
  return null;
}
