import { once } from "node:events";
import { createServer, Server } from "node:net";
import { openForwarder } from "@loa/edge-agent/sound/relay/forwarder.ts";
import { expect, onTestFinished, test, vi } from "vitest";

test("a-machine-without-a-handle-to-spare-loses-a-stream, not the engine", async () => {
  const station = createServer();
  station.listen(0, "127.0.0.1");
  await once(station, "listening");
  onTestFinished(() => void station.close());
  const address = station.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const left = new Promise<boolean>((resolve) => {
    station.once("connection", (socket) => {
      socket.resume();
      socket.once("close", () => resolve(true));
    });
  });
  const listen = vi.spyOn(Server.prototype, "listen").mockImplementation(function (this: Server) {
    process.nextTick(() => this.emit("error", new Error("listen EMFILE")));
    return this;
  });
  onTestFinished(() => listen.mockRestore());
  const forwarder = await openForwarder({
    target: { address: "127.0.0.1", family: 4 },
    port: address.port,
    tlsName: null,
    timers: { after: () => () => {} },
    signal: new AbortController().signal,
    count: () => {},
    admit: () => true,
  });
  expect(forwarder).toBeNull();
  expect(await left).toBe(true);
});
