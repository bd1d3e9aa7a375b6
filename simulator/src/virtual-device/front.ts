import { createServer, type Server, type Socket } from "node:net";
import { createSerialLink } from "@loa/edge-agent/adapters/serial-link.ts";
import type { ByteLink } from "@loa/edge-agent/devices/byte-link.ts";
import type { Profile } from "@loa/shared/device/profile.ts";

/** Where virtual devices listen. Port 0 takes a free one; a pty is named by the path of the devices' end. */
export type FrontTransport =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "pty"; readonly path: string }
  | { readonly kind: "link"; readonly link: ByteLink };

/** The devices' end of a line, in whatever language. */
export interface Front {
  readonly address:
    | { readonly kind: "tcp"; readonly host: string; readonly port: number }
    | { readonly kind: "pty"; readonly path: string }
    | { readonly kind: "link" };
  close(): Promise<void>;
}

/** Bytes from one who asks; answers go to the `send` it was made with, now or later. */
export interface Receiver {
  receive(bytes: Uint8Array): void;
  /** The one who asked has hung up. */
  close?(): void;
}
export type NewReceiver = (send: (bytes: Uint8Array) => void) => Receiver;

/** One master is normal, a second one looks on; more than this are turned away. */
const MAX_CONNECTIONS = 4;

/** Rejects when it cannot listen. `profile` says how fast a pty is. */
export function openFront(
  transport: FrontTransport,
  profile: Profile,
  newReceiver: NewReceiver,
): Promise<Front> {
  return transport.kind === "tcp" ? listen(transport, newReceiver) : attach(transport, profile, newReceiver);
}

async function listen(transport: FrontTransport & { kind: "tcp" }, newReceiver: NewReceiver): Promise<Front> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const receiver = newReceiver((bytes) => {
      if (!socket.destroyed) socket.write(bytes);
    });
    socket.on("data", (bytes) => receiver.receive(bytes));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      sockets.delete(socket);
      receiver.close?.();
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  const { host } = transport;
  const port = await listening(server, host, transport.port);
  return {
    address: { kind: "tcp", host, port },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error(`no TCP address: ${address}`));
      else resolve(address.port);
    });
  });
}

async function attach(
  transport: Exclude<FrontTransport, { kind: "tcp" }>,
  profile: Profile,
  newReceiver: NewReceiver,
): Promise<Front> {
  const link = transport.kind === "link" ? transport.link : serialLink(transport.path, profile);
  const receiver = newReceiver((bytes) => link.write(bytes));
  link.onData((bytes) => receiver.receive(bytes));
  const opened = await link.open();
  if (!opened.ok) throw new Error(`the virtual device cannot open its ${transport.kind}: ${opened.error}`);
  const address =
    transport.kind === "link" ? { kind: "link" as const } : { kind: "pty" as const, path: transport.path };
  return { address, close: () => link.close() };
}

function serialLink(path: string, { transport }: Profile): ByteLink {
  const line = "baud" in transport ? transport : ({ baud: 9_600, parity: "none", stopBits: 1 } as const);
  return createSerialLink({ path, baud: line.baud, parity: line.parity, stopBits: line.stopBits });
}
