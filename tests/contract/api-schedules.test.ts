import { asInstant, toLocal } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";
import { daily, draftOf, schedule, upload } from "../support/api-content.ts";
import { type ApiWorld, createApiWorld, type Person } from "../support/api-world.ts";

const nightRules = {
  quietHours: [{ from: "21:00:00", to: "05:00:00" }],
  weekdays: null,
  maxSessionsPerDay: 2,
  maxSessionMs: 900_000,
};

async function withRules(world: ApiWorld, area: string, rules: object): Promise<void> {
  const admin = await world.person(`admin-${area}`, area, "area-admin");
  expect((await admin.send("PUT", `/api/v1/areas/${area}/rules`, rules)).status).toBe(200);
}

describe("a schedule", () => {
  it("made of a clip has its boxes' plans compiled anew", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const clip = await upload(author);
    const answer = await author.post("/api/v1/schedules", draftOf(clip));
    expect(answer.status).toBe(201);
    const { schedule: made, dryRun } = await answer.json();
    expect(made).toMatchObject({
      title: "Bản tin chiều",
      areas: ["an"],
      areaNames: ["Địa bàn an"],
      exception: "none",
      createdByName: "lan",
    });
    expect(dryRun).toMatchObject({ ok: true, problems: [], starts: [{ boxes: 1 }] });
    expect(toLocal(asInstant(dryRun.starts[0].at)).time).toBe("17:30:00");
    expect(dryRun.starts[0].endsAt - dryRun.starts[0].at).toBe(60_000);
    expect(made.nextAt).toBe(dryRun.starts[0].at);
    expect(world.changes.planWakes()).toBe(1);
  });

  it("made of a programme takes the class of its most urgent bulletin", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const clip = await upload(author);
    const bulletin = async (name: string) => {
      const body = { title: "t", class: name, field: "other", clip, areaId: "an" };
      return (await (await author.post("/api/v1/bulletins", body)).json()).bulletin.id;
    };
    const programme = async (...bulletins: readonly string[]) => {
      const items = bulletins.map((bulletin) => ({ bulletin }));
      const answer = await author.post("/api/v1/programmes", { title: "t", items, areaId: "an" });
      return (await answer.json()).programme.id;
    };
    const normal = await bulletin("normal");
    const mixed = await programme(normal, await bulletin("priority"), normal);
    const body = { title: "t", programmeId: mixed, areas: ["an"], recurrence: daily };
    const { schedule: made, dryRun } = await (await author.post("/api/v1/schedules", body)).json();
    expect(made.class).toBe("priority");
    expect(dryRun.starts[0].endsAt - dryRun.starts[0].at).toBe(180_000);
    const urgent = await programme(await bulletin("emergency"));
    const refused = await author.post("/api/v1/schedules", { ...body, programmeId: urgent });
    expect((await refused.json()).code).toBe("class-not-schedulable");
  });

  it("in the past is refused", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const gone = { ...daily, from: "2026-11-22", to: "2026-11-23", times: ["05:00:00"] };
    const answer = await author.post(
      "/api/v1/schedules",
      draftOf(await upload(author), { recurrence: gone }),
    );
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      code: "schedule-refused",
      problems: [{ code: "in-the-past" }],
    });
  });

  it("that clashes is refused and names the other", async () => {
    const world = await createApiWorld();
    const province = await world.person("tinh", "tinh", "author");
    const other = await schedule(province, { title: "Tin tỉnh", areas: ["tinh"] });
    const author = await world.person("lan", "an", "author");
    const overlapping = { ...daily, times: ["17:29:30"] };
    const answer = await author.post(
      "/api/v1/schedules",
      draftOf(await upload(author), { recurrence: overlapping }),
    );
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      code: "schedule-clashes",
      problems: [
        { code: "clash", areaId: "an", withScheduleId: other, withTitle: "Tin tỉnh", boxes: 1, times: 28 },
      ],
    });
    const later = await author.post(
      "/api/v1/schedules",
      draftOf(await upload(author), { recurrence: overlapping, order: 1 }),
    );
    expect(later.status).toBe(201);
  });

  it("for an area without boxes is refused", async () => {
    const world = await createApiWorld();
    await world.db.updateTable("box").set({ revoked_at: 1 }).where("id", "=", "box-an").execute();
    const author = await world.person("lan", "an", "author");
    const answer = await author.post("/api/v1/schedules", draftOf(await upload(author)));
    expect((await answer.json()).problems).toMatchObject([{ code: "no-boxes", boxes: 0 }]);
  });

  it("that was withdrawn is out of lists and plans, but not forgotten", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const id = await schedule(author);
    expect((await author.send("DELETE", `/api/v1/schedules/${id}`)).status).toBe(200);
    expect((await (await author.get("/api/v1/schedules")).json()).schedules).toEqual([]);
    expect((await (await author.get("/api/v1/agenda")).json()).occurrences).toEqual([]);
    const still = (await (await author.get(`/api/v1/schedules/${id}`)).json()).schedule;
    expect(still).toMatchObject({ withdrawnAt: world.time.clock.now(), nextAt: null });
    const again = await author.send("DELETE", `/api/v1/schedules/${id}`);
    expect((await again.json()).code).toBe("already-withdrawn");
  });

  it("of the province is seen in a commune, which may not withdraw it", async () => {
    const world = await createApiWorld();
    const province = await world.person("tinh", "tinh", "author");
    const id = await schedule(province, { areas: ["tinh"] });
    const author = await world.person("lan", "an", "author");
    const listed = (await (await author.get("/api/v1/schedules")).json()).schedules;
    expect(listed.map((one: { id: string }) => one.id)).toEqual([id]);
    expect((await author.send("DELETE", `/api/v1/schedules/${id}`)).status).toBe(403);
    const [due] = (await (await author.get("/api/v1/agenda")).json()).occurrences;
    expect(due).toMatchObject({ scheduleId: id, boxes: 1 });
    const [all] = (await (await province.get("/api/v1/agenda")).json()).occurrences;
    expect(all).toMatchObject({ scheduleId: id, boxes: 2 });
  });
});

describe("a schedule against the rules", () => {
  const atNight = { ...daily, times: ["03:15:00"] };

  it("is refused in quiet hours, with where and when they bind", async () => {
    const world = await createApiWorld();
    await withRules(world, "tinh", nightRules);
    const author = await world.person("lan", "an", "author");
    const draft = draftOf(await upload(author), { recurrence: atNight });
    const answer = await author.post("/api/v1/schedules", draft);
    expect(answer.status).toBe(422);
    const { code, problems, needsException } = await answer.json();
    expect(code).toBe("schedule-refused");
    expect(needsException).toBe(true);
    expect(problems).toMatchObject([{ code: "quiet-hours", areaId: "tinh", boxes: 1, times: 28 }]);
    expect(toLocal(problems[0].at)).toEqual({ date: "2026-11-24", time: "03:15:00" });
    const tried = await (await author.post("/api/v1/schedules/dry-run", draft)).json();
    expect(tried).toMatchObject({
      ok: false,
      problems: [{ code: "quiet-hours", areaId: "tinh", at: problems[0].at }],
      explanation: [{ areaId: "an", boxes: 1, rules: { quietHours: nightRules.quietHours } }],
    });
  });

  it("may be too long, too often, or on the wrong day", async () => {
    const world = await createApiWorld();
    await withRules(world, "an", { ...nightRules, quietHours: [], weekdays: [1, 2, 3, 4, 5] });
    const author = await world.person("lan", "an", "author");
    const long = await upload(author, "sound of 901 s");
    const tried = await author.post("/api/v1/schedules/dry-run", {
      ...draftOf(long),
      recurrence: { ...daily, times: ["06:00:00", "12:00:00", "17:30:00"] },
    });
    const { problems } = await tried.json();
    expect(problems).toMatchObject([
      { code: "day-not-allowed", areaId: "an", boxes: 1 },
      { code: "session-too-long", areaId: "an", limit: 900_000 },
      { code: "too-many-sessions", areaId: "an", limit: 2 },
    ]);
  });

  it("waits in no plan until another person has confirmed it", async () => {
    const world = await createApiWorld();
    await withRules(world, "tinh", nightRules);
    const author = await world.person("lan", "an", "author", "approver");
    const draft = draftOf(await upload(author), { recurrence: atNight, askException: true });
    const made = await author.post("/api/v1/schedules", draft);
    expect(made.status).toBe(201);
    const { schedule: asked } = await made.json();
    expect(asked.exception).toBe("asked");
    expect((await (await author.get("/api/v1/agenda")).json()).occurrences).toEqual([]);
    const confirmPath = `/api/v1/schedules/${asked.id}/confirm-exception`;
    expect((await (await author.post(confirmPath)).json()).code).toBe("same-person");
    const plain = await world.person("hoa", "an", "author");
    expect((await (await plain.post(confirmPath)).json()).code).toBe("forbidden");
    await world.time.advance(60_000);
    const leader = await world.person("minh", "an", "approver");
    const confirmed = (await (await leader.post(confirmPath)).json()).schedule;
    expect(confirmed).toMatchObject({ exception: "confirmed", exceptionBy: "minh" });
    expect((await (await author.get("/api/v1/agenda")).json()).occurrences).toHaveLength(1);
    expect((await (await leader.post(confirmPath)).json()).code).toBe("no-exception-asked");
  });

  it("cannot be confirmed past a clash that came up meanwhile", async () => {
    const world = await createApiWorld();
    await withRules(world, "tinh", { ...nightRules, maxSessionMs: 60_000, maxSessionsPerDay: null });
    const author = await world.person("lan", "an", "author");
    const long = draftOf(await upload(author, "sound of 120 s"), { askException: true });
    const { schedule: asked } = await (await author.post("/api/v1/schedules", long)).json();
    const other = await schedule(author, { title: "Tin khác" });
    const leader = await world.person("minh", "an", "approver");
    const answer = await leader.post(`/api/v1/schedules/${asked.id}/confirm-exception`);
    expect(await answer.json()).toMatchObject({
      code: "schedule-clashes",
      problems: [{ code: "clash", withScheduleId: other }],
    });
    const still = (await (await author.get(`/api/v1/schedules/${asked.id}`)).json()).schedule;
    expect(still.exception).toBe("asked");
  });
});

describe("why does this box play this", () => {
  async function ask(person: Person, query = ""): Promise<Record<string, never>> {
    return await (await person.get(`/api/v1/boxes/box-an/why${query}`)).json();
  }

  it("is answered with the schedule, who made it, and the path that it came by", async () => {
    const world = await createApiWorld();
    const province = await world.person("tinh", "tinh", "author");
    const id = await schedule(province, { areas: ["tinh"], title: "Tin tỉnh" });
    const viewer = await world.person("lan", "an", "viewer");
    const [due] = (await (await viewer.get("/api/v1/agenda")).json()).occurrences;
    const found = await ask(viewer, `?occurrence=${due.id}`);
    expect(found).toMatchObject({
      schedule: { id, title: "Tin tỉnh" },
      programme: { title: "Tin tỉnh" },
      createdBy: { name: "tinh" },
      outcome: { kind: "plays" },
      areaPath: [
        { id: "an-thon", isSource: false },
        { id: "an", isSource: false },
        { id: "tinh", isSource: true },
      ],
      receipt: null,
    });
    expect(await ask(viewer, `?at=${due.at + 30_000}`)).toMatchObject({ occurrence: { id: due.id } });
    expect(await ask(viewer)).toMatchObject({ occurrence: null, outcome: { kind: "nothing" } });
  });

  it("names what goes before it", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    await schedule(author, { title: "Tin thường", order: 1 });
    await schedule(author, { title: "Tin ưu tiên", class: "priority" });
    const occurrences = (await (await author.get("/api/v1/agenda")).json()).occurrences;
    const normal = occurrences.find((one: { title: string }) => one.title === "Tin thường");
    expect(await ask(author, `?occurrence=${normal.id}`)).toMatchObject({
      outcome: { kind: "waits", title: "Tin ưu tiên" },
    });
  });

  it("says of a withdrawn one that it was withdrawn", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const id = await schedule(author);
    const [due] = (await (await author.get("/api/v1/agenda")).json()).occurrences;
    await author.send("DELETE", `/api/v1/schedules/${id}`);
    expect(await ask(author, `?occurrence=${due.id}`)).toMatchObject({ outcome: { kind: "withdrawn" } });
  });
});

describe("the audit", () => {
  it("tells who did what, to whoever may audit the area", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const id = await schedule(author);
    await author.send("DELETE", `/api/v1/schedules/${id}`);
    const auditor = await world.person("thanh-tra", "an", "auditor");
    const { rows } = await (await auditor.get("/api/v1/audit")).json();
    expect(rows.map((row: { act: string }) => row.act)).toEqual(["schedule.withdrawn", "schedule.created"]);
    expect(rows[0]).toMatchObject({ userName: "lan", subject: `schedule:${id}`, areaId: "an" });
    const whole = await world.person("thanh-tra-tinh", "tinh", "auditor");
    const all = (await (await whole.get("/api/v1/audit")).json()).rows;
    expect(all.map((row: { act: string }) => row.act)).toContain("clip.uploaded");
    expect(all.map((row: { act: string }) => row.act)).toContain("session.begun");
  });
});

describe("receipts", () => {
  it("are listed newest first with a count of each verdict", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "tinh", "author");
    const id = await schedule(author, { areas: ["tinh"] });
    const now = world.time.clock.now();
    const receiptFor = (box: string, verdict: string, minutesAgo: number) => ({
      occurrence_id: `${id}@2026-11-23T0${minutesAgo}:00:00`,
      box_id: box,
      source_id: id,
      due_at: now - minutesAgo * 60_000,
      verdict,
      cause: null,
      evidence: null,
      at: now,
    });
    await world.db
      .insertInto("receipt")
      .values([
        receiptFor("box-an", "heard", 5),
        receiptFor("box-binh", "missed", 5),
        receiptFor("box-an", "unknown", 1),
      ])
      .execute();
    const { receipts, summary } = await (await author.get("/api/v1/receipts")).json();
    expect(receipts.map((one: { verdict: string }) => one.verdict)).toEqual(["unknown", "heard", "missed"]);
    expect(receipts[0]).toMatchObject({ title: "Bản tin chiều", clusterName: "Cụm loa cluster-an" });
    expect(summary).toEqual({ heard: 1, played: 0, partial: 0, missed: 1, refused: 0, unknown: 1 });
    const ofAn = await (await author.get("/api/v1/receipts?area=an")).json();
    expect(ofAn.summary).toMatchObject({ missed: 0, unknown: 1 });
  });
});
