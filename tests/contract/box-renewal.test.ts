import { generateKeyPairSync } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { enrol, readIdentity, renewCertificate } from "@loa/edge-agent/adapters/identity-store.ts";
import { keepRenewed } from "@loa/edge-agent/renewal.ts";
import type { DoorKeys, TlsIdentity } from "@loa/edge-agent/tls-identity.ts";
import { DAY_MS, HOUR_MS } from "@loa/shared/kernel/time.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { createApiWorld, ORIGIN } from "../support/api-world.ts";
import { openTestAuthority } from "../support/certificate-requests.ts";
import { eventuallySo } from "../support/eventually.ts";
import { createLogBook } from "../support/log-book.ts";
import { startScriptedServer } from "../support/scripted-server.ts";
import { testFolder } from "../support/temp-folder.ts";

const patienceMs = 10_000;

/** A box that has enrolled at the controller's real API, which stands behind a real socket. */
async function enrolledBox() {
  const world = await createApiWorld({}, { authority: await openTestAuthority() });
  const technician = await world.person("tech", "an", "technician");
  const { code } = await (await technician.post("/api/v1/clusters/cluster-an/claim")).json();
  const server = await startScriptedServer();
  onTestFinished(() => server.close());
  /** The control room has done what it was asked, and nobody hears of it. */
  const line = { isDead: false };
  server.answer = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: Buffer.concat(chunks) };
    const answer = await world.api.request(`${ORIGIN}${request.url}`, init);
    if (line.isDead) response.destroy();
    else response.writeHead(answer.status).end(await answer.text());
  };
  const folder = await testFolder();
  const doors: DoorKeys = {
    ca: undefined,
    own: null,
    time: { at: world.time.clock.now(), isKnown: true },
  };
  const enrolled = await enrol(folder, server.url, code, doors);
  if (!enrolled.ok || enrolled.value.tls === null) throw new Error("it did not enrol");
  const identity = { ...enrolled.value, contentUrl: server.url };
  const renew = (tls: TlsIdentity) => renewCertificate(folder, identity, tls, doors);
  return { world, folder, line, renew, first: enrolled.value.tls };
}

describe("a certificate that is torn", () => {
  test.each<[string, (file: Record<string, string>) => string]>([
    ["in the middle", (file) => JSON.stringify(file).slice(0, 700)],
    ["and belongs to another key", (file) => JSON.stringify({ ...file, privateKey: anotherKey() })],
    ["and is none", (file) => JSON.stringify({ ...file, certificate: file.authority?.slice(0, 200) })],
    ["and whose authority is a box", (file) => JSON.stringify({ ...file, authority: file.certificate })],
  ])("%s keeps no box from playing: it has none", async (_, tear) => {
    const { folder } = await enrolledBox();
    const path = join(folder, "tls.json");
    writeFileSync(path, tear(JSON.parse(readFileSync(path, "utf8"))));
    expect(readIdentity(folder)).toMatchObject({ tls: null });
  });
});

function anotherKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

describe("a box renews its certificate by itself", () => {
  test("after sixty to sixty-five days, and shows the new one", async () => {
    const { world, folder, renew, first } = await enrolledBox();
    let shown = first;
    const renewed: TlsIdentity[] = [];
    const end = keepRenewed({
      tls: () => shown,
      sight: () => ({
        now: world.time.clock.now(),
        isClockTrusted: true,
        isLinkUp: true,
        linkFailures: 0,
      }),
      renew,
      renewed(next) {
        shown = next;
        renewed.push(next);
      },
      timers: world.time.timers,
      random: createSeededRandom("renewal"),
      log: createLogBook(),
    });
    onTestFinished(end);
    await world.time.advance(59 * DAY_MS);
    expect(renewed).toEqual([]);
    await world.time.advance(6 * DAY_MS);
    await eventuallySo("a new certificate is there", patienceMs, () => renewed.length > 0);
    expect(renewed).toHaveLength(1);
    expect(readIdentity(folder)?.tls).toEqual(renewed[0]);
    expect(renewed[0]?.serial).not.toBe(first.serial);
    expect(renewed[0]?.privateKey).not.toBe(first.privateKey);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0);
  });

  test("with one key, however often the answer is lost, also over a restart", async () => {
    const { world, folder, line, renew, first } = await enrolledBox();
    await world.time.advance(200 * DAY_MS);
    line.isDead = true;
    expect(await renew(first)).toEqual({ ok: false, error: "unreachable" });
    expect(readIdentity(folder)?.tls).toEqual(first);
    line.isDead = false;
    const next = await renew(first);
    if (!next.ok) throw new Error(next.error);
    expect(readIdentity(folder)?.tls).toEqual(next.value);
    expect(existsSync(join(folder, "tls-next.json"))).toBe(false);
    expect(world.changes.cloned).toEqual([]);
    const rows = await world.db.selectFrom("certificate").select("serial").execute();
    expect(rows).toHaveLength(2);
  });

  test("less and less often while it is refused, and keeps what it has", async () => {
    const { world, folder, first } = await enrolledBox();
    let tries = 0;
    const end = keepRenewed({
      tls: () => first,
      sight: () => ({ now: first.notAfter, isClockTrusted: true, isLinkUp: false, linkFailures: 9 }),
      async renew() {
        tries += 1;
        return { ok: false, error: "refused" };
      },
      renewed: () => expect.unreachable(),
      timers: world.time.timers,
      random: createSeededRandom("refused"),
      log: createLogBook(),
    });
    onTestFinished(end);
    await world.time.advance(2 * HOUR_MS);
    expect(tries).toBeGreaterThan(3);
    const before = tries;
    await world.time.advance(2 * DAY_MS);
    expect(tries - before).toBeLessThan(40);
    expect(readIdentity(folder)?.tls).toEqual(first);
  });
});
