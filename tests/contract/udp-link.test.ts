import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createUdpLink } from "@loa/edge-agent/adapters/udp-link.ts";
import type { LinkFailure } from "@loa/edge-agent/devices/byte-link.ts";
import { expect, it, onTestFinished } from "vitest";

const host = "127.0.0.1";
const waitLimit = { timeout: 5_000, interval: 5 };

async function listen(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, host);
  await once(socket, "listening");
  return socket;
}

async function start() {
  const far = await listen();
  const heard: string[] = [];
  let peer: number | null = null;
  far.on("message", (bytes, from) => {
    heard.push(bytes.toString("latin1"));
    peer = from.port;
  });
  const { port } = far.address();
  const link = createUdpLink({ host, port });
  const got: string[] = [];
  const closed: LinkFailure[] = [];
  link.onData((bytes) => got.push(Buffer.from(bytes).toString("latin1")));
  link.onClose((reason) => closed.push(reason));
  expect((await link.open()).ok).toBe(true);
  onTestFinished(async () => {
    await link.close();
    await new Promise<void>((resolve) => {
      far.once("close", resolve);
      try {
        far.close();
      } catch {
        // The test has closed it.
        resolve();
      }
    });
  });
  const reply = (text: string) => far.send(Buffer.from(text, "latin1"), peer ?? 0, host);
  return { far, link, heard, got, closed, reply, peer: () => peer ?? 0 };
}

it("each write is one packet, and each packet one call", async () => {
  const { link, heard, got, reply } = await start();
  link.write(Buffer.from("GET POWER"));
  link.write(Buffer.from("GET OMUTE 1"));
  await expect.poll(() => heard, waitLimit).toEqual(["GET POWER", "GET OMUTE 1"]);
  reply("DATA POWER ON\n");
  reply("DATA OMUTE 1 NO\n");
  await expect.poll(() => got, waitLimit).toEqual(["DATA POWER ON\n", "DATA OMUTE 1 NO\n"]);
});

it("packets of strangers are not heard", async () => {
  const { link, heard, got, reply, peer } = await start();
  link.write(Buffer.from("x"));
  await expect.poll(() => heard, waitLimit).toEqual(["x"]);
  const stranger = await listen();
  onTestFinished(() => void stranger.close());
  await new Promise<void>((sent) => stranger.send("DATA POWER OFF\n", peer(), host, () => sent()));
  reply("DATA POWER ON\n");
  await expect.poll(() => got, waitLimit).toEqual(["DATA POWER ON\n"]);
});

it("a device that does not listen any more closes the link, which can be opened again", async () => {
  const { far, link, closed } = await start();
  far.close();
  await once(far, "close");
  link.write(Buffer.from("GET POWER"));
  await expect.poll(() => closed, waitLimit).toEqual(["closed"]);
  expect((await link.open()).ok).toBe(true);
});

it("closes without calling the close listener, and drops what is written then", async () => {
  const { link, heard, closed } = await start();
  await link.close();
  await link.close();
  link.write(Buffer.from("lost"));
  expect((await link.open()).ok).toBe(true);
  link.write(Buffer.from("found"));
  await expect.poll(() => heard, waitLimit).toEqual(["found"]);
  expect(closed).toEqual([]);
});

it("a name that nobody knows is not found", async () => {
  const link = createUdpLink({ host: "no-such-host.invalid", port: 5_800 });
  expect(await link.open()).toEqual({ ok: false, error: "not-found" });
});
