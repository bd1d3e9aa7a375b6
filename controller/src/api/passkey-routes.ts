import { createRoute, z } from "@hono/zod-openapi";
import type { AuditAct } from "../domain/audit-acts.ts";
import { writeAudit } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import {
  insertPasskey,
  isPasskeyKnown,
  type Passkey,
  passkeysOf,
  removePasskey,
  renamePasskey,
} from "../store/passkeys.ts";
import { checkRegistration, registrationOptions } from "../webauthn.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import type { Challenges } from "./challenges.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { type Operator, requireFresh } from "./operator.ts";
import {
  ceremonyOptions,
  credentialId,
  passkeyName,
  passkeyShape,
  registrationAnswer,
} from "./passkey-shapes.ts";
import { relyingParty } from "./relying-party.ts";

/** Of one person: some at work, some at home, one in a safe. */
const MAX_PASSKEYS = 10;

const listPasskeys = createRoute({
  method: "get",
  path: "/api/v1/passkeys",
  summary: "One's own passkeys",
  responses: {
    200: {
      description: "Passkeys, oldest first",
      content: { "application/json": { schema: z.object({ passkeys: z.array(passkeyShape).readonly() }) } },
    },
    ...refusals(),
  },
});

const askForOne = createRoute({
  method: "post",
  path: "/api/v1/passkeys/options",
  summary: "What a browser needs to make a passkey; good for five minutes",
  responses: {
    200: {
      description: "For `navigator.credentials.create`",
      content: { "application/json": { schema: ceremonyOptions } },
    },
    ...refusals("step-up-needed", "too-many-passkeys"),
  },
});

const addPasskey = createRoute({
  method: "post",
  path: "/api/v1/passkeys",
  summary: "Keep the passkey that the browser has made",
  request: { body: { required: true, content: { "application/json": { schema: registrationAnswer } } } },
  responses: {
    201: { description: "Kept", content: { "application/json": { schema: passkeyShape } } },
    ...refusals("step-up-needed", "passkey-refused", "too-many-passkeys"),
  },
});

const rename = createRoute({
  method: "patch",
  path: "/api/v1/passkeys/{id}",
  summary: "Name one of one's own passkeys",
  request: {
    params: z.object({ id: credentialId }),
    body: { required: true, content: { "application/json": { schema: passkeyName } } },
  },
  responses: { 204: { description: "Named" }, ...refusals("not-found") },
});

const remove = createRoute({
  method: "delete",
  path: "/api/v1/passkeys/{id}",
  summary: "Remove one of one's own passkeys",
  request: { params: z.object({ id: credentialId }) },
  responses: { 204: { description: "Removed" }, ...refusals("step-up-needed", "not-found") },
});

export function passkeyRoutes(api: Api, deps: ApiDeps, challenges: Challenges): void {
  const party = relyingParty(deps.config);

  api.openapi(listPasskeys, async (c) => {
    const own = await passkeysOf(deps.db, c.get("operator").userId);
    return c.json({ passkeys: own.map(shown) }, 200);
  });

  api.openapi(askForOne, async (c) => {
    const operator = c.get("operator");
    requireFresh(deps, operator);
    const own = await passkeysOf(deps.db, operator.userId);
    if (own.length >= MAX_PASSKEYS) throw new HttpProblem("too-many-passkeys");
    const challenge = challenges.issue("register", operator.sessionSha256);
    const user = { id: operator.userId, name: operator.name };
    return c.json(ceremonyOptions.parse(await registrationOptions(party, user, challenge, own)), 200);
  });

  api.openapi(addPasskey, async (c) => {
    const operator = c.get("operator");
    requireFresh(deps, operator);
    const { name, passkey: answer } = c.req.valid("json");
    const isOurs = (challenge: string) => challenges.take("register", operator.sessionSha256, challenge);
    const { transports, ...response } = answer.response;
    const made = await checkRegistration(
      party,
      { ...answer, response: transports === undefined ? response : { ...response, transports } },
      isOurs,
    );
    if (!made.ok) throw new HttpProblem("passkey-refused");
    const { userId } = operator;
    const passkey: Passkey = { ...made.value, userId, name, createdAt: deps.clock.now(), lastUsedAt: null };
    await deps.db.transaction().execute(async (tx) => {
      // Who brings a key that somebody has already would sign in as that person.
      if (await isPasskeyKnown(tx, passkey.credentialId)) throw new HttpProblem("passkey-refused");
      if ((await passkeysOf(tx, userId)).length >= MAX_PASSKEYS) throw new HttpProblem("too-many-passkeys");
      await insertPasskey(tx, passkey);
      await note(deps, tx, operator, "passkey.added", passkey.credentialId);
    });
    return c.json(shown(passkey), 201);
  });

  api.openapi(rename, async (c) => {
    const { name } = c.req.valid("json");
    const wasTheirs = await renamePasskey(deps.db, c.get("operator").userId, c.req.valid("param").id, name);
    if (!wasTheirs) throw new HttpProblem("not-found");
    return c.body(null, 204);
  });

  api.openapi(remove, async (c) => {
    const operator = c.get("operator");
    requireFresh(deps, operator);
    const { id } = c.req.valid("param");
    await deps.db.transaction().execute(async (tx) => {
      if (!(await removePasskey(tx, operator.userId, id))) throw new HttpProblem("not-found");
      await note(deps, tx, operator, "passkey.removed", id);
    });
    return c.body(null, 204);
  });
}

function shown({ credentialId: id, name, algorithm, createdAt, lastUsedAt }: Passkey) {
  return { id, name, algorithm, createdAt, lastUsedAt };
}

function note(
  { clock }: ApiDeps,
  tx: Database,
  { userId }: Operator,
  act: AuditAct,
  passkey: string,
): Promise<void> {
  const subject = `user:${userId}`;
  return writeAudit(tx, { at: clock.now(), userId, act, subject, areaId: null, detail: { passkey } });
}
