import type { Log } from "@loa/shared/kernel/ambient.ts";
import { fail, ok } from "@loa/shared/kernel/result.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import * as client from "openid-client";
import { isLoopbackUrl } from "../exposure.ts";
import type { OpenIdProvider } from "../open-id.ts";

export interface OpenIdSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** One answer of the provider may take so long, s. */
const ANSWER_LIMIT_S = 10;
/** How old the proof may be when the person was asked for a fresh one, s: as long as the form may stand open. */
const FRESH_S = 300;

/** Looks for the provider at the first sign-in, and again after it was not there. */
export function openIdProvider({ issuer, clientId, clientSecret }: OpenIdSettings, log: Log): OpenIdProvider {
  let known: client.Configuration | null = null;

  async function discover(): Promise<client.Configuration> {
    const url = new URL(issuer);
    // In clear only to this very machine: a provider on the loopback.
    const execute = isLoopbackUrl(issuer) ? [client.allowInsecureRequests] : [];
    const options = { timeout: ANSWER_LIMIT_S, execute };
    known = await client.discovery(url, clientId, undefined, client.ClientSecretBasic(clientSecret), options);
    return known;
  }

  return {
    issuer,

    async begin(callback, fresh) {
      try {
        const config = known ?? (await discover());
        const verifier = client.randomPKCECodeVerifier();
        const state = client.randomState();
        const nonce = client.randomNonce();
        const url = client.buildAuthorizationUrl(config, {
          redirect_uri: callback,
          response_type: "code",
          scope: "openid",
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: "S256",
          state,
          nonce,
          ...(fresh ? { prompt: "login", max_age: "0" } : {}),
        });
        return ok({ url: url.href, attempt: { state, nonce, verifier, fresh } });
      } catch (error) {
        log.error("openid.unreachable", { issuer, error: String(error) });
        return fail("unreachable");
      }
    },

    async finish({ state, nonce, verifier, fresh }, returned) {
      try {
        const tokens = await client.authorizationCodeGrant(known ?? (await discover()), returned, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
          ...(fresh ? { maxAge: FRESH_S } : {}),
        });
        const claims = tokens.claims();
        if (claims === undefined) return fail("refused");
        const provenAt = claims.auth_time === undefined ? null : asInstant(claims.auth_time * 1_000);
        return ok({ subject: claims.sub, provenAt });
      } catch (error) {
        log.warn("openid.refused", { issuer, error: String(error) });
        return fail(
          error instanceof client.ClientError && error.code === "OAUTH_TIMEOUT" ? "unreachable" : "refused",
        );
      }
    },
  };
}

/** Passwords and codes go there: in clear only to this very machine. */
export function isSafeIssuer(issuer: string): boolean {
  if (!URL.canParse(issuer)) return false;
  const { protocol } = new URL(issuer);
  return protocol === "https:" || (protocol === "http:" && isLoopbackUrl(issuer));
}
