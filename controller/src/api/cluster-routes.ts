import { createRoute, z } from "@hono/zod-openapi";
import { areaId, clusterId } from "@loa/shared/kernel/ids.ts";
import { instant, plus } from "@loa/shared/kernel/time.ts";
import { CLAIM_VALID_MS, claimCodeFrom, spokenClaimCode } from "@loa/shared/wire/enrolment.ts";
import { writeAudit } from "../store/audit.ts";
import { boxesInServiceAt } from "../store/boxes.ts";
import { dropUnusedClaims, insertClaim } from "../store/claims.ts";
import { type Cluster, clusterById, clustersIn, insertCluster, updateCluster } from "../store/clusters.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { newId } from "./new-id.ts";
import { areasFor, requireAct, requireFresh, requireOwnArea } from "./operator.ts";

/** A horn draws 25 to 30 W; more than this on one box is a typing mistake. */
const MAX_HORNS = 64;
/** More than live in any hamlet. */
const MAX_PEOPLE = 100_000;
/** Masts that hear each other are a few; whoever needs more turns lets two far apart speak together. */
const MAX_TURN = 15;
const zone = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);

const clusterShape = z
  .object({
    id: clusterId,
    name: z.string().min(1).max(120),
    areaId,
    horns: z.number().int().min(1).max(MAX_HORNS),
    /** Who hear it; null: nobody has counted them. */
    people: z.number().int().min(0).max(MAX_PEOPLE).nullable(),
    latitude: z.number().min(-90).max(90).nullable(),
    longitude: z.number().min(-180).max(180).nullable(),
    gainDb: z.number().min(-80).max(20),
    zones: z.array(zone).min(1).max(4).readonly(),
    alignDelayMs: z.number().int().min(0).max(2_000),
    turn: z.number().int().min(0).max(MAX_TURN),
  })
  .openapi("Cluster", {
    description:
      "`gainDb` corrects this installation: it is added to the volume of its area. `alignDelayMs` is added to every " +
      "planned start. `turn` is its place where schedules are spoken in turns, 0 the first. `zones` are the loudspeaker " +
      "lines on which programmes sound: those of the amplifier, and of a sound card with an output for each. " +
      "An emergency sounds on all of them.",
  });

const claimAnswer = z
  .object({ code: z.string(), spoken: z.string(), expiresAt: instant })
  .openapi("Claim", { description: "The code is shown this once; only its hash is kept." });

const listClusters = createRoute({
  method: "get",
  path: "/api/v1/clusters",
  summary: "Clusters within one's own grants",
  responses: {
    200: {
      description: "Clusters",
      content: { "application/json": { schema: z.object({ clusters: z.array(clusterShape).readonly() }) } },
    },
    ...refusals(),
  },
});

const createCluster = createRoute({
  method: "post",
  path: "/api/v1/clusters",
  summary: "Add a cluster",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: clusterShape.omit({ id: true }).extend({
            people: clusterShape.shape.people.default(null),
            latitude: clusterShape.shape.latitude.default(null),
            longitude: clusterShape.shape.longitude.default(null),
            gainDb: clusterShape.shape.gainDb.default(0),
            zones: z.array(zone).min(1).max(4).default([1]),
            alignDelayMs: clusterShape.shape.alignDelayMs.default(0),
            turn: clusterShape.shape.turn.default(0),
          }),
        },
      },
    },
  },
  responses: {
    201: {
      description: "The new cluster",
      content: { "application/json": { schema: z.object({ cluster: clusterShape }) } },
    },
    ...refusals("area-not-yours", "forbidden"),
  },
});

const changeCluster = createRoute({
  method: "patch",
  path: "/api/v1/clusters/{id}",
  summary: "Change what is told of a cluster; what is left out stays",
  request: {
    params: z.object({ id: clusterId }),
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z
            .strictObject({
              name: clusterShape.shape.name,
              horns: clusterShape.shape.horns,
              people: clusterShape.shape.people,
              gainDb: clusterShape.shape.gainDb,
              zones: z.array(zone).min(1).max(4),
              alignDelayMs: clusterShape.shape.alignDelayMs,
              turn: clusterShape.shape.turn,
            })
            .partial(),
        },
      },
    },
  },
  responses: {
    200: {
      description: "The cluster",
      content: { "application/json": { schema: z.object({ cluster: clusterShape }) } },
    },
    ...refusals("not-found", "forbidden"),
  },
});

const claimCluster = createRoute({
  method: "post",
  path: "/api/v1/clusters/{id}/claim",
  summary: "A code with which one box may enrol for this cluster, once, within 72 h",
  request: {
    params: z.object({ id: clusterId }),
    query: z.object({
      simulated: z
        .stringbool()
        .default(false)
        .openapi({ type: "boolean", description: "For a box of the simulator" }),
    }),
  },
  responses: {
    201: { description: "The code", content: { "application/json": { schema: claimAnswer } } },
    ...refusals("not-found", "forbidden", "step-up-needed"),
  },
});

export function clusterRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(listClusters, async (c) => {
    const clusters = await clustersIn(deps.db, areasFor(deps, c.get("operator"), "see"));
    return c.json({ clusters }, 200);
  });

  api.openapi(createCluster, async (c) => {
    const operator = c.get("operator");
    const wanted = c.req.valid("json");
    await requireOwnArea(deps, operator, "set-up-clusters", wanted.areaId);
    const cluster: Cluster = { ...wanted, id: clusterId.parse(newId("cluster", deps.random)) };
    await deps.db.transaction().execute(async (tx) => {
      await insertCluster(tx, cluster);
      await writeAudit(tx, {
        at: deps.clock.now(),
        userId: operator.userId,
        act: "cluster.created",
        subject: `cluster:${cluster.id}`,
        areaId: cluster.areaId,
        detail: { name: cluster.name, horns: cluster.horns },
      });
    });
    return c.json({ cluster }, 201);
  });

  api.openapi(changeCluster, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    const known = await clusterById(deps.db, id, areasFor(deps, operator, "see"));
    if (known === null) throw new HttpProblem("not-found");
    await requireAct(deps, operator, "set-up-clusters", known.areaId);
    const changed = c.req.valid("json");
    const cluster: Cluster = {
      ...known,
      name: changed.name ?? known.name,
      horns: changed.horns ?? known.horns,
      people: changed.people === undefined ? known.people : changed.people,
      gainDb: changed.gainDb ?? known.gainDb,
      zones: changed.zones ?? known.zones,
      alignDelayMs: changed.alignDelayMs ?? known.alignDelayMs,
      turn: changed.turn ?? known.turn,
    };
    await deps.db.transaction().execute(async (tx) => {
      await updateCluster(tx, cluster);
      await writeAudit(tx, {
        at: deps.clock.now(),
        userId: operator.userId,
        act: "cluster.changed",
        subject: `cluster:${id}`,
        areaId: cluster.areaId,
        detail: { changed },
      });
    });
    await deps.changes.clusterChanged(id);
    return c.json({ cluster }, 200);
  });

  api.openapi(claimCluster, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    const { simulated } = c.req.valid("query");
    const cluster = await clusterById(deps.db, id, areasFor(deps, operator, "see"));
    if (cluster === null) throw new HttpProblem("not-found");
    await requireAct(deps, operator, "set-up-clusters", cluster.areaId);
    // The box that comes in by it puts the one in service out of it.
    if ((await boxesInServiceAt(deps.db, id)).length > 0) requireFresh(deps, operator);
    const code = claimCodeFrom(deps.random.bytes(10));
    const now = deps.clock.now();
    const expiresAt = plus(now, CLAIM_VALID_MS);
    await deps.db.transaction().execute(async (tx) => {
      await dropUnusedClaims(tx, id);
      await insertClaim(tx, {
        codeSha256: deps.crypto.sha256Hex(code),
        clusterId: id,
        createdBy: operator.userId,
        createdAt: now,
        expiresAt,
        simulated,
      });
      await writeAudit(tx, {
        at: now,
        userId: operator.userId,
        act: "claim.created",
        subject: `cluster:${id}`,
        areaId: cluster.areaId,
        detail: { expiresAt },
      });
    });
    return c.json({ code, spoken: spokenClaimCode(code), expiresAt }, 201);
  });
}
