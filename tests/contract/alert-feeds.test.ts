import { httpDocuments } from "@loa/controller/adapters/http-documents.ts";
import { keepAlertFeeds } from "@loa/controller/alert-feeds.ts";
import { createWork } from "@loa/controller/work.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { expect, onTestFinished, test } from "vitest";
import { createApiWorld } from "../support/api-world.ts";
import { capMessage } from "../support/cap-messages.ts";
import { startScriptedServer } from "../support/scripted-server.ts";
import { signCap, signingService } from "../support/signed-cap.ts";

const sender = "dai@kttv.example.vn";

/** A feed on the loopback with these documents, and a control room that asks it. */
async function asking(documents: Map<string, string>) {
  const world = await createApiWorld();
  const { db, log, time } = world;
  const admin = await world.person("root", "tinh", "area-admin", "approver");
  const work = createWork(time.timers, log);
  const server = await startScriptedServer();
  onTestFinished(server.close);
  server.answer = (request, response) => {
    const body = documents.get(request.url ?? "");
    const etag = body === undefined ? "" : `"${nodeCrypto.sha256Hex(body).slice(0, 16)}"`;
    if (body === undefined) response.writeHead(404).end();
    else if (request.headers["if-none-match"] === etag) response.writeHead(304).end();
    else response.writeHead(200, { "content-type": "application/xml", etag }).end(body);
  };
  await admin.send("PUT", `/api/v1/cap-senders/${sender}`);
  expect((await admin.post("/api/v1/cap-feeds", { url: `${server.url}/feed`, everyS: 10 })).status).toBe(204);
  onTestFinished(
    keepAlertFeeds({
      ...{ db, clock: time.clock, timers: time.timers, log, work },
      ...{
        crypto: nodeCrypto,
        random: nodeRandom,
        documents: httpDocuments,
        alertDrafts: null,
        alertRaising: null,
      },
    }),
  );
  return {
    admin,
    server,
    async look(seconds = 15) {
      for (let passed = 0; passed < seconds; passed += 5) {
        await time.advance(5 * SECOND_MS);
        await work.settled();
      }
    },
    async alerts() {
      const { alerts } = await (await admin.get("/api/v1/cap")).json();
      return alerts;
    },
    async feed() {
      const { feeds } = await (await admin.get("/api/v1/cap-feeds")).json();
      return feeds[0];
    },
  };
}

const atom = (...entries: readonly string[]) =>
  `<feed xmlns="http://www.w3.org/2005/Atom">${entries
    .map(
      (name) =>
        `<entry><updated>2026-11-23T00:00:00Z</updated><link type="application/cap+xml" href="/${name}"/></entry>`,
    )
    .join("")}</feed>`;

const numbered = (number: number) => capMessage({ identifier: `<identifier>KTTV-${number}</identifier>` });

test("what a feed publishes is looked at by persons, each message once, and nothing is raised", async () => {
  const documents = new Map([
    ["/feed", atom("1.xml", "2.xml")],
    ["/1.xml", numbered(1)],
    ["/2.xml", numbered(2)],
  ]);
  const { look, alerts, server, admin } = await asking(documents);
  await look();
  expect((await alerts()).map((one: { identifier: string }) => one.identifier).sort()).toEqual([
    "KTTV-1",
    "KTTV-2",
  ]);
  await look(60);
  expect(server.requests.filter(({ path }) => path === "/1.xml")).toHaveLength(1);
  expect((await (await admin.get("/api/v1/emergencies")).json()).emergencies).toEqual([]);
  documents.set("/feed", atom("1.xml", "2.xml", "3.xml"));
  documents.set("/3.xml", numbered(3));
  await look();
  expect(await alerts()).toHaveLength(3);
});

test("a sender that nobody has let in is not heard through a feed either", async () => {
  const stranger = capMessage({ sender: "<sender>ai@dau.example</sender>" });
  const { look, alerts } = await asking(
    new Map([
      ["/feed", atom("1.xml")],
      ["/1.xml", stranger],
    ]),
  );
  await look();
  expect(await alerts()).toEqual([]);
});

test("who has told a certificate is believed with its signature alone", async () => {
  const service = await signingService("ec");
  const documents = new Map([["/feed", numbered(1)]]);
  const { look, alerts, admin } = await asking(documents);
  const path = `/api/v1/cap-senders/${sender}/certificate`;
  expect((await admin.send("PUT", path, { pem: "no certificate" })).status).toBe(422);
  expect((await admin.send("PUT", path, { pem: service.certificate })).status).toBe(204);
  await look();
  expect(await alerts()).toEqual([]);
  documents.set("/feed", signCap(numbered(1), service));
  await look(120);
  expect(await alerts()).toMatchObject([{ identifier: "KTTV-1" }]);
});

test("a feed that is down is told, asked more seldom, and heard again when it is back", async () => {
  const documents = new Map<string, string>();
  const { look, alerts, feed, server } = await asking(documents);
  await look(120);
  expect(await feed()).toMatchObject({ isFailing: true, problem: "answered 404", goodAt: null });
  const asked = server.requests.length;
  expect(asked).toBeLessThan(6);
  documents.set("/feed", numbered(1));
  await look(400);
  expect(await feed()).toMatchObject({ isFailing: false, problem: null });
  expect(await alerts()).toHaveLength(1);
});

test("a feed of more bytes than an alert may have, and a redirection, are refused", async () => {
  const { look, feed, server } = await asking(new Map());
  server.answer = (_, response) => {
    response.writeHead(200);
    response.end(Buffer.alloc(3 * 1024 * 1024, 0x20));
  };
  await look();
  expect((await feed()).problem).toContain("more than 2097152 bytes");
  server.answer = (_, response) =>
    void response.writeHead(302, { location: "http://169.254.169.254/" }).end();
  await look(60);
  expect((await feed()).problem).toBe("answered 302");
});

test("feeds are set up by whoever administers the whole province, and are encrypted", async () => {
  const world = await createApiWorld();
  const [root, commune] = [
    await world.person("root", "tinh", "area-admin"),
    await world.person("xa", "an", "area-admin"),
  ];
  const wish = { url: "https://feed.example.vn/cap", everyS: 60 };
  expect((await commune.post("/api/v1/cap-feeds", wish)).status).toBe(403);
  const plain = await root.post("/api/v1/cap-feeds", { ...wish, url: "http://feed.example.vn/cap" });
  expect([plain.status, (await plain.json()).code]).toEqual([422, "feed-not-https"]);
  expect((await root.post("/api/v1/cap-feeds", wish)).status).toBe(204);
  expect((await root.post("/api/v1/cap-feeds/remove", { url: wish.url })).status).toBe(204);
  expect((await (await root.get("/api/v1/cap-feeds")).json()).feeds).toEqual([]);
});
