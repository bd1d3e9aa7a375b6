import { createRoute, z } from "@hono/zod-openapi";
import { areaId, type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { localDate } from "@loa/shared/kernel/time.ts";
import { type Grant, roles } from "../domain/access.ts";
import type { AuditAct } from "../domain/audit-acts.ts";
import { writeAudit } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import { deleteOtherSessions } from "../store/sessions.ts";
import {
  endGrant,
  grantWithin,
  insertGrant,
  insertUser,
  isNameTaken,
  setPassword,
  userByName,
  usersIn,
} from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { newId, newPassword } from "./new-id.ts";
import { areasFor, type Operator, requireOwnArea, requireRole } from "./operator.ts";
import { refuseWhileWaiting } from "./waiting.ts";

const MAX_GRANTS = 50;
/** NIST SP 800-63B: length counts, rules of composition do not. */
const newOwnPassword = z.string().min(12).max(256);
const grantWish = z.object({ role: z.enum(roles), areaId });
const name = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{1,63}$/, "2 to 64 of a-z, 0-9 and . _ -");

/** The number of a grant, as it stands in an address. */
const grantNumber = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

const userShape = z
  .object({
    id: userId,
    name: z.string(),
    grants: z
      .array(grantWish.extend({ id: z.number().int(), from: localDate, to: localDate.nullable() }))
      .readonly(),
  })
  .openapi("User");

const listUsers = createRoute({
  method: "get",
  path: "/api/v1/users",
  summary: "Who was granted something within the areas that one administers",
  responses: {
    200: {
      description: "Persons, with their grants in these areas",
      content: { "application/json": { schema: z.object({ users: z.array(userShape).readonly() }) } },
    },
    ...refusals("forbidden"),
  },
});

const createUser = createRoute({
  method: "post",
  path: "/api/v1/users",
  summary: "A new person, with a password that is shown this once",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.object({ name, grants: z.array(grantWish).min(1).max(MAX_GRANTS) }),
        },
      },
    },
  },
  responses: {
    201: {
      description: "The person and the password",
      content: {
        "application/json": { schema: z.object({ id: userId, name: z.string(), password: z.string() }) },
      },
    },
    ...refusals("area-not-yours", "forbidden", "name-taken"),
  },
});

const addGrant = createRoute({
  method: "post",
  path: "/api/v1/users/{id}/grants",
  summary: "Give somebody of one's own areas a further role",
  request: {
    params: z.object({ id: userId }),
    body: { required: true, content: { "application/json": { schema: grantWish } } },
  },
  responses: {
    204: { description: "Granted, from today" },
    ...refusals("not-found", "area-not-yours", "forbidden"),
  },
});

const removeGrant = createRoute({
  method: "delete",
  path: "/api/v1/grants/{id}",
  summary: "End a grant now",
  request: { params: z.object({ id: grantNumber }) },
  responses: { 204: { description: "Ended" }, ...refusals("not-found") },
});

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

export function userRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(listUsers, async (c) => {
    const operator = c.get("operator");
    requireRole(operator, "set-up-people");
    const users = await usersIn(deps.db, areasFor(deps, operator, "set-up-people"), operator.today);
    return c.json({ users }, 200);
  });

  api.openapi(createUser, async (c) => {
    const operator = c.get("operator");
    const wanted = c.req.valid("json");
    for (const grant of wanted.grants) await requireOwnArea(deps, operator, "set-up-people", grant.areaId);
    const password = newPassword(deps.random);
    const passwordHash = await deps.passwords.hash(password);
    const id = userId.parse(newId("user", deps.random));
    await deps.db.transaction().execute(async (tx) => {
      if (await isNameTaken(tx, wanted.name)) throw new HttpProblem("name-taken");
      await insertUser(tx, { id, name: wanted.name, passwordHash, createdAt: deps.clock.now() });
      for (const grant of wanted.grants) await give(deps, tx, operator, id, grant);
    });
    return c.json({ id, name: wanted.name, password }, 201);
  });

  api.openapi(addGrant, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    const grant = c.req.valid("json");
    const known = await usersIn(deps.db, areasFor(deps, operator, "set-up-people"), operator.today);
    if (!known.some((one) => one.id === id)) throw new HttpProblem("not-found");
    await requireOwnArea(deps, operator, "set-up-people", grant.areaId);
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
      await endGrant(tx, id, operator.today);
      await writeGrantAudit(deps, tx, operator, "grant.ended", found.userId, found.grant);
    });
    return c.body(null, 204);
  });

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

async function give(
  deps: ApiDeps,
  tx: Database,
  operator: Operator,
  user: UserId,
  grant: Grant,
): Promise<void> {
  await insertGrant(tx, user, { ...grant, from: operator.today, to: null });
  await writeGrantAudit(deps, tx, operator, "grant.given", user, grant);
}

function writeGrantAudit(
  deps: ApiDeps,
  tx: Database,
  operator: Operator,
  act: AuditAct,
  user: UserId,
  grant: Grant,
): Promise<void> {
  const { role, areaId: area } = grant;
  return writeAudit(tx, {
    at: deps.clock.now(),
    userId: operator.userId,
    act,
    subject: `user:${user}`,
    areaId: area,
    detail: { role },
  });
}
