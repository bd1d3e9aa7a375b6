import { createRoute, z } from "@hono/zod-openapi";
import type { AuditAct } from "../domain/audit-acts.ts";
import { writeAudit } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import {
  insertPasskey,
  isPasskeyKnown,
  type Passkey,
  type PasskeyPurpose,
  passkeyPurposes,
  passkeysOf,
  removePasskey,
  renamePasskey,
} from "../store/passkeys.ts";
import { checkRegistration, type NewPasskey, type RelyingParty, registrationOptions } from "../webauthn.ts";
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
import { approvalSite, relyingParty } from "./relying-party.ts";

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
  summary: "What a browser needs to make a passkey for signing in or for approving; good for five minutes",
  request: { query: z.object({ purpose: z.enum(passkeyPurposes).default("sign-in") }) },
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
  api.openapi(listPasskeys, async (c) => {
    const own = await passkeysOf(deps.db, c.get("operator").userId);
    return c.json({ passkeys: own.map(shown) }, 200);
  });

  api.openapi(askForOne, async (c) => {
    const operator = c.get("operator");
    requireFresh(deps, operator);
    const own = await passkeysOf(deps.db, operator.userId);
    if (own.length >= MAX_PASSKEYS) throw new HttpProblem("too-many-passkeys");
    const { purpose } = c.req.valid("query");
    const challenge = challenges.issue(`register-${purpose}`, operator.sessionSha256);
    const alike = own.filter((one) => one.purpose === purpose);
    const user = ownerOf(deps, operator, purpose);
    const options = await registrationOptions(siteFor(deps, purpose), user, challenge, alike);
    return c.json(ceremonyOptions.parse(options), 200);
  });

  api.openapi(addPasskey, async (c) => {
    const operator = c.get("operator");
    requireFresh(deps, operator);
    const { name, passkey: answer } = c.req.valid("json");
    const made = await madePasskey(deps, challenges, operator, answer);
    const { userId } = operator;
    const times = { createdAt: deps.clock.now(), lastUsedAt: null, copiedAt: null };
    const passkey: Passkey = { ...made, userId, name, ...times };
    await deps.db.transaction().execute(async (tx) => {
      // Who brings a key that somebody has already would sign in as that person.
      if (await isPasskeyKnown(tx, passkey.credentialId)) throw new HttpProblem("passkey-refused");
      if ((await passkeysOf(tx, userId)).length >= MAX_PASSKEYS) throw new HttpProblem("too-many-passkeys");
      await insertPasskey(tx, passkey);
      await note(deps, tx, operator, "passkey.added", passkey);
    });
    return c.json(shown(passkey), 201);
  });

  api.openapi(rename, async (c) => {
    const { name } = c.req.valid("json");
    const { userId } = c.get("operator");
    const { id: passkey } = c.req.valid("param");
    await deps.db.transaction().execute(async (tx) => {
      if (!(await renamePasskey(tx, userId, passkey, name))) throw new HttpProblem("not-found");
      const subject = `user:${userId}`;
      const [at, act, detail] = [deps.clock.now(), "passkey.renamed" as const, { passkey, name }];
      await writeAudit(tx, { at, userId, act, subject, areaId: null, detail });
    });
    return c.body(null, 204);
  });

  api.openapi(remove, async (c) => {
    const operator = c.get("operator");
    requireFresh(deps, operator);
    const { id } = c.req.valid("param");
    await deps.db.transaction().execute(async (tx) => {
      const own = (await passkeysOf(tx, operator.userId)).find(({ credentialId: one }) => one === id);
      if (own === undefined) throw new HttpProblem("not-found");
      await removePasskey(tx, operator.userId, id);
      await note(deps, tx, operator, "passkey.removed", own);
    });
    return c.body(null, 204);
  });
}

/** The new key; what it is for was said when its challenge was issued. */
async function madePasskey(
  deps: ApiDeps,
  challenges: Challenges,
  { sessionSha256 }: Operator,
  { response: { transports, ...response }, ...answer }: z.infer<typeof registrationAnswer>["passkey"],
): Promise<NewPasskey & { readonly purpose: PasskeyPurpose }> {
  const whole = { ...answer, response: transports === undefined ? response : { ...response, transports } };
  for (const purpose of passkeyPurposes) {
    const isOurs = (challenge: string) => challenges.take(`register-${purpose}`, sessionSha256, challenge);
    const made = await checkRegistration(siteFor(deps, purpose), whole, isOurs);
    if (made.ok) return { ...made.value, purpose };
  }
  throw new HttpProblem("passkey-refused");
}

/** A key for approving lives on a site of its own, where nobody signs in. */
function siteFor({ config }: ApiDeps, purpose: PasskeyPurpose): RelyingParty {
  return purpose === "approve" ? approvalSite(config) : relyingParty(config);
}

/**
 * An authenticator keeps one found key of a site for each owner, so a key for approving has another one; the browser
 * shows the name, so that the person sees which of the two is asked for.
 */
function ownerOf({ crypto }: ApiDeps, { userId, name }: Operator, purpose: PasskeyPurpose) {
  return purpose === "sign-in"
    ? { id: userId, name, isFound: true }
    : { id: crypto.sha256Hex(`approve ${userId}`), name: `${name} (phê duyệt khẩn cấp)`, isFound: false };
}

function shown({ credentialId: id, name, algorithm, purpose, createdAt, lastUsedAt, copiedAt }: Passkey) {
  return { id, name, algorithm, purpose, createdAt, lastUsedAt, copiedAt };
}

function note(
  { clock }: ApiDeps,
  tx: Database,
  { userId }: Operator,
  act: AuditAct,
  { credentialId: passkey, purpose }: Passkey,
): Promise<void> {
  const subject = `user:${userId}`;
  return writeAudit(tx, {
    at: clock.now(),
    userId,
    act,
    subject,
    areaId: null,
    detail: { passkey, purpose },
  });
}
