import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type HttpContentOptions, openHttpContent } from "@loa/edge-agent/adapters/http-content.ts";
import type { Content, ContentReport } from "@loa/edge-agent/ports.ts";
import { boxId, type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";
import { asInstant, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { createClipFolder, createVirtualContent } from "@loa/simulator/virtual/virtual-content.ts";
import { createVirtualNetwork } from "@loa/simulator/virtual/virtual-network.ts";
import { createVirtualDisk } from "@loa/simulator/virtual/virtual-store.ts";
import { createVirtualTime } from "@loa/simulator/virtual/virtual-time.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { createLogBook } from "../support/log-book.ts";
import { type ScriptedServer, serves, startScriptedServer } from "../support/scripted-server.ts";
import { temporaryFolder, testFolder } from "../support/temp-folder.ts";
import { bytesOf, type ContentWorld, describeContent, hashOfText } from "./content.contract.ts";

const limits = { stallMs: 300, transferMs: 5 * SECOND_MS };

/** Reports one after the other, each to whoever asks next. */
function mailbox(content: Content): () => Promise<ContentReport> {
  const arrived: ContentReport[] = [];
  let wake: () => void = () => undefined;
  content.onReport((report) => {
    arrived.push(report);
    wake();
  });
  return async () => {
    for (;;) {
      const first = arrived.shift();
      if (first !== undefined) return first;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

function open(folder: string, server: ScriptedServer, change: Partial<HttpContentOptions> = {}) {
  return openHttpContent({
    folder,
    url: server.url,
    box: "cum-1",
    password: "secret",
    budgetBytes: 64 * 1024 * 1024,
    log: createLogBook(),
    limits,
    ...change,
  });
}

describeContent("over HTTP", async (): Promise<ContentWorld> => {
  const server = await startScriptedServer();
  const folder = await temporaryFolder();
  const content = open(folder.path, server);
  const answers = new Map<string, { status: number; bytes: Uint8Array }>();
  server.answer = (request, response) => {
    const known = answers.get(request.url ?? "");
    if (known?.status === 200) return serves(known.bytes)(request, response);
    response.writeHead(known?.status ?? 404).end(known?.bytes);
  };
  return {
    content,
    serve: (hash, status, bytes) => void answers.set(`/content/v1/${hash}`, { status, bytes }),
    unplug: () => void server.close(),
    nextReport: mailbox(content),
    rot: (hash) => {
      const path = join(folder.path, hash);
      writeFileSync(path, spoilt(readFileSync(path)));
    },
    reopen: () => open(folder.path, server),
    async close() {
      content.close();
      await server.close();
      await folder.remove();
    },
  };
});

describeContent("in the simulator", async (): Promise<ContentWorld> => {
  const time = createVirtualTime(asInstant(0));
  const random = createSeededRandom("content");
  const folder = createClipFolder();
  const answers = new Map<Sha256, { status: number; bytes: Uint8Array }>();
  const parts = {
    time,
    link: createVirtualNetwork(time, random, createLogBook()).linkOf(boxId.parse("cum-1")),
    folder,
    disk: createVirtualDisk(),
    crypto: nodeCrypto,
    download: async (hash: Sha256) => answers.get(hash) ?? { status: 404, bytes: new Uint8Array() },
    isAlive: () => true,
  };
  const content = createVirtualContent(parts);
  const arrived: ContentReport[] = [];
  content.onReport((report) => void arrived.push(report));
  return {
    content,
    serve: (hash, status, bytes) => void answers.set(hash, { status, bytes }),
    unplug: () => {
      folder.trouble = "unreachable";
    },
    async nextReport() {
      for (let second = 0; second < 120 && arrived.length === 0; second += 1)
        await time.runUntil(time.now() + SECOND_MS);
      const [first] = arrived.splice(0, 1);
      if (first === undefined) throw new Error("no report in two minutes");
      return first;
    },
    rot: (hash) => {
      folder.files.set(hash, spoilt(folder.files.get(hash) ?? new Uint8Array(1)));
    },
    reopen: () => createVirtualContent(parts),
    close: async () => undefined,
  };
});

function spoilt(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[0] = (copy[0] ?? 0) ^ 1;
  return copy;
}

/** A body large enough that a cut leaves something behind. */
const body = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
const hash = sha256.parse(createHash("sha256").update(body).digest("hex"));
const half = 150_000;

async function httpWorld(change: Partial<HttpContentOptions> = {}) {
  const server = await startScriptedServer();
  onTestFinished(() => server.close());
  const folder = await testFolder();
  const part = join(folder, `${hash}.part`);
  const reopen = () => {
    const content = open(folder, server, change);
    onTestFinished(() => content.close());
    const next = mailbox(content);
    const get = (sizeBytes: number | null = body.length) => {
      content.fetch({ sha256: hash, sizeBytes });
      return next();
    };
    return { content, get };
  };
  return { server, folder, part, reopen, ...reopen() };
}

/** Sends half of the body and hangs up. */
const hangsUpHalfWay: ScriptedServer["answer"] = (_, response) => {
  response.writeHead(200, { "content-length": body.length });
  response.write(body.subarray(0, half), () => setImmediate(() => response.destroy()));
};

describe("a download that is disturbed", () => {
  test("is resumed where it was cut, with the box's own name and password", async () => {
    const { server, part, get, content } = await httpWorld();
    server.answer = hangsUpHalfWay;
    expect(await get()).toMatchObject({ kind: "failed", reason: "unreachable" });
    const had = statSync(part).size;
    expect(had).toBeGreaterThan(0);
    expect(content.list()).toEqual([]);
    server.answer = serves(body);
    expect(await get()).toMatchObject({ kind: "fetched" });
    expect(server.requests.map((one) => one.range)).toEqual([null, `bytes=${had}-`]);
    expect(server.requests[0]).toMatchObject({ path: `/content/v1/${hash}`, user: "cum-1:secret" });
  });

  test("goes on after a power cut from the part that was on the disk", async () => {
    const { server, part, reopen, folder } = await httpWorld();
    writeFileSync(part, body.subarray(0, half));
    server.answer = serves(body);
    const { get, content } = reopen();
    expect(content.list()).toEqual([]);
    expect(await get()).toMatchObject({ kind: "fetched" });
    expect(server.requests.map((one) => one.range)).toEqual([`bytes=${half}-`]);
    expect(readFileSync(join(folder, hash)).equals(body)).toBe(true);
    expect(existsSync(part)).toBe(false);
  });

  test.each([body.length, null])("that lacked only its name asks nobody (size %s)", async (sizeBytes) => {
    const { server, part, get } = await httpWorld();
    writeFileSync(part, body);
    expect(await get(sizeBytes)).toMatchObject({ kind: "fetched" });
    expect(server.requests).toEqual([]);
  });

  test("starts over when the server does not know ranges", async () => {
    const { server, part, get } = await httpWorld();
    writeFileSync(part, body.subarray(0, half));
    server.answer = (_, response) => void response.writeHead(200).end(body);
    expect(await get()).toMatchObject({ kind: "fetched" });
  });

  test("throws a rotten part away and gets the file at the second try", async () => {
    const { server, part, get } = await httpWorld();
    writeFileSync(part, new Uint8Array(half));
    server.answer = serves(body);
    expect(await get()).toMatchObject({ reason: "wrong-hash" });
    expect(await get()).toMatchObject({ kind: "fetched" });
  });

  test("throws a part away that is longer than the file", async () => {
    const { server, part, get } = await httpWorld();
    writeFileSync(part, new Uint8Array(body.length + 10));
    server.answer = serves(body);
    expect(await get()).toMatchObject({ kind: "fetched" });
  });

  test("does not get stuck on a part of a manifest that the server cannot go on with", async () => {
    const { server, part, get } = await httpWorld();
    writeFileSync(part, new Uint8Array(body.length));
    server.answer = serves(body);
    expect(await get(null)).toMatchObject({ kind: "failed" });
    expect(await get(null)).toMatchObject({ kind: "fetched" });
  });
});

describe("a server that means harm", () => {
  test("declares 4 GB: refused unread", async () => {
    const { server, get, part } = await httpWorld();
    let sent = 0;
    server.answer = (_, response) => {
      response.writeHead(200, { "content-length": 4 * 1024 ** 3 });
      const more = () => {
        sent += 65_536;
        if (!response.destroyed && sent < 100_000_000) response.write(new Uint8Array(65_536), more);
      };
      more();
    };
    expect(await get()).toMatchObject({ reason: "wrong-size" });
    expect(statSync(part).size).toBe(0);
  });

  test.each([body.length, null])("sends without end: cut at the limit (size %s)", async (sizeBytes) => {
    const { server, get, part } = await httpWorld();
    server.answer = (_, response) => {
      response.writeHead(200);
      const more = () => {
        if (!response.destroyed) response.write(new Uint8Array(65_536), more);
      };
      more();
    };
    expect(await get(sizeBytes)).toMatchObject({ reason: "wrong-size" });
    expect(statSync(part).size).toBe(0);
  });

  test("drips for ever: given up, and what came is kept", async () => {
    const { server, get, part } = await httpWorld();
    server.answer = (_, response) => {
      response.writeHead(200, { "content-length": body.length });
      response.write(body.subarray(0, half));
      const drip = setInterval(() => response.write(body.subarray(half, half + 1)), 20);
      response.on("close", () => clearInterval(drip));
    };
    expect(await get()).toMatchObject({ reason: "timeout" });
    expect(statSync(part).size).toBeGreaterThanOrEqual(half);
  });

  test("never answers: given up", async () => {
    const { server, get } = await httpWorld();
    server.answer = () => undefined;
    expect(await get()).toMatchObject({ reason: "timeout" });
  });

  test("sends us elsewhere: refused, and nobody else is asked", async () => {
    const { server, get } = await httpWorld();
    const other = await startScriptedServer();
    onTestFinished(() => other.close());
    other.answer = serves(body);
    server.answer = (request, response) =>
      void response.writeHead(302, { location: `${other.url}${request.url}` }).end();
    expect(await get()).toMatchObject({ reason: "refused" });
    expect(other.requests).toEqual([]);
  });
});

describe("the folder of clips", () => {
  test("over its budget it is «disk-full» before anything is asked", async () => {
    const { server, get } = await httpWorld({ budgetBytes: body.length - 1 });
    server.answer = serves(body);
    expect(await get()).toMatchObject({ reason: "disk-full" });
    expect(server.requests).toEqual([]);
  });

  test("parts of clips that nobody finished make room for one that is wanted", async () => {
    const { server, get, folder } = await httpWorld({ budgetBytes: body.length + 1_000 });
    writeFileSync(join(folder, `${hashOfText("gone")}.part`), new Uint8Array(5_000));
    server.answer = serves(body);
    expect(await get()).toMatchObject({ kind: "fetched" });
    expect(readdirSync(folder)).toEqual([hash]);
  });

  test("a torn and a rotten file are gone after the start, and fetched again", async () => {
    const { server, get, folder, reopen } = await httpWorld();
    server.answer = serves(body);
    await get();
    writeFileSync(join(folder, hash), body.subarray(0, half));
    writeFileSync(join(folder, hashOfText("rotten")), bytesOf("rottem"));
    const again = reopen();
    expect(again.content.list()).toEqual([]);
    expect(await again.get()).toMatchObject({ kind: "fetched" });
  });

  test("nothing stands under its hash before it is whole", async () => {
    const { server, content, folder } = await httpWorld();
    let isHalfSent: () => void = () => undefined;
    const halfSent = new Promise<void>((resolve) => {
      isHalfSent = resolve;
    });
    let finish: () => void = () => undefined;
    server.answer = (_, response) => {
      response.writeHead(200, { "content-length": body.length });
      response.write(body.subarray(0, half), () => isHalfSent());
      finish = () => void response.end(body.subarray(half));
    };
    const next = mailbox(content);
    content.fetch({ sha256: hash, sizeBytes: body.length });
    // A second request for the same hash is the first one.
    content.fetch({ sha256: hash, sizeBytes: body.length });
    await halfSent;
    expect(existsSync(join(folder, hash))).toBe(false);
    expect(content.list()).toEqual([]);
    finish();
    expect(await next()).toMatchObject({ kind: "fetched" });
    expect(server.requests).toHaveLength(1);
  });

  test("a file that vanished is said to be gone, not read", async () => {
    const { server, get, folder, content } = await httpWorld();
    server.answer = serves(body);
    await get();
    rmSync(join(folder, hash));
    expect(content.path(hash)).toBeNull();
    expect(content.readText(hash)).toBeNull();
  });
});
