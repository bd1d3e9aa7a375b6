import { constants } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type SecureContextOptions, type TLSSocket } from "node:tls";
import { type Admission, createAdmission, type Place } from "./admission.ts";
import { type BrokerLimits, listenBacklog } from "./broker-limits.ts";

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsOptions | undefined;
}

export interface TlsOptions {
  readonly key: string;
  readonly cert: string;
  /** When given, a box must show a certificate of this authority whose common name is its id. */
  readonly ca?: string;
  /** List of certificates that the authority has revoked, PEM: a handshake with one of them fails. */
  readonly crl?: string;
  /** Tells what is to be used from now on: a renewed certificate, a newer list. */
  readonly onChange?: (listener: (next: TlsOptions) => void) => void;
}

/** Takes connections from the network, within the limits; over TLS they come out decrypted. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

export interface Visitor {
  readonly socket: Socket;
  readonly place: Place;
  readonly address: string;
}

export async function listen(
  options: ListenOptions,
  limits: BrokerLimits,
  handlers: {
    onVisitor(visitor: Visitor): void;
    onFull(address: string): void;
    /** Whoever speaks no TLS, or shows no certificate that is good here. */
    onBadHandshake(address: string): void;
  },
): Promise<Listener> {
  const admission = createAdmission(limits);
  const open = new Set<Socket>();
  const secure = options.tls === undefined ? null : secureServer(options.tls, limits, handlers);
  const server = createServer({ noDelay: true }, (socket) => {
    const address = socket.remoteAddress ?? "";
    const place = admit(admission, socket, address);
    if (place === null) {
      handlers.onFull(address);
      return;
    }
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    if (secure === null) handlers.onVisitor({ socket, place, address });
    else secure(socket, place, address);
  });
  server.listen({ host: options.host, port: options.port, backlog: listenBacklog });
  await once(server, "listening");
  // No file descriptor left for one more: one connection less, not the end of the control room.
  server.on("error", () => handlers.onFull(""));
  return {
    port: portOf(server),
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function admit(admission: Admission, socket: Socket, address: string): Place | null {
  const place = admission.admit(address);
  if (place === null) socket.destroy();
  else socket.once("close", () => place.leave());
  return place;
}

/** A TLS server that does not listen: it is handed the connections that were admitted (node:tls, Event "connection"). */
function secureServer(
  tls: TlsOptions,
  limits: BrokerLimits,
  handlers: Pick<Parameters<typeof listen>[2], "onVisitor" | "onBadHandshake">,
): (socket: Socket, place: Place, address: string) => void {
  const mutual = tls.ca === undefined ? {} : { requestCert: true, rejectUnauthorized: true };
  const waiting = new Map<string, { readonly place: Place; readonly address: string }>();
  const server = createTlsServer({
    ...contextOf(tls),
    handshakeTimeout: limits.connectTimeoutMs,
    ...mutual,
  });
  tls.onChange?.((next) => server.setSecureContext(contextOf(next)));
  server.on("secureConnection", (socket: TLSSocket) => {
    const visitor = waiting.get(peerOf(socket));
    if (visitor === undefined) socket.destroy();
    else handlers.onVisitor({ socket, ...visitor });
  });
  // A failed handshake closes its own connection; the place is left with it.
  server.on("tlsClientError", (_error, socket) => {
    handlers.onBadHandshake(waiting.get(peerOf(socket))?.address ?? "");
    socket.destroy();
  });
  return (socket, place, address) => {
    const peer = peerOf(socket);
    waiting.set(peer, { place, address });
    socket.once("close", () => waiting.delete(peer));
    server.emit("connection", socket);
  };
}

/** No tickets: a session that is taken up again would not be held against the list of revoked certificates. */
function contextOf({ key, cert, ca, crl }: TlsOptions): SecureContextOptions {
  return {
    key,
    cert,
    minVersion: "TLSv1.2",
    secureOptions: constants.SSL_OP_NO_TICKET,
    ...(ca === undefined ? {} : { ca }),
    ...(crl === undefined ? {} : { crl }),
  };
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === "string" ? 0 : address.port;
}
