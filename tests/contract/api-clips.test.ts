import { readdir } from "node:fs/promises";
import { MAX_UPLOAD_BYTES } from "@loa/controller/api/clip-routes.ts";
import { describe, expect, it } from "vitest";
import { schedule, upload } from "../support/api-content.ts";
import { type ApiWorld, boxPassword, createApiWorld, HOST } from "../support/api-world.ts";

const uploadPath = "/api/v1/clips?fileName=tin.mp3";
const bytes = { "content-type": "application/octet-stream" };

describe("an upload", () => {
  it("becomes a clip that its author can list and hear", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const text = "sound of 20 s and then some";
    const answer = await author.send("POST", uploadPath, new TextEncoder().encode(text), bytes);
    expect(answer.status).toBe(201);
    const { clip } = await answer.json();
    expect(clip).toMatchObject({ durationMs: 20_000, loudnessLufs: -19, gainDb: 3, fileName: "tin.mp3" });
    expect((await (await author.get("/api/v1/clips")).json()).clips).toEqual([clip]);
    const sound = await author.get(`/api/v1/clips/${clip.sha256}/audio`);
    expect(sound.headers.get("content-type")).toBe("audio/mpeg");
    expect(await sound.text()).toBe(text);
    const part = await author.send("GET", `/api/v1/clips/${clip.sha256}/audio`, undefined, {
      range: "bytes=9-13",
    });
    expect(part.status).toBe(206);
    expect(await part.text()).toBe("20 s ");
  });

  it("that is not audio, or empty, is refused with its literal and leaves nothing behind", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const refuse = async (body: Uint8Array, code: string) => {
      const answer = await author.send("POST", uploadPath, body, bytes);
      expect(answer.status).toBe(422);
      expect((await answer.json()).code).toBe(code);
    };
    await refuse(new TextEncoder().encode("a spreadsheet"), "not-audio");
    await refuse(new Uint8Array(0), "empty");
    expect((await (await author.get("/api/v1/clips")).json()).clips).toEqual([]);
    expect(await readdir(`${world.folder}/uploads`)).toEqual([]);
  });

  it.each([4, 10])("of %i GB is refused by its announcement, unread", async (gigabytes) => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    let pulled = 0;
    const endless = endlessBody(() => (pulled += 1));
    const announced = { ...bytes, "content-length": String(gigabytes * 2 ** 30) };
    const answer = await author.send("POST", uploadPath, endless, announced);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: "too-large", limitBytes: MAX_UPLOAD_BYTES });
    expect(pulled).toBeLessThan(5);
  });

  it("without an end is cut off at the limit", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    let pulled = 0;
    const answer = await author.send(
      "POST",
      uploadPath,
      endlessBody(() => (pulled += 1)),
      bytes,
    );
    expect(answer.status).toBe(413);
    expect(pulled * 2 ** 20).toBeLessThan(MAX_UPLOAD_BYTES + 5 * 2 ** 20);
    expect(await readdir(`${world.folder}/uploads`)).toEqual([]);
  });

  it("of the same bytes by two persons stays each one's own", async () => {
    const world = await createApiWorld();
    const lan = await world.person("lan", "an", "author");
    const minh = await world.person("minh", "binh", "author");
    const clip = await upload(lan);
    expect((await (await minh.get("/api/v1/clips")).json()).clips).toEqual([]);
    expect(await upload(minh)).toBe(clip);
    expect((await (await minh.get("/api/v1/clips")).json()).clips).toHaveLength(1);
  });
});

function endlessBody(onPull: () => void): ReadableStream<Uint8Array> {
  const megabyte = new Uint8Array(2 ** 20);
  return new ReadableStream({
    pull(controller) {
      onPull();
      controller.enqueue(megabyte);
    },
  });
}

describe("content for boxes", () => {
  async function worldWithContent() {
    const world = await createApiWorld();
    const author = await world.person("lan", "tinh", "author");
    const mine = await upload(author, "sound of 10 s for an");
    const theirs = await upload(author, "sound of 10 s for binh");
    await schedule(author, { areas: ["an"] }, mine);
    await planFor(world, "box-an", mine);
    await planFor(world, "box-binh", theirs);
    return { world, mine, theirs };
  }

  it("comes whole, or from where a download broke off", async () => {
    const { world, mine } = await worldWithContent();
    const whole = await fetchAs(world, "box-an", mine);
    expect(whole.status).toBe(200);
    expect(await whole.text()).toBe("sound of 10 s for an");
    const rest = await fetchAs(world, "box-an", mine, { range: "bytes=14-" });
    expect(rest.status).toBe(206);
    expect(rest.headers.get("content-range")).toBe("bytes 14-19/20");
    expect(await rest.text()).toBe("for an");
    const beyond = await fetchAs(world, "box-an", mine, { range: "bytes=20-" });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get("content-range")).toBe("bytes */20");
  });

  it("is only what the box's own plan names", async () => {
    const { world, mine, theirs } = await worldWithContent();
    const strange = await fetchAs(world, "box-an", theirs);
    expect(strange.status).toBe(403);
    expect((await strange.json()).code).toBe("not-in-plan");
    expect((await fetchAs(world, "box-binh", mine)).status).toBe(403);
    expect((await fetchAs(world, "box-an", "f".repeat(64))).status).toBe(403);
  });

  it("needs the password of a box in service", async () => {
    const { world, mine } = await worldWithContent();
    const wrong = await fetchAs(world, "box-an", mine, {}, "guess");
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get("www-authenticate")).toBe('Basic realm="loa"');
    expect((await world.anybody.get(`/content/v1/${mine}`)).status).toBe(401);
    await world.db.updateTable("box").set({ revoked_at: 1 }).execute();
    expect((await fetchAs(world, "box-an", mine)).status).toBe(401);
  });
});

function fetchAs(
  world: ApiWorld,
  box: string,
  hash: string,
  headers: Record<string, string> = {},
  password = boxPassword(box),
): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${box}:${password}`).toString("base64")}`;
  return world.anybody.send("GET", `/content/v1/${hash}`, undefined, {
    authorization,
    host: HOST,
    ...headers,
  });
}

async function planFor(world: ApiWorld, box: string, clip: string): Promise<void> {
  const body = {
    v: 1,
    box,
    cluster: "cluster-an",
    lineage: ["an-thon", "an", "tinh"],
    revision: 1,
    manifest: "e".repeat(64),
    volume: { gainDb: 0, byHour: [], capDb: 0, emergencyDb: 0 },
    zones: [1],
    relays: [],
    filler: null,
    alignDelayMs: 0,
    rules: { quietHours: [], weekdays: null, maxSessionsPerDay: null, maxSessionMs: null },
    schedules: [
      {
        id: "s",
        title: "t",
        class: "normal",
        order: 0,
        recurrence: {
          times: ["05:00:00"],
          weekdays: [1],
          from: "2026-11-23",
          to: null,
          except: [],
          repeat: null,
        },
        effectiveFrom: 0,
        turnMs: 0,
        chime: false,
        items: [{ kind: "clip", sha256: clip, durationMs: 10_000, end: "soft" }],
        exception: false,
      },
    ],
  };
  await world.db
    .updateTable("plan_state")
    .set({ revision: 1, body: JSON.stringify(body) })
    .where("box_id", "=", box)
    .execute();
}
