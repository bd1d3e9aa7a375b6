import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { createApiWorld, insertPerson, ORIGIN, passwordOf } from "../support/api-world.ts";
import { softwarePasskey } from "../support/software-passkey.ts";

const path = "/api/v1/sessions";
/** No browser: it sends no cookie, and shows a code or its certificate. */
const boxesCome = new Set(["/api/v1/enrol", "/api/v1/renew"]);

describe("one's own sessions", () => {
  it("are listed with where and how they began, and each can be ended from another", async () => {
    const world = await createApiWorld();
    const here = await world.person("lan", "an", "viewer");
    await world.time.advance(1_000);
    const body = { user: "lan", password: passwordOf("lan") };
    const answer = await world.anybody.post("/api/v1/session", body);
    const there = world.carrying(answer.headers.get("set-cookie") ?? "");
    const minh = await world.person("minh", "an", "area-admin");
    const { sessions } = await (await here.get(path)).json();
    expect(sessions).toMatchObject([
      { method: "password", address: "local", isThis: false },
      { method: "password", address: "local", isThis: true },
    ]);
    const [theirs] = (await (await minh.get(path)).json()).sessions;
    expect((await here.send("DELETE", `${path}/${theirs.id}`)).status).toBe(404);
    expect((await here.send("DELETE", `${path}/${sessions[0].id}`)).status).toBe(204);
    expect((await there.get(path)).status).toBe(401);
    expect((await here.get(path)).status).toBe(200);
    expect((await minh.get(path)).status).toBe(200);
  });

  it("all end at once", async () => {
    const world = await createApiWorld();
    const here = await world.person("lan", "an", "viewer");
    const body = { user: "lan", password: passwordOf("lan") };
    const answer = await world.anybody.post("/api/v1/session", body);
    const there = world.carrying(answer.headers.get("set-cookie") ?? "");
    const minh = await world.person("minh", "an", "viewer");
    const ended = await here.send("DELETE", path);
    expect(ended.status).toBe(204);
    expect(ended.headers.get("set-cookie")).toContain("Max-Age=0");
    for (const one of [here, there]) expect((await one.get(path)).status).toBe(401);
    expect((await minh.get(path)).status).toBe(200);
  });
});

describe("the record", () => {
  it("has each proof of who one is, each end of a session and each new name of a passkey", async () => {
    const world = await createApiWorld();
    const here = await world.person("lan", "an", "viewer");
    const password = passwordOf("lan");
    const answer = await world.anybody.post("/api/v1/session", { user: "lan", password });
    const there = world.carrying(answer.headers.get("set-cookie") ?? "");
    const { sessions } = await (await there.get(path)).json();
    const other = sessions.find(({ isThis }: { readonly isThis: boolean }) => !isThis);
    await there.send("DELETE", `${path}/${other.id}`);
    expect((await here.get(path)).status).toBe(401);
    const key = softwarePasskey();
    const options = await (await there.post("/api/v1/passkeys/options")).json();
    await there.post("/api/v1/passkeys", { name: "Máy của Lan", passkey: key.register(options) });
    await there.send("PATCH", `/api/v1/passkeys/${key.credentialId}`, { name: "Điện thoại" });
    const proven = await there.post("/api/v1/session/step-up", { password });
    const anew = world.carrying(proven.headers.get("set-cookie") ?? "");
    expect((await anew.send("DELETE", "/api/v1/session")).status).toBe(204);
    const { rows } = await sql<{ readonly act: string; readonly detail: string }>`
      select act, detail from audit where user_id = 'lan' and act <> 'session.begun' order by id`.execute(
      world.db,
    );
    expect(rows.map(({ act, detail }) => [act, JSON.parse(detail)])).toEqual([
      ["session.ended", { isThis: false }],
      ["passkey.added", { passkey: key.credentialId, purpose: "sign-in" }],
      ["passkey.renamed", { passkey: key.credentialId, name: "Điện thoại" }],
      ["session.proven", { method: "password", address: "local" }],
      ["session.ended", { isThis: true }],
    ]);
  });
});

describe("a session's name", () => {
  it("is never the one that the browser came with, and that one is worth nothing", async () => {
    const world = await createApiWorld();
    await insertPerson(world.db, "lan", "an", ["viewer"]);
    const planted = `loa=${"a".repeat(64)}`;
    const body = { user: "lan", password: passwordOf("lan") };
    const answer = await world.anybody.send("POST", "/api/v1/session", body, { cookie: planted });
    expect(answer.headers.get("set-cookie")).not.toContain("a".repeat(64));
    const victim = await world.anybody.send("GET", path, undefined, { cookie: planted });
    expect(victim.status).toBe(401);
  });

  it("changes at each sign-in, and the session before is over", async () => {
    const world = await createApiWorld();
    const first = await world.person("lan", "an", "viewer");
    const second = await first.post("/api/v1/session", { user: "lan", password: passwordOf("lan") });
    expect(second.headers.get("set-cookie")).not.toContain(first.cookie);
    expect((await first.get(path)).status).toBe(401);
  });

  it("has 256 random bits, and no two are alike", async () => {
    const world = await createApiWorld();
    const people = await Promise.all(
      ["a1", "b2", "c3", "d4"].map((name) => world.person(name, "an", "viewer")),
    );
    const names = people.map(({ cookie }) => cookie.split("=")[1]);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(names).size).toBe(people.length);
  });
});

describe("a request that a page elsewhere could make", () => {
  const forms = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"];

  it.each(forms)("of type %s changes nothing, whatever its Origin says", async (type) => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "area-admin", "author");
    const body = JSON.stringify({ kind: "village", name: "Thôn lạ", parentId: "an" });
    for (const origin of [ORIGIN, "http://evil.example", ""]) {
      const answer = await lan.send("POST", "/api/v1/areas", body, { origin, "content-type": type });
      expect([400, 403, 415], `${origin} ${type}`).toContain(answer.status);
    }
    const areas = await world.db.selectFrom("area").select("name").execute();
    expect(areas.map(({ name }) => name)).not.toContain("Thôn lạ");
  });

  it("without an Origin is refused on every route that changes something", async () => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "tinh", "area-admin", "author");
    const { paths } = await (await lan.get("/api/openapi.json")).json();
    for (const [route, methods] of Object.entries<object>(paths)) {
      for (const method of Object.keys(methods)) {
        if (method === "get" || boxesCome.has(route)) continue;
        for (const origin of ["", "null", "https://evil.example"]) {
          const answer = await lan.send(method.toUpperCase(), route, undefined, { origin });
          expect((await answer.json()).code, `${method} ${route} from «${origin}»`).toBe("bad-origin");
        }
      }
    }
  });

  it("by another name of this machine reaches no route", async () => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "tinh", "area-admin");
    const { paths } = await (await lan.get("/api/openapi.json")).json();
    for (const [route, methods] of Object.entries<object>(paths)) {
      for (const method of Object.keys(methods)) {
        if (route === "/healthz") continue;
        const headers = { host: "loa.evil.example", origin: "http://loa.evil.example" };
        const answer = await lan.send(method.toUpperCase(), route, undefined, headers);
        expect(answer.status, `${method} ${route}`).toBe(421);
      }
    }
  });
});
