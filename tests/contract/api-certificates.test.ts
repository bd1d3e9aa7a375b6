import { X509Certificate } from "node:crypto";
import { DAY_MS } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { type BoxCertificate, enrolAnswer, NEW_BOX_NAME, renewalText } from "@loa/shared/wire/enrolment.ts";
import { describe, expect, test } from "vitest";
import { type ApiWorld, createApiWorld } from "../support/api-world.ts";
import {
  openTestAuthority,
  type RequestWish,
  requestFor,
  wantsAName,
  wantsToBeAnAuthority,
  withAnotherSignature,
} from "../support/certificate-requests.ts";

async function certifiedWorld(): Promise<ApiWorld> {
  return await createApiWorld({ areBoxesCertified: true }, { authority: await openTestAuthority() });
}

const noBrowser = { origin: "" };

let codes = 0;

async function newCode(world: ApiWorld): Promise<string> {
  codes += 1;
  const technician = await world.person(`tech-${codes}`, "an", "technician");
  return (await (await technician.post("/api/v1/clusters/cluster-an/claim")).json()).code;
}

/** A box that came in with an honest request. */
async function enrolled(world: ApiWorld) {
  const keys = newKeyPair();
  const { csr } = await requestFor();
  const wish = { claimCode: await newCode(world), publicKey: keys.publicKey, csr };
  const answer = await world.anybody.send("POST", "/api/v1/enrol", wish, noBrowser);
  const { box, tls } = enrolAnswer.parse(await answer.json());
  if (tls === null) throw new Error("no certificate came");
  return { keys, box, tls };
}

type Enrolled = Awaited<ReturnType<typeof enrolled>>;

function serialOf({ certificate }: Pick<BoxCertificate, "certificate">): string {
  return new X509Certificate(certificate).serialNumber.toLowerCase();
}

async function renew(world: ApiWorld, { keys, box, tls }: Enrolled, csr: string) {
  const wish = { box, replaces: serialOf(tls), csr };
  const signature = nodeCrypto.sign(keys.privateKey, renewalText(wish));
  return await world.anybody.send("POST", "/api/v1/renew", { ...wish, signature }, noBrowser);
}

describe("a request for a certificate at enrolment", () => {
  test("gives one for 90 days that names the box, is for clients only and signs no others", async () => {
    const world = await certifiedWorld();
    const { box, tls } = await enrolled(world);
    const certificate = new X509Certificate(tls.certificate);
    const root = new X509Certificate(tls.authority);
    expect(certificate.subject).toBe(`CN=${box}`);
    expect(certificate.verify(root.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    const days = (certificate.validToDate.getTime() - world.time.clock.now()) / DAY_MS;
    expect(days).toBe(90);
  });

  test.each<[string, RequestWish, string]>([
    ["in the name of another box", { name: "box-binh" }, "request-wrong-name"],
    ["in two names", { name: `${NEW_BOX_NAME}, CN=box-binh` }, "request-wrong-name"],
    ["in a name with more to it", { name: `${NEW_BOX_NAME}, O=Loa` }, "request-wrong-name"],
    ["that wants to be an authority", { extensions: [wantsToBeAnAuthority] }, "request-wants-more"],
    ["that wants the name of a server", { extensions: [wantsAName] }, "request-wants-more"],
    ["with an RSA key", { algorithm: "RSA" }, "request-wrong-key"],
    ["with a key on another curve", { algorithm: "P-384" }, "request-wrong-key"],
  ])("%s is refused, and the code stays good", async (_, wish, code) => {
    const world = await certifiedWorld();
    const claimCode = await newCode(world);
    const publicKey = newKeyPair().publicKey;
    const post = (csr: string) =>
      world.anybody.send("POST", "/api/v1/enrol", { claimCode, publicKey, csr }, noBrowser);
    const refused = await post((await requestFor(wish)).csr);
    expect(await refused.json()).toMatchObject({ status: 422, code });
    expect((await post((await requestFor()).csr)).status).toBe(201);
  });

  test.each<[string, (csr: string) => string | undefined, string]>([
    ["with a signature that is not its key's", withAnotherSignature, "request-not-signed"],
    [
      "that is none",
      () => "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
      "request-malformed",
    ],
    ["that is left out", () => undefined, "request-missing"],
    ["that is no PEM", () => "please", "bad-request"],
  ])("%s is refused", async (_, spoil, code) => {
    const world = await certifiedWorld();
    const { csr } = await requestFor();
    const wish = { claimCode: await newCode(world), publicKey: newKeyPair().publicKey, csr: spoil(csr) };
    const refused = await world.anybody.send("POST", "/api/v1/enrol", wish, noBrowser);
    expect(await refused.json()).toMatchObject({ code });
    expect(await world.db.selectFrom("certificate").selectAll().execute()).toEqual([]);
  });

  test("is not needed on the loopback", async () => {
    const world = await createApiWorld();
    const wish = { claimCode: await newCode(world), publicKey: newKeyPair().publicKey };
    const answer = await world.anybody.send("POST", "/api/v1/enrol", wish, noBrowser);
    expect(enrolAnswer.parse(await answer.json()).tls).toBeNull();
  });
});

describe("a certificate is renewed", () => {
  test("after two thirds of its life, by a request that the box has signed", async () => {
    const world = await certifiedWorld();
    const one = await enrolled(world);
    await world.time.advance(60 * DAY_MS);
    const answer = await renew(world, one, (await requestFor({ name: one.box })).csr);
    expect(answer.status).toBe(201);
    const next = await answer.json();
    expect(serialOf(next)).not.toBe(serialOf(one.tls));
    expect(new X509Certificate(next.certificate).subject).toBe(`CN=${one.box}`);
  });

  test("with the same answer for whoever did not hear the first", async () => {
    const world = await certifiedWorld();
    const one = await enrolled(world);
    await world.time.advance(200 * DAY_MS);
    const { csr } = await requestFor({ name: one.box });
    const first = await (await renew(world, one, csr)).json();
    const again = await renew(world, one, csr);
    expect(again.status).toBe(201);
    expect(serialOf(await again.json())).toBe(serialOf(first));
    expect(world.changes.cloned).toEqual([]);
  });

  test("once when it has expired: the second who comes with it holds a copy, and that is told", async () => {
    const world = await certifiedWorld();
    const one = await enrolled(world);
    await world.time.advance(200 * DAY_MS);
    expect((await renew(world, one, (await requestFor({ name: one.box })).csr)).status).toBe(201);
    const second = await renew(world, one, (await requestFor({ name: one.box })).csr);
    expect(await second.json()).toMatchObject({ status: 409, code: "renewed-before" });
    expect(world.changes.cloned).toEqual([one.box]);
  });

  test("not in the first half of its life", async () => {
    const world = await certifiedWorld();
    const one = await enrolled(world);
    await world.time.advance(40 * DAY_MS);
    const early = await renew(world, one, (await requestFor({ name: one.box })).csr);
    expect((await early.json()).code).toBe("renewal-too-early");
  });

  test("not for a box that was revoked", async () => {
    const world = await certifiedWorld();
    const one = await enrolled(world);
    await world.time.advance(70 * DAY_MS);
    const technician = await world.person("province", "tinh", "technician");
    expect((await technician.post(`/api/v1/boxes/${one.box}/revoke`)).status).toBe(204);
    const refused = await renew(world, one, (await requestFor({ name: one.box })).csr);
    expect(await refused.json()).toMatchObject({ status: 403, code: "box-revoked" });
  });

  test.each<[string, (one: Enrolled, other: Enrolled) => Enrolled, RequestWish, string]>([
    ["signed by another box", (one, other) => ({ ...one, keys: other.keys }), {}, "wrong-credential"],
    [
      "for the certificate of another box",
      (one, other) => ({ ...one, tls: other.tls }),
      {},
      "certificate-unknown",
    ],
    ["in the name of another box", (one) => one, { name: "box-binh" }, "request-wrong-name"],
    ["of a box that nobody knows", (one) => ({ ...one, box: "box-nobody" as never }), {}, "wrong-credential"],
    [
      "that wants to be an authority",
      (one) => one,
      { extensions: [wantsToBeAnAuthority] },
      "request-wants-more",
    ],
  ])("not by a request %s", async (_, spoil, wish, code) => {
    const world = await certifiedWorld();
    const other = await enrolled(world);
    const one = await enrolled(world);
    await world.time.advance(70 * DAY_MS);
    const refused = await renew(world, spoil(one, other), (await requestFor({ name: one.box, ...wish })).csr);
    expect(await refused.json()).toMatchObject({ code });
  });
});

describe("the list of certificates", () => {
  test("names the authority, the doors and one's own boxes, with what is over or revoked", async () => {
    const world = await certifiedWorld();
    const one = await enrolled(world);
    await world.time.advance(88 * DAY_MS);
    const technician = await world.person("looks", "an", "technician");
    const list = async () => (await (await technician.get("/api/v1/trust/certificates")).json()).certificates;
    const before = await list();
    expect(before.map((entry: { kind: string }) => entry.kind)).toEqual(["authority", "server", "box"]);
    expect(before[2]).toMatchObject({ boxId: one.box, state: "expiring", alarmDays: 7, cloned: null });
    expect((await technician.post(`/api/v1/boxes/${one.box}/revoke`)).status).toBe(204);
    expect((await list())[2]).toMatchObject({ boxId: one.box, state: "revoked", alarmDays: null });
    const stranger = await world.person("neighbour", "binh", "technician");
    const seen = await (await stranger.get("/api/v1/trust/certificates")).json();
    expect(JSON.stringify(seen)).not.toContain(one.box);
    const author = await world.person("writes", "an", "author");
    expect((await author.get("/api/v1/trust/certificates")).status).toBe(403);
  });

  test("the root and the signed list of revoked ones are there for everybody, and keys for nobody", async () => {
    const world = await certifiedWorld();
    const root = await world.anybody.get("/api/v1/trust/authority");
    expect(new X509Certificate(await root.text()).ca).toBe(true);
    const list = await (await world.anybody.get("/api/v1/trust/revoked")).text();
    expect(list).toMatch(/^-----BEGIN X509 CRL-----/);
    expect(list).not.toContain("PRIVATE");
  });
});
