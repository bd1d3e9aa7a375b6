import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { enrol, readIdentity } from "@loa/edge-agent/adapters/identity-store.ts";
import { enrolAnswer } from "@loa/shared/wire/enrolment.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { addCluster, createApiWorld, ORIGIN } from "../support/api-world.ts";
import { type Answer, startScriptedServer } from "../support/scripted-server.ts";
import { testFolder } from "../support/temp-folder.ts";

async function serverThat(answer: Answer) {
  const server = await startScriptedServer();
  onTestFinished(() => server.close());
  server.answer = answer;
  return server;
}

/** The controller's real API behind a real socket. */
async function controllerWithClaim() {
  const world = await createApiWorld();
  const technician = await world.person("tech", "an", "technician");
  await addCluster(world.db, "cluster-new", "an-thon");
  const { code } = await (await technician.post("/api/v1/clusters/cluster-new/claim")).json();
  const server = await serverThat(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = { "content-type": request.headers["content-type"] ?? "" };
    const init = { method: request.method ?? "GET", headers, body: Buffer.concat(chunks) };
    const answer = await world.api.request(`${ORIGIN}${request.url}`, init);
    response.writeHead(answer.status).end(await answer.text());
  });
  return { url: server.url, code, world };
}

describe("a box and a controller agree on enrolment", () => {
  test("a claim code gives the box an identity that is there after a restart, for its own eyes only", async () => {
    const { url, code, world } = await controllerWithClaim();
    const folder = await testFolder();
    expect(readIdentity(folder)).toBeNull();
    const enrolled = await enrol(folder, url, code);
    if (!enrolled.ok) throw new Error(enrolled.error);
    expect(readIdentity(folder)).toEqual(enrolled.value);
    expect(world.changes.enrolled).toEqual([enrolled.value.box]);
    const path = join(folder, "identity.json");
    expect(statSync(path).mode & 0o077).toBe(0);
    const { answer } = JSON.parse(readFileSync(path, "utf8"));
    expect(enrolAnswer.parse(answer).cluster).toBe("cluster-new");
    expect(enrolled.value.issuers.size).toBeGreaterThan(0);
  });

  test("a used or an invented code is refused with the controller's words, and leaves nothing on the disk", async () => {
    const { url, code } = await controllerWithClaim();
    const folder = await testFolder();
    expect((await enrol(await testFolder(), url, code)).ok).toBe(true);
    const used = await enrol(folder, url, code);
    expect(!used.ok && used.error).toContain("claim-used");
    const invented = await enrol(folder, url, "0".repeat(17));
    expect(!invented.ok && invented.error).toContain("claim-unknown");
    expect(existsSync(join(folder, "identity.json"))).toBe(false);
  });
});

describe("whoever is no controller gives no identity", () => {
  test.each<[string, Answer]>([
    ["a page", (_, response) => void response.writeHead(200).end("<html>")],
    ["half an answer", (_, response) => void response.writeHead(201).end('{"box":"cum-1"}')],
    [
      "somewhere else",
      (_, response) => void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
    ],
    ["nothing", (_, response) => void response.destroy()],
  ])("an answer of %s", async (_, answer) => {
    const server = await serverThat(answer);
    const folder = await testFolder();
    expect((await enrol(folder, server.url, "0".repeat(17))).ok).toBe(false);
    expect(readIdentity(folder)).toBeNull();
  });
});
