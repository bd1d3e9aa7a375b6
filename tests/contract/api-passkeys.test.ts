import { passkeyByCredential } from "@loa/controller/store/passkeys.ts";
import { bareKeyOf } from "@loa/controller/webauthn.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { approveWith, newSoftwareKey } from "@loa/shared/node/software-authenticator.ts";
import { describe, expect, it } from "vitest";
import { type ApiWorld, createApiWorld, type Person, passwordOf } from "../support/api-world.ts";
import { type SoftwarePasskey, softwarePasskey } from "../support/software-passkey.ts";

const path = "/api/v1/passkeys";
const signInPath = "/api/v1/session/passkey";

async function optionsOf(person: Person, at: string): Promise<{ readonly challenge: string }> {
  return await (await person.post(`${at}/options`)).json();
}

async function register(person: Person, key: SoftwarePasskey): Promise<Response> {
  return await person.post(path, {
    name: "Máy của Lan",
    passkey: key.register(await optionsOf(person, path)),
  });
}

async function codeOf(answer: Response): Promise<string> {
  return (await answer.json()).code;
}

async function signIn(world: ApiWorld, key: SoftwarePasskey, userHandle?: string): Promise<Response> {
  const options = await optionsOf(world.anybody, signInPath);
  return await world.anybody.post(signInPath, key.sign(options, userHandle));
}

describe("a passkey", () => {
  it.each(["ES256", "EdDSA"] as const)("of %s is registered, and signs its person in", async (algorithm) => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "author");
    const key = softwarePasskey(algorithm);
    const answer = await register(lan, key);
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ id: key.credentialId, name: "Máy của Lan", algorithm });
    const signed = await signIn(world, key, Buffer.from("lan").toString("base64url"));
    expect(signed.status).toBe(200);
    expect(await signed.json()).toMatchObject({ user: { id: "lan" }, grants: [{ role: "author" }] });
    const again = world.carrying(signed.headers.get("set-cookie") ?? "");
    const { passkeys } = await (await again.get(path)).json();
    expect(passkeys).toMatchObject([{ id: key.credentialId, lastUsedAt: world.time.clock.now() }]);
  });

  it.each(["ES256", "EdDSA"] as const)("of %s is kept with the key that boxes check", async (algorithm) => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "author");
    const key = softwarePasskey(algorithm);
    await register(lan, key);
    const kept = await passkeyByCredential(world.db, key.credentialId);
    if (kept === null) throw new Error("not kept");
    expect(kept.publicKey).toEqual(key.cosePublicKey);
    expect(bareKeyOf(kept)).toHaveLength(algorithm === "ES256" ? 86 : 43);
  });

  it("is asked for as found by the browser, with the person verified, and of no other algorithm", async () => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "author");
    expect(await optionsOf(lan, path)).toMatchObject({
      rp: { id: "localhost" },
      user: { name: "lan" },
      attestation: "none",
      pubKeyCredParams: [{ alg: -8 }, { alg: -7 }],
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    expect(await optionsOf(world.anybody, signInPath)).toMatchObject({
      rpId: "localhost",
      userVerification: "required",
      allowCredentials: [],
    });
  });

  it("is not registered without verification, for another site, twice, or with somebody else's challenge", async () => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "author");
    const minh = await world.person("minh", "an", "author");
    const key = softwarePasskey();
    const refused = async (passkey: object) => codeOf(await lan.post(path, { name: "k", passkey }));
    expect(await refused(key.register(await optionsOf(lan, path), 0x41))).toBe("passkey-refused");
    const site = { rpId: "localhost", origin: "http://evil.example" };
    const elsewhere = softwarePasskey("ES256", site).register(await optionsOf(lan, path));
    expect(await refused(elsewhere)).toBe("passkey-refused");
    const otherName = softwarePasskey("ES256", { rpId: "evil.example", origin: "http://localhost:8080" });
    expect(await refused(otherName.register(await optionsOf(lan, path)))).toBe("passkey-refused");
    expect(await refused(key.register(await optionsOf(minh, path)))).toBe("passkey-refused");
    expect(await refused(key.register(await optionsOf(world.anybody, signInPath)))).toBe("passkey-refused");
    expect(await refused(key.register({ challenge: "bm9uc2Vuc2U" }))).toBe("passkey-refused");
    const options = await optionsOf(lan, path);
    expect((await lan.post(path, { name: "k", passkey: key.register(options) })).status).toBe(201);
    expect(await refused(key.register(options))).toBe("passkey-refused");
    expect(await codeOf(await register(minh, key))).toBe("passkey-refused");
    expect((await (await lan.get(path)).json()).passkeys).toHaveLength(1);
  });

  it("signs in once with each challenge, within five minutes, and only with its own signature", async () => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "author");
    const key = softwarePasskey();
    await register(lan, key);
    const options = await optionsOf(world.anybody, signInPath);
    const answer = key.sign(options);
    expect((await world.anybody.post(signInPath, answer)).status).toBe(200);
    expect(await codeOf(await world.anybody.post(signInPath, answer))).toBe("wrong-passkey");
    expect(await codeOf(await signIn(world, softwarePasskey()))).toBe("wrong-passkey");
    expect(await codeOf(await signIn(world, key, Buffer.from("minh").toString("base64url")))).toBe(
      "wrong-passkey",
    );
    const impostor = newSoftwareKey("localhost", "http://localhost:8080");
    const forged = approveWith(impostor, "k", (await optionsOf(world.anybody, signInPath)).challenge);
    const body = { ...key.sign({ challenge: "x" }), response: { ...forged, key: undefined } };
    expect(await codeOf(await world.anybody.post(signInPath, body))).toBe("wrong-passkey");
    const late = await optionsOf(world.anybody, signInPath);
    await world.time.advance(5 * MINUTE_MS);
    expect(await codeOf(await world.anybody.post(signInPath, key.sign(late)))).toBe("wrong-passkey");
    expect((await signIn(world, key)).status).toBe(200);
  });

  it("of a person who was disabled opens nothing", async () => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "author");
    const key = softwarePasskey();
    await register(lan, key);
    await world.db.updateTable("user").set({ disabled_at: 1 }).execute();
    expect(await codeOf(await signIn(world, key))).toBe("wrong-passkey");
  });

  it("that counts backwards was copied, and opens nothing", async () => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "author");
    const key = softwarePasskey();
    await register(lan, key);
    await world.db.updateTable("passkey").set({ counter: 7 }).execute();
    expect(await codeOf(await signIn(world, key))).toBe("wrong-passkey");
  });

  it("is named and removed by its person only", async () => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "author");
    const minh = await world.person("minh", "an", "area-admin");
    const key = softwarePasskey();
    await register(lan, key);
    const own = `${path}/${key.credentialId}`;
    expect((await minh.send("PATCH", own, { name: "mine" })).status).toBe(404);
    expect((await minh.send("DELETE", own)).status).toBe(404);
    expect((await lan.send("PATCH", own, { name: "Điện thoại" })).status).toBe(204);
    expect((await (await lan.get(path)).json()).passkeys[0].name).toBe("Điện thoại");
    expect((await lan.send("DELETE", own)).status).toBe(204);
    expect(await codeOf(await signIn(world, key))).toBe("wrong-passkey");
    const acts = await world.db.selectFrom("audit").select("act").execute();
    expect(acts.map(({ act }) => act)).toEqual(expect.arrayContaining(["passkey.added", "passkey.removed"]));
  });
});

describe("a fresh proof", () => {
  it("is wanted ten minutes after signing in, and is given by password or by one's own passkey", async () => {
    const world = await createApiWorld();
    const minh = await world.person("minh", "an", "area-admin");
    const hers = softwarePasskey();
    const his = softwarePasskey();
    let lan = await world.person("lan", "an", "area-admin");
    await register(lan, hers);
    await register(minh, his);
    const pressing = () => lan.post("/api/v1/passkeys/options");
    const stepUp = (body: object) => lan.post("/api/v1/session/step-up", body);
    await world.time.advance(10 * MINUTE_MS);
    expect(await codeOf(await pressing())).toBe("step-up-needed");
    expect(await codeOf(await stepUp({ password: "guess" }))).toBe("wrong-password");
    const theirs = his.sign(await optionsOf(lan, "/api/v1/session/step-up"));
    expect(await codeOf(await stepUp({ passkey: theirs }))).toBe("wrong-passkey");
    const forSignIn = hers.sign(await optionsOf(world.anybody, signInPath));
    expect(await codeOf(await stepUp({ passkey: forSignIn }))).toBe("wrong-passkey");
    expect(await codeOf(await pressing())).toBe("step-up-needed");

    const proven = await stepUp({ passkey: hers.sign(await optionsOf(lan, "/api/v1/session/step-up")) });
    expect(proven.status).toBe(204);
    const before = lan;
    lan = world.carrying(proven.headers.get("set-cookie") ?? "");
    expect((await pressing()).status).toBe(200);
    expect((await before.get("/api/v1/session")).status).toBe(401);

    await world.time.advance(10 * MINUTE_MS);
    expect(await codeOf(await pressing())).toBe("step-up-needed");
    const again = await stepUp({ password: passwordOf("lan") });
    lan = world.carrying(again.headers.get("set-cookie") ?? "");
    expect((await pressing()).status).toBe(200);
  });

  it("does not make a session last longer", async () => {
    const world = await createApiWorld();
    let lan = await world.person("lan", "an", "viewer");
    for (let hour = 0; hour < 7 * 24 - 1; hour += 6) {
      const proven = await lan.post("/api/v1/session/step-up", { password: passwordOf("lan") });
      expect(proven.status).toBe(204);
      lan = world.carrying(proven.headers.get("set-cookie") ?? "");
      await world.time.advance(6 * 60 * MINUTE_MS);
    }
    expect((await lan.get("/api/v1/session")).status).toBe(401);
  });
});
