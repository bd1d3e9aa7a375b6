import { describe, expect, it } from "vitest";
import { createApiWorld, HOST, insertPerson, ORIGIN, passwordOf } from "../support/api-world.ts";

const signInPath = "/api/v1/session";

describe("sign-in", () => {
  it("gives a session that a cookie carries, and what was granted", async () => {
    const world = await createApiWorld();
    const person = await world.person("lan", "an", "author", "viewer");
    const answer = await person.get(signInPath);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      user: { id: "lan", name: "lan" },
      grants: [
        { role: "author", areaId: "an", to: null },
        { role: "viewer", areaId: "an", to: null },
      ],
      breakGlassAt: null,
      expiring: 0,
    });
  });

  it("keeps the cookie from scripts, from other sites and, with TLS, from other paths and hosts", async () => {
    const plain = await createApiWorld();
    await insertPerson(plain.db, "lan", "an", ["viewer"]);
    const body = { user: "lan", password: passwordOf("lan") };
    const withoutTls = (await plain.anybody.post(signInPath, body)).headers.get("set-cookie") ?? "";
    expect(withoutTls).toMatch(/^loa=[0-9a-f]{64}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/);

    const secure = await createApiWorld({ secureCookies: true });
    await insertPerson(secure.db, "lan", "an", ["viewer"]);
    const origin = { origin: `https://${HOST}` };
    const answer = await secure.anybody.send("POST", signInPath, body, origin);
    const withTls = answer.headers.get("set-cookie") ?? "";
    expect(withTls).toMatch(/^__Host-loa=[0-9a-f]{64}; .*Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    const cookie = withTls.split(";")[0] ?? "";
    expect((await secure.anybody.send("GET", signInPath, undefined, { cookie })).status).toBe(200);
    const unprefixed = cookie.replace("__Host-", "");
    expect((await secure.anybody.send("GET", signInPath, undefined, { cookie: unprefixed })).status).toBe(
      401,
    );
  });

  it("keeps only hashes of sessions", async () => {
    const world = await createApiWorld();
    const person = await world.person("lan", "an", "viewer");
    const rows = await world.db.selectFrom("session").selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(person.cookie).not.toContain(rows[0]?.id_sha256);
    expect(JSON.stringify(rows)).not.toContain(person.cookie.split("=")[1]);
  });

  it("refuses a wrong password and an unknown name with the same words", async () => {
    const world = await createApiWorld();
    await insertPerson(world.db, "lan", "an", ["viewer"]);
    const wrong = await world.anybody.post(signInPath, { user: "lan", password: "guess" });
    const unknown = await world.anybody.post(signInPath, { user: "nobody", password: "guess" });
    expect(wrong.status).toBe(401);
    expect(await wrong.json()).toEqual(await unknown.json());
  });

  it("makes whoever guesses wait, and lets the right password in after the wait", async () => {
    const world = await createApiWorld();
    await insertPerson(world.db, "lan", "an", ["viewer"]);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const wrong = await world.anybody.post(signInPath, { user: "lan", password: `guess ${attempt}` });
      expect(wrong.status).toBe(401);
    }
    const locked = await world.anybody.post(signInPath, { user: "lan", password: passwordOf("lan") });
    expect(locked.status).toBe(429);
    const problem = await locked.json();
    expect(problem.code).toBe("too-many-attempts");
    expect(problem.waitMs).toBeGreaterThan(3_000);
    expect(Number(locked.headers.get("retry-after"))).toBe(Math.ceil(problem.waitMs / 1_000));
    await insertPerson(world.db, "minh", "an", ["viewer"]);
    const other = await world.anybody.post(signInPath, { user: "minh", password: passwordOf("minh") });
    expect(other.status).toBe(200);
  });

  it("ends on signing out, after twelve idle hours, and after seven days", async () => {
    const world = await createApiWorld();
    const person = await world.person("lan", "an", "viewer");
    expect((await person.send("DELETE", signInPath)).status).toBe(204);
    expect((await person.get(signInPath)).status).toBe(401);

    const idle = await world.person("minh", "an", "viewer");
    await world.time.advance(12 * 3_600_000 + 1);
    expect((await idle.get(signInPath)).status).toBe(401);

    const busy = await world.person("hoa", "an", "viewer");
    for (let hour = 0; hour < 7 * 24 - 1; hour += 6) {
      expect((await busy.get(signInPath)).status).toBe(200);
      await world.time.advance(6 * 3_600_000);
    }
    expect((await busy.get(signInPath)).status).toBe(401);
  });

  it("counts only grants that are in force today", async () => {
    const world = await createApiWorld();
    const person = await world.person("lan", "an", "viewer");
    await world.db.updateTable("grant").set({ to_date: "2026-11-24" }).execute();
    expect((await (await person.get("/api/v1/boxes")).json()).boxes).toHaveLength(1);
    await world.time.advance(20 * 3_600_000);
    const later = await world.person("minh", "binh", "viewer");
    await world.db.updateTable("grant").set({ to_date: "2026-11-24" }).execute();
    expect((await (await later.get("/api/v1/boxes")).json()).boxes).toHaveLength(0);
  });
});

describe("every request", () => {
  it("is refused for a host that is not ours", async () => {
    const world = await createApiWorld();
    const answer = await world.api.request("http://evil.example/api/v1/session", {
      headers: { host: "evil.example" },
    });
    expect(answer.status).toBe(421);
    expect((await answer.json()).code).toBe("bad-host");
  });

  it("that changes something is refused without our own Origin", async () => {
    const world = await createApiWorld();
    const person = await world.person("lan", "tinh", "area-admin", "author");
    for (const origin of ["", "null", "http://evil.example", `${ORIGIN}.evil.example`, "http://127.0.0.1"]) {
      const answer = await person.send("POST", "/api/v1/areas/an/stop", undefined, { origin });
      expect(answer.status).toBe(403);
      expect((await answer.json()).code).toBe("bad-origin");
    }
    expect((await person.post("/api/v1/areas/an/stop")).status).toBe(202);
  });

  it("gets a policy without inline scripts, and no cache keeps what it shows", async () => {
    const world = await createApiWorld();
    const person = await world.person("lan", "an", "viewer");
    const { headers } = await person.get("/api/v1/boxes");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("that is refused gets problem+json with a literal and words in two languages", async () => {
    const world = await createApiWorld();
    const person = await world.person("lan", "an", "viewer");
    const answers = [
      [await world.anybody.get("/api/v1/boxes"), 401, "not-signed-in"],
      [await person.get("/api/v1/boxes/box-nowhere"), 404, "not-found"],
      [await person.get("/api/v1/nothing"), 404, "not-found"],
      [await person.get("/nothing"), 404, "not-found"],
      [await person.post("/api/v1/bulletins", { title: "" }), 400, "bad-request"],
      [
        await person.send("POST", "/api/v1/bulletins", "{", { "content-type": "application/json" }),
        400,
        "bad-request",
      ],
      [await person.post("/api/v1/areas/an/stop"), 403, "forbidden"],
    ] as const;
    for (const [answer, status, code] of answers) {
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      const problem = await answer.json();
      expect(problem).toMatchObject({ status, code, type: `urn:loa:problem:${code}` });
      expect(answer.status).toBe(status);
      expect(problem.title.length).toBeGreaterThan(3);
      expect(problem.titleVi.length).toBeGreaterThan(3);
    }
  });

  it("with a body of more than 256 KiB is refused unread", async () => {
    const world = await createApiWorld();
    const person = await world.person("lan", "an", "author");
    const answer = await person.post("/api/v1/bulletins", { title: "a".repeat(300_000) });
    expect(answer.status).toBe(413);
    expect((await answer.json()).code).toBe("too-large");
  });
});
