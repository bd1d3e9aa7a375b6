import { createRoute, z } from "@hono/zod-openapi";
import { areaId, type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { plus, toLocal } from "@loa/shared/kernel/time.ts";
import { deleteCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import { type Grant, roles } from "../domain/access.ts";
import { writeAudit } from "../store/audit.ts";
import { deleteSession, deleteSessionsExpiredBy, insertSession } from "../store/sessions.ts";
import { grantsInForce, userByName } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { newSecret } from "./new-id.ts";
import { cookieName, SESSION_LIMIT_MS } from "./operator.ts";
import { remoteAddress } from "./remote-address.ts";
import { refuseWhileWaiting } from "./waiting.ts";

const sessionAnswer = z
  .object({
    user: z.object({ id: userId, name: z.string() }),
    grants: z.array(z.object({ role: z.enum(roles), areaId })).readonly(),
  })
  .openapi("Session");

const answers = {
  200: { description: "Who is signed in", content: { "application/json": { schema: sessionAnswer } } },
};

const signIn = createRoute({
  method: "post",
  path: "/api/v1/session",
  summary: "Sign in",
  security: [],
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.object({ user: z.string().min(1).max(64), password: z.string().min(1).max(256) }),
        },
      },
    },
  },
  responses: { ...answers, ...refusals("wrong-password", "too-many-attempts", "bad-origin") },
});

const whoAmI = createRoute({
  method: "get",
  path: "/api/v1/session",
  summary: "Who is signed in",
  responses: { ...answers, ...refusals() },
});

const signOut = createRoute({
  method: "delete",
  path: "/api/v1/session",
  summary: "Sign out",
  responses: { 204: { description: "Signed out" }, ...refusals("bad-origin") },
});

export function sessionRoutes(api: Api, deps: ApiDeps): void {
  const name = cookieName(deps.config.secureCookies);
  const cookie: CookieOptions = {
    path: "/",
    httpOnly: true,
    sameSite: "Strict",
    secure: deps.config.secureCookies,
  };

  api.openapi(signIn, async (c) => {
    const { user, password } = c.req.valid("json");
    const person = await checkPassword(deps, user.trim().toLowerCase(), password, remoteAddress(c));
    const value = newSecret(deps.random);
    const now = deps.clock.now();
    await deps.db.transaction().execute(async (tx) => {
      await deleteSessionsExpiredBy(tx, now);
      const expiresAt = plus(now, SESSION_LIMIT_MS);
      await insertSession(tx, {
        idSha256: deps.crypto.sha256Hex(value),
        userId: person.id,
        at: now,
        expiresAt,
      });
      await writeAudit(tx, {
        at: now,
        userId: person.id,
        act: "session.begun",
        subject: `user:${person.id}`,
        areaId: null,
        detail: { address: remoteAddress(c) },
      });
    });
    setCookie(c, name, value, { ...cookie, maxAge: SESSION_LIMIT_MS / 1_000 });
    const grants = await grantsInForce(deps.db, person.id, toLocal(now).date);
    return c.json(answerOf(person, grants), 200);
  });

  api.openapi(whoAmI, (c) => {
    const { userId: id, name: userName, grants } = c.get("operator");
    return c.json(answerOf({ id, name: userName }, grants), 200);
  });

  api.openapi(signOut, async (c) => {
    await deleteSession(deps.db, c.get("operator").sessionSha256);
    deleteCookie(c, name, cookie);
    return c.body(null, 204);
  });
}

function answerOf(user: { id: UserId; name: string }, grants: readonly Grant[]) {
  return {
    user: { id: user.id, name: user.name },
    grants: grants.map(({ role, areaId: id }) => ({ role, areaId: id })),
  };
}

/**
 * The wait grows for the pair of account and address, so that a stranger who guesses does not lock the officer out;
 * and for the address alone, so that guessing over many names is slow too.
 */
async function checkPassword(
  deps: ApiDeps,
  name: string,
  password: string,
  address: string,
): Promise<{ readonly id: UserId; readonly name: string }> {
  const pair = [`${address} ${name}`];
  await refuseWhileWaiting(deps.limits, "sign-in", pair);
  await refuseWhileWaiting(deps.limits, "sign-in-address", [address]);
  const person = await userByName(deps.db, name);
  // A name that nobody has costs as much time as a wrong password, so it cannot be told apart.
  const hash = person?.passwordHash ?? (await nobodysHash(deps));
  const isRight = await deps.passwords.verify(hash, password);
  if (person === null || !isRight) {
    await deps.limits.failed("sign-in", pair);
    await deps.limits.failed("sign-in-address", [address]);
    deps.log.warn("session.refused", { user: name, address });
    throw new HttpProblem("wrong-password");
  }
  await deps.limits.succeeded("sign-in", pair);
  return person;
}

const hashes = new WeakMap<ApiDeps, Promise<string>>();

function nobodysHash(deps: ApiDeps): Promise<string> {
  const known = hashes.get(deps) ?? deps.passwords.hash(newSecret(deps.random));
  hashes.set(deps, known);
  return known;
}
