import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A cable between a client and a server on the loopback: it can be listened to, cut, and pulled for good. */
export interface TcpProxy {
  readonly port: number;
  /** Bytes from the client to the server so far, over all connections. */
  sent(): Buffer;
  /** Ends the connections of this moment without a goodbye; new ones may come. */
  cut(): void;
  /** Nothing comes through any more in either way, and nobody is told: a dead radio link. */
  silence(): void;
  /** As before; what hung is cut first. */
  restore(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const heard: Buffer[] = [];
  let isSilent = false;
  /** Keeps a connection and takes nothing from it. */
  const hold = (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => open.delete(socket));
    socket.pause();
  };
  const track = (socket: Socket, other: Socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => {
      open.delete(socket);
      other.destroy();
    });
  };
  const server = createServer({ noDelay: true }, (near) => {
    if (isSilent) {
      hold(near);
      return;
    }
    const far = connect({ host: "127.0.0.1", port: targetPort, noDelay: true });
    track(near, far);
    track(far, near);
    near.on("data", (chunk: Buffer) => heard.push(chunk));
    near.pipe(far);
    far.pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: address.port,
    sent: () => Buffer.concat(heard),
    cut,
    silence() {
      isSilent = true;
      for (const socket of open) socket.unpipe().pause();
    },
    restore() {
      isSilent = false;
      cut();
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      cut();
      await closed;
    },
  };
}
