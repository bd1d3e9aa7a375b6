import { createRoute, z } from "@hono/zod-openapi";
import { instant, plus } from "@loa/shared/kernel/time.ts";
import { writeAudit } from "../store/audit.ts";
import { deleteSessionsOf, sessionsOf, signInMethods } from "../store/sessions.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { endOwnSession, forgetOwnCookie } from "./begin-session.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { IDLE_LIMIT_MS, type Operator } from "./operator.ts";

/** What a session is called in lists: a part of its hash, which opens nothing. */
const handle = z.string().regex(/^[0-9a-f]{16}$/);
const handleOf = (sha256: string) => sha256.slice(0, 16);

const ownSession = z
  .object({
    id: handle,
    createdAt: instant,
    lastUsedAt: instant,
    expiresAt: instant,
    method: z.enum(signInMethods),
    address: z.string(),
    /** The one that asks. */
    isThis: z.boolean(),
  })
  .openapi("OwnSession");

const listSessions = createRoute({
  method: "get",
  path: "/api/v1/sessions",
  summary: "Where one is signed in",
  responses: {
    200: {
      description: "Sessions, newest first",
      content: { "application/json": { schema: z.object({ sessions: z.array(ownSession).readonly() }) } },
    },
    ...refusals(),
  },
});

const endSession = createRoute({
  method: "delete",
  path: "/api/v1/sessions/{id}",
  summary: "Sign out elsewhere",
  request: { params: z.object({ id: handle }) },
  responses: { 204: { description: "Ended" }, ...refusals("not-found") },
});

const endAll = createRoute({
  method: "delete",
  path: "/api/v1/sessions",
  summary: "Sign out everywhere, here too",
  responses: { 204: { description: "Ended" }, ...refusals() },
});

export function ownSessionRoutes(api: Api, deps: ApiDeps): void {
  const ownOf = ({ userId }: Operator) => {
    const now = deps.clock.now();
    return sessionsOf(deps.db, userId, now, plus(now, -IDLE_LIMIT_MS));
  };

  api.openapi(listSessions, async (c) => {
    const operator = c.get("operator");
    const sessions = (await ownOf(operator)).map(
      ({ idSha256, createdAt, lastUsedAt, expiresAt, method, address }) => ({
        id: handleOf(idSha256),
        createdAt,
        lastUsedAt,
        expiresAt,
        method,
        address,
        isThis: idSha256 === operator.sessionSha256,
      }),
    );
    return c.json({ sessions }, 200);
  });

  api.openapi(endSession, async (c) => {
    const { id } = c.req.valid("param");
    const operator = c.get("operator");
    const found = (await ownOf(operator)).find(({ idSha256 }) => handleOf(idSha256) === id);
    if (found === undefined) throw new HttpProblem("not-found");
    await endOwnSession(deps, operator, found.idSha256);
    return c.body(null, 204);
  });

  api.openapi(endAll, async (c) => {
    const { userId } = c.get("operator");
    await deps.db.transaction().execute(async (tx) => {
      await deleteSessionsOf(tx, userId);
      const subject = `user:${userId}`;
      const act = "session.ended-everywhere";
      await writeAudit(tx, { at: deps.clock.now(), userId, act, subject, areaId: null, detail: {} });
    });
    forgetOwnCookie(c, deps);
    return c.body(null, 204);
  });
}
