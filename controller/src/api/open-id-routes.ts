import { createRoute, z } from "@hono/zod-openapi";
import { asInstant, type Instant } from "@loa/shared/kernel/time.ts";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import type { OpenIdAttempt, OpenIdPerson, OpenIdProvider } from "../open-id.ts";
import { userOfIdentity } from "../store/identities.ts";
import { type KnownUser, userById } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { beginSession } from "./begin-session.ts";
import { HttpProblem, refusals } from "./http-problem.ts";

/** How long a person may be away at the provider, s. */
const AWAY_LIMIT_S = 10 * 60;
const CALLBACK = "/api/v1/session/openid/callback";
/** A subject has 255 characters at the most (OpenID Connect Core 1.0, 2). */
const MAX_SUBJECT = 255;

const attemptCookie = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  fresh: z.boolean(),
});

const goThere = createRoute({
  method: "post",
  path: "/api/v1/session/openid",
  summary: "Where to sign in at the OpenID provider; a fresh proof is asked for there where it is wanted",
  security: [],
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: z.object({ fresh: z.boolean().optional() }) } },
    },
  },
  responses: {
    200: {
      description: "The address to go to",
      content: { "application/json": { schema: z.object({ url: z.string() }) } },
    },
    ...refusals("bad-origin", "not-found", "provider-unreachable"),
  },
});

const comeBack = createRoute({
  method: "get",
  path: CALLBACK,
  summary:
    "Where the provider sends the browser back to; leads to the page, signed in or with the reason why not",
  security: [],
  responses: { 303: { description: "To the page" } },
});

export function openIdRoutes(api: Api, deps: ApiDeps): void {
  const { openId, config } = deps;
  const cookie = cookieOf(config.secureCookies);

  api.openapi(goThere, async (c) => {
    if (openId === null) throw new HttpProblem("not-found");
    const begun = await openId.begin(callbackOf(deps), c.req.valid("json").fresh === true);
    if (!begun.ok) throw new HttpProblem("provider-unreachable");
    const { url, attempt } = begun.value;
    const value = deps.crypto.toBase64Url(JSON.stringify(attempt));
    setCookie(c, cookie.name, value, { ...cookie.options, maxAge: AWAY_LIMIT_S });
    return c.json({ url }, 200);
  });

  api.openapi(comeBack, async (c) => {
    const attempt = attemptOf(deps, getCookie(c, cookie.name));
    deleteCookie(c, cookie.name, cookie.options);
    if (openId === null || attempt === null) return toPage(c, "expired");
    const returned = new URL(callbackOf(deps));
    returned.search = new URL(c.req.url).search;
    const finished = await openId.finish(attempt, returned);
    if (!finished.ok) return toPage(c, finished.error);
    const person = await personOf(deps, openId, finished.value);
    if (person === null) {
      deps.log.warn("openid.unknown-person", { subject: finished.value.subject.slice(0, MAX_SUBJECT) });
      return toPage(c, "no-account", finished.value.subject);
    }
    await beginSession(c, deps, person, { method: "oidc", at: provenAt(deps, finished.value) });
    return c.redirect("/", 303);
  });
}

/** Linked by issuer and subject only: names and addresses may be given to somebody else one day. */
async function personOf(
  { db }: ApiDeps,
  { issuer }: OpenIdProvider,
  { subject }: OpenIdPerson,
): Promise<KnownUser | null> {
  const id = await userOfIdentity(db, issuer, subject);
  return id === null ? null : await userById(db, id);
}

/** A provider may have known the person for days: only what it says of a proof is one. */
function provenAt({ clock }: ApiDeps, person: OpenIdPerson): Instant {
  return asInstant(Math.min(person.provenAt ?? 0, clock.now()));
}

function callbackOf({ config }: ApiDeps): string {
  return new URL(CALLBACK, config.publicUrl).href;
}

function toPage(c: Context, why: string, subject?: string): Response {
  const query = new URLSearchParams({ refused: why });
  if (subject !== undefined) query.set("subject", subject.slice(0, MAX_SUBJECT));
  return c.redirect(`/?${query}`, 303);
}

function attemptOf({ crypto }: ApiDeps, value: string | undefined): OpenIdAttempt | null {
  try {
    const text = value === undefined ? null : crypto.fromBase64Url(value);
    return text === null ? null : attemptCookie.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Lax: the browser comes back from elsewhere. It opens nothing by itself. */
function cookieOf(isSecure: boolean): { readonly name: string; readonly options: CookieOptions } {
  return {
    name: isSecure ? "__Host-loa-openid" : "loa-openid",
    options: { path: "/", httpOnly: true, sameSite: "Lax", secure: isSecure },
  };
}
