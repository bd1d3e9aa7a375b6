import { createSocket, type Socket } from "node:dgram";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { type ByteLink, type LinkFailure, MAX_UNSENT_BYTES } from "../devices/byte-link.ts";

export interface UdpLinkOptions {
  readonly host: string;
  readonly port: number;
}

const CONNECT_LIMIT_MS = 3_000;

/**
 * Datagrams to one device and back. Each `write` is one packet and each call of the data listener another; packets of
 * strangers never arrive, as the socket is connected. Opening says nothing about whether anybody is there: a device
 * that is up but does not listen closes the link (ICMP port unreachable), one that is off is only silent.
 */
export function createUdpLink(options: UdpLinkOptions): ByteLink {
  let socket: Socket | null = null;
  let onData: (bytes: Uint8Array) => void = () => {};
  let onClose: (reason: LinkFailure) => void = () => {};

  const lose = (lost: Socket, reason: LinkFailure) => {
    if (socket !== lost) return;
    socket = null;
    lost.close();
    onClose(reason);
  };

  return {
    async open() {
      if (socket !== null) return ok(undefined);
      const opened = await connect(options);
      if (!opened.ok) return opened;
      const current = opened.value;
      socket = current;
      current.on("message", (bytes) => {
        if (socket === current) onData(bytes);
      });
      current.on("error", () => lose(current, "closed"));
      return ok(undefined);
    },
    async close() {
      const closing = socket;
      socket = null;
      if (closing !== null) await new Promise<void>((resolve) => closing.close(() => resolve()));
    },
    write(bytes) {
      const current = socket;
      if (current === null) return;
      if (current.getSendQueueSize() + bytes.length > MAX_UNSENT_BYTES) lose(current, "stalled");
      else
        current.send(bytes, (error) => {
          if (error !== null) lose(current, "closed");
        });
    },
    onData(listener) {
      onData = listener;
    },
    onClose(listener) {
      onClose = listener;
    },
  };
}

function connect({ host, port }: UdpLinkOptions): Promise<Result<Socket, LinkFailure>> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    const settle = (outcome: Result<Socket, LinkFailure>) => {
      clearTimeout(limit);
      socket.removeAllListeners();
      if (!outcome.ok) {
        // A name that is looked up for too long may still be found after the socket is closed.
        socket.on("error", () => {});
        socket.close();
      }
      resolve(outcome);
    };
    const limit = setTimeout(() => settle(fail("timeout")), CONNECT_LIMIT_MS);
    const refuse = (error: NodeJS.ErrnoException) => settle(fail(failureOf(error.code)));
    socket.once("error", refuse);
    // Called with the error, too, where a name is not found; the types do not know.
    const connected: (error?: NodeJS.ErrnoException) => void = (error) =>
      error === undefined || error === null ? settle(ok(socket)) : refuse(error);
    socket.connect(port, host, connected);
  });
}

function failureOf(code: string | undefined): LinkFailure {
  return code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "EHOSTUNREACH" || code === "ENETUNREACH"
    ? "not-found"
    : "refused";
}
