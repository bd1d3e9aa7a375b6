import { createConnection, type Socket } from "node:net";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { type ByteLink, type LinkFailure, MAX_UNSENT_BYTES } from "../devices/byte-link.ts";

export interface TcpLinkOptions {
  readonly host: string;
  readonly port: number;
}

const CONNECT_LIMIT_MS = 3_000;
/** Finds a half-open connection after a power cut of the other side. */
const KEEP_ALIVE_MS = 15_000;

/** A TCP connection: Modbus TCP, or a serial line behind a gateway. */
export function createTcpLink(options: TcpLinkOptions): ByteLink {
  let socket: Socket | null = null;
  let onData: (bytes: Uint8Array) => void = () => {};
  let onClose: (reason: LinkFailure) => void = () => {};

  const lose = (lost: Socket, reason: LinkFailure) => {
    if (socket !== lost) return;
    socket = null;
    lost.destroy();
    onClose(reason);
  };

  return {
    async open() {
      if (socket !== null) return ok(undefined);
      const opened = await connect(options);
      if (!opened.ok) return opened;
      const current = opened.value;
      socket = current;
      current.on("data", (bytes) => {
        if (socket === current) onData(bytes);
      });
      current.on("close", () => lose(current, "closed"));
      current.on("error", () => lose(current, "closed"));
      return ok(undefined);
    },
    async close() {
      const closing = socket;
      socket = null;
      if (closing === null || closing.closed) return;
      await new Promise<void>((resolve) => {
        closing.once("close", () => resolve());
        closing.destroy();
      });
    },
    write(bytes) {
      if (socket === null) return;
      if (socket.writableLength + bytes.length > MAX_UNSENT_BYTES) lose(socket, "stalled");
      else socket.write(bytes);
    },
    onData(listener) {
      onData = listener;
    },
    onClose(listener) {
      onClose = listener;
    },
  };
}

function connect({ host, port }: TcpLinkOptions): Promise<Result<Socket, LinkFailure>> {
  return new Promise((resolve) => {
    const socket = createConnection({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    socket.setTimeout(CONNECT_LIMIT_MS);
    const refuse = (reason: LinkFailure) => {
      socket.destroy();
      resolve(fail(reason));
    };
    socket.once("timeout", () => refuse("timeout"));
    socket.once("error", (error: NodeJS.ErrnoException) => refuse(failureOf(error.code)));
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.removeAllListeners();
      resolve(ok(socket));
    });
  });
}

function failureOf(code: string | undefined): LinkFailure {
  if (code === "ETIMEDOUT") return "timeout";
  return code === "ENOTFOUND" || code === "EHOSTUNREACH" || code === "ENETUNREACH" ? "not-found" : "refused";
}
