import type { Socket } from "node:net";

/** What went through sockets of one kind, bytes. */
export interface Metered {
  readonly up: number;
  readonly down: number;
  /** What TLS put around both; nothing where there is none. */
  readonly tls: number;
  readonly connections: number;
}

export interface SocketMeter {
  /** `carrier` is the connection below a TLS socket, whose own figures are those of what it carries. */
  watch(socket: Socket, carrier?: Socket): void;
  total(): Metered;
}

const NOTHING: Metered = { up: 0, down: 0, tls: 0, connections: 0 };

/** Sums up sockets while they live and when they are gone. */
export function createSocketMeter(): SocketMeter {
  const live = new Map<Socket, Socket>();
  let gone = NOTHING;
  return {
    watch(socket, carrier = socket) {
      live.set(socket, carrier);
      socket.once("close", () => {
        gone = plus(gone, read(socket, carrier));
        live.delete(socket);
      });
    },
    total: () => [...live].reduce((sum, [socket, carrier]) => plus(sum, read(socket, carrier)), gone),
  };
}

function read(socket: Socket, carrier: Socket): Metered {
  const [up, down] = [socket.bytesWritten, socket.bytesRead];
  const tls = Math.max(0, carrier.bytesWritten + carrier.bytesRead - up - down);
  return { up, down, tls, connections: 1 };
}

function plus(a: Metered, b: Metered): Metered {
  return {
    up: a.up + b.up,
    down: a.down + b.down,
    tls: a.tls + b.tls,
    connections: a.connections + b.connections,
  };
}
