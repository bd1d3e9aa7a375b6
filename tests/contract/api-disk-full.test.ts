import { readdir } from "node:fs/promises";
import type { Blobs } from "@loa/controller/ports.ts";
import { fail } from "@loa/shared/kernel/result.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { daily, draftOf, upload } from "../support/api-content.ts";
import { createApiWorld } from "../support/api-world.ts";
import { emptyDisk, fillDisk } from "../support/full-disk.ts";

const sound = new TextEncoder().encode("sound of 60 s");
const bytes = { "content-type": "application/octet-stream" };

describe("on a full disk", () => {
  it("a schedule is refused as «disk-full» and in no plan, and made when there is room again", async () => {
    const world = await createApiWorld();
    const author = await world.person("lan", "an", "author");
    const clip = await upload(author);
    await fillDisk(world.db);
    let made = 0;
    const schedule = () => author.post("/api/v1/schedules", draftOf(clip, startAt(made)));
    let refused = await schedule();
    for (; refused.status === 201; refused = await schedule()) made += 1;
    expect(refused.status).toBe(507);
    expect(await refused.json()).toMatchObject({
      code: "disk-full",
      title: "The server's disk is full",
      titleVi: "Ổ đĩa máy chủ đã đầy",
    });
    expect(world.changes.planWakes()).toBe(made);
    expect(world.log.lines).toContainEqual(expect.objectContaining({ event: "store.disk-full" }));
    await emptyDisk(world.db);
    expect((await (await author.get("/api/v1/schedules")).json()).schedules).toHaveLength(made);
    expect((await schedule()).status).toBe(201);
  });

  it("an upload is refused as «disk-full» where its bytes or its clip find no room, and is in no list", async () => {
    const noRoom = async () => fail("disk-full" as const);
    const blobs: Blobs = {
      put: noRoom,
      putText: noRoom,
      remove: async () => undefined,
      size: async () => null,
      read: () => new Blob([]).stream(),
    };
    for (const ports of [{ blobs }, { uploads: { receive: noRoom } }]) {
      const world = await createApiWorld({}, ports);
      const author = await world.person("lan", "an", "author");
      const refused = await author.send("POST", "/api/v1/clips?fileName=tin.mp3", sound, bytes);
      expect(refused.status).toBe(507);
      expect((await refused.json()).code).toBe("disk-full");
      expect((await (await author.get("/api/v1/clips")).json()).clips).toEqual([]);
      expect(await readdir(`${world.folder}/uploads`)).toEqual([]);
    }
  });

  it("the pages still show what is, hours after the session was last noted", async () => {
    const world = await createApiWorld();
    const viewer = await world.person("lan", "an", "viewer");
    await fillDisk(world.db);
    await world.time.advance(60 * MINUTE_MS);
    expect((await viewer.get("/api/v1/boxes")).status).toBe(200);
  });

  it("nor is anybody kept out by a disk that takes nothing any more, who may have to order a STOP", async () => {
    const world = await createApiWorld();
    const approver = await world.person("lan", "an", "approver");
    await sql`pragma query_only = 1`.execute(world.db);
    await world.time.advance(60 * MINUTE_MS);
    expect((await approver.get("/api/v1/boxes")).status).toBe(200);
  });
});

/** Schedules of two minutes each, none of which clashes with another. */
function startAt(index: number): object {
  const [hour, minute] = [Math.floor(index / 30), (index % 30) * 2].map((part) =>
    String(part).padStart(2, "0"),
  );
  return { recurrence: { ...daily, times: [`${hour}:${minute}:00`] } };
}
