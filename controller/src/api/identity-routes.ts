import { createRoute, z } from "@hono/zod-openapi";
import { userId } from "@loa/shared/kernel/ids.ts";
import { writeAudit } from "../store/audit.ts";
import { linkIdentity, unlinkIdentity, userOfIdentity } from "../store/identities.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { requireFresh } from "./operator.ts";
import { requireOwnPerson } from "./own-person.ts";

const link = createRoute({
  method: "put",
  path: "/api/v1/users/{id}/identity",
  summary:
    "Who a person is at the OpenID provider: the subject that the refused sign-in shows; null for nobody",
  request: {
    params: z.object({ id: userId }),
    body: {
      required: true,
      content: {
        "application/json": { schema: z.object({ subject: z.string().min(1).max(255).nullable() }) },
      },
    },
  },
  responses: {
    204: { description: "Linked" },
    ...refusals("not-found", "forbidden", "step-up-needed", "already-there"),
  },
});

export function identityRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(link, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    const { subject } = c.req.valid("json");
    const person = await requireOwnPerson(deps, operator, id);
    requireFresh(deps, operator);
    if (deps.openId === null) throw new HttpProblem("not-found");
    const { issuer } = deps.openId;
    const at = deps.clock.now();
    await deps.db.transaction().execute(async (tx) => {
      if (subject === null) await unlinkIdentity(tx, id);
      else {
        const known = await userOfIdentity(tx, issuer, subject);
        if (known !== null && known !== id) throw new HttpProblem("already-there");
        await linkIdentity(tx, { issuer, subject, userId: id, linkedAt: at, linkedBy: operator.userId });
      }
      await writeAudit(tx, {
        at,
        userId: operator.userId,
        act: subject === null ? "identity.removed" : "identity.linked",
        subject: `user:${id}`,
        areaId: person.grants[0]?.areaId ?? null,
        detail: { issuer, subject },
      });
    });
    return c.body(null, 204);
  });
}
