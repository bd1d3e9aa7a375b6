import { createRoute, z } from "@hono/zod-openapi";
import { userId } from "@loa/shared/kernel/ids.ts";
import { endGrant, grantWithin, usersIn } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { give, grantWish, requireGrant, writeGrantAudit } from "./grant-wish.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { areasFor, requireFresh } from "./operator.ts";

/** The number of a grant, as it stands in an address. */
const grantNumber = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

const addGrant = createRoute({
  method: "post",
  path: "/api/v1/users/{id}/grants",
  summary: "Give somebody of one's own areas a further role",
  request: {
    params: z.object({ id: userId }),
    body: { required: true, content: { "application/json": { schema: grantWish } } },
  },
  responses: {
    204: { description: "Granted, from the day that was named" },
    ...refusals("not-found", "area-not-yours", "forbidden", "step-up-needed", "grant-refused"),
  },
});

const removeGrant = createRoute({
  method: "delete",
  path: "/api/v1/grants/{id}",
  summary: "End a grant now",
  request: { params: z.object({ id: grantNumber }) },
  responses: { 204: { description: "Ended" }, ...refusals("not-found", "step-up-needed") },
});

export function grantRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(addGrant, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    const known = await usersIn(deps.db, areasFor(deps, operator, "set-up-people"), operator.today);
    if (!known.some((one) => one.id === id)) throw new HttpProblem("not-found");
    const grant = await requireGrant(deps, operator, c.req.valid("json"));
    requireFresh(deps, operator);
    await deps.db.transaction().execute((tx) => give(deps, tx, operator, id, grant));
    return c.body(null, 204);
  });

  api.openapi(removeGrant, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    const within = areasFor(deps, operator, "set-up-people");
    await deps.db.transaction().execute(async (tx) => {
      const found = await grantWithin(tx, id, within, operator.today);
      if (found === null) throw new HttpProblem("not-found");
      requireFresh(deps, operator);
      await endGrant(tx, id, operator.today);
      await writeGrantAudit(deps, tx, operator, "grant.ended", found.userId, found.grant);
    });
    return c.body(null, 204);
  });
}
