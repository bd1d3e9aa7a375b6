import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createSerialLink } from "@loa/edge-agent/adapters/serial-link.ts";
import { createTcpLink } from "@loa/edge-agent/adapters/tcp-link.ts";
import { expect, it } from "vitest";
import { openPtyPair } from "../support/pty-pair.ts";
import { describeByteLink, type LinkWorld } from "./byte-link.contract.ts";

const line = { baud: 115_200, parity: "none", stopBits: 1 } as const;

describeByteLink("serial port on a pty", async (): Promise<LinkWorld> => {
  const cable = openPtyPair();
  const [near, far] = cable.ends;
  const link = createSerialLink({ path: near, ...line });
  const other = createSerialLink({ path: far, ...line });
  const received: number[] = [];
  other.onData((bytes) => received.push(...bytes));
  await other.open();
  return {
    link,
    received: () => received,
    send: (bytes) => other.write(Uint8Array.from(bytes)),
    vanish: () => cable.close(),
    async close() {
      await link.close();
      await other.close();
      cable.close();
    },
  };
});

describeByteLink("TCP", async (): Promise<LinkWorld> => {
  const received: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => received.push(...bytes));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const link = createTcpLink({ host: "127.0.0.1", port });
  const vanish = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    link,
    received: () => received,
    send(bytes) {
      for (const socket of sockets) socket.write(Uint8Array.from(bytes));
    },
    vanish,
    async close() {
      await link.close();
      vanish();
    },
  };
});

it("a serial port that is not there is not found", async () => {
  const link = createSerialLink({ path: "/dev/serial/by-id/none", ...line });
  expect(await link.open()).toEqual({ ok: false, error: "not-found" });
});
