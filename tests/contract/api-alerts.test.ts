import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { createApiWorld, HOST, ORIGIN, type Person } from "../support/api-world.ts";
import { areaOf, capInfo, capMessage, inArea } from "../support/cap-messages.ts";

const xml = { "content-type": "application/cap+xml" };
const sender = "dai@kttv.example.vn";

const bring = (person: Person, message: string) => person.send("POST", "/api/v1/cap", message, xml);
async function listed(person: Person) {
  const { alerts } = await (await person.get("/api/v1/cap")).json();
  return alerts;
}

/** An administrator of the whole province, and the token of a machine. */
async function withMachine() {
  const world = await createApiWorld();
  const admin = await world.person("root", "tinh", "area-admin");
  const { token } = await (await admin.send("PUT", `/api/v1/cap-senders/${sender}`)).json();
  const machine = (message: string, shown = token) =>
    world.api.request(`${ORIGIN}/api/v1/cap`, {
      method: "POST",
      headers: { host: HOST, ...xml, authorization: `Bearer ${shown}` },
      body: message,
    });
  return { world, admin, machine };
}

describe("an alert that a person brings", () => {
  it("is shown to whoever may raise emergencies where it holds, in Vietnamese, and nothing is raised", async () => {
    const world = await createApiWorld();
    const approver = await world.person("huong", "an", "approver");
    const english = capInfo({ language: "<language>en-US</language>", event: "<event>Flash flood</event>" });
    const message = capMessage({ infos: english + capInfo({ area: areaOf("an") }) });
    const answer = await bring(approver, message);
    expect(answer.status).toBe(201);
    expect(await listed(approver)).toMatchObject([
      {
        sender,
        broughtBy: "huong",
        standing: "open",
        status: "Actual",
        language: "vi-VN",
        event: "Lũ quét",
        headline: "Cảnh báo lũ quét xã An Hòa",
        severity: "Extreme",
        areas: ["an"],
        areaNames: ["Địa bàn an"],
      },
    ]);
    const { emergencies } = await (await approver.get("/api/v1/emergencies")).json();
    expect(emergencies).toEqual([]);
    const { rows } = await sql<{ act: string }>`select act from audit where act = 'alert.received'`.execute(
      world.db,
    );
    expect(rows).toHaveLength(1);
  });

  it("holds where clusters stand inside its polygon", async () => {
    const world = await createApiWorld();
    const approver = await world.person("huong", "tinh", "approver");
    await sql`update cluster set latitude = 16.25, longitude = 108.12 where id = 'cluster-binh'`.execute(
      world.db,
    );
    const area =
      "<area><areaDesc>x</areaDesc><polygon>16.1,108.1 16.3,108.1 16.3,108.3 16.1,108.1</polygon></area>";
    await bring(approver, capMessage({ infos: capInfo({ area }) }));
    expect((await listed(approver))[0].areas).toEqual(["binh-thon"]);
  });

  it("is refused with every element that is wrong", async () => {
    const world = await createApiWorld();
    const approver = await world.person("huong", "an", "approver");
    const answer = await bring(approver, capMessage({ scope: "", status: "<status>Real</status>" }));
    expect(answer.status).toBe(422);
    const { code, complaints } = await answer.json();
    expect(code).toBe("cap-refused");
    expect(complaints.map((one: { element: string }) => one.element)).toEqual([
      "alert/scope",
      "alert/status",
    ]);
    expect(await listed(approver)).toEqual([]);
  });

  it("is taken once; another one under the same name is refused", async () => {
    const world = await createApiWorld();
    const approver = await world.person("huong", "tinh", "approver");
    const [first, again] = [await bring(approver, inArea("an")), await bring(approver, inArea("an"))];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect((await again.json()).id).toBe((await first.json()).id);
    const other = await bring(approver, inArea("tinh"));
    expect([other.status, (await other.json()).code]).toEqual([409, "alert-id-reused"]);
  });

  it("is ended by its cancel, also when that came first", async () => {
    const world = await createApiWorld();
    const approver = await world.person("huong", "an", "approver");
    const cancel = capMessage({
      identifier: "<identifier>KTTV-2</identifier>",
      msgType: "<msgType>Cancel</msgType>",
      references: `<references>${sender},KTTV-2026-11-23-001,2026-11-23T04:30:00+07:00</references>`,
      infos: capInfo({ area: areaOf("an") }),
    });
    expect((await bring(approver, cancel)).status).toBe(201);
    await bring(approver, inArea("an"));
    const standings = (await listed(approver)).map((one: { standing: string }) => one.standing);
    expect(standings.sort()).toEqual(["cancelled", "no-alert"]);
  });

  it("is put aside by whoever may raise emergencies there, which is written down", async () => {
    const world = await createApiWorld();
    const approver = await world.person("huong", "an", "approver");
    const { id } = await (await bring(approver, inArea("an"))).json();
    expect((await approver.post(`/api/v1/cap/${id}/dismiss`)).status).toBe(204);
    expect((await listed(approver))[0].standing).toBe("dismissed");
    const { rows } = await sql`select 1 from audit where act = 'alert.dismissed'`.execute(world.db);
    expect(rows).toHaveLength(1);
    expect((await approver.post("/api/v1/cap/alert-none/dismiss")).status).toBe(404);
  });

  it("that holds nowhere we know is shown to the province only, and one of the neighbours to nobody else", async () => {
    const world = await createApiWorld();
    const province = await world.person("tinh", "tinh", "approver");
    const commune = await world.person("huong", "an", "approver");
    await bring(province, capMessage({ infos: capInfo({ area: areaOf("elsewhere") }) }));
    await bring(province, inArea("binh").replace("KTTV-2026-11-23-001", "KTTV-9"));
    expect(await listed(province)).toHaveLength(2);
    expect(await listed(commune)).toEqual([]);
  });

  it("from somebody who may not raise emergencies is not taken", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "tinh", "author");
    expect((await bring(author, inArea("an"))).status).toBe(403);
    expect((await bring(world.anybody, inArea("an"))).status).toBe(401);
    expect((await author.get("/api/v1/cap")).status).toBe(403);
    const neighbour = await world.person("binh", "binh", "approver");
    expect((await (await bring(neighbour, inArea("an"))).json()).code).toBe("area-not-yours");
    expect((await (await bring(neighbour, inArea("elsewhere"))).json()).code).toBe("area-not-yours");
  });

  it("of more than 2 MB is refused unread", async () => {
    const world = await createApiWorld();
    const approver = await world.person("huong", "an", "approver");
    const large = await bring(approver, `${inArea("an")}${" ".repeat(2_200_000)}`);
    expect([large.status, (await large.json()).code]).toEqual([413, "too-large"]);
  });

  it("with a page's script in its headline is text like any other", async () => {
    const world = await createApiWorld();
    const approver = await world.person("huong", "an", "approver");
    const headline = "<headline>&lt;img src=x onerror=alert(1)&gt;</headline>";
    await bring(approver, capMessage({ infos: capInfo({ headline, area: areaOf("an") }) }));
    const answer = await approver.get("/api/v1/cap");
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect((await answer.json()).alerts[0].headline).toBe("<img src=x onerror=alert(1)>");
  });
});

describe("a machine that brings alerts", () => {
  it("needs no session, no cookie and no page of ours, but the token of the sender it speaks for", async () => {
    const { machine, admin } = await withMachine();
    expect((await machine(inArea("an"))).status).toBe(201);
    const foreign = await machine(inArea("an").replace(sender, "x@elsewhere.example"));
    expect([foreign.status, (await foreign.json()).code]).toEqual([403, "sender-not-yours"]);
    expect(await listed(admin)).toHaveLength(1);
  });

  it("is slowed down when it guesses, whatever it guesses", async () => {
    const { machine } = await withMachine();
    const statuses: number[] = [];
    for (let guess = 0; guess < 14; guess += 1)
      statuses.push((await machine(inArea("an"), guess.toString(16).padStart(64, "0"))).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.slice(-2)).toEqual([429, 429]);
    const short = await machine(inArea("an"), "short");
    expect(short.status).toBe(429);
  });

  it("gets a new token in place of the old one, and none when it is removed", async () => {
    const { machine, admin } = await withMachine();
    const { token } = await (await admin.send("PUT", `/api/v1/cap-senders/${sender}`)).json();
    expect((await machine(inArea("an"))).status).toBe(401);
    expect((await machine(inArea("an"), token)).status).toBe(201);
    const { senders } = await (await admin.get("/api/v1/cap-senders")).json();
    expect(senders.map((one: { sender: string }) => one.sender)).toEqual([sender]);
    expect(JSON.stringify(senders)).not.toContain(token);
    expect((await admin.send("DELETE", `/api/v1/cap-senders/${sender}`)).status).toBe(204);
    expect((await machine(inArea("an"), token)).status).toBe(401);
    expect((await admin.send("DELETE", `/api/v1/cap-senders/${sender}`)).status).toBe(404);
  });

  it("is let in only by whoever administers the whole province", async () => {
    const world = await createApiWorld();
    const commune = await world.person("lan", "an", "area-admin");
    expect((await commune.send("PUT", `/api/v1/cap-senders/${sender}`)).status).toBe(403);
    expect((await commune.get("/api/v1/cap-senders")).status).toBe(403);
    const approver = await world.person("huong", "tinh", "approver");
    expect((await approver.send("PUT", `/api/v1/cap-senders/${sender}`)).status).toBe(403);
  });
});
