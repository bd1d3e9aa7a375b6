import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Provider from "oidc-provider";
import { onTestFinished } from "vitest";
import { freePort } from "./free-port.ts";

export const CLIENT_ID = "loa";
export const CLIENT_SECRET = "a secret of both";

/** A real OpenID provider on the loopback, at whose desk sits whoever the test says. */
export interface OpenIdDesk {
  readonly issuer: string;
  /** Who signs in next. */
  sits(subject: string): void;
  /** What a browser does with this address, until it is sent to `home`: that last address. */
  browse(url: string, home: string): Promise<URL>;
  close(): Promise<void>;
}

/** Longer than any test, s. */
const TTL_S = 600;

function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  return { ...privateKey.export({ format: "jwk" }), kid: "of-this-test", alg: "RS256", use: "sig" };
}

export async function openIdDesk(callback: string): Promise<OpenIdDesk> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  let sitting = "nobody";
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [callback],
        response_types: ["code"],
        grant_types: ["authorization_code"],
      },
    ],
    cookies: { keys: ["of this test"] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_ctx, { uid }) => `/desk/${uid}` },
    pkce: { required: () => true },
    jwks: { keys: [signingKey()] },
    ttl: { AccessToken: TTL_S, Grant: TTL_S, IdToken: TTL_S, Interaction: TTL_S, Session: TTL_S },
    async loadExistingGrant(ctx) {
      const { session, client } = ctx.oidc;
      if (session?.accountId === undefined || client === undefined) return undefined;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid");
      await grant.save();
      return grant;
    },
  });
  const serve = provider.callback();
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const finish = { login: { accountId: sitting } };
    if (request.url?.startsWith("/desk/")) void provider.interactionFinished(request, response, finish);
    else void serve(request, response);
  };
  const server = createServer(answer).listen(port, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  onTestFinished(close);
  const jar = new Map<string, string>();
  return {
    issuer,
    sits(subject) {
      sitting = subject;
    },
    close,
    async browse(url, home) {
      let at = new URL(url);
      while (!at.href.startsWith(home)) {
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
        const got = await fetch(at, { redirect: "manual", headers: { cookie } });
        for (const set of got.headers.getSetCookie()) {
          const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
          if (value === "") jar.delete(name);
          else jar.set(name, value);
        }
        const next = got.headers.get("location");
        if (next === null) throw new Error(`${got.status} ${await got.text()}`);
        at = new URL(next, at);
      }
      return at;
    },
  };
}
