import { memoryLimits } from "@loa/controller/adapters/memory-limits.ts";
import { describe, expect, it } from "vitest";
import { type ApiWorld, createApiWorld, insertPerson, passwordOf } from "../support/api-world.ts";
import { softwarePasskey } from "../support/software-passkey.ts";

const ACCOUNT_REQUESTS = 1_200;

describe("whoever asks without end", () => {
  it("is told to wait, and may still stop, raise, and sign in; nobody else waits", async () => {
    const world = await createApiWorld();
    const noisy = await world.person("noisy", "an", "area-admin");
    const calm = await world.person("calm", "binh", "viewer");
    for (let asked = 0; asked < ACCOUNT_REQUESTS; asked += 1) await world.limits.spend("account", ["noisy"]);
    const refused = await noisy.get("/api/v1/boxes");
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "too-many-requests" });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await calm.get("/api/v1/boxes")).status).toBe(200);
    expect((await noisy.post("/api/v1/areas/an/stop")).status).toBe(202);
    expect((await noisy.get("/api/v1/emergencies")).status).toBe(200);
    expect((await noisy.get("/api/v1/session")).status).toBe(200);
  });

  it("at an address that is used up still signs in", async () => {
    const world = await createApiWorld();
    await insertPerson(world.db, "lan", "an", ["viewer"]);
    for (let asked = 0; asked < 30_000; asked += 1) await world.limits.spend("address", ["local"]);
    const answer = await world.anybody.post("/api/v1/session", { user: "lan", password: passwordOf("lan") });
    expect(answer.status).toBe(200);
    const lan = world.carrying(answer.headers.get("set-cookie") ?? "");
    expect((await lan.get("/api/v1/boxes")).status).toBe(429);
    expect((await lan.get("/api/v1/emergencies")).status).toBe(200);
  });
});

describe("a budget", () => {
  it("is one key's, and those of emergencies are their own", async () => {
    const limits = memoryLimits();
    let waitMs = 0;
    for (let asked = 0; asked <= ACCOUNT_REQUESTS; asked += 1)
      waitMs = await limits.spend("account", ["lan"]);
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(60_000);
    expect(await limits.spend("account", ["minh"])).toBe(0);
    expect(await limits.spend("emergency-account", ["lan"])).toBe(0);
  });
});

describe("behind a proxy", () => {
  const guess = async (world: ApiWorld, forwarded: string, name: string) => {
    const body = { user: name, password: "guess" };
    return await world.anybody.send("POST", "/api/v1/session", body, { "x-forwarded-for": forwarded });
  };

  it("whoever guesses holds up the own address only, whatever the sender writes before it", async () => {
    const world = await createApiWorld({ isBehindProxy: true });
    for (let attempt = 0; attempt < 41; attempt += 1)
      await guess(world, `10.0.0.${attempt}, 203.0.113.7`, `name-${attempt}`);
    expect((await guess(world, "203.0.113.7", "lan")).status).toBe(429);
    expect((await guess(world, "203.0.113.8", "lan")).status).toBe(401);
  });

  it("or without one, nobody believes what the sender writes of the own address", async () => {
    const world = await createApiWorld();
    for (let attempt = 0; attempt < 41; attempt += 1)
      await guess(world, `203.0.113.${attempt}`, `name-${attempt}`);
    expect((await guess(world, "203.0.113.250", "lan")).status).toBe(429);
  });
});

describe("while somebody guesses passwords at an address", () => {
  it("whoever has a passkey comes in there all the same", async () => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "emergency-approver");
    const key = softwarePasskey();
    const options = await (await lan.post("/api/v1/passkeys/options")).json();
    await lan.post("/api/v1/passkeys", { name: "k", passkey: key.register(options) });
    for (let attempt = 0; attempt < 41; attempt += 1)
      await world.anybody.post("/api/v1/session", { user: `name-${attempt}`, password: "guess" });
    const byPassword = await world.anybody.post("/api/v1/session", {
      user: "lan",
      password: passwordOf("lan"),
    });
    expect(byPassword.status).toBe(429);
    const asked = await (await world.anybody.post("/api/v1/session/passkey/options")).json();
    expect((await world.anybody.post("/api/v1/session/passkey", key.sign(asked))).status).toBe(200);
  });
});
