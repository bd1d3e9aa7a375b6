import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { listenBacklog } from "@loa/controller/bus/broker-limits.ts";

export interface PlainServer {
  readonly port: number;
  write(bytes: Buffer): void;
  close(): void;
}

/** What Node itself can do: the same bytes to as many sockets, with nothing else around them. */
export async function startPlainServer(): Promise<PlainServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    sockets.add(socket);
  });
  server.listen({ host: "127.0.0.1", port: 0, backlog: listenBacklog });
  await once(server, "listening");
  const address = server.address();
  return {
    port: address !== null && typeof address === "object" ? address.port : 0,
    write: (bytes) => {
      for (const socket of sockets) socket.write(bytes);
    },
    close: () => void server.close(),
  };
}
