import { MAX_OPEN_OF_SENDER } from "@loa/controller/alert-drafts.ts";
import { areaId } from "@loa/shared/kernel/ids.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { newSoftwareKey } from "@loa/shared/node/software-authenticator.ts";
import { describe, expect, it } from "vitest";
import { createApiWorld, HOST, insertPerson, ORIGIN } from "../support/api-world.ts";
import { areaOf, capInfo, capMessage } from "../support/cap-messages.ts";
import { machineKey, personKey, rosterWith, signers, signRoster } from "../support/trust-world.ts";

const sender = "dai@kttv.example.vn";

/** A province with a roster, and the machine of a service that was let in. */
async function armedWorld() {
  const world = await openWorld();
  await world.arm();
  return world;
}

async function openWorld() {
  const world = await createApiWorld();
  const admin = await world.person("root", "tinh", "area-admin", "approver");
  await insertPerson(world.db, "hai", "tinh", ["emergency-approver"]);
  const roster = rosterWith(
    [
      machineKey(world.config.publicKey, "tinh", world.config.issuer),
      personKey("hai", newSoftwareKey("localhost", ORIGIN), ["approve-actual"], ["tinh"]),
    ],
    { province: areaId.parse("tinh") },
  );
  const { token } = await (await admin.send("PUT", `/api/v1/cap-senders/${sender}`)).json();
  return {
    ...world,
    admin,
    async arm() {
      const taken = await world.trust.rosters.take(signRoster(roster, signers(2)), "root" as never);
      expect(taken.ok).toBe(true);
    },
    /** As the service sends it. */
    async sends(message: string, status = 201) {
      const answer = await world.api.request(`${ORIGIN}/api/v1/cap`, {
        method: "POST",
        headers: { host: HOST, "content-type": "application/cap+xml", authorization: `Bearer ${token}` },
        body: message,
      });
      expect(answer.status).toBe(status);
    },
    async drafts() {
      const { drafts } = await (await admin.get("/api/v1/emergency-drafts")).json();
      return drafts;
    },
  };
}

const flood = (changed: Partial<Record<string, string>> = {}) => capInfo({ area: areaOf("an"), ...changed });
const named = (number: number) => `<identifier>KTTV-${number}</identifier>`;
const reference = (number: number) =>
  `<references>${sender},KTTV-${number},2026-11-23T04:30:00+07:00</references>`;

describe("an alert that cannot wait", () => {
  it("becomes a draft with built-in words, which waits for two persons and raises nothing", async () => {
    const { sends, drafts, admin } = await armedWorld();
    await sends(capMessage({ identifier: named(1), infos: flood() }));
    expect(await drafts()).toMatchObject([
      {
        severity: "actual",
        headline: "Cảnh báo lũ quét xã An Hòa",
        areas: ["an"],
        message: "built-in",
        correction: "built-in",
        approvals: [],
        standing: "open",
      },
    ]);
    expect((await (await admin.get("/api/v1/emergencies")).json()).emergencies).toEqual([]);
    const { alerts } = await (await admin.get("/api/v1/cap")).json();
    expect(alerts[0].draft).toBe((await drafts())[0].id);
  });

  it("with a headline that is too long is cut between two characters: half of one would make it unreadable for boxes", async () => {
    const { sends, drafts } = await armedWorld();
    const headline = `<headline>${"a".repeat(199)}🌊</headline>`;
    await sends(capMessage({ identifier: named(1), infos: flood({ headline }) }));
    expect((await drafts())[0].headline).toBe("a".repeat(199));
  });

  it("becomes one though a person has brought another one in its sender's name before", async () => {
    const { sends, drafts, admin } = await armedWorld();
    const forged = capMessage({
      identifier: named(1),
      infos: flood({ headline: "<headline>Hết lũ</headline>" }),
    });
    const brought = await admin.send("POST", "/api/v1/cap", new TextEncoder().encode(forged), {
      "content-type": "application/cap+xml",
    });
    expect(brought.status).toBe(201);
    expect(await drafts()).toEqual([]);
    await sends(capMessage({ identifier: named(1), infos: flood() }));
    expect(await drafts()).toMatchObject([{ headline: "Cảnh báo lũ quét xã An Hòa" }]);
    const { alerts } = await (await admin.get("/api/v1/cap")).json();
    expect(alerts).toHaveLength(1);
    expect(alerts[0].draft).toBe((await drafts())[0].id);
  });

  it("becomes one when it is sent again soon, where that failed after it was stored; and not long after", async () => {
    const { sends, drafts, arm, time } = await openWorld();
    const alert = capMessage({ identifier: named(1), infos: flood() });
    // Without a roster no draft comes of it: as if the power had gone in between.
    await sends(alert);
    await sends(capMessage({ identifier: named(2), infos: flood() }));
    await arm();
    await sends(alert, 200);
    await sends(alert, 200);
    expect(await drafts()).toHaveLength(1);
    await time.advance(15 * MINUTE_MS);
    await sends(capMessage({ identifier: named(2), infos: flood() }), 200);
    expect(await drafts()).toHaveLength(1);
  });

  it("without a word in its headline is known by its event", async () => {
    const { sends, drafts } = await armedWorld();
    await sends(capMessage({ identifier: named(1), infos: flood({ headline: "<headline> </headline>" }) }));
    expect((await drafts())[0].headline).not.toBe("");
  });

  it("of an exercise becomes the draft of an exercise", async () => {
    const { sends, drafts } = await armedWorld();
    await sends(capMessage({ identifier: named(1), status: "<status>Exercise</status>", infos: flood() }));
    expect((await drafts())[0].severity).toBe("exercise");
  });

  it("is taken back by the sender's cancel, and replaced by its update", async () => {
    const { sends, drafts } = await armedWorld();
    const update = "<msgType>Update</msgType>";
    const cancel = "<msgType>Cancel</msgType>";
    await sends(capMessage({ identifier: named(1), infos: flood() }));
    await sends(
      capMessage({ identifier: named(2), msgType: update, references: reference(1), infos: flood() }),
    );
    const standings = async () => (await drafts()).map((one: { standing: string }) => one.standing).sort();
    expect(await standings()).toEqual(["open", "withdrawn"]);
    await sends(
      capMessage({ identifier: named(3), msgType: cancel, references: reference(2), infos: flood() }),
    );
    expect(await standings()).toEqual(["withdrawn", "withdrawn"]);
  });

  it("leaves room for others: of one sender only so many wait as drafts", async () => {
    const { sends, drafts } = await armedWorld();
    for (let number = 1; number <= MAX_OPEN_OF_SENDER + 1; number += 1)
      await sends(capMessage({ identifier: named(number), infos: flood() }));
    expect(await drafts()).toHaveLength(MAX_OPEN_OF_SENDER);
    const msgType = "<msgType>Cancel</msgType>";
    await sends(capMessage({ identifier: named(90), msgType, references: reference(1), infos: "" }));
    await sends(capMessage({ identifier: named(91), infos: flood() }));
    const open = (await drafts()).filter((one: { standing: string }) => one.standing === "open");
    expect(open).toHaveLength(MAX_OPEN_OF_SENDER);
  });

  it("is not taken back by a message with which its sender only tries something out", async () => {
    const { sends, drafts } = await armedWorld();
    await sends(capMessage({ identifier: named(1), infos: flood() }));
    const cancel = { msgType: "<msgType>Cancel</msgType>", references: reference(1), infos: "" };
    await sends(capMessage({ ...cancel, identifier: named(2), status: "<status>Test</status>" }));
    await sends(capMessage({ ...cancel, identifier: named(3), status: "<status>Exercise</status>" }));
    expect((await drafts())[0].standing).toBe("open");
  });

  it("is taken back by a cancel that says nothing but that", async () => {
    const { sends, drafts } = await armedWorld();
    await sends(capMessage({ identifier: named(1), infos: flood() }));
    const msgType = "<msgType>Cancel</msgType>";
    await sends(capMessage({ identifier: named(2), msgType, references: reference(1), infos: "" }));
    expect((await drafts())[0].standing).toBe("withdrawn");
  });

  it.each([
    ["is moderate", { severity: "<severity>Moderate</severity>" }],
    ["lies in the future", { urgency: "<urgency>Future</urgency>" }],
    ["holds nowhere that we know", { area: areaOf("nowhere") }],
  ])("that %s waits for somebody to look at it", async (_what, changed) => {
    const { sends, drafts } = await armedWorld();
    await sends(capMessage({ identifier: named(1), infos: flood(changed) }));
    expect(await drafts()).toEqual([]);
  });
});
