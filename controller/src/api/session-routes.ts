import { createRoute, z } from "@hono/zod-openapi";
import { areaId, type UserId, userId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, instant, localDate, plus } from "@loa/shared/kernel/time.ts";
import { type DatedGrant, roles } from "../domain/access.ts";
import { lastUseOfBreakGlass } from "../store/audit.ts";
import { userById } from "../store/users.ts";
import { assertionOptions } from "../webauthn.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { beginSession, endOwnSession, forgetOwnCookie } from "./begin-session.ts";
import type { Challenges } from "./challenges.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { requireOwnSignIn } from "./own-sign-in.ts";
import { checkPasskey } from "./passkey-check.ts";
import { assertion, ceremonyOptions } from "./passkey-shapes.ts";
import { checkPassword } from "./password-check.ts";
import { approvalSite, relyingParty } from "./relying-party.ts";
import { remoteAddress } from "./remote-address.ts";

/** So long everybody sees that the break-glass account was used. */
const BREAK_GLASS_SHOWN_MS = DAY_MS;

const sessionAnswer = z
  .object({
    user: z.object({ id: userId, name: z.string() }),
    grants: z.array(z.object({ role: z.enum(roles), areaId, to: localDate.nullable() })).readonly(),
    /** When somebody last signed in with the break-glass account, within 24 h. */
    breakGlassAt: instant.nullable(),
    /** Certificates and keys of the province that end soon, or have ended, and that nobody has renewed. */
    expiring: z.number().int(),
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
  responses: {
    ...answers,
    ...refusals("wrong-password", "break-glass-only", "too-many-attempts", "bad-origin"),
  },
});

const passkeyOptions = createRoute({
  method: "post",
  path: "/api/v1/session/passkey/options",
  summary: "What a browser needs to sign in with a passkey; good for five minutes, once",
  security: [],
  responses: {
    200: {
      description: "For `navigator.credentials.get`",
      content: { "application/json": { schema: ceremonyOptions } },
    },
    ...refusals("bad-origin"),
  },
});

const signInByPasskey = createRoute({
  method: "post",
  path: "/api/v1/session/passkey",
  summary: "Sign in with a passkey",
  security: [],
  request: { body: { required: true, content: { "application/json": { schema: assertion } } } },
  responses: {
    ...answers,
    ...refusals("wrong-passkey", "break-glass-only", "too-many-attempts", "bad-origin"),
  },
});

const waysIn = createRoute({
  method: "get",
  path: "/api/v1/session/ways",
  summary: "How one may sign in here",
  security: [],
  responses: {
    200: {
      description: "Whether there is an OpenID provider, who may come in otherwise, and where passkeys work",
      content: {
        "application/json": {
          schema: z.object({
            openId: z.boolean(),
            ownSignIn: z.enum(["everybody", "break-glass"]),
            passkeyOrigin: z.string(),
            /** Where keys for approving are made and used. */
            approvalOrigin: z.string(),
          }),
        },
      },
    },
  },
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

export function sessionRoutes(api: Api, deps: ApiDeps, challenges: Challenges): void {
  api.openapi(signIn, async (c) => {
    const { user, password } = c.req.valid("json");
    const person = await checkPassword(deps, user.trim().toLowerCase(), password, remoteAddress(c));
    requireOwnSignIn(deps, person);
    const grants = await beginSession(c, deps, person, { method: "password", at: deps.clock.now() });
    return c.json(await answerOf(deps, person, grants), 200);
  });

  api.openapi(waysIn, (c) => {
    const { ownSignIn } = deps.config;
    const { origin } = relyingParty(deps.config);
    const { origin: approvalOrigin } = approvalSite(deps.config);
    return c.json({ openId: deps.openId !== null, ownSignIn, passkeyOrigin: origin, approvalOrigin }, 200);
  });

  api.openapi(passkeyOptions, async (c) => {
    const challenge = challenges.issue("sign-in", "");
    const options = await assertionOptions(relyingParty(deps.config), challenge, []);
    return c.json(ceremonyOptions.parse(options), 200);
  });

  api.openapi(signInByPasskey, async (c) => {
    const isOurs = (challenge: string) => challenges.take("sign-in", "", challenge);
    const { userId: id } = await checkPasskey(deps, c.req.valid("json"), remoteAddress(c), isOurs);
    const person = await userById(deps.db, id);
    if (person === null) throw new HttpProblem("wrong-passkey");
    requireOwnSignIn(deps, person);
    const grants = await beginSession(c, deps, person, { method: "passkey", at: deps.clock.now() });
    return c.json(await answerOf(deps, person, grants), 200);
  });

  api.openapi(whoAmI, async (c) => {
    const { userId: id, name, grants } = c.get("operator");
    return c.json(await answerOf(deps, { id, name }, grants), 200);
  });

  api.openapi(signOut, async (c) => {
    const operator = c.get("operator");
    await endOwnSession(deps, operator, operator.sessionSha256);
    forgetOwnCookie(c, deps);
    return c.body(null, 204);
  });
}

async function answerOf(deps: ApiDeps, user: { id: UserId; name: string }, grants: readonly DatedGrant[]) {
  return {
    user: { id: user.id, name: user.name },
    grants: grants.map(({ role, areaId: id, to }) => ({ role, areaId: id, to })),
    breakGlassAt: await lastUseOfBreakGlass(deps.db, plus(deps.clock.now(), -BREAK_GLASS_SHOWN_MS)),
    expiring: deps.expiring(),
  };
}
