import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTP server on the loopback that answers as a test says. */
export interface ScriptedServer {
  readonly url: string;
  answer: Answer;
  readonly requests: readonly {
    readonly path: string;
    readonly range: string | null;
    readonly user: string;
  }[];
  close(): Promise<void>;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  const requests: { path: string; range: string | null; user: string }[] = [];
  const server = createServer((request, response) => {
    const { authorization = "", range } = request.headers;
    const user = Buffer.from(authorization.replace("Basic ", ""), "base64").toString();
    requests.push({ path: request.url ?? "", range: range ?? null, user });
    scripted.answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const scripted: ScriptedServer = {
    url: `http://127.0.0.1:${port}`,
    answer: (_, response) => void response.writeHead(404).end(),
    requests,
    async close() {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
  return scripted;
}

/** As a good server does: the whole body, or the rest of it when a range is asked. */
export function serves(body: Uint8Array): Answer {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (from >= body.length && from > 0) return void response.writeHead(416).end();
    const rest = body.subarray(from);
    const head = { "content-length": rest.length };
    if (from === 0) return void response.writeHead(200, head).end(rest);
    const range = `bytes ${from}-${body.length - 1}/${body.length}`;
    response.writeHead(206, { ...head, "content-range": range }).end(rest);
  };
}
