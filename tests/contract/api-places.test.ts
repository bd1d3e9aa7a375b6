import { insertAsRun } from "@loa/controller/store/as-run.ts";
import { putFaults } from "@loa/controller/store/fault-log.ts";
import { settleOutbox } from "@loa/controller/store/outbox.ts";
import { insertSamples } from "@loa/controller/store/samples.ts";
import type { BoxId, OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";
import { schedule } from "../support/api-content.ts";
import { addBox, addCluster, createApiWorld } from "../support/api-world.ts";
import { IN_STEP } from "../support/as-run.ts";

const box = "box-an" as BoxId;

describe("the people who hear an area", () => {
  it("are those of its clusters, once somebody has counted all of them", async () => {
    const world = await createApiWorld();
    const admin = await world.person("root", "tinh", "area-admin");
    const village = async () =>
      (await (await admin.get("/api/v1/areas")).json()).areas.find(
        (one: { id: string }) => one.id === "an-thon",
      ).people;
    expect(await village()).toBeNull();
    await admin.send("PATCH", "/api/v1/clusters/cluster-an", { people: 420 });
    expect(await village()).toBe(420);
    await admin.post("/api/v1/clusters", { name: "Cụm hai", areaId: "an-thon", horns: 2, people: 80 });
    expect(await village()).toBe(500);
  });
});

describe("the tree", () => {
  it("is told from the top, within one's own grants, with what stands directly in each area", async () => {
    const world = await createApiWorld();
    const viewer = await world.person("lan", "an", "viewer");
    expect((await (await viewer.get("/api/v1/areas")).json()).areas).toEqual([
      { id: "an", kind: "commune", name: "Địa bàn an", parentId: "tinh", clusters: 0, boxes: 0, people: 0 },
      {
        id: "an-thon",
        kind: "village",
        name: "Địa bàn an-thon",
        parentId: "an",
        clusters: 1,
        boxes: 1,
        people: null,
      },
    ]);
  });

  it("grows below one's own areas, and an id is given once", async () => {
    const world = await createApiWorld();
    const admin = await world.person("admin", "an", "area-admin", "technician");
    const wish = { id: "an-thon-2", kind: "village", name: "Thôn Hai", parentId: "an" };
    expect((await admin.post("/api/v1/areas", wish)).status).toBe(201);
    expect((await (await admin.post("/api/v1/areas", wish)).json()).code).toBe("already-there");
    const cluster = { name: "Cụm loa Thôn Hai", areaId: "an-thon-2", horns: 2, gainDb: -3 };
    const made = await (await admin.post("/api/v1/clusters", cluster)).json();
    expect(made.cluster).toMatchObject({ ...cluster, zones: [1], latitude: null });
    const { clusters } = await (await admin.get("/api/v1/clusters")).json();
    expect(clusters.map((one: { name: string }) => one.name)).toContain("Cụm loa Thôn Hai");
  });

  it("binds each area by its own rules and by those above", async () => {
    const world = await createApiWorld();
    const province = await world.person("tinh", "tinh", "area-admin");
    const rules = (changed: object) => ({
      quietHours: [],
      weekdays: null,
      maxSessionsPerDay: null,
      maxSessionMs: null,
      ...changed,
    });
    await province.send("PUT", "/api/v1/areas/tinh/rules", rules({ maxSessionsPerDay: 4 }));
    const answer = await province.send("PUT", "/api/v1/areas/an/rules", rules({ maxSessionsPerDay: 6 }));
    expect(await answer.json()).toEqual({
      own: rules({ maxSessionsPerDay: 6 }),
      combined: rules({ maxSessionsPerDay: 4 }),
    });
    expect(world.changes.planWakes()).toBe(2);
  });
});

describe("boxes", () => {
  it("are found by the name of their place, marks or no marks", async () => {
    const world = await createApiWorld();
    await addCluster(world.db, "cluster-hai", "an-thon");
    await world.db
      .updateTable("cluster")
      .set({ name: "Vĩnh Hải – Đồi Đá" })
      .where("id", "=", "cluster-hai")
      .execute();
    await addBox(world.db, "box-hai", "cluster-hai");
    await world.fleet.load();
    const viewer = await world.person("lan", "tinh", "viewer");
    for (const text of ["vinh hai", "VĨNH", "doi da", "box-hai"]) {
      const { boxes } = await (await viewer.get(`/api/v1/boxes?q=${encodeURIComponent(text)}`)).json();
      expect(
        boxes.map((one: { boxId: string }) => one.boxId),
        text,
      ).toEqual(["box-hai"]);
    }
    const below = await (await viewer.get("/api/v1/boxes?area=binh")).json();
    expect(below.boxes.map((one: { boxId: string }) => one.boxId)).toEqual(["box-binh"]);
  });

  it("tell their history: what sounded, faults, and values over time", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const id = await schedule(author, { title: "Bản tin chiều" });
    const at = (minutes: number) => asInstant(world.time.clock.now() + minutes * 60_000);
    const occurrenceId = `${id}@2026-11-23T17:30:00` as OccurrenceId;
    await insertAsRun(world.db, box, {
      occurrenceId,
      startedAt: at(-9),
      endedAt: at(-8),
      offsetMs: 0,
      rmsDb: -18,
      ...IN_STEP,
    });
    const hot = {
      kind: "amplifier-thermal",
      severity: "critical",
      point: "amplifier.temperature",
      value: 91,
      threshold: 85,
    } as const;
    const open = {
      kind: "line-open",
      severity: "critical",
      point: null,
      value: null,
      threshold: null,
    } as const;
    const raised = [open, hot].map((one, index) => ({ ...one, since: at(-5 - index) }));
    await putFaults(world.db, box, raised, at(-5));
    await putFaults(world.db, box, [], at(-4));
    const voltage = (minutes: number, value: number | null) =>
      ({ boxId: box, capability: "mains.voltage", at: at(minutes), value }) as const;
    await insertSamples(world.db, [
      voltage(-30, 221),
      voltage(-20, null),
      voltage(-10, 219),
      voltage(-10, 219),
    ]);
    const detail = await (await author.get("/api/v1/boxes/box-an")).json();
    expect(detail).toMatchObject({
      boxId: "box-an",
      now: at(0),
      asRun: [{ title: "Bản tin chiều", startedAt: at(-9), rmsDb: -18 }],
      faultLog: [
        { ...open, since: at(-5), clearedAt: at(-4) },
        { ...hot, since: at(-6), clearedAt: at(-4) },
      ],
      listenUrl: null,
    });
    const path = "/api/v1/boxes/box-an/samples?capability=mains.voltage";
    const whole = (minutes: number, value: number | null) => ({
      at: at(minutes),
      value,
      low: value,
      high: value,
    });
    expect(await (await author.get(path)).json()).toEqual({
      samples: [whole(-30, 221), whole(-20, null), whole(-10, 219)],
      stretchMs: 0,
      threshold: null,
    });
    const some = await (await author.get(`${path}&from=${at(-20)}&to=${at(-10)}`)).json();
    expect(some.samples).toEqual([whole(-20, null)]);
    expect((await (await author.get(`${path}&from=9&to=3`)).json()).code).toBe("bad-request");
  });
});

describe("a stop", () => {
  it("is one person's act, and its tally names the box that did not obey", async () => {
    const world = await createApiWorld();
    const technician = await world.person("tech", "tinh", "technician");
    const ordered = await technician.post("/api/v1/areas/tinh/stop");
    expect(ordered.status).toBe(202);
    const stop = await ordered.json();
    expect(stop.boxes).toBe(2);
    const at = world.time.clock.now();
    const end = (boxId: BoxId, state: "accepted" | "refused", reason: string | null) =>
      settleOutbox(world.db, { boxId, commandId: stop.id }, { state, reason, at });
    const tally = async () => (await technician.get(`/api/v1/stops/${stop.id}`)).json();
    expect(await tally()).toMatchObject({ areaId: "tinh", targeted: 2, pending: 2, accepted: 0 });
    await end(box, "accepted", null);
    await end("box-binh" as BoxId, "refused", "expired");
    expect(await tally()).toMatchObject({
      targeted: 2,
      pending: 0,
      accepted: 1,
      refused: 1,
      boxes: [
        { boxId: "box-an", state: "accepted", reason: null },
        { boxId: "box-binh", state: "refused", reason: "expired" },
      ],
    });
  });
});
