import { describe, expect, it } from "vitest";
import { upload } from "../support/api-content.ts";
import { createApiWorld } from "../support/api-world.ts";

const evening = { span: { from: "21:00:00", to: "05:00:00" }, gainDb: -20 };
const loud = { gainDb: -3, byHour: [evening], capDb: 0, emergencyDb: 6 };

describe("the settings of an area", () => {
  it("hold below it until a nearer area says something else", async () => {
    const world = await createApiWorld();
    const admin = await world.person("hoa", "tinh", "area-admin");
    const put = (area: string, body: object) => admin.send("PUT", `/api/v1/areas/${area}/settings`, body);
    const set = await put("tinh", { volume: loud, filler: null });
    expect(set.status).toBe(200);
    expect(world.changes.planWakes()).toBe(1);
    const village = async () => (await admin.get("/api/v1/areas/an-thon/settings")).json();
    expect(await village()).toEqual({
      own: { volume: null, filler: null },
      inForce: { volume: loud, volumeFrom: "tinh", filler: null, fillerFrom: null },
    });
    const soft = { ...loud, gainDb: -12 };
    await put("an", { volume: soft, filler: null });
    expect((await village()).inForce).toMatchObject({ volume: soft, volumeFrom: "an" });
    await put("an", { volume: null, filler: null });
    expect((await village()).inForce).toMatchObject({ volume: loud, volumeFrom: "tinh" });
  });

  it("take a filler that the person may use, and no other", async () => {
    const world = await createApiWorld();
    const officer = await world.person("lan", "an", "author", "area-admin");
    const clip = await upload(officer);
    const body = { title: "Nhạc chờ", class: "normal", field: "other", clip, areaId: "an" };
    const { bulletin } = await (await officer.post("/api/v1/bulletins", body)).json();
    const path = "/api/v1/areas/an/settings";
    const set = await officer.send("PUT", path, { volume: null, filler: bulletin.id });
    expect((await set.json()).inForce).toMatchObject({ filler: bulletin.id, fillerFrom: "an" });
    const stranger = await world.person("binh", "binh", "area-admin");
    const stolen = await stranger.send("PUT", "/api/v1/areas/binh/settings", {
      volume: null,
      filler: bulletin.id,
    });
    expect((await stolen.json()).code).toBe("not-found");
  });

  it("refuse what no amplifier can do", async () => {
    const world = await createApiWorld();
    const admin = await world.person("hoa", "tinh", "area-admin");
    for (const changed of [{ gainDb: 21 }, { emergencyDb: -21 }, { byHour: Array(9).fill(evening) }]) {
      const body = { volume: { ...loud, ...changed }, filler: null };
      const answer = await admin.send("PUT", "/api/v1/areas/tinh/settings", body);
      expect((await answer.json()).code).toBe("bad-request");
    }
  });
});

describe("a cluster", () => {
  it("keeps what is not changed of it", async () => {
    const world = await createApiWorld();
    const technician = await world.person("tu", "an", "technician");
    const change = (body: object) => technician.send("PATCH", "/api/v1/clusters/cluster-an", body);
    expect((await change({ alignDelayMs: 120, turn: 2 })).status).toBe(200);
    expect(world.changes.planWakes()).toBe(1);
    const { cluster } = await (await change({ gainDb: -4.5 })).json();
    expect(cluster).toMatchObject({ id: "cluster-an", alignDelayMs: 120, turn: 2, gainDb: -4.5, horns: 2 });
    const { clusters } = await (await technician.get("/api/v1/clusters")).json();
    expect(clusters).toEqual([cluster]);
    for (const body of [{ turn: 16 }, { alignDelayMs: 2_001 }, { zones: [] }, { areaId: "binh" }]) {
      expect((await (await change(body)).json()).code, JSON.stringify(body)).toBe("bad-request");
    }
  });
});
