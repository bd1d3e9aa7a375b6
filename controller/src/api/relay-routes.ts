import { createRoute, z } from "@hono/zod-openapi";
import { lineageOf } from "@loa/shared/broadcast/area.ts";
import { type RelaySource, relaySource } from "@loa/shared/broadcast/relay.ts";
import { type AreaId, areaId, type RelayId, relayId, scheduleId, userId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { areasHeardFrom, mayDo } from "../domain/access.ts";
import type { AuditAct } from "../domain/audit-acts.ts";
import { writeAudit } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import { programmesByIds } from "../store/programmes.ts";
import {
  insertRelay,
  relayById,
  relaysIn,
  type StoredRelay,
  updateRelay,
  withdrawRelay,
} from "../store/relays.ts";
import { schedulesInForce } from "../store/schedules.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { newId } from "./new-id.ts";
import { type Operator, requireAct, requireOwnArea, todaysTree } from "./operator.ts";
import { isPrivateHost } from "./private-address.ts";

const MAX_LISTED = 500;

const [streamFields, inputFields] = relaySource.options;
const { url, hosts, isPrivate, fixedDelayMs, gainDb } = streamFields.shape;

/** A relay's source without its name, which stands beside it. */
const sourceShape = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("stream"),
      url,
      hosts: hosts.default([]),
      isPrivate: isPrivate.default(false),
      fixedDelayMs: fixedDelayMs.default(null),
      gainDb: gainDb.default(0),
    }),
    z.strictObject({ kind: z.literal("input"), input: inputFields.shape.input, gainDb: gainDb.default(0) }),
  ])
  .openapi("RelaySource");

const title = streamFields.shape.title;

const relayShape = z
  .object({
    id: relayId,
    title,
    areaId,
    source: sourceShape,
    createdBy: userId,
    createdAt: instant,
  })
  .openapi("Relay");

const inPath = { params: z.object({ id: relayId }) };
const oneRelay = { "application/json": { schema: z.object({ relay: relayShape }) } };

const listRelays = createRoute({
  method: "get",
  path: "/api/v1/relays",
  summary: "Relays of one's own areas and of those above, newest first",
  responses: {
    200: {
      description: "Relays",
      content: { "application/json": { schema: z.object({ relays: z.array(relayShape).readonly() }) } },
    },
    ...refusals(),
  },
});

const createRelay = createRoute({
  method: "post",
  path: "/api/v1/relays",
  summary: "Add a station whose stream, or an input of the box, that programmes may relay",
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: z.strictObject({ title, areaId, source: sourceShape }) } },
    },
  },
  responses: {
    201: { description: "The new relay", content: oneRelay },
    ...refusals("area-not-yours", "forbidden", "private-stream-refused", "address-is-private"),
  },
});

const changeRelay = createRoute({
  method: "put",
  path: "/api/v1/relays/{id}",
  summary: "Replace where a relay comes from; what is scheduled with it follows",
  request: {
    ...inPath,
    body: {
      required: true,
      content: { "application/json": { schema: z.strictObject({ title, source: sourceShape }) } },
    },
  },
  responses: {
    200: { description: "The relay", content: oneRelay },
    ...refusals("not-found", "forbidden", "private-stream-refused", "address-is-private"),
  },
});

const removeRelay = createRoute({
  method: "delete",
  path: "/api/v1/relays/{id}",
  summary: "Withdraw a relay that no schedule in force needs",
  request: inPath,
  responses: { 204: { description: "Withdrawn" }, ...refusals("not-found", "forbidden", "relay-in-use") },
});

export function relayRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(listRelays, async (c) => {
    const operator = c.get("operator");
    const tree = await todaysTree(deps, operator);
    const relays = await relaysIn(deps.db, areasHeardFrom(operator.grants, tree), MAX_LISTED);
    const list = relays.map((one) =>
      mayDo(operator.grants, tree, "write-content", one.areaId) ? shown(one) : withoutPassword(shown(one)),
    );
    return c.json({ relays: list }, 200);
  });

  api.openapi(createRelay, async (c) => {
    const operator = c.get("operator");
    const wanted = c.req.valid("json");
    await requireOwnArea(deps, operator, "write-content", wanted.areaId);
    const source = named(wanted.source, relayId.parse(newId("relay", deps.random)), wanted.title);
    await requireAddress(deps, operator, wanted.areaId, source);
    const relay: StoredRelay = {
      source,
      areaId: wanted.areaId,
      createdBy: operator.userId,
      createdAt: deps.clock.now(),
    };
    await deps.db.transaction().execute(async (tx) => {
      await insertRelay(tx, relay);
      await audit(deps, tx, operator, relay, "relay.created");
    });
    return c.json({ relay: shown(relay) }, 201);
  });

  api.openapi(changeRelay, async (c) => {
    const operator = c.get("operator");
    const wanted = c.req.valid("json");
    const known = await requireRelay(deps, operator, c.req.valid("param").id);
    const relay: StoredRelay = { ...known, source: named(wanted.source, known.source.id, wanted.title) };
    await requireAddress(deps, operator, known.areaId, relay.source);
    await deps.db.transaction().execute(async (tx) => {
      await updateRelay(tx, relay.source);
      await audit(deps, tx, operator, relay, "relay.changed");
    });
    deps.changes.planInputsChanged();
    return c.json({ relay: shown(relay) }, 200);
  });

  api.openapi(removeRelay, async (c) => {
    const operator = c.get("operator");
    const relay = await requireRelay(deps, operator, c.req.valid("param").id);
    await deps.db.transaction().execute(async (tx) => {
      const schedules = await schedulesWith(tx, relay.source.id);
      if (schedules.length > 0) throw new HttpProblem("relay-in-use", { schedules });
      await withdrawRelay(tx, relay.source.id, deps.clock.now());
      await audit(deps, tx, operator, relay, "relay.withdrawn");
    });
    return c.body(null, 204);
  });
}

/** One that others look after is seen from below, and changed by nobody there. */
async function requireRelay(deps: ApiDeps, operator: Operator, id: RelayId): Promise<StoredRelay> {
  const relay = await relayById(deps.db, id);
  const tree = await todaysTree(deps, operator);
  if (relay === null || !areasHeardFrom(operator.grants, tree).has(relay.areaId)) {
    throw new HttpProblem("not-found");
  }
  if (!mayDo(operator.grants, tree, "see", relay.areaId)) throw new HttpProblem("forbidden");
  await requireAct(deps, operator, "write-content", relay.areaId);
  return relay;
}

/** A box stands in the province's network: an address in there may be a door that nobody meant to open. */
async function requireAddress(
  deps: ApiDeps,
  operator: Operator,
  area: AreaId,
  source: RelaySource,
): Promise<void> {
  if (source.kind === "input") return;
  if (source.isPrivate) {
    const tree = await todaysTree(deps, operator);
    const province = lineageOf(tree, area).at(-1) ?? area;
    if (mayDo(operator.grants, tree, "allow-private-stream", province)) return;
    throw new HttpProblem("private-stream-refused");
  }
  const strange = [new URL(source.url).hostname, ...source.hosts].filter(isPrivateHost);
  if (strange.length > 0) throw new HttpProblem("address-is-private", { hosts: strange });
}

async function schedulesWith(db: Database, relay: RelayId) {
  const schedules = await schedulesInForce(db);
  const programmes = await programmesByIds(
    db,
    schedules.map((one) => one.programmeId),
  );
  const using = new Set(
    programmes
      .filter(({ items }) => items.some((item) => "relay" in item && item.relay === relay))
      .map((one) => one.id),
  );
  return schedules
    .filter((one) => using.has(one.programmeId))
    .map(({ id, title: name }) => ({ id: scheduleId.parse(id), title: name }));
}

async function audit(
  deps: ApiDeps,
  tx: Database,
  operator: Operator,
  { areaId: area, source }: StoredRelay,
  act: AuditAct,
): Promise<void> {
  await writeAudit(tx, {
    at: deps.clock.now(),
    userId: operator.userId,
    act,
    subject: `relay:${source.id}`,
    areaId: area,
    detail: { source },
  });
}

function named(source: z.infer<typeof sourceShape>, id: RelayId, name: string): RelaySource {
  return { ...source, id, title: name };
}

function shown({ source: { id, title: name, ...source }, ...rest }: StoredRelay): z.infer<typeof relayShape> {
  return { ...rest, id, title: name, source };
}

/** Who may not change a relay need not know how one signs in there. */
function withoutPassword(relay: z.infer<typeof relayShape>): z.infer<typeof relayShape> {
  if (relay.source.kind === "input") return relay;
  const address = new URL(relay.source.url);
  if (address.password === "") return relay;
  address.password = "***";
  return { ...relay, source: { ...relay.source, url: address.href } };
}
