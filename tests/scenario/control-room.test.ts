import { chmod, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CannotOpen, type ControlRoom, openControlRoom } from "@loa/controller/control-room.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLogBook } from "../support/log-book.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";

let folder: TemporaryFolder;
let room: ControlRoom | null = null;
let firstStarts = 0;
beforeEach(async () => {
  firstStarts = 0;
  folder = await temporaryFolder();
});
afterEach(async () => {
  await room?.close();
  room = null;
  await folder.remove();
});

const password = "quite-a-long-secret";

async function open(ports: { httpPort?: number; mqttPort?: number } = {}): Promise<ControlRoom> {
  room = await openControlRoom({
    host: "127.0.0.1",
    httpPort: 0,
    mqttPort: 0,
    dataFolder: join(folder.path, "data"),
    webFolder: null,
    publicUrl: null,
    publicMqttUrl: null,
    mqttTls: null,
    metricsToken: null,
    firstStart: {
      root: { id: "province", name: "Tỉnh" },
      operators: [{ name: "operator", password }],
      made() {
        firstStarts += 1;
      },
    },
    log: createLogBook(),
    ...ports,
  });
  return room;
}

const baseOf = ({ httpPort }: ControlRoom) => `http://127.0.0.1:${httpPort}`;

async function signIn(open: ControlRoom): Promise<Response> {
  return await fetch(`${baseOf(open)}/api/v1/session`, {
    method: "POST",
    headers: { origin: baseOf(open), "content-type": "application/json" },
    body: JSON.stringify({ user: "operator", password }),
  });
}

test("the first operators are made once, and a restart changes neither them nor the key", async () => {
  const first = await open();
  expect(firstStarts).toBe(1);
  expect((await fetch(`${baseOf(first)}/healthz`)).status).toBe(200);
  expect((await signIn(first)).status).toBe(200);
  const keyFile = join(folder.path, "data", "keys", "controller.key");
  const key = await stat(keyFile);
  expect(key.mode & 0o777).toBe(0o600);
  await first.close();
  const second = await open();
  expect(firstStarts).toBe(1);
  expect((await signIn(second)).status).toBe(200);
  expect((await stat(keyFile)).mtimeMs).toBe(key.mtimeMs);
});

test("a second one in the same folder is refused in words, and touches nothing until the first has ended", async () => {
  const first = await open();
  await expect(open()).rejects.toThrow(/data is in use by another control room/);
  expect((await signIn(first)).status).toBe(200);
  await first.close();
  expect((await signIn(await open())).status).toBe(200);
});

test.each(["httpPort", "mqttPort"] as const)("a taken port is told in words (%s)", async (which) => {
  const taken = await startTcpProxy(9);
  await expect(open({ [which]: taken.port })).rejects.toThrow(CannotOpen);
  await expect(open({ [which]: taken.port })).rejects.toThrow(`127.0.0.1:${taken.port}: name another with`);
  // A sign-in that is made is told, also where the start goes no further: the next one has none to tell.
  expect(firstStarts).toBe(which === "mqttPort" ? 1 : 0);
  await taken.close();
  expect((await signIn(await open())).status).toBe(200);
});

test("it stops at once, open live pages and all", async () => {
  const running = await open();
  const cookie = (await signIn(running)).headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const page = await fetch(`${baseOf(running)}/api/v1/events`, { headers: { cookie } });
  const reader = page.body?.getReader();
  await reader?.read();
  // The page would be read for ever.
  await running.close();
  room = null;
  await expect(fetch(`${baseOf(running)}/healthz`)).rejects.toThrow();
});

test("a key that is broken ends the start, and is not replaced: a new one would make every box deaf", async () => {
  const first = await open();
  await first.close();
  room = null;
  const keyFile = join(folder.path, "data", "keys", "controller.key");
  await chmod(keyFile, 0o600);
  await writeFile(keyFile, "broken\n");
  await expect(open()).rejects.toThrow();
  expect((await stat(keyFile)).size).toBe("broken\n".length);
});
