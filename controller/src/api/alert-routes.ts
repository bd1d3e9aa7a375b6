import { createRoute, z } from "@hono/zod-openapi";
import { DAY_MS, plus } from "@loa/shared/kernel/time.ts";
import { MAX_XML_BYTES } from "@loa/shared/node/cap/xml-tree.ts";
import type { Context } from "hono";
import { type AlertBearer, takeAlert } from "../alert-intake.ts";
import { areasHeardFrom, mayDo } from "../domain/access.ts";
import { standingsOf } from "../domain/alert-chain.ts";
import { senderOfToken } from "../store/alert-senders.ts";
import { alertsSince, dismissAlert, type StoredAlert } from "../store/alerts.ts";
import { allAreas } from "../store/areas.ts";
import { writeAudit } from "../store/audit.ts";
import { userNames } from "../store/users.ts";
import { alertShape, lastExpiry, shownAlert } from "./alert-shapes.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api, ApiEnv } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { newId } from "./new-id.ts";
import { type Operator, operatorOf, requireRole, todaysTree } from "./operator.ts";
import { remoteAddress } from "./remote-address.ts";
import { refuseWhileWaiting } from "./waiting.ts";
import { coversTree } from "./whole-province.ts";

/** Older ones are in the audit. */
const LISTED_DAYS = 7;
const MAX_LISTED = 500;

const taken = { "application/json": { schema: z.object({ id: z.string(), isNew: z.boolean() }) } };
const document = {
  schema: z.string().openapi({ description: `OASIS CAP 1.2, at most ${MAX_XML_BYTES} bytes` }),
};

const receive = createRoute({
  method: "post",
  path: "/api/v1/cap",
  summary:
    "Bring an alert of CAP 1.2: what a standing approval covers goes out at once in its words, the rest somebody looks at",
  request: {
    body: {
      required: true,
      content: { "application/cap+xml": document, "application/xml": document, "text/xml": document },
    },
  },
  responses: {
    200: { description: "This very message was here before", content: taken },
    201: { description: "Taken in", content: taken },
    ...refusals(
      "cap-refused",
      "sender-not-yours",
      "area-not-yours",
      "alert-id-reused",
      "too-large",
      "forbidden",
      "wrong-token",
      "too-many-attempts",
      "busy",
    ),
  },
});

const list = createRoute({
  method: "get",
  path: "/api/v1/cap",
  summary:
    "Alerts of the last 7 days that concern the areas in which one may raise emergencies, newest first",
  responses: {
    200: {
      description: "Alerts, with what became of each",
      content: { "application/json": { schema: z.object({ alerts: z.array(alertShape).readonly() }) } },
    },
    ...refusals("forbidden"),
  },
});

const dismiss = createRoute({
  method: "post",
  path: "/api/v1/cap/{id}/dismiss",
  summary: "Put an alert aside: nothing follows from it here",
  request: { params: z.object({ id: z.string().max(40) }) },
  responses: { 204: { description: "Put aside" }, ...refusals("not-found", "forbidden") },
});

export function alertRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(receive, async (c) => {
    const bearer = await bearerOf(deps, c);
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    const result = await takeAlert(deps, bytes, bearer, newId("alert", deps.random));
    if (!result.ok) {
      const { code, ...members } = result.error;
      deps.log.warn("alert.refused", { code });
      throw new HttpProblem(code, members);
    }
    const { id, isNew } = result.value;
    return c.json({ id, isNew }, isNew ? 201 : 200);
  });

  api.openapi(list, async (c) => {
    const operator = c.get("operator");
    requireRole(operator, "raise-emergency");
    const all = await recent(deps);
    const standings = standingsOf(all.map(factsOf), deps.clock.now());
    const names = new Map((await allAreas(deps.db)).map((area) => [area.id as string, area.name]));
    const people = await userNames(deps.db);
    const concerns = await concernOf(deps, operator);
    const alerts = all
      .filter(concerns)
      .map((one) =>
        shownAlert(
          one,
          standings.get(one.id) ?? "open",
          { draft: deps.alertDrafts.of(one.alert), raised: deps.alertRaising.of(one.alert) },
          { areas: names, people },
        ),
      );
    return c.json({ alerts }, 200);
  });

  api.openapi(dismiss, async (c) => {
    const operator = c.get("operator");
    requireRole(operator, "raise-emergency");
    const concerns = await concernOf(deps, operator);
    const found = (await recent(deps)).find(({ id }) => id === c.req.valid("param").id);
    if (found === undefined || !concerns(found)) throw new HttpProblem("not-found");
    const at = deps.clock.now();
    await deps.db.transaction().execute(async (tx) => {
      if (!(await dismissAlert(tx, found.id, operator.userId, at))) return;
      await writeAudit(tx, {
        at,
        userId: operator.userId,
        act: "alert.dismissed",
        subject: `alert:${found.id}`,
        areaId: found.areas[0] ?? null,
        detail: { sender: found.alert.sender, identifier: found.alert.identifier },
      });
    });
    return c.body(null, 204);
  });
}

/** A machine shows its token, a person a session; guessing is slowed down. */
async function bearerOf(deps: ApiDeps, c: Context<ApiEnv>): Promise<AlertBearer> {
  const [, token] = /^Bearer ([0-9a-f]{64})$/.exec(c.req.header("authorization") ?? "") ?? [];
  if (c.req.header("authorization") === undefined) {
    const operator = await operatorOf(deps, c.req.raw.headers);
    if (operator === null) throw new HttpProblem("not-signed-in");
    requireRole(operator, "raise-emergency");
    return {
      kind: "person",
      userId: operator.userId,
      mayBring: (areas, tree) =>
        areas.length === 0
          ? coversTree(operator, tree, "raise-emergency")
          : areas.every((area) => mayDo(operator.grants, tree, "raise-emergency", area)),
    };
  }
  const address = remoteAddress(c);
  await refuseWhileWaiting(deps.limits, "alert-token", [address]);
  const sender = token === undefined ? null : await senderOfToken(deps.db, deps.crypto.sha256Hex(token));
  if (sender !== null) return { kind: "machine", sender };
  await deps.limits.failed("alert-token", [address]);
  throw new HttpProblem("wrong-token");
}

/** What holds nowhere that we know is for whoever may raise emergencies in a whole province. */
async function concernOf(deps: ApiDeps, operator: Operator): Promise<(one: StoredAlert) => boolean> {
  const tree = await todaysTree(deps, operator);
  const heard = areasHeardFrom(operator.grants, tree);
  return ({ areas }) =>
    areas.length === 0
      ? coversTree(operator, tree, "raise-emergency")
      : areas.some((area) => heard.has(area));
}

function recent(deps: ApiDeps): Promise<readonly StoredAlert[]> {
  return alertsSince(deps.db, plus(deps.clock.now(), -LISTED_DAYS * DAY_MS), MAX_LISTED);
}

function factsOf({ id, alert, dismissedAt }: StoredAlert) {
  const { sender, identifier, sentText, status, msgType, references } = alert;
  return {
    ...{ id, sender, identifier, sentText, status, msgType, references },
    ...{ expiresAt: lastExpiry(alert), dismissedAt },
  };
}
