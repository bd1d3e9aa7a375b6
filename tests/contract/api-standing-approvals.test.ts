import { keepExpiryAlarms } from "@loa/controller/expiry-alarms.ts";
import { readPlanTables } from "@loa/controller/store/plan-tables.ts";
import { createWork } from "@loa/controller/work.ts";
import { DAY_MS, HOUR_MS, plus } from "@loa/shared/kernel/time.ts";
import { alertProof, readStandingApproval } from "@loa/shared/trust/standing-approval.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { upload } from "../support/api-content.ts";
import type { Person } from "../support/api-world.ts";
import { arm, assertion, flood } from "../support/armed-api.ts";
import { areaOf } from "../support/cap-messages.ts";
import { signCap, signingService } from "../support/signed-cap.ts";
import { armedWorld, service, wish } from "../support/standing-api.ts";
import { type AlertWish, capTime, SENDER } from "../support/standing-approvals.ts";

const stranger = await signingService("ec");

describe("a standing approval", () => {
  it("is written by one person and in force when two others have signed its very text", async () => {
    const { write, approve, author, hai, ba, found } = await armedWorld();
    const one = await write();
    expect(one).toMatchObject({ state: "open", needed: 2, whyNot: "author", uses: 0 });
    const text = readStandingApproval(one.payload);
    expect(text).toMatchObject({ sender: SENDER, events: ["Lũ quét"], author: "mot", areas: ["an"] });
    expect(text?.places[0]?.codes).toContainEqual(["an", "an"]);
    expect(text?.places[0]?.codes).toContainEqual(["tinh", "an"]);
    expect((await (await approve(one, author)).json()).code).toBe("same-person");
    expect((await approve(one, hai)).status).toBe(200);
    expect((await (await approve(one, hai)).json()).code).toBe("already-approved");
    expect(await found(one.id)).toMatchObject({ state: "open", approvals: [{ person: { id: "hai" } }] });
    expect((await approve(one, ba)).status).toBe(200);
    expect(await found(one.id)).toMatchObject({ state: "in-force" });
    expect((await (await approve(one, ba)).json()).code).toBe("draft-over");
  });

  it("has its clips brought to the boxes ahead, and no more once it was taken back", async () => {
    const { granted, author, hai, db, changes } = await armedWorld();
    const clip = await upload(author);
    const before = changes.planWakes();
    const one = await granted({ message: { clip } });
    expect(changes.planWakes()).toBeGreaterThan(before);
    expect((await readPlanTables(db)).ahead).toMatchObject([{ areas: ["an"], clips: [{ sha256: clip }] }]);
    await hai.post(`/api/v1/standing-approvals/${one.id}/withdraw`);
    expect((await readPlanTables(db)).ahead).toEqual([]);
  });

  it("is not signed with somebody else's key, nor another text", async () => {
    const { write, hai, ba } = await armedWorld();
    const [one, other] = [await write(), await write({ headline: "Khác" })];
    const path = `/api/v1/standing-approvals/${one.id}/approvals`;
    expect((await (await hai.post(path, assertion(ba.key, one.challenge))).json()).code).toBe(
      "no-approval-key",
    );
    expect((await (await hai.post(path, assertion(hai.key, other.challenge))).json()).code).toBe(
      "approval-refused",
    );
  });

  it("needs fresh proof, a sender with a certificate, an event, one's own areas and the typed word", async () => {
    const { author, admin, person, time } = await armedWorld();
    const code = async (by: Person, more: object) =>
      (await (await by.post("/api/v1/standing-approvals", { ...wish, ...more })).json()).code;
    await admin.send("PUT", "/api/v1/cap-senders/khac");
    expect(await code(author, { sender: "khac" })).toBe("sender-unsigned");
    expect(await code(author, { sender: "nobody" })).toBe("sender-unsigned");
    expect(await code(author, { events: [] })).toBe("bad-request");
    expect(await code(author, { validDays: 366 })).toBe("bad-request");
    expect(await code(author, { confirm: "DIỄN TẬP" })).toBe("confirmation-wrong");
    expect(await code(await person("xa", "binh", "approver"), {})).toBe("area-not-yours");
    expect(await code(await person("nguoi", "an", "author"), {})).toBe("forbidden");
    await time.advance(11 * 60_000);
    expect(await code(author, {})).toBe("step-up-needed");
  });

  it("does not exist for persons of other communes, and is shown to those who would hear it", async () => {
    const { granted, person } = await armedWorld();
    const one = await granted();
    const other = await person("xa", "binh", "area-admin");
    const own = await person("gan", "an", "viewer");
    const path = `/api/v1/standing-approvals/${one.id}`;
    expect((await other.get(path)).status).toBe(404);
    expect((await other.post(`${path}/withdraw`)).status).toBe(404);
    expect((await own.get(path)).status).toBe(200);
    expect((await own.post(`${path}/withdraw`)).status).toBe(403);
    const { standingApprovals } = await (await other.get("/api/v1/standing-approvals")).json();
    expect(standingApprovals).toEqual([]);
    expect(await (await own.get("/api/v1/standing-approvals")).json()).toMatchObject({ senders: [] });
  });

  it("is taken back by one person: at once here, and boxes are told", async () => {
    const { granted, hai, trust, found, sends, alert, emergencies } = await armedWorld();
    const one = await granted();
    expect((await hai.post(`/api/v1/standing-approvals/${one.id}/withdraw`)).status).toBe(200);
    expect(await found(one.id)).toMatchObject({ state: "withdrawn" });
    expect(trust.withdrawals()).toBe(1);
    expect(trust.standings.withdrawn()).toMatchObject([{ id: one.id }]);
    expect((await (await hai.post(`/api/v1/standing-approvals/${one.id}/withdraw`)).json()).code).toBe(
      "draft-over",
    );
    await sends(signCap(alert(), service));
    expect(await emergencies()).toEqual([]);
  });

  it("is void when the roster does not hold its approvers any more", async () => {
    const { granted, found, admin, time, db } = await armedWorld();
    const one = await granted();
    await db.deleteFrom("grant").where("user_id", "=", "ba").execute();
    await time.advance(1_000);
    await arm(admin);
    expect(await found(one.id)).toMatchObject({ state: "void" });
  });
});

it("says in the log that its end comes, once at each of its thresholds", async () => {
  const { granted, db, time, log, trust } = await armedWorld();
  await granted({ validDays: 30 });
  const work = createWork(time.timers, log);
  const { clock, timers } = time;
  const { rosters, standings } = trust;
  onTestFinished(
    keepExpiryAlarms({ clock, timers, log, db, work, authority: null, rosters, standings }).close,
  );
  await time.advance(29 * DAY_MS + 12 * HOUR_MS);
  const said = log.lines.filter(({ event }) => event === "standing-approval.expiring");
  expect(said.map(({ fields }) => fields.alarmDays)).toEqual([30, 14, 7, 1]);
});

describe("an alert under a standing approval", () => {
  it("goes out at once in the approved words, with its own signed document for the boxes", async () => {
    const { granted, sends, alert, emergencies, drafts, alerts, found, db } = await armedWorld();
    const one = await granted();
    const document = signCap(alert(), service);
    await sends(document);
    expect(await emergencies()).toMatchObject([
      {
        headline: flood.headline,
        severity: "actual",
        areas: ["an"],
        standing: "in-force",
        standingApproval: { id: one.id, sender: SENDER },
        approvedBy: [{ id: "hai" }, { id: "ba" }],
        raisedBy: { id: "mot" },
      },
    ]);
    expect(await drafts()).toEqual([]);
    const [raised] = await emergencies();
    expect(await alerts()).toMatchObject([{ raised: [{ id: raised.id, standingApproval: one.id }] }]);
    expect(await found(one.id)).toMatchObject({ uses: 1 });
    const row = await db.selectFrom("emergency").select("signed_order").executeTakeFirstOrThrow();
    expect(alertProof.safeParse(JSON.parse(row.signed_order ?? "")).success).toBe(true);
  });

  it("goes out once, however often it comes", async () => {
    const { granted, sends, alert, emergencies, found } = await armedWorld();
    const one = await granted();
    const document = signCap(alert(), service);
    await sends(document);
    await sends(document, 200);
    expect(await emergencies()).toHaveLength(1);
    expect(await found(one.id)).toMatchObject({ uses: 1 });
  });

  it.each<[string, AlertWish]>([
    ["another event", { info: { event: "<event>Nắng nóng</event>" } }],
    ["another area", { area: areaOf("binh") }],
    ["a shape on the map", { area: "<area><areaDesc>x</areaDesc><circle>16.2,108.2 5</circle></area>" }],
    ["an exercise", { status: "Exercise" }],
    ["less certain", { info: { certainty: "<certainty>Possible</certainty>" } }],
  ])("waits for persons: %s", async (_what, change) => {
    const { granted, sends, alert, emergencies } = await armedWorld();
    await granted();
    await sends(signCap(alert(change), service));
    expect(await emergencies()).toEqual([]);
  });

  it("is refused at the door with another signature", async () => {
    const { granted, sends, alert, emergencies } = await armedWorld();
    await granted();
    await sends(signCap(alert(), stranger), 422);
    expect(await emergencies()).toEqual([]);
  });

  it("waits for persons where it was sent before a STOP", async () => {
    const { granted, sends, alert, emergencies, drafts, admin, time } = await armedWorld();
    await granted();
    const document = signCap(alert(), service);
    await time.advance(5_000);
    expect((await admin.post("/api/v1/areas/an/stop", {})).status).toBe(202);
    await sends(document);
    expect(await emergencies()).toEqual([]);
    expect(await drafts()).toHaveLength(1);
  });

  it("goes out where it is covered, and waits for persons elsewhere", async () => {
    const { granted, sends, alert, emergencies, drafts } = await armedWorld();
    await granted();
    await sends(signCap(alert({ area: `${areaOf("an")}${areaOf("binh")}` }), service));
    expect(await emergencies()).toMatchObject([{ areas: ["an"] }]);
    expect(await drafts()).toMatchObject([{ areas: ["binh"] }]);
  });

  it("with a code of the sender for more than what was approved leaves the rest to persons", async () => {
    const { granted, write, sends, alert, emergencies } = await armedWorld();
    const codes = [{ valueName: "SAME", value: "48", area: "tinh" }];
    const one = await granted({ codes });
    expect(readStandingApproval(one.payload)?.places[0]).toEqual({
      valueName: "SAME",
      codes: [["48", "an"]],
    });
    const area =
      "<area><areaDesc>x</areaDesc><geocode><valueName>SAME</valueName><value>48</value></geocode></area>";
    await sends(signCap(alert({ area }), service));
    expect(await emergencies()).toMatchObject([{ areas: ["an"] }]);
    const elsewhere = write({ codes: [{ valueName: "SAME", value: "49", area: "binh" }] });
    await expect(elsewhere).rejects.toThrow("area-not-yours");
  });

  it("goes out under the one that holds in most of its areas, whichever was written first", async () => {
    const { granted, sends, alert, emergencies, drafts } = await armedWorld();
    await granted();
    const wide = await granted({ areas: ["an", "binh"] });
    await sends(signCap(alert({ area: `${areaOf("an")}${areaOf("binh")}` }), service));
    expect(await emergencies()).toMatchObject([{ areas: ["an", "binh"], standingApproval: { id: wide.id } }]);
    expect(await drafts()).toEqual([]);
  });

  it("is replaced by its update, and taken off the air by whoever sent it", async () => {
    const { granted, sends, alert, emergencies, now, time } = await armedWorld();
    await granted();
    const first = `${SENDER},A,${capTime(now())}`;
    await sends(signCap(alert({ identifier: "A" }), service));
    await time.advance(60_000);
    const second = `${SENDER},B,${capTime(now())}`;
    await sends(signCap(alert({ identifier: "B", msgType: "Update", references: first }), service));
    const [newer] = await emergencies();
    expect(newer.replaces).toMatch(/^cap-/);
    await time.advance(60_000);
    await sends(signCap(alert({ identifier: "C", msgType: "Cancel", references: second }), service));
    expect(await emergencies()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: newer.id, standing: "cancelled", cancelledBy: null }),
      ]),
    );
  });

  const onAMap = "<area><areaDesc>x</areaDesc><circle>16.2,108.2 5</circle></area>";
  it.each<[string, number, AlertWish]>([
    ["cancel sounds no more", 0, { msgType: "Cancel" }],
    ["update sounds no more beside that", 1, { msgType: "Update" }],
    ["update that persons must look at sounds all the same", 1, { msgType: "Update", area: onAMap }],
  ])("that comes after its own %s", async (_what, sounding, later) => {
    const { granted, sends, alert, emergencies, drafts, now, time } = await armedWorld();
    await granted();
    const references = `${SENDER},A,${capTime(now())}`;
    const first = signCap(alert({ identifier: "A" }), service);
    await time.advance(60_000);
    await sends(signCap(alert({ identifier: "B", references, ...later }), service));
    const before = await drafts();
    await sends(first);
    expect(await emergencies()).toHaveLength(sounding);
    expect(await drafts()).toEqual(before);
  });

  it("goes on while persons look at an update that is not covered", async () => {
    const { granted, sends, alert, emergencies, now, time } = await armedWorld();
    await granted();
    const references = `${SENDER},A,${capTime(now())}`;
    await sends(signCap(alert({ identifier: "A" }), service));
    await time.advance(60_000);
    const area = "<area><areaDesc>x</areaDesc><circle>16.2,108.2 5</circle></area>";
    await sends(signCap(alert({ identifier: "B", msgType: "Update", references, area }), service));
    expect(await emergencies()).toMatchObject([{ standing: "in-force" }]);
    await time.advance(60_000);
    const info = { event: "<event>Lũ quét</event><responseType>AllClear</responseType>" };
    await sends(signCap(alert({ identifier: "C", msgType: "Update", references, info }), service));
    expect(await emergencies()).toMatchObject([{ standing: "cancelled" }]);
  });

  it.each([
    ["Exercise", "Cancel"],
    ["Exercise", "Update"],
    ["Test", "Cancel"],
    ["Draft", "Update"],
  ])(
    "goes on when its sender tries something out: a message of status %s, an %s",
    async (status, msgType) => {
      const { granted, sends, alert, emergencies, now, time } = await armedWorld();
      await granted();
      await granted({ severity: "exercise", confirm: "DIỄN TẬP" });
      const references = `${SENDER},A,${capTime(now())}`;
      await sends(signCap(alert({ identifier: "A" }), service));
      await time.advance(60_000);
      await sends(signCap(alert({ identifier: "B", status, msgType, references }), service));
      const standing = (await emergencies()).filter((one: { severity: string }) => one.severity === "actual");
      expect(standing).toMatchObject([{ standing: "in-force" }]);
    },
  );

  it("goes out whoever brings it: its sender has signed it", async () => {
    const { granted, author, alert, emergencies } = await armedWorld();
    await granted();
    const bytes = new TextEncoder().encode(signCap(alert(), service));
    const brought = await author.send("POST", "/api/v1/cap", bytes, {
      "content-type": "application/cap+xml",
    });
    expect(brought.status).toBe(201);
    expect(await emergencies()).toHaveLength(1);
  });

  it("waits for persons when its sender has another certificate than the one that was approved", async () => {
    const { granted, sends, alert, emergencies, admin, found } = await armedWorld();
    const one = await granted();
    const pem = stranger.certificate;
    await admin.send("PUT", `/api/v1/cap-senders/${SENDER}/certificate`, { pem });
    await sends(signCap(alert(), stranger));
    expect(await emergencies()).toEqual([]);
    expect(await found(one.id)).toMatchObject({ state: "in-force", isKeyKnown: false });
  });

  it("does not go out after the end of the standing approval", async () => {
    const { granted, sends, alert, db, time, now } = await armedWorld();
    await granted({ validDays: 1 });
    await time.advance(25 * HOUR_MS);
    await sends(signCap(alert({ expires: capTime(plus(now(), HOUR_MS)) }), service));
    expect(await db.selectFrom("emergency").selectAll().execute()).toEqual([]);
  });
});
