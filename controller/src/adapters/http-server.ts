import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { getRequestListener } from "@hono/node-server";

export interface HttpServer {
  readonly port: number;
  /** Until it is called, requests wait for it: the port is known before the controller is up. */
  serve(answer: Answer): void;
  /** Open live pages are ended, too. */
  close(): Promise<void>;
}

export type Answer = (request: Request, env: object) => Promise<Response>;

/** Requests whose head does not come within this are dropped; uploads have their own limit. */
const HEADERS_LIMIT_MS = 15_000;
/** A clip of 200 MB over 1 Mbit/s takes half an hour. */
const REQUEST_LIMIT_MS = 45 * 60_000;

export async function listenHttp(
  host: string,
  port: number,
  tls: { readonly key: string; readonly cert: string } | null = null,
): Promise<HttpServer> {
  let answer: Answer | null = null;
  const waiting: (() => void)[] = [];
  const listener = getRequestListener(async (request, env) => {
    if (answer === null) await new Promise<void>((resolve) => waiting.push(resolve));
    return answer === null ? new Response(null, { status: 503 }) : await answer(request, env);
  });
  const limits = { headersTimeout: HEADERS_LIMIT_MS, requestTimeout: REQUEST_LIMIT_MS };
  const server: Server =
    tls === null
      ? createServer(limits, listener)
      : createTlsServer({ ...limits, key: tls.key, cert: tls.cert, minVersion: "TLSv1.2" }, listener);
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    serve(next) {
      answer = next;
      for (const resolve of waiting.splice(0)) resolve();
    },
    async close() {
      for (const resolve of waiting.splice(0)) resolve();
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
