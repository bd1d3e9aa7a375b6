import { createRoute, z } from "@hono/zod-openapi";
import { writeAudit } from "../store/audit.ts";
import { deleteOtherSessions } from "../store/sessions.ts";
import { setPassword, userByName } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { refuseWhileWaiting } from "./waiting.ts";

/** NIST SP 800-63B: length counts, rules of composition do not. */
const newOwnPassword = z.string().min(12).max(256);

const changePassword = createRoute({
  method: "put",
  path: "/api/v1/session/password",
  summary: "Change one's own password; every other session of the person ends",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.object({ current: z.string().min(1).max(256), next: newOwnPassword }),
        },
      },
    },
  },
  responses: { 204: { description: "Changed" }, ...refusals("wrong-password", "too-many-attempts") },
});

export function ownPasswordRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(changePassword, async (c) => {
    const operator = c.get("operator");
    const { current, next } = c.req.valid("json");
    const key = [`own ${operator.userId}`];
    await refuseWhileWaiting(deps.limits, "sign-in", key);
    const person = await userByName(deps.db, operator.name);
    if (person === null || !(await deps.passwords.verify(person.passwordHash, current))) {
      await deps.limits.failed("sign-in", key);
      throw new HttpProblem("wrong-password");
    }
    const passwordHash = await deps.passwords.hash(next);
    await deps.db.transaction().execute(async (tx) => {
      await setPassword(tx, operator.userId, passwordHash);
      await deleteOtherSessions(tx, operator.userId, operator.sessionSha256);
      await writeAudit(tx, {
        at: deps.clock.now(),
        userId: operator.userId,
        act: "password.changed",
        subject: `user:${operator.userId}`,
        areaId: null,
        detail: {},
      });
    });
    return c.body(null, 204);
  });
}
