import { readdir } from "node:fs/promises";
import { MAX_WRITTEN_CHARS } from "@loa/controller/media/speech/speech-limits.ts";
import { describe, expect, it } from "vitest";
import { type ApiWorld, createApiWorld, type Person } from "../support/api-world.ts";
import { approve, arm, drafted, keyHolder } from "../support/armed-api.ts";

const flood = {
  text: "UBND xã thông báo: lũ về lúc 17h30, xem www.loa.vn. Ban BVTM trực.",
  dialect: "north",
  rate: 140,
};
const asSaid =
  "Ủy ban nhân dân xã thông báo: lũ về lúc mười bảy giờ ba mươi phút, xem. Ban bê vê tê mờ trực.";
const notices = [
  { kind: "left-out", written: "www.loa.vn", spoken: "" },
  { kind: "spelled", written: "BVTM", spoken: "bê vê tê mờ" },
];

async function authorIn(world: ApiWorld, name = "lan", area = "an"): Promise<Person> {
  return await world.person(name, area, "author");
}

async function made(person: Person, changed: object = {}) {
  const answer = await person.post("/api/v1/speech", { ...flood, ...changed });
  expect(answer.status).toBe(201);
  return await answer.json();
}

/** Files that nobody has taken or removed. */
async function leftIn({ folder }: ApiWorld): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => !/^(loa\.db|blobs$|uploads$)/.test(name));
}

describe("a dry run", () => {
  it("tells the words, and what is spelled or left out; nothing is spoken or kept", async () => {
    const world = await createApiWorld();
    const author = await authorIn(world);
    const answer = await author.post("/api/v1/speech/dry-run", flood);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ spoken: asSaid, notices });
    expect(world.voice.asked).toEqual([]);
    expect((await (await author.get("/api/v1/clips")).json()).clips).toEqual([]);
  });
});

describe("a typed message", () => {
  it("becomes a clip of its author, with what was typed and what is said", async () => {
    const world = await createApiWorld();
    const author = await authorIn(world);
    const answer = await made(author);
    expect(answer).toMatchObject({
      spoken: asSaid,
      notices,
      clip: {
        fileName: "UBND xã thông báo: lũ về lúc 17h30, xem www.loa.vn. Ban…",
        written: flood.text,
        // A machine can say it again.
        hasOriginal: false,
        speech: { spoken: asSaid, dialect: "north", rate: 140 },
      },
    });
    expect((await (await author.get("/api/v1/clips")).json()).clips).toEqual([answer.clip]);
    expect((await author.get(`/api/v1/clips/${answer.clip.sha256}/audio`)).status).toBe(200);
    expect(world.voice.asked).toEqual([{ text: asSaid, dialect: "north", rate: 140 }]);
    expect(await leftIn(world)).toEqual([]);
  });

  it("of the same words is the same clip, in another dialect another one", async () => {
    const world = await createApiWorld();
    const author = await authorIn(world);
    const first = (await made(author)).clip.sha256;
    expect((await made(author, { title: "Lũ" })).clip).toMatchObject({ sha256: first, fileName: "Lũ" });
    expect((await made(author, { dialect: "south" })).clip.sha256).not.toBe(first);
    expect((await made(author, { rate: 120 })).clip.sha256).not.toBe(first);
  });

  it("stands in the record with its words", async () => {
    const world = await createApiWorld();
    await made(await authorIn(world));
    const rows = await world.db.selectFrom("audit").where("act", "=", "clip.spoken").selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(JSON.parse(rows[0]?.detail ?? "")).toMatchObject({ written: flood.text, spoken: asSaid });
  });

  it("is nobody else's, and another who types it sees only the own text", async () => {
    const world = await createApiWorld();
    const lan = await authorIn(world);
    const minh = await authorIn(world, "minh", "binh");
    const { clip } = await made(lan);
    expect((await (await minh.get("/api/v1/clips")).json()).clips).toEqual([]);
    expect((await minh.get(`/api/v1/clips/${clip.sha256}/audio`)).status).toBe(404);
    const text = flood.text.replace("www.loa.vn", "http://binh.example");
    expect((await made(minh, { text })).clip).toMatchObject({ sha256: clip.sha256, written: text });
    expect((await (await lan.get("/api/v1/clips")).json()).clips[0].written).toBe(flood.text);
  });

  it("can be read by whoever chooses or hears its bulletin", async () => {
    const world = await createApiWorld();
    const lan = await authorIn(world);
    const viewer = await world.person("xem", "an", "viewer");
    const { clip } = await made(lan);
    const bulletin = { title: "Lũ", class: "normal", field: "other", clip: clip.sha256, areaId: "an" };
    const created = await lan.post("/api/v1/bulletins", bulletin);
    expect((await created.json()).bulletin).toMatchObject({ spoken: asSaid });
    const [listed] = (await (await viewer.get("/api/v1/bulletins")).json()).bulletins;
    expect(listed).toMatchObject({ spoken: asSaid });
    const [known] = (await (await viewer.get("/api/v1/clips")).json()).clips;
    expect(known).toMatchObject({ written: null, speech: { spoken: asSaid } });
  });
});

describe("a preview", () => {
  it("sounds as the clip does, and nothing of it is kept", async () => {
    const world = await createApiWorld();
    const author = await authorIn(world);
    const answer = await author.post("/api/v1/speech/preview", flood);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("audio/mpeg");
    const heard = await answer.text();
    expect((await (await author.get("/api/v1/clips")).json()).clips).toEqual([]);
    expect(await leftIn(world)).toEqual([]);
    const { clip } = await made(author);
    expect(await (await author.get(`/api/v1/clips/${clip.sha256}/audio`)).text()).toBe(heard);
  });
});

describe("is refused with its literal", () => {
  const everyWay = ["/api/v1/speech/dry-run", "/api/v1/speech/preview", "/api/v1/speech"];

  it.each(everyWay)("whatever %s cannot say", async (path) => {
    const world = await createApiWorld();
    const author = await authorIn(world);
    const refusal = async (text: string) => (await author.post(path, { ...flood, text })).json();
    for (const text of ["", "  \n ", "!!!", "👍", "https://loa.vn"]) {
      expect(await refusal(text), text).toMatchObject({ code: "nothing-to-say", status: 422 });
    }
    expect(await refusal("ơi ".repeat(1_000))).toMatchObject({
      code: "speech-too-long",
      chars: 3_000,
      limitChars: MAX_WRITTEN_CHARS,
    });
    // Short as it is written, and a quarter of an hour as it is said.
    expect(await refusal("0123456789 ".repeat(180))).toMatchObject({ code: "speech-too-long" });
    expect((await author.post(path, { ...flood, dialect: "hue" })).status).toBe(400);
    expect((await author.post(path, { ...flood, rate: 999 })).status).toBe(400);
    const viewer = await world.person("xem", "an", "viewer");
    expect((await (await viewer.post(path, flood)).json()).code).toBe("forbidden");
    expect(world.voice.asked).toEqual([]);
  });

  it("what comes while the voice is busy, or has failed; nothing is left", async () => {
    const world = await createApiWorld();
    const author = await authorIn(world);
    world.voice.fails("busy");
    expect(await (await author.post("/api/v1/speech", flood)).json()).toMatchObject({ code: "busy" });
    world.voice.fails("failed");
    const answer = await author.post("/api/v1/speech", flood);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: "voice-failed" });
    expect((await (await author.get("/api/v1/clips")).json()).clips).toEqual([]);
    expect(await leftIn(world)).toEqual([]);
  });

  it("what one person asks without end; others are spoken for, and words are still told", async () => {
    const world = await createApiWorld();
    const author = await authorIn(world);
    for (let asked = 0; asked < 30; asked += 1) await world.limits.spend("speech", ["lan"]);
    const refused = await author.post("/api/v1/speech/preview", flood);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await author.post("/api/v1/speech/dry-run", flood)).status).toBe(200);
    await made(await authorIn(world, "minh", "binh"));
  });
});

describe("in an emergency", () => {
  it("the second person reads and hears what the first one typed, and a stranger does not", async () => {
    const world = await createApiWorld();
    const author = await world.person("tac-gia", "an", "approver");
    const second = await keyHolder(world, "lan", "tinh");
    const stranger = await world.person("la", "binh", "author", "approver");
    await arm(await world.person("truong", "tinh", "area-admin"));
    const { clip } = await made(author);
    const { clip: taken } = await made(author, { text: "Tin vừa rồi là nhầm." });
    const bulletin = { title: "Nhầm", class: "normal", field: "other", clip: taken.sha256, areaId: "an" };
    const { bulletin: correction } = await (await author.post("/api/v1/bulletins", bulletin)).json();
    const draft = await drafted(author, {
      message: { clip: clip.sha256 },
      correction: { bulletin: correction.id },
    });
    const seen = await (await second.get(`/api/v1/emergency-drafts/${draft.id}`)).json();
    expect(seen.draft).toMatchObject({
      clip: clip.sha256,
      spoken: asSaid,
      correctionSpoken: "Tin vừa rồi là nhầm.",
    });
    expect((await second.get(`/api/v1/clips/${clip.sha256}/audio`)).status).toBe(200);
    const third = await keyHolder(world, "minh", "an");
    await arm(await world.person("truong-hai", "tinh", "area-admin"));
    await approve(draft, second);
    const { emergency } = await (await approve(draft, third)).json();
    expect(emergency).toMatchObject({ message: "clip", spoken: asSaid });
    expect((await stranger.get(`/api/v1/emergency-drafts/${draft.id}`)).status).toBe(404);
    expect((await stranger.get(`/api/v1/clips/${clip.sha256}/audio`)).status).toBe(404);
  });
});
