import { createRoute, z } from "@hono/zod-openapi";
import { passkeysOf } from "../store/passkeys.ts";
import { assertionOptions } from "../webauthn.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { renewOwnSession } from "./begin-session.ts";
import type { Challenges } from "./challenges.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { requireOwnSignIn } from "./own-sign-in.ts";
import { checkPasskey, isForSigningIn } from "./passkey-check.ts";
import { assertion, ceremonyOptions } from "./passkey-shapes.ts";
import { checkPassword } from "./password-check.ts";
import { relyingParty } from "./relying-party.ts";
import { remoteAddress } from "./remote-address.ts";

const askForProof = createRoute({
  method: "post",
  path: "/api/v1/session/step-up/options",
  summary: "What a browser needs to prove with one's own passkey who is there; good for five minutes, once",
  responses: {
    200: {
      description: "For `navigator.credentials.get`; without `allowCredentials` where one has no passkey",
      content: { "application/json": { schema: ceremonyOptions } },
    },
    ...refusals(),
  },
});

const stepUp = createRoute({
  method: "post",
  path: "/api/v1/session/step-up",
  summary:
    "Prove again who is there: pressing acts are open for ten minutes, and the session gets a new name",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.union([
            z.strictObject({ password: z.string().min(1).max(256) }),
            z.strictObject({ passkey: assertion }),
          ]),
        },
      },
    },
  },
  responses: {
    204: { description: "Proven" },
    ...refusals("wrong-password", "wrong-passkey", "break-glass-only", "too-many-attempts"),
  },
});

export function stepUpRoutes(api: Api, deps: ApiDeps, challenges: Challenges): void {
  api.openapi(askForProof, async (c) => {
    const { userId, sessionSha256 } = c.get("operator");
    const challenge = challenges.issue("step-up", sessionSha256);
    const own = (await passkeysOf(deps.db, userId)).filter((one) => isForSigningIn(deps, one));
    const options = await assertionOptions(relyingParty(deps.config), challenge, own);
    return c.json(ceremonyOptions.parse(options), 200);
  });

  api.openapi(stepUp, async (c) => {
    const operator = c.get("operator");
    const proof = c.req.valid("json");
    const address = remoteAddress(c);
    if ("password" in proof) {
      // A passkey still proves who is there; a password that nobody uses any more would be a back door.
      requireOwnSignIn(deps, await checkPassword(deps, operator.name, proof.password, address));
    } else {
      const isOurs = (challenge: string) => challenges.take("step-up", operator.sessionSha256, challenge);
      const { userId } = await checkPasskey(deps, proof.passkey, address, isOurs);
      if (userId !== operator.userId) throw new HttpProblem("wrong-passkey");
    }
    await renewOwnSession(c, deps, operator, "password" in proof ? "password" : "passkey");
    return c.body(null, 204);
  });
}
