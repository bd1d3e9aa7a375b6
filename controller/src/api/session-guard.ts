import type { MiddlewareHandler } from "hono";
import type { ApiDeps } from "./api-deps.ts";
import type { ApiEnv } from "./api-env.ts";
import { HttpProblem } from "./http-problem.ts";
import { type Operator, operatorOf } from "./operator.ts";
import { remoteAddress } from "./remote-address.ts";
import { boxPaths } from "./request-guards.ts";
import { spend } from "./spend.ts";

/** Routes that answer without a session. Everything else below `/api/v1` is closed, new routes too. */
const openRoutes: ReadonlySet<string> = new Set([
  "POST /api/v1/session",
  "POST /api/v1/session/passkey",
  "POST /api/v1/session/passkey/options",
  "POST /api/v1/session/openid",
  "GET /api/v1/session/openid/callback",
  "GET /api/v1/session/ways",
  "POST /api/v1/enrol",
  // Signed by the box's own key.
  "POST /api/v1/renew",
  // What everybody may know who speaks TLS with us.
  "GET /api/v1/trust/authority",
  "GET /api/v1/trust/revoked",
  // Asks for a session itself, where no token is shown.
  "POST /api/v1/cap",
]);

export function guardSession(deps: ApiDeps): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const kind = kindOf(c.req.path);
    // A whole province of boxes may come by one address of a carrier, all at once after a power cut.
    if (!boxPaths.has(c.req.path)) await spend(deps, `${kind}address`, [remoteAddress(c)]);
    if (!openRoutes.has(`${c.req.method} ${c.req.path}`)) {
      const operator = await operatorOf(deps, c.req.raw.headers);
      if (operator === null) throw new HttpProblem("not-signed-in");
      await spendOwn(deps, kind, operator);
      c.set("operator", operator);
    }
    await next();
    // What a person may see is nobody else's: no cache keeps it.
    c.header("cache-control", "no-store");
  };
}

/** Whoever must warn or stop, and sign in for it, is not held up by what anybody else asks. */
function kindOf(path: string): "emergency-" | "" {
  return /^\/api\/v1\/(emergenc|stops|session|areas\/[^/]+\/stop$)/.test(path) ? "emergency-" : "";
}

async function spendOwn(deps: ApiDeps, kind: "emergency-" | "", { userId, grants }: Operator): Promise<void> {
  await spend(deps, `${kind}account`, [userId]);
  const [first] = grants;
  if (first !== undefined) await spend(deps, `${kind}area`, [first.areaId]);
}
