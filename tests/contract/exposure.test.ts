import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { type Doors, doorsOf, type Exposure, exposureProblem } from "@loa/controller/exposure.ts";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { openOwnControlRoom, ownOperator } from "../support/own-control-room.ts";
import { describeWithPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";
import { createTestAuthority } from "../support/test-authority.ts";

const pair = { key: "k", cert: "c" };
const plain: Exposure = { host: "127.0.0.1", publicUrl: null, mqttTls: null };
const behind = { isBehindProxy: true, publicUrl: "https://loa.example.vn" };
const everywhere = { host: "0.0.0.0" };

describe("what the doors of a control room speak", () => {
  it.each<[string, Partial<Exposure>, Doors]>([
    ["on the loopback", {}, { http: "clear", mqtt: "clear", areBoxesCertified: false }],
    [
      "on another address of the loopback",
      { host: "127.9.9.9" },
      { http: "clear", mqtt: "clear", areBoxesCertified: false },
    ],
    [
      "on the loopback, where it is wanted",
      { isOwnTlsWanted: true },
      { http: "own", mqtt: "own", areBoxesCertified: true },
    ],
    ["for everybody", everywhere, { http: "own", mqtt: "own", areBoxesCertified: true }],
    ["for everybody on IPv6", { host: "::" }, { http: "own", mqtt: "own", areBoxesCertified: true }],
    [
      "at a name that only looks like the loopback",
      { host: "127.0.0.1.example.vn" },
      { http: "own", mqtt: "own", areBoxesCertified: true },
    ],
    [
      "with given certificates",
      { ...everywhere, mqttTls: pair, httpTls: pair },
      { http: "given", mqtt: "given", areBoxesCertified: true },
    ],
    [
      "with a given certificate for the pages only",
      { ...everywhere, httpTls: pair },
      { http: "given", mqtt: "own", areBoxesCertified: true },
    ],
    ["behind a proxy", { ...everywhere, ...behind }, { http: "clear", mqtt: "own", areBoxesCertified: true }],
  ])("%s", (_, changed, doors) => {
    expect(doorsOf({ ...plain, ...changed })).toEqual(doors);
  });

  it.each<[string, Partial<Exposure>, RegExp | null]>([
    ["behind a proxy", behind, null],
    ["behind a proxy that speaks in clear", { ...behind, publicUrl: "http://loa.example.vn" }, /https/],
    ["behind a proxy of which nobody knows the address", { isBehindProxy: true }, /--public-url/],
  ])("%s is asked before it starts", (_, changed, problem) => {
    const said = exposureProblem({ ...plain, ...changed });
    if (problem === null) expect(said).toBeNull();
    else expect(said).toMatch(problem);
  });
});

describe("a control room that everybody can reach", () => {
  it("speaks nothing in clear, and lets no box in without a certificate", async () => {
    const folder = await testFolder();
    const room = await openOwnControlRoom(folder, null, { host: "0.0.0.0" });
    onTestFinished(() => room.close());
    await expect(fetch(`http://127.0.0.1:${room.httpPort}/healthz`)).rejects.toThrow();
    const ca = readFileSync(join(folder, "keys", "authority.crt"), "utf8");
    const { name: user, password } = ownOperator;
    const signedIn = await post(`https://127.0.0.1:${room.httpPort}/api/v1/session`, { user, password }, ca);
    expect(signedIn.status).toBe(200);
    const nobody = connectTls({ host: "127.0.0.1", port: room.mqttPort, ca });
    const [error] = await once(nobody, "error");
    expect(error.code).toBe("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED");
  });

  it("names the site of approvals in its own certificate, too", async () => {
    const folder = await testFolder();
    const publicUrl = "https://loa.example.vn";
    const room = await openOwnControlRoom(folder, null, { isOwnTlsWanted: true, publicUrl });
    onTestFinished(() => room.close());
    const ca = readFileSync(join(folder, "keys", "authority.crt"));
    const visitor = connectTls({
      host: "127.0.0.1",
      port: room.httpPort,
      ca,
      servername: "approve.loa.example.vn",
    });
    await once(visitor, "secureConnect");
    expect(visitor.authorized).toBe(true);
    visitor.destroy();
  });

  it("keeps every key for itself", async () => {
    const folder = await testFolder();
    const room = await openOwnControlRoom(folder, null, { isOwnTlsWanted: true });
    await room.close();
    const keys = join(folder, "keys");
    const modes = readdirSync(keys).map((name) => [name, statSync(join(keys, name)).mode & 0o777]);
    expect(modes).toEqual([
      ["authority.crt", 0o600],
      ["authority.key", 0o600],
      ["controller.key", 0o600],
      ["doors.pem", 0o600],
    ]);
  });

  it("goes on with the same authority, and does not start without its key", async () => {
    const folder = await testFolder();
    const rootFile = join(folder, "keys", "authority.crt");
    const start = () => openOwnControlRoom(folder, null, { isOwnTlsWanted: true });
    await (await start()).close();
    const root = readFileSync(rootFile, "utf8");
    await (await start()).close();
    expect(readFileSync(rootFile, "utf8")).toBe(root);
    rmSync(join(folder, "keys", "authority.key"));
    await expect(start()).rejects.toThrow(/authority.key is gone/);
  });
});

describeWithPart("openssl", "HTTPS of the pages", ({ path }) => {
  test("is spoken with the certificate that was given, and the session's cookie goes nowhere else", async () => {
    const authority = await createTestAuthority(path);
    const httpTls = await authority.issue("loa");
    const room = await openOwnControlRoom(await testFolder(), null, { httpTls });
    onTestFinished(() => room.close());
    const origin = `https://127.0.0.1:${room.httpPort}`;
    const { name: user, password } = ownOperator;
    const answer = await post(`${origin}/api/v1/session`, { user, password }, authority.ca);
    expect(answer.status).toBe(200);
    expect(answer.cookie).toMatch(/^__Host-loa=.*; Secure/);
    expect(answer.transportSecurity).toContain("max-age=");
    await expect(fetch(`http://127.0.0.1:${room.httpPort}/healthz`)).rejects.toThrow();
  });
});

interface Posted {
  readonly status: number | undefined;
  readonly cookie: string;
  readonly transportSecurity: string;
}

function post(url: string, body: unknown, ca: string): Promise<Posted> {
  const headers = { "content-type": "application/json", origin: new URL(url).origin };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: "POST", headers, ca }, (answer) => {
      answer.resume();
      resolve({
        status: answer.statusCode,
        cookie: answer.headers["set-cookie"]?.[0] ?? "",
        transportSecurity: answer.headers["strict-transport-security"] ?? "",
      });
    });
    asked.on("error", reject);
    asked.end(JSON.stringify(body));
  });
}
