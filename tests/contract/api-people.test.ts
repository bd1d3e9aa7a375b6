import { insertGrant } from "@loa/controller/store/users.ts";
import type { AreaId, UserId } from "@loa/shared/kernel/ids.ts";
import type { LocalDate } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";
import { type ApiWorld, createApiWorld, type Person, passwordOf } from "../support/api-world.ts";
import { softwarePasskey } from "../support/software-passkey.ts";

/** With a wrong password it is a person without a session. */
async function signIn(world: ApiWorld, user: string, password: string): Promise<Person> {
  const answer = await world.anybody.post("/api/v1/session", { user, password });
  return world.carrying(answer.headers.get("set-cookie") ?? "");
}

describe("an area's administrator", () => {
  it("lets a new person in, with a password that works and is kept only as a hash", async () => {
    const world = await createApiWorld();
    const admin = await world.person("admin", "an", "area-admin");
    const answer = await admin.post("/api/v1/users", {
      name: "Lan.Nguyen",
      grants: [{ role: "author", areaId: "an" }],
    });
    expect(answer.status).toBe(201);
    const made = await answer.json();
    expect(made.name).toBe("lan.nguyen");
    expect(made.password).toMatch(/^([0-9a-z]{4}-){3}[0-9a-z]{4}$/);
    const lan = await signIn(world, "lan.nguyen", made.password);
    expect((await (await lan.get("/api/v1/session")).json()).grants).toEqual([
      { role: "author", areaId: "an", to: null },
    ]);
    const audit = await world.db.selectFrom("audit").selectAll().execute();
    expect(JSON.stringify(audit)).not.toContain(made.password);
    const again = await admin.post("/api/v1/users", {
      name: "lan.nguyen",
      grants: [{ role: "viewer", areaId: "an" }],
    });
    expect((await again.json()).code).toBe("name-taken");
  });

  it("gives and ends roles within the area, at once", async () => {
    const world = await createApiWorld();
    const admin = await world.person("admin", "an", "area-admin");
    const viewer = await world.person("lan", "an", "viewer");
    expect((await viewer.post("/api/v1/areas/an/stop")).status).toBe(403);
    const grant = { role: "technician", areaId: "an-thon" };
    expect((await admin.post("/api/v1/users/lan/grants", grant)).status).toBe(204);
    expect((await viewer.post("/api/v1/areas/an-thon/stop")).status).toBe(202);
    const { users } = await (await admin.get("/api/v1/users")).json();
    const lan = users.find((one: { id: string }) => one.id === "lan");
    expect(lan.grants).toMatchObject([
      { role: "viewer", areaId: "an", from: "2020-01-01", to: null },
      { role: "technician", areaId: "an-thon", from: "2026-11-23", to: null },
    ]);
    expect((await admin.send("DELETE", `/api/v1/grants/${lan.grants[1].id}`)).status).toBe(204);
    expect((await viewer.post("/api/v1/areas/an-thon/stop")).status).toBe(403);
    expect((await admin.send("DELETE", `/api/v1/grants/${lan.grants[1].id}`)).status).toBe(404);
  });

  it("gives a role from a day to a day, and it counts on those days only", async () => {
    const world = await createApiWorld();
    const admin = await world.person("admin", "an", "area-admin");
    await world.person("lan", "an", "viewer");
    const give = (grant: object) => admin.post("/api/v1/users/lan/grants", { areaId: "an", ...grant });
    expect(await (await give({ role: "vendor" })).json()).toMatchObject({
      code: "grant-refused",
      reason: "vendor-needs-an-end",
    });
    const past = await give({ role: "technician", from: "2026-11-22" });
    expect(await past.json()).toMatchObject({ code: "grant-refused", reason: "in-the-past" });
    expect((await give({ role: "technician", from: "2026-11-24", to: "2026-11-25" })).status).toBe(204);
    const mayStopOn = async (): Promise<number> => {
      const lan = await signIn(world, "lan", passwordOf("lan"));
      return (await lan.post("/api/v1/areas/an/stop")).status;
    };
    expect(await mayStopOn()).toBe(403);
    await world.time.advance(24 * 3_600_000);
    expect(await mayStopOn()).toBe(202);
    await world.time.advance(24 * 3_600_000);
    expect(await mayStopOn()).toBe(403);
  });

  it("changes nobody's rights ten minutes after signing in without a fresh proof", async () => {
    const world = await createApiWorld();
    const admin = await world.person("admin", "an", "area-admin");
    await world.person("lan", "an", "viewer");
    const { users } = await (await admin.get("/api/v1/users")).json();
    const lan = users.find((one: { id: string }) => one.id === "lan");
    await world.time.advance(10 * 60_000);
    const grant = { role: "author", areaId: "an" };
    const tries = [
      admin.post("/api/v1/users/lan/grants", grant),
      admin.post("/api/v1/users", { name: "friend", grants: [grant] }),
      admin.post("/api/v1/users/lan/recover"),
      admin.send("DELETE", `/api/v1/grants/${lan.grants[0].id}`),
      admin.post("/api/v1/boxes/box-an/revoke"),
    ];
    for (const answer of await Promise.all(tries)) expect((await answer.json()).code).toBe("step-up-needed");
  });

  it("gives a stolen account a new password; its sessions and passkeys are gone", async () => {
    const world = await createApiWorld();
    const admin = await world.person("admin", "an", "area-admin");
    const lan = await world.person("lan", "an-thon", "author");
    const key = softwarePasskey();
    const options = await (await lan.post("/api/v1/passkeys/options")).json();
    await lan.post("/api/v1/passkeys", { name: "k", passkey: key.register(options) });
    const answer = await admin.post("/api/v1/users/lan/recover");
    const { password } = await answer.json();
    expect((await lan.get("/api/v1/session")).status).toBe(401);
    const withOld = await signIn(world, "lan", passwordOf("lan"));
    expect((await withOld.get("/api/v1/session")).status).toBe(401);
    const withNew = await signIn(world, "lan", password);
    expect(await (await withNew.get("/api/v1/passkeys")).json()).toEqual({ passkeys: [] });
    const acts = await world.db.selectFrom("audit").select("act").execute();
    expect(acts.at(-2)?.act).toBe("user.recovered");
  });

  it("takes no account of somebody who has rights elsewhere too", async () => {
    const world = await createApiWorld();
    const admin = await world.person("admin", "an", "area-admin");
    await world.person("lan", "an", "author");
    await insertGrant(world.db, "lan" as UserId, {
      role: "author",
      areaId: "binh" as AreaId,
      from: "2027-01-01" as LocalDate,
      to: null,
    });
    expect((await (await admin.post("/api/v1/users/lan/recover")).json()).code).toBe("forbidden");
    expect((await (await admin.post("/api/v1/users/admin/recover")).json()).code).toBe("forbidden");
  });

  it("gives nothing in an area above", async () => {
    const world = await createApiWorld();
    const admin = await world.person("admin", "an", "area-admin");
    const grants = [
      { role: "viewer", areaId: "an" },
      { role: "author", areaId: "tinh" },
    ];
    const answer = await admin.post("/api/v1/users", { name: "lan", grants });
    expect(await answer.json()).toMatchObject({ code: "area-not-yours", areaId: "tinh" });
  });
});

describe("one's own password", () => {
  it("is changed with the old one, and every other session ends", async () => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "viewer");
    const elsewhere = await signIn(world, "lan", passwordOf("lan"));
    const next = "một câu đủ dài để nhớ";
    const path = "/api/v1/session/password";
    const wrong = await lan.send("PUT", path, { current: "guess", next });
    expect((await wrong.json()).code).toBe("wrong-password");
    const short = await lan.send("PUT", path, { current: passwordOf("lan"), next: "ngắn" });
    expect((await short.json()).code).toBe("bad-request");
    expect((await lan.send("PUT", path, { current: passwordOf("lan"), next })).status).toBe(204);
    expect((await lan.get("/api/v1/session")).status).toBe(200);
    expect((await elsewhere.get("/api/v1/session")).status).toBe(401);
    const withOld = await signIn(world, "lan", passwordOf("lan"));
    expect((await withOld.get("/api/v1/session")).status).toBe(401);
    const withNew = await signIn(world, "lan", next);
    expect((await withNew.get("/api/v1/session")).status).toBe(200);
  });
});
