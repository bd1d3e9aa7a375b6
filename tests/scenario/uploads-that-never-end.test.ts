import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import type { ControlRoom } from "@loa/controller/control-room.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openOwnControlRoom, ownOperator } from "../support/own-control-room.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temp-folder.ts";

const { password } = ownOperator;
const LIMIT_MS = 60_000;

let folder: TemporaryFolder;
let room: ControlRoom;
let cookie: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  room = await openOwnControlRoom(folder.path, null);
  const answer = await fetch(`${origin()}/api/v1/session`, {
    method: "POST",
    headers: { origin: origin(), "content-type": "application/json" },
    body: JSON.stringify({ user: "operator", password }),
  });
  cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
});
afterEach(async () => {
  await room.close();
  await folder.remove();
});

const origin = () => `http://127.0.0.1:${room.httpPort}`;

/** Opens an upload on a socket of its own and writes to it until it is answered. */
async function upload(headers: Record<string, string>, part: Buffer) {
  const outgoing = request(`${origin()}/api/v1/clips?fileName=huge.wav`, {
    method: "POST",
    headers: { origin: origin(), cookie, "content-type": "application/octet-stream", ...headers },
  });
  // Whoever is refused is cut off while it still writes.
  outgoing.on("error", () => undefined);
  let sentBytes = 0;
  let isAnswered = false;
  const write = () => {
    if (isAnswered) return;
    sentBytes += part.length;
    outgoing.write(part, () => setImmediate(write));
  };
  write();
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  isAnswered = true;
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(Buffer.from(chunk));
  outgoing.destroy();
  return { status: answer.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()), sentBytes };
}

test.each([
  ["10 GB", 10_000_000_000],
  ["4 GB", 4_294_967_296],
])("%s that are announced are refused before they come", async (_, announced) => {
  const megabyte = Buffer.alloc(1_000_000);
  const { status, body, sentBytes } = await upload({ "content-length": String(announced) }, megabyte);
  expect(status).toBe(413);
  expect(body).toMatchObject({ code: "too-large", titleVi: "Quá lớn" });
  expect(sentBytes).toBeLessThan(100_000_000);
  expect(await readdir(join(folder.path, "uploads"))).toEqual([]);
});

test(
  "a stream without an end is cut off at the limit, and leaves nothing behind",
  async () => {
    const { status, body, sentBytes } = await upload(
      { "transfer-encoding": "chunked" },
      Buffer.alloc(1_000_000),
    );
    expect(status).toBe(413);
    expect(body.code).toBe("too-large");
    expect(sentBytes).toBeLessThan(400_000_000);
    expect(await readdir(join(folder.path, "uploads"))).toEqual([]);
  },
  LIMIT_MS,
);

test("nothing at all is refused as empty", async () => {
  const answer = await fetch(`${origin()}/api/v1/clips?fileName=empty.mp3`, {
    method: "POST",
    headers: { origin: origin(), cookie, "content-type": "application/octet-stream" },
    body: new Uint8Array(0),
  });
  expect(answer.status).toBe(422);
  expect((await answer.json()).code).toBe("empty");
});
