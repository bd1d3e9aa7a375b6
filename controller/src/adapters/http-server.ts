import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { getRequestListener } from "@hono/node-server";

export interface HttpServer {
  readonly port: number;
  /** Until it is called, requests wait for it: the port is known before the controller is up. */
  serve(answer: Answer): void;
  /** Open live pages are ended, too. */
  close(): Promise<void>;
}

export interface HttpTls {
  readonly key: string;
  readonly cert: string;
  /** Tells what is to be used from now on: a renewed certificate. */
  readonly onChange?: (listener: (next: HttpTls) => void) => void;
}

export type Answer = (request: Request, env: object) => Promise<Response>;

/** Requests whose head does not come within this are dropped; uploads have their own limit. */
const HEADERS_LIMIT_MS = 15_000;
/** A clip of 200 MB over 1 Mbit/s takes half an hour. */
const REQUEST_LIMIT_MS = 45 * 60_000;

export async function listenHttp(
  host: string,
  port: number,
  tls: HttpTls | null = null,
): Promise<HttpServer> {
  let answer: Answer | null = null;
  const waiting: (() => void)[] = [];
  const listener = getRequestListener(async (request, env) => {
    if (answer === null) await new Promise<void>((resolve) => waiting.push(resolve));
    return answer === null ? new Response(null, { status: 503 }) : await answer(request, env);
  });
  const limits = { headersTimeout: HEADERS_LIMIT_MS, requestTimeout: REQUEST_LIMIT_MS };
  const server = tls === null ? createServer(limits, listener) : tlsServer(tls, limits, listener);
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

function tlsServer(tls: HttpTls, limits: ServerOptions, listener: RequestListener): Server {
  const contextOf = ({ key, cert }: HttpTls) => ({ key, cert, minVersion: "TLSv1.2" }) as const;
  const server = createTlsServer({ ...limits, ...contextOf(tls) }, listener);
  tls.onChange?.((next) => server.setSecureContext(contextOf(next)));
  return server;
}
