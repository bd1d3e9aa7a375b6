import { readdir } from "node:fs/promises";
import { openUploads } from "@loa/controller/adapters/file-uploads.ts";
import { createIngestJobs } from "@loa/controller/ingest-jobs.ts";
import { DEFAULT_INGEST_SETTINGS, putIngestSettings } from "@loa/controller/ingest-settings.ts";
import { removeOldOriginals } from "@loa/controller/original-retention.ts";
import { createRenditionFiller } from "@loa/controller/rendition-filler.ts";
import { openBlobs } from "@loa/controller/store/blobs.ts";
import { readPlanTables } from "@loa/controller/store/plan-tables.ts";
import { putSetting } from "@loa/controller/store/settings.ts";
import { createWork } from "@loa/controller/work.ts";
import type { Sha256, UserId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";
import { schedule, upload } from "../support/api-content.ts";
import { type ApiWorld, createApiWorld, type Person } from "../support/api-world.ts";
import { createFakeMedia, FAKE_CLIP_LUFS } from "../support/fake-media.ts";

const bytes = { "content-type": "application/octet-stream" };
const text = "sound of 20 s, spoken";

async function choose(admin: Person, area: string, rendition: string | null): Promise<Response> {
  return admin.send("PUT", `/api/v1/areas/${area}/audio`, { rendition });
}

async function shown(person: Person, clip: string) {
  const { clips } = await (await person.get("/api/v1/clips")).json();
  return clips.find((one: { sha256: string }) => one.sha256 === clip);
}

describe("the rendition of an area", () => {
  it("is mp3 of 64 kbit/s until somebody says else, and is passed down until somebody below does", async () => {
    const world = await createApiWorld();
    const admin = await world.person("lan", "tinh", "area-admin");
    const inForce = async (area: string) => (await admin.get(`/api/v1/areas/${area}/audio`)).json();
    expect(await inForce("an-thon")).toEqual({ own: null, inForce: "mp3-64", from: null });
    expect((await choose(admin, "tinh", "opus-32")).status).toBe(200);
    expect((await choose(admin, "an", "opus-24")).status).toBe(200);
    expect(world.changes.planWakes()).toBe(2);
    expect(await inForce("an-thon")).toEqual({ own: null, inForce: "opus-24", from: "an" });
    expect(await inForce("binh-thon")).toEqual({ own: null, inForce: "opus-32", from: "tinh" });
    await choose(admin, "an", null);
    expect(await inForce("an")).toEqual({ own: null, inForce: "opus-32", from: "tinh" });
  });

  it("is chosen by who sets the rules there, and only from the ladder", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const admin = await world.person("minh", "binh", "area-admin");
    expect((await choose(author, "an", "opus-24")).status).toBe(403);
    expect((await choose(admin, "an", "opus-24")).status).toBe(404);
    expect((await choose(admin, "binh", "opus-8")).status).toBe(400);
  });

  it("decides what is made of an upload, and what plans are made of", async () => {
    const world = await createApiWorld();
    const admin = await world.person("lan", "tinh", "area-admin");
    await choose(admin, "an", "opus-24");
    const clip = await upload(admin, text);
    await schedule(admin, { areas: ["tinh"] }, clip);
    const { renditions } = await shown(admin, clip);
    expect(renditions.map((one: { kind: string }) => one.kind).sort()).toEqual(["mp3-64", "opus-24"]);
    const opus = renditions.find((one: { kind: string }) => one.kind === "opus-24").sha256;
    const tables = await readPlanTables(world.db);
    expect(tables.renditions.wanted).toEqual(new Map([["an", "opus-24"]]));
    expect(tables.renditions.made.get(clip as Sha256)?.get("opus-24")).toMatchObject({
      sha256: opus,
      durationMs: 20_000,
      gainDb: 3,
    });
    const sound = await admin.get(`/api/v1/clips/${clip}/audio?rendition=opus-24`);
    expect(sound.headers.get("content-type")).toBe("audio/ogg");
    expect(await sound.text()).toBe(`opus-24 of ${text}`);
    expect((await admin.get(`/api/v1/clips/${clip}/audio?rendition=opus-48`)).status).toBe(404);
  });

  it("is made afterwards of clips that bulletins use already", async () => {
    const world = await createApiWorld();
    const admin = await world.person("lan", "tinh", "area-admin");
    const used = await upload(admin, text);
    const unused = await upload(admin, "sound of 30 s, of nobody");
    await schedule(admin, {}, used);
    await choose(admin, "tinh", "opus-32");
    expect((await fill(world)).filled).toBe(1);
    expect((await shown(admin, used)).renditions).toHaveLength(2);
    expect((await shown(admin, unused)).renditions).toHaveLength(1);
    expect((await fill(world)).filled).toBe(0);
  });

  it("is not tried for ever where it cannot be made", async () => {
    const world = await createApiWorld();
    const admin = await world.person("lan", "tinh", "area-admin");
    await schedule(admin, {}, await upload(admin, text));
    await choose(admin, "tinh", "opus-32");
    const { filled, encoded } = await fill(world, "not-audio");
    expect({ filled, encoded }).toEqual({ filled: 0, encoded: 1 });
    expect(world.log.lines).toContainEqual(expect.objectContaining({ event: "rendition.failed" }));
  });
});

/** Lets the filler do all that there is to do, and look a second time. */
async function fill(world: ApiWorld, failure?: "not-audio"): Promise<{ filled: number; encoded: number }> {
  const { db, log, time, folder } = world;
  const work = createWork(time.timers, log);
  const media = createFakeMedia(folder);
  let filled = 0;
  let encoded = 0;
  const filler = createRenditionFiller({
    db,
    log,
    work,
    blobs: await openBlobs(`${folder}/blobs`),
    uploads: await openUploads(`${folder}/refill`),
    media: {
      ...media,
      async encode(input) {
        encoded += 1;
        return failure === undefined
          ? await media.encode(input)
          : { ok: false, error: { reason: failure, detail: null } };
      },
    },
    filled: () => (filled += 1),
  });
  work.hurry();
  for (let look = 0; look < 2; look += 1) {
    filler.look();
    await work.settled();
  }
  filler.close();
  expect(await readdir(`${folder}/refill`)).toEqual([]);
  return { filled, encoded };
}

describe("the progress of an upload", () => {
  it("is asked for by the name that the sender gave it, and by nobody else", async () => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "author");
    const minh = await world.person("minh", "an", "author");
    const path = "/api/v1/clips?fileName=tin.mp3&job=my-upload-1";
    const { clip } = await (await lan.send("POST", path, new TextEncoder().encode(text), bytes)).json();
    const job = await lan.get("/api/v1/ingests/my-upload-1");
    expect(await job.json()).toEqual({ phase: "done", percent: 100, clip: clip.sha256, code: null });
    expect((await minh.get("/api/v1/ingests/my-upload-1")).status).toBe(404);
  });

  it("ends with the literal of the refusal", async () => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "author");
    const path = "/api/v1/clips?fileName=tin.mp3&job=my-upload-2";
    await lan.send("POST", path, new TextEncoder().encode("a spreadsheet"), bytes);
    const job = await lan.get("/api/v1/ingests/my-upload-2");
    expect(await job.json()).toEqual({ phase: "refused", percent: 100, clip: null, code: "not-audio" });
  });

  it("grows from phase to phase, is kept ten minutes, and one name is one upload", () => {
    let now = 0;
    const jobs = createIngestJobs({ monotonic: () => now as never });
    const by = "lan" as UserId;
    const report = jobs.begin(by, "upload-1");
    expect(jobs.begin(by, "upload-1")).toBeNull();
    const percents: number[] = [];
    for (const phase of ["waiting", "checking", "decoding", "measuring", "encoding", "storing"] as const) {
      for (const share of [0, 0.5, 1]) {
        report?.tell(phase, share);
        percents.push(jobs.find(by, "upload-1")?.percent ?? -1);
      }
    }
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBe(100);
    report?.done("a".repeat(64) as Sha256);
    now = 9 * MINUTE_MS;
    jobs.begin(by, "upload-2");
    expect(jobs.find(by, "upload-1")?.phase).toBe("done");
    now = 11 * MINUTE_MS;
    jobs.begin(by, "upload-3");
    expect(jobs.find(by, "upload-1")).toBeNull();
  });
});

describe("what was uploaded", () => {
  async function worldWithUpload() {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    return { world, author, clip: await upload(author, text) };
  }

  it("is kept byte for byte, for whoever writes content", async () => {
    const { world, author, clip } = await worldWithUpload();
    expect((await shown(author, clip)).hasOriginal).toBe(true);
    const original = await author.get(`/api/v1/clips/${clip}/original`);
    expect(await original.text()).toBe(text);
    expect(original.headers.get("content-type")).toBe("application/octet-stream");
    expect(original.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''tin.mp3");
    await schedule(author, {}, clip);
    const viewer = await world.person("minh", "an", "viewer");
    expect((await viewer.get(`/api/v1/clips/${clip}/audio`)).status).toBe(200);
    expect((await viewer.get(`/api/v1/clips/${clip}/original`)).status).toBe(403);
    const stranger = await world.person("hoa", "binh", "author");
    expect((await stranger.get(`/api/v1/clips/${clip}/original`)).status).toBe(404);
  });

  it("goes when it is too old or there is too much of it, and no clip goes with it", async () => {
    for (const settings of [{ keepOriginalDays: 2 }, { originalsMb: 0 }]) {
      const { world, author, clip } = await worldWithUpload();
      const { db, time, log, folder } = world;
      const parts = { db, clock: time.clock, log, blobs: await openBlobs(`${folder}/blobs`) };
      await removeOldOriginals(parts);
      expect((await shown(author, clip)).hasOriginal).toBe(true);
      await putIngestSettings(db, { ...DEFAULT_INGEST_SETTINGS, ...settings });
      await db
        .updateTable("original")
        .set({ kept_at: time.clock.now() - 3 * DAY_MS })
        .execute();
      await removeOldOriginals(parts);
      expect((await shown(author, clip)).hasOriginal).toBe(false);
      expect((await author.get(`/api/v1/clips/${clip}/original`)).status).toBe(404);
      // It has the very bytes of the clip here.
      expect(await (await author.get(`/api/v1/clips/${clip}/audio`)).text()).toBe(text);
    }
  });

  it("is not kept at all where the province wants that", async () => {
    const world = await createApiWorld();
    await putIngestSettings(world.db, { ...DEFAULT_INGEST_SETTINGS, keepOriginalDays: 0 });
    const author = await world.person("lan", "an", "author");
    expect((await shown(author, await upload(author, text))).hasOriginal).toBe(false);
    expect(await readdir(`${world.folder}/uploads`)).toEqual([]);
  });
});

describe("the settings of ingest", () => {
  it("are the province's: everybody may read them, its administrator changes them", async () => {
    const world = await createApiWorld();
    const commune = await world.person("lan", "an", "area-admin");
    const province = await world.person("minh", "tinh", "area-admin");
    const now = await (await commune.get("/api/v1/settings/ingest")).json();
    expect(now).toEqual({ ...DEFAULT_INGEST_SETTINGS, originalsUsedMb: 0 });
    const wanted = {
      targetLufs: -20,
      trimBelowDb: -45,
      trimKeepMs: 250,
      keepOriginalDays: 30,
      originalsMb: 500,
    };
    expect((await commune.send("PUT", "/api/v1/settings/ingest", wanted)).status).toBe(404);
    expect((await province.send("PUT", "/api/v1/settings/ingest", wanted)).status).toBe(200);
    await upload(commune, text);
    const changed = await (await commune.get("/api/v1/settings/ingest")).json();
    expect(changed).toEqual({ ...wanted, originalsUsedMb: 1 });
    for (const absurd of [{ trimBelowDb: 3 }, { targetLufs: 0 }]) {
      const answer = await province.send("PUT", "/api/v1/settings/ingest", { ...wanted, ...absurd });
      expect(answer.status).toBe(400);
    }
  });

  it("say how loud clips are brought to be, also where they were written before that could be said", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const gainOf = async (what: string) => (await shown(author, await upload(author, what))).gainDb;
    const gainTo = (lufs: number) => lufs - FAKE_CLIP_LUFS;
    const { targetLufs, ...before } = DEFAULT_INGEST_SETTINGS;
    expect(targetLufs).toBe(-16);
    await putSetting(world.db, "ingest", JSON.stringify(before));
    expect(await gainOf("sound of 21 s, as ever")).toBe(gainTo(-16));
    await putIngestSettings(world.db, { ...before, targetLufs: -20 });
    expect(await gainOf("sound of 22 s, for a quiet place")).toBe(gainTo(-20));
  });
});
