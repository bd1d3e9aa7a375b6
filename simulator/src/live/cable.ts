import { createConnection, createServer, type Socket } from "node:net";

/** The line of one box to one port of the control room: it can be pulled out. */
export interface Cable {
  readonly port: number;
  setUp(isUp: boolean): void;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";

export async function layCable(targetPort: number): Promise<Cable> {
  const sockets = new Set<Socket>();
  let isUp = true;
  const server = createServer((near) => {
    if (!isUp) {
      near.destroy();
      return;
    }
    const far = createConnection({ host: HOST, port: targetPort });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no TCP address"));
      else resolve(address.port);
    });
  });
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    setUp(next) {
      isUp = next;
      if (!isUp) cutAll();
    },
    close() {
      cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
