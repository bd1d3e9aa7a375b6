import { describe, expect, it } from "vitest";
import { daily, upload } from "../support/api-content.ts";
import { createApiWorld, type Person } from "../support/api-world.ts";

const stream = { kind: "stream", url: "https://vov.example/vov1.m3u8" };
const voice = { title: "VOV1", areaId: "tinh", source: stream };

async function relayOf(person: Person, body: object): Promise<string> {
  const answer = await person.post("/api/v1/relays", body);
  if (answer.status !== 201) throw new Error(await answer.text());
  return (await answer.json()).relay.id;
}

async function codeOf(answer: Response): Promise<string> {
  return (await answer.json()).code;
}

describe("relays", () => {
  it("of the province are seen and used by its communes, and changed by the province alone", async () => {
    const world = await createApiWorld();
    const province = await world.person("hoa", "tinh", "author");
    const officer = await world.person("lan", "an", "author", "area-admin");
    const id = await relayOf(province, voice);
    const { relays } = await (await officer.get("/api/v1/relays")).json();
    expect(relays).toMatchObject([
      {
        id,
        title: "VOV1",
        areaId: "tinh",
        source: { ...stream, hosts: [], isPrivate: false, fixedDelayMs: null, gainDb: 0 },
        createdBy: "hoa",
      },
    ]);
    const items = [{ relay: id, durationMs: 900_000 }];
    const made = await officer.post("/api/v1/programmes", { title: "Tiếp âm", areaId: "an", items });
    expect(made.status).toBe(201);
    const changed = { title: "VOV1", source: { kind: "input", input: "fm" } };
    expect(await codeOf(await officer.send("PUT", `/api/v1/relays/${id}`, changed))).toBe("forbidden");
    expect(await codeOf(await officer.send("DELETE", `/api/v1/relays/${id}`))).toBe("forbidden");
    expect((await province.send("PUT", `/api/v1/relays/${id}`, changed)).status).toBe(200);
    expect(world.changes.planWakes()).toBe(1);
  });

  it("inside a network need the word of the province's administrator", async () => {
    const world = await createApiWorld();
    const officer = await world.person("lan", "an", "author", "area-admin");
    const inside = [
      "http://10.0.0.5/live",
      "http://127.0.0.1:9000/x",
      "rtsp://192.168.1.9/mic",
      "http://[::1]/a",
    ];
    for (const url of [
      ...inside,
      "http://169.254.169.254/latest",
      "http://localhost/a",
      "http://2130706433/",
      "http://[::ffff:10.0.0.1]/",
    ]) {
      const body = { title: "t", areaId: "an", source: { kind: "stream", url } };
      expect(await codeOf(await officer.post("/api/v1/relays", body)), url).toBe("address-is-private");
      const insisting = { ...body, source: { ...body.source, isPrivate: true } };
      expect(await codeOf(await officer.post("/api/v1/relays", insisting)), url).toBe(
        "private-stream-refused",
      );
    }
    const hosts = { ...stream, hosts: ["cdn.example", "192.168.0.1"] };
    const leading = await officer.post("/api/v1/relays", { title: "t", areaId: "an", source: hosts });
    expect(await leading.json()).toMatchObject({ code: "address-is-private", hosts: ["192.168.0.1"] });
    const admin = await world.person("hoa", "tinh", "author", "area-admin");
    const allowed = {
      title: "Đài tỉnh",
      areaId: "tinh",
      source: { ...stream, url: inside[0], isPrivate: true },
    };
    const id = await relayOf(admin, allowed);
    const author = await world.person("tam", "tinh", "author");
    const moved = { title: "Đài tỉnh", source: { ...allowed.source, url: "http://10.0.0.99/" } };
    expect(await codeOf(await author.send("PUT", `/api/v1/relays/${id}`, moved))).toBe(
      "private-stream-refused",
    );
  });

  it("tell the password of their address only to those who may change them", async () => {
    const world = await createApiWorld();
    const author = await world.person("hoa", "tinh", "author");
    const url = "rtsp://loa:bí-mật@mic.example/live";
    await relayOf(author, { ...voice, source: { kind: "stream", url } });
    const listed = async (person: Person) => (await person.get("/api/v1/relays")).text();
    const secret = encodeURIComponent("bí-mật");
    expect(decodeURIComponent(await listed(author))).toContain("bí-mật");
    const below = await listed(await world.person("lan", "an", "author"));
    expect(below).toContain("mic.example");
    expect(below).not.toContain(secret);
    expect(below).not.toContain("bí-mật");
  });

  it("have no address but of a stream", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    for (const url of ["file:///etc/passwd", "ftp://a.example/b", "javascript:1", "concat:a|b", "", "vov1"]) {
      const body = { title: "t", areaId: "an", source: { kind: "stream", url } };
      expect(await codeOf(await author.post("/api/v1/relays", body)), url).toBe("bad-request");
    }
  });

  it("that a schedule needs are not withdrawn under it", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const id = await relayOf(author, { ...voice, areaId: "an" });
    const items = [{ relay: id, durationMs: 600_000 }];
    const { programme } = await (
      await author.post("/api/v1/programmes", { title: "t", areaId: "an", items })
    ).json();
    const draft = { title: "Tiếp âm sáng", programmeId: programme.id, areas: ["an"], recurrence: daily };
    const { schedule } = await (await author.post("/api/v1/schedules", draft)).json();
    const refused = await author.send("DELETE", `/api/v1/relays/${id}`);
    expect(await refused.json()).toMatchObject({
      code: "relay-in-use",
      schedules: [{ id: schedule.id, title: "Tiếp âm sáng" }],
    });
    await author.send("DELETE", `/api/v1/schedules/${schedule.id}`);
    expect((await author.send("DELETE", `/api/v1/relays/${id}`)).status).toBe(204);
    expect((await (await author.get("/api/v1/relays")).json()).relays).toEqual([]);
    const dry = await (await author.post("/api/v1/schedules/dry-run", draft)).json();
    expect(dry.problems).toMatchObject([{ code: "no-content" }]);
  });
});

describe("programmes", () => {
  it("are as long as their bulletins and relays together, and end softly or hard", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const clip = await upload(author);
    const body = { title: "t", class: "normal", field: "other", clip, areaId: "an" };
    const { bulletin } = await (await author.post("/api/v1/bulletins", body)).json();
    const relay = await relayOf(author, { ...voice, areaId: "an" });
    const items = [
      { bulletin: bulletin.id },
      { relay, durationMs: 600_000 },
      { bulletin: bulletin.id, end: "hard" },
    ];
    const made = await author.post("/api/v1/programmes", { title: "Sáng", areaId: "an", items });
    const { programme } = await made.json();
    expect(programme).toMatchObject({
      durationMs: 720_000,
      items: [
        { bulletin: bulletin.id, end: "soft" },
        { relay, durationMs: 600_000, end: "hard" },
        { bulletin: bulletin.id, end: "hard" },
      ],
    });
    expect((await (await author.get("/api/v1/programmes")).json()).programmes).toEqual([programme]);
    const draft = { title: "t", programmeId: programme.id, areas: ["an"], recurrence: daily, chime: true };
    const { schedule, dryRun } = await (await author.post("/api/v1/schedules", draft)).json();
    expect(schedule).toMatchObject({ chime: true, turns: false });
    expect(dryRun.starts[0].endsAt - dryRun.starts[0].at).toBe(722_400);
  });

  it("are not made of what is not there, or is too long", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const relay = await relayOf(author, { ...voice, areaId: "an" });
    const make = (items: readonly object[]) =>
      author.post("/api/v1/programmes", { title: "t", areaId: "an", items });
    expect(await (await make([{ relay: "relay-x", durationMs: 1 }])).json()).toMatchObject({
      code: "not-found",
      relays: ["relay-x"],
    });
    const long = { relay, durationMs: 7_200_000 };
    expect(await codeOf(await make([long, long, long]))).toBe("too-long");
    for (const items of [[], [{}], [{ relay }], [{ bulletin: "b", relay, durationMs: 1 }]]) {
      expect(await codeOf(await make(items))).toBe("bad-request");
    }
  });
});
