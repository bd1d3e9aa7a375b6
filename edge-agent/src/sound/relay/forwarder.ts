import { connect, createServer, type Server, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Timers } from "@loa/shared/kernel/ambient.ts";
import type { HostAddress } from "./gate.ts";

export interface ForwarderOptions {
  /** The address that was looked at; nothing else is ever connected to. */
  readonly target: HostAddress;
  readonly port: number;
  /** The name that the certificate must carry; null: no TLS. */
  readonly tlsName: string | null;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  count(bytes: number): void;
  /** Looks at what the server says before the decoder hears it; false ends the connection. */
  admit(bytes: Buffer): boolean;
}

/** A port of the loopback that leads to one address and carries one connection. */
export interface Forwarder {
  readonly port: number;
  close(): void;
}

const CONNECT_WITHIN_MS = 6_000;

/**
 * ffmpeg speaks RTSP and RTMP itself, but it would resolve names and follow redirects itself too. So it is given this
 * port, and we connect: to the address we checked, with TLS where the scheme asks for it, counting what comes.
 * Null when the server does not answer, or no port can be had: it is tried again like any lost stream.
 */
export async function openForwarder(options: ForwarderOptions): Promise<Forwarder | null> {
  const far = await connected(options);
  if (far === null) return null;
  const server = createServer({ noDelay: true });
  const close = () => {
    far.destroy();
    server.close();
  };
  far.on("close", close);
  options.signal.addEventListener("abort", close, { once: true });
  server.on("connection", (near) => {
    // One connection was promised; whoever comes second is not our decoder.
    server.close();
    join(near, far, options);
  });
  const port = await listening(server);
  if (port === null) {
    close();
    return null;
  }
  return { port, close };
}

/** Null: the machine has no port or no handle to spare. Nor is any later error of it more than a lost stream. */
function listening(server: Server): Promise<number | null> {
  return new Promise((resolve) => {
    server.on("error", () => resolve(null));
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(address === null || typeof address === "string" ? null : address.port);
    });
  });
}

function join(near: Socket, far: Socket, options: ForwarderOptions): void {
  near.on("error", () => {});
  near.on("close", () => far.destroy());
  far.on("close", () => near.destroy());
  near.pipe(far);
  far.on("data", (bytes: Buffer) => {
    options.count(bytes.length);
    if (!options.admit(bytes)) far.destroy();
    else if (!near.write(bytes)) far.pause();
  });
  near.on("drain", () => far.resume());
  far.resume();
}

function connected(options: ForwarderOptions): Promise<Socket | null> {
  const { port, target, timers, tlsName } = options;
  const to = { host: target.address, port, noDelay: true };
  return new Promise((resolve) => {
    const socket =
      tlsName === null ? connect(to) : connectTls({ ...to, servername: tlsName, ALPNProtocols: [] });
    const cancel = timers.after(CONNECT_WITHIN_MS, () => socket.destroy());
    const stop = () => socket.destroy();
    options.signal.addEventListener("abort", stop, { once: true });
    socket.on("error", () => {});
    socket.once("close", () => {
      cancel();
      resolve(null);
    });
    socket.once(tlsName === null ? "connect" : "secureConnect", () => {
      cancel();
      options.signal.removeEventListener("abort", stop);
      // What comes early waits until somebody listens.
      socket.pause();
      resolve(socket);
    });
  });
}
