import { createRoute, z } from "@hono/zod-openapi";
import { areaId, userId } from "@loa/shared/kernel/ids.ts";
import { localDate } from "@loa/shared/kernel/time.ts";
import { recoverAccount } from "../accounts/mend.ts";
import { type DatedGrant, roles } from "../domain/access.ts";
import { writeAudit } from "../store/audit.ts";
import { insertUser, isNameTaken, usersIn } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { give, grantWish, requireGrant } from "./grant-wish.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { newId, newPassword } from "./new-id.ts";
import { areasFor, requireFresh, requireRole } from "./operator.ts";
import { requireOwnPerson } from "./own-person.ts";

const MAX_GRANTS = 50;
const name = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{1,63}$/, "2 to 64 of a-z, 0-9 and . _ -");

const userShape = z
  .object({
    id: userId,
    name: z.string(),
    grants: z
      .array(
        z.object({
          id: z.number().int(),
          role: z.enum(roles),
          areaId,
          from: localDate,
          to: localDate.nullable(),
        }),
      )
      .readonly(),
  })
  .openapi("User");

const withPassword = {
  "application/json": { schema: z.object({ id: userId, name: z.string(), password: z.string() }) },
};

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
    201: { description: "The person and the password", content: withPassword },
    ...refusals("area-not-yours", "forbidden", "step-up-needed", "name-taken", "grant-refused"),
  },
});

const recoverUser = createRoute({
  method: "post",
  path: "/api/v1/users/{id}/recover",
  summary:
    "When an account was lost or stolen: its sessions end, its passkeys and its link to a provider go, and its new password is shown this once",
  request: { params: z.object({ id: userId }) },
  responses: {
    200: { description: "The person and the password", content: withPassword },
    ...refusals("not-found", "forbidden", "step-up-needed"),
  },
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
    const grants: DatedGrant[] = [];
    for (const wish of wanted.grants) grants.push(await requireGrant(deps, operator, wish));
    requireFresh(deps, operator);
    const password = newPassword(deps.random);
    const passwordHash = await deps.passwords.hash(password);
    const id = userId.parse(newId("user", deps.random));
    await deps.db.transaction().execute(async (tx) => {
      if (await isNameTaken(tx, wanted.name)) throw new HttpProblem("name-taken");
      await insertUser(tx, { id, name: wanted.name, passwordHash, createdAt: deps.clock.now() });
      await writeAudit(tx, {
        at: deps.clock.now(),
        userId: operator.userId,
        act: "user.created",
        subject: `user:${id}`,
        areaId: grants[0]?.areaId ?? null,
        detail: { name: wanted.name },
      });
      for (const grant of grants) await give(deps, tx, operator, id, grant);
    });
    return c.json({ id, name: wanted.name, password }, 201);
  });

  api.openapi(recoverUser, async (c) => {
    const operator = c.get("operator");
    const { id } = c.req.valid("param");
    const known = await requireOwnPerson(deps, operator, id);
    requireFresh(deps, operator);
    const password = newPassword(deps.random);
    const passwordHash = await deps.passwords.hash(password);
    await deps.db.transaction().execute(async (tx) => {
      await recoverAccount(tx, id, passwordHash);
      await writeAudit(tx, {
        at: deps.clock.now(),
        userId: operator.userId,
        act: "user.recovered",
        subject: `user:${id}`,
        areaId: known.grants[0]?.areaId ?? null,
        detail: {},
      });
    });
    return c.json({ id, name: known.name, password }, 200);
  });
}
