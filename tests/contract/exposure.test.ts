import { spawnSync } from "node:child_process";
import { request } from "node:https";
import { join } from "node:path";
import { type Exposure, exposureProblem } from "@loa/controller/exposure.ts";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { openOwnControlRoom, ownOperator } from "../support/own-control-room.ts";
import { describeWithPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";
import { createTestAuthority } from "../support/test-authority.ts";

const pair = { key: "k", cert: "c" };
const plain: Exposure = { host: "127.0.0.1", publicUrl: null, mqttTls: null };
const behind = { isBehindProxy: true, publicUrl: "https://loa.example.vn" };

describe("a control room", () => {
  it.each<[string, Partial<Exposure>, RegExp | null]>([
    ["in clear on the loopback", {}, null],
    ["in clear on another address of the loopback", { host: "127.9.9.9" }, null],
    ["in clear for everybody", { host: "0.0.0.0" }, /broker would speak in clear/],
    ["in clear for everybody on IPv6", { host: "::" }, /broker would speak in clear/],
    ["in clear at a name that only looks like the loopback", { host: "127.0.0.1.example.vn" }, /in clear/],
    ["with TLS for the broker only", { host: "10.0.0.5", mqttTls: pair }, /pages would speak in clear/],
    ["with TLS for the pages only", { host: "10.0.0.5", httpTls: pair }, /broker would speak in clear/],
    ["with TLS for both", { host: "10.0.0.5", mqttTls: pair, httpTls: pair }, null],
    ["behind a proxy", { host: "10.0.0.5", mqttTls: pair, ...behind }, null],
    [
      "behind a proxy that speaks in clear",
      { isBehindProxy: true, publicUrl: "http://loa.example.vn" },
      /https/,
    ],
    ["behind a proxy of which nobody knows the address", { isBehindProxy: true }, /--public-url/],
  ])("%s starts only where that is safe", (_, changed, problem) => {
    const said = exposureProblem({ ...plain, ...changed });
    if (problem === null) expect(said).toBeNull();
    else expect(said).toMatch(problem);
  });

  it("that would speak in clear to strangers does not start, and says what to give it", async () => {
    const args = ["controller/src/main.ts", "--host", "0.0.0.0", "--data", join(await testFolder(), "data")];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 20_000 });
    expect(status).toBe(2);
    expect(stderr).toContain("give --mqtt-key and --mqtt-cert");
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
