import { asInstant, DAY_MS } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { followRosters, readRoster, rosterText } from "@loa/shared/trust/roster.ts";
import { enrolAnswer } from "@loa/shared/wire/enrolment.ts";
import { beforeEach, describe, expect, it } from "vitest";
import { type ApiWorld, createApiWorld, type Person } from "../support/api-world.ts";
import { arm, keyHolder, proposed, signedBy, site } from "../support/armed-api.ts";
import { rootOf } from "../support/trust-world.ts";

let world: ApiWorld;
let chief: Person;

beforeEach(async () => {
  world = await createApiWorld();
  chief = await world.person("truong", "tinh", "area-admin");
});

const rosterOf = async (who: Person) => (await (await who.get("/api/v1/roster")).json()).roster;

async function reasonOf(answer: Promise<Response>): Promise<unknown> {
  const given = await answer;
  expect(given.status).toBe(422);
  return (await given.json()).reason;
}

describe("a roster is proposed", () => {
  it("out of the passkeys of those who may approve, where and as long as they may, and the controller's own key", async () => {
    await keyHolder(world, "lan", "an");
    await keyHolder(world, "tho", "an", ["technician"]);
    const { payload } = await proposed(chief);
    const next = readRoster(payload);
    expect(next).toMatchObject({ version: 1, province: "tinh", approvals: { actual: 2, exercise: 2 } });
    expect(next?.keys.map((key) => key.holder?.name ?? key.id)).toEqual(["controller", "lan"]);
    expect(next?.keys[1]).toMatchObject({
      algorithm: "ES256",
      passkey: { rpId: site.rpId, origins: [site.origin] },
      grants: [{ classes: ["approve-exercise", "approve-actual"], areas: ["an"] }],
    });
  });

  it("above the version that boxes have, where the control room is a new one", async () => {
    expect(readRoster((await proposed(chief, { after: 7 })).payload)?.version).toBe(8);
  });

  it("by nobody but the administrators of the whole province, and the first one with a root", async () => {
    const commune = await world.person("xa", "an", "area-admin");
    expect((await commune.get("/api/v1/roster/proposal")).status).toBe(404);
    expect((await commune.post("/api/v1/roster", signedBy("{}", 2))).status).toBe(404);
    const approver = await world.person("duyet", "tinh", "emergency-approver");
    expect((await approver.get("/api/v1/roster/proposal")).status).toBe(403);
    expect(await (await chief.get("/api/v1/roster/proposal")).json()).toMatchObject({ code: "no-roster" });
  });
});

describe("a roster is taken", () => {
  it("signed by two holders of the root, and told with its ends", async () => {
    await keyHolder(world, "lan", "an");
    await arm(chief);
    expect(await rosterOf(chief)).toMatchObject({
      version: 1,
      threshold: 2,
      rootKeys: [{ id: "root-1" }, { id: "root-2" }, { id: "root-3" }],
      keys: [
        { id: "controller", passkey: false },
        { passkey: true, holder: { name: "lan" } },
      ],
      expiries: [{ what: "roster", state: "valid", alarmDays: null }, {}, {}],
    });
    await world.time.advance(336 * DAY_MS);
    const later = await world.person("sau", "tinh", "viewer");
    expect((await rosterOf(later)).expiries[0]).toMatchObject({ state: "expiring", alarmDays: 30 });
  });

  it("and told to a box that enrols, with those before it that lead to it", async () => {
    await arm(chief);
    const strangers = [newKeyPair(), newKeyPair(), newKeyPair()] as const;
    const { payload } = await proposed(chief, { root: rootOf(strangers) });
    const signatures = [...signedBy(payload, 2).signatures, ...signedBy(payload, 2, strangers).signatures];
    await chief.post("/api/v1/roster", { payload, signatures });
    const technician = await world.person("tho", "an", "technician");
    const { code } = await (await technician.post("/api/v1/clusters/cluster-an/claim")).json();
    const body = { claimCode: code, publicKey: "p".repeat(43) };
    const answer = await world.anybody.send("POST", "/api/v1/enrol", body, { origin: "" });
    const { rosters } = enrolAnswer.parse(await answer.json());
    expect(rosters?.map((one) => readRoster(one.payload)?.version)).toEqual([1, 2]);
    const root = readRoster(rosters?.[0]?.payload ?? "")?.root ?? null;
    expect(followRosters(null, root, rosters ?? [], nodeCrypto).roster?.version).toBe(2);
  });

  it("not with one signature, not an older one, not one of another root or another province", async () => {
    const old = await proposed(chief);
    expect(
      await reasonOf(chief.post("/api/v1/roster", { ...old, signatures: old.signatures.slice(0, 1) })),
    ).toBe("own-root-not-enough");
    await arm(chief);
    expect(await reasonOf(chief.post("/api/v1/roster", old))).toBe("stale-version");
    const strangers = [newKeyPair(), newKeyPair(), newKeyPair()] as const;
    const theirs = await proposed(chief, { root: rootOf(strangers) });
    expect(await reasonOf(chief.post("/api/v1/roster", signedBy(theirs.payload, 2, strangers)))).toBe(
      "root-not-enough",
    );
    const next = readRoster((await proposed(chief)).payload);
    if (next === null) throw new Error("no roster");
    const moved = rosterText({ ...next, province: "khac" as never });
    expect(await reasonOf(chief.post("/api/v1/roster", signedBy(moved, 2)))).toBe("other-province");
    expect((await rosterOf(chief)).version).toBe(1);
  });

  it("not without the controller's own key: no box would believe anything any more", async () => {
    const next = readRoster((await proposed(chief)).payload);
    if (next === null) throw new Error("no roster");
    const keys = next.keys.map((key) => ({ ...key, publicKey: newKeyPair().publicKey }));
    expect(await reasonOf(chief.post("/api/v1/roster", signedBy(rosterText({ ...next, keys }), 2)))).toBe(
      "own-key-missing",
    );
  });

  it("with another root, when the one before has signed it too", async () => {
    await arm(chief);
    const strangers = [newKeyPair(), newKeyPair(), newKeyPair()] as const;
    const { payload } = await proposed(chief, { root: rootOf(strangers) });
    const before = signedBy(payload, 2).signatures;
    const after = signedBy(payload, 2, strangers).signatures;
    const taken = await chief.post("/api/v1/roster", { payload, signatures: [...before, ...after] });
    expect(taken.status).toBe(201);
    expect((await rosterOf(chief)).version).toBe(2);
  });

  it("from whoever has shown just now who it is", async () => {
    const signed = await proposed(chief);
    await world.time.advance(11 * 60_000);
    const stale = await chief.post("/api/v1/roster", signed);
    expect(await stale.json()).toMatchObject({ code: "step-up-needed" });
  });

  it("and is in the record, with who has signed", async () => {
    await arm(chief);
    const row = await world.db
      .selectFrom("audit")
      .where("act", "=", "roster.taken")
      .selectAll()
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ user_id: "truong", area_id: "tinh" });
    expect(JSON.parse(row.detail)).toEqual({ version: 1, signers: ["root-1", "root-2"] });
    expect(asInstant(row.at)).toBe(world.time.clock.now());
  });
});
