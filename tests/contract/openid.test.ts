import { openIdProvider } from "@loa/controller/adapters/openid-provider.ts";
import type { ControllerConfig } from "@loa/controller/config.ts";
import { linkIdentity } from "@loa/controller/store/identities.ts";
import { insertPasskey } from "@loa/controller/store/passkeys.ts";
import type { UserId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";
import {
  type ApiWorld,
  createApiWorld,
  insertPerson,
  type Person,
  passwordOf,
} from "../support/api-world.ts";
import { createLogBook } from "../support/log-book.ts";
import { CLIENT_ID, CLIENT_SECRET, type OpenIdDesk, openIdDesk } from "../support/openid-desk.ts";
import { softwarePasskey } from "../support/software-passkey.ts";

const home = "http://localhost:8080/api/v1/session/openid/callback";

interface Office {
  readonly world: ApiWorld;
  readonly desk: OpenIdDesk;
  /** What the page gets when the browser comes back from the provider. */
  signIn(subject: string, fresh?: boolean): Promise<Response>;
  /** Where the page sends the browser, and with which cookie it comes back. */
  leave(fresh?: boolean): Promise<{ readonly url: string; readonly cookie: string }>;
  comeBack(search: string, cookie: string): Promise<Response>;
}

async function office(changed: Partial<ControllerConfig> = {}): Promise<Office> {
  const desk = await openIdDesk(home);
  const settings = { issuer: desk.issuer, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
  const world = await createApiWorld(changed, { openId: openIdProvider(settings, createLogBook()) });
  // The provider runs by the real clock.
  world.time.clock.stepWall(Date.now() - world.time.clock.now());
  const leave = async (fresh = false) => {
    const gone = await world.anybody.post("/api/v1/session/openid", { fresh });
    const { url } = await gone.json();
    return { url, cookie: gone.headers.get("set-cookie")?.split(";")[0] ?? "" };
  };
  const comeBack = (search: string, cookie: string) =>
    world.anybody.send("GET", `/api/v1/session/openid/callback${search}`, undefined, { cookie });
  return {
    world,
    desk,
    leave,
    comeBack,
    async signIn(subject, fresh) {
      desk.sits(subject);
      const { url, cookie } = await leave(fresh);
      return await comeBack((await desk.browse(url, home)).search, cookie);
    },
  };
}

async function link(admin: Person, user: string, subject: string | null): Promise<Response> {
  return await admin.send("PUT", `/api/v1/users/${user}/identity`, { subject });
}

describe("a person of the office's provider", () => {
  it("whom an administrator has linked signs in as that account, with its rights", async () => {
    const { world, signIn } = await office();
    const admin = await world.person("admin", "an", "area-admin");
    await insertPerson(world.db, "lan", "an", ["author"]);
    expect((await link(admin, "lan", "s-1")).status).toBe(204);
    const answer = await signIn("s-1");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/");
    const cookies = answer.headers.getSetCookie();
    expect(cookies.find((one) => one.startsWith("loa="))).toContain("SameSite=Strict");
    const lan = world.carrying(cookies.find((one) => one.startsWith("loa=")) ?? "");
    expect(await (await lan.get("/api/v1/session")).json()).toMatchObject({
      user: { id: "lan" },
      grants: [{ role: "author", areaId: "an" }],
    });
    const { sessions } = await (await lan.get("/api/v1/sessions")).json();
    expect(sessions).toMatchObject([{ method: "oidc" }]);
  });

  it("whom nobody has linked is told so, with what the administrator has to know", async () => {
    const { world, signIn } = await office();
    await insertPerson(world.db, "s-2", "an", ["author"]);
    const answer = await signIn("s-2");
    expect(answer.headers.get("location")).toBe("/?refused=no-account&subject=s-2");
    expect(answer.headers.getSetCookie().filter((one) => one.startsWith("loa="))).toEqual([]);
  });

  it("is out when the account is unlinked, disabled or recovered", async () => {
    const { world, signIn } = await office();
    const admin = await world.person("admin", "an", "area-admin");
    await insertPerson(world.db, "lan", "an", ["author"]);
    const isIn = async () => (await signIn("s-1")).headers.get("location") === "/";
    await link(admin, "lan", "s-1");
    expect(await isIn()).toBe(true);
    await link(admin, "lan", null);
    expect(await isIn()).toBe(false);
    await link(admin, "lan", "s-1");
    await admin.post("/api/v1/users/lan/recover");
    expect(await isIn()).toBe(false);
    await link(admin, "lan", "s-1");
    await world.db.updateTable("user").set({ disabled_at: 1 }).where("id", "=", "lan").execute();
    expect(await isIn()).toBe(false);
  });

  it("is one account, and only administrators of all its areas may say which", async () => {
    const { world } = await office();
    const admin = await world.person("admin", "an", "area-admin");
    const neighbour = await world.person("neighbour", "binh", "area-admin");
    await insertPerson(world.db, "lan", "an", ["author"]);
    await insertPerson(world.db, "minh", "an", ["author"]);
    expect((await link(admin, "lan", "s-1")).status).toBe(204);
    expect((await (await link(admin, "minh", "s-1")).json()).code).toBe("already-there");
    expect((await (await link(neighbour, "lan", "s-3")).json()).code).toBe("not-found");
    expect((await (await link(admin, "admin", "s-3")).json()).code).toBe("forbidden");
  });

  it("proves who is there only when the provider asked just now", async () => {
    const { world, signIn } = await office();
    const admin = await world.person("admin", "an", "area-admin");
    await insertPerson(world.db, "lan", "an", ["author"]);
    await link(admin, "lan", "s-1");
    const optionsAfter = async (answer: Response) => {
      const cookie = answer.headers.getSetCookie().find((one) => one.startsWith("loa=")) ?? "";
      return (await world.carrying(cookie).post("/api/v1/passkeys/options")).status;
    };
    expect(await optionsAfter(await signIn("s-1", false))).toBe(403);
    expect(await optionsAfter(await signIn("s-1", true))).toBe(200);
  });
});

describe("an answer of the provider", () => {
  it("counts only in the browser that asked, once, and unchanged", async () => {
    const { world, desk, leave, comeBack } = await office();
    const admin = await world.person("admin", "an", "area-admin");
    await insertPerson(world.db, "lan", "an", ["author"]);
    await link(admin, "lan", "s-1");
    desk.sits("s-1");
    const mine = await leave();
    const { search } = await desk.browse(mine.url, home);
    const other = await leave();
    const refused = async (query: string, cookie: string) =>
      (await comeBack(query, cookie)).headers.get("location");
    expect(await refused(search, "")).toBe("/?refused=expired");
    expect(await refused(search, "loa-openid=bm9uc2Vuc2U")).toBe("/?refused=expired");
    expect(await refused(search, other.cookie)).toBe("/?refused=refused");
    expect(await refused(search.replace(/state=[^&]+/, "state=x"), mine.cookie)).toBe("/?refused=refused");
    expect(await refused("?error=access_denied", mine.cookie)).toBe("/?refused=refused");
    expect(await refused(search, mine.cookie)).toBe("/");
    expect(await refused(search, mine.cookie)).toBe("/?refused=refused");
  });

  it("is asked for with PKCE, state and nonce", async () => {
    const { leave } = await office();
    const { searchParams } = new URL((await leave(true)).url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: "code",
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^.{43}$/),
      state: expect.stringMatching(/^.{43}$/),
      nonce: expect.stringMatching(/^.{43}$/),
      prompt: "login",
      max_age: "0",
      redirect_uri: home,
    });
  });
});

describe("where nobody but the break-glass account has a sign-in of our own", () => {
  const only = { ownSignIn: "break-glass" } as const;
  const signIn = (world: ApiWorld, user: string) =>
    world.anybody.post("/api/v1/session", { user, password: passwordOf(user) });

  it("a right password and a passkey are refused with the reason, a wrong one like everywhere", async () => {
    const { world } = await office(only);
    await insertPerson(world.db, "lan", "an", ["author"]);
    expect((await (await signIn(world, "lan")).json()).code).toBe("break-glass-only");
    const wrong = await world.anybody.post("/api/v1/session", { user: "lan", password: "guess" });
    expect((await wrong.json()).code).toBe("wrong-password");
    const key = softwarePasskey();
    const { credentialId, cosePublicKey: publicKey } = key;
    const made = { algorithm: "ES256", counter: 0, transports: [], name: "k", purpose: "sign-in" } as const;
    const never = { lastUsedAt: null, copiedAt: null };
    const createdAt = world.time.clock.now();
    await insertPasskey(world.db, {
      ...{ ...made, ...never, credentialId, publicKey, createdAt },
      userId: "lan" as UserId,
    });
    const options = await (await world.anybody.post("/api/v1/session/passkey/options")).json();
    const answer = await world.anybody.post("/api/v1/session/passkey", key.sign(options));
    expect((await answer.json()).code).toBe("break-glass-only");
    expect(await (await world.anybody.get("/api/v1/session/ways")).json()).toEqual({
      openId: true,
      ownSignIn: "break-glass",
      passkeyOrigin: "http://localhost:8080",
      approvalOrigin: "http://approve.localhost:8080",
    });
  });

  it("somebody of the office proves who is there by passkey or at the office, and by no password", async () => {
    const { world, desk, signIn: signInAtOffice } = await office(only);
    await insertPerson(world.db, "lan", "an", ["author"]);
    const linkedAt = world.time.clock.now();
    await linkIdentity(world.db, {
      issuer: desk.issuer,
      subject: "s-1",
      userId: "lan" as UserId,
      linkedAt,
      linkedBy: null,
    });
    const answer = await signInAtOffice("s-1");
    const lan = world.carrying(answer.headers.getSetCookie().find((one) => one.startsWith("loa=")) ?? "");
    const tried = await lan.post("/api/v1/session/step-up", { password: passwordOf("lan") });
    expect((await tried.json()).code).toBe("break-glass-only");
  });

  it("the break-glass account gets in while the provider is down; it is recorded, and everybody sees it", async () => {
    const { world, desk } = await office(only);
    await insertPerson(world.db, "safe", "tinh", ["area-admin"]);
    await world.db.updateTable("user").set({ break_glass: 1 }).where("id", "=", "safe").execute();
    await desk.close();
    const gone = await world.anybody.post("/api/v1/session/openid", {});
    expect([gone.status, (await gone.json()).code]).toEqual([503, "provider-unreachable"]);
    const answer = await signIn(world, "safe");
    expect(answer.status).toBe(200);
    const at = world.time.clock.now();
    expect((await answer.json()).breakGlassAt).toBe(at);
    const audit = await world.db.selectFrom("audit").select(["act", "user_id"]).execute();
    expect(audit).toEqual([{ act: "session.break-glass", user_id: "safe" }]);
    expect(world.log.lines.map(({ event }) => event)).toContain("session.break-glass");
    const safe = world.carrying(answer.headers.get("set-cookie") ?? "");
    await safe.send("DELETE", "/api/v1/session");
    await world.time.advance(5 * MINUTE_MS);
    await insertPerson(world.db, "other", "an", ["viewer"]);
    await world.db.updateTable("user").set({ break_glass: 1 }).where("id", "=", "other").execute();
    const other = world.carrying((await signIn(world, "other")).headers.get("set-cookie") ?? "");
    expect((await (await other.get("/api/v1/session")).json()).breakGlassAt).toBeGreaterThan(at);
  });
});
