import { mkdir, writeFile } from "node:fs/promises";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ApiWorld, createApiWorld, type Person } from "../support/api-world.ts";
import { testFolder } from "../support/temp-folder.ts";

interface Page {
  /** The next event, as the page gets it. */
  next(): Promise<{ event: string; data: Record<string, never> }>;
  readonly ended: () => boolean;
  close(): Promise<void>;
}

async function open(person: Person): Promise<Page> {
  const answer = await person.get("/api/v1/events");
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error("no body");
  let text = "";
  let ended = false;
  onTestFinished(() => reader.cancel());
  return {
    ended: () => ended,
    close: () => reader.cancel(),
    async next() {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end >= 0) {
          const lines = text.slice(0, end).split("\n");
          text = text.slice(end + 2);
          const field = (name: string) =>
            lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
          return { event: field("event") ?? "", data: JSON.parse(field("data") ?? "null") };
        }
        const part = await reader.read();
        if (part.done) {
          ended = true;
          return { event: "end", data: {} };
        }
        text += part.value;
      }
    },
  };
}

async function readToEnd(page: Page): Promise<void> {
  while (!page.ended()) await page.next();
}

function boxChanged(world: ApiWorld, box: string, revision: number): void {
  world.feed.publish({ kind: "box", row: { ...world.fleet.row(box), wantedRevision: revision } });
}

describe("a live page", () => {
  it("ticks at once and every five seconds", async () => {
    const world = await createApiWorld();
    const page = await open(await world.person("lan", "an", "viewer"));
    const begun = world.time.clock.now();
    expect(await page.next()).toEqual({ event: "tick", data: { now: begun } });
    await world.time.advance(5_000);
    expect(await page.next()).toEqual({ event: "tick", data: { now: begun + 5_000 } });
  });

  it("hears only of its own areas", async () => {
    const world = await createApiWorld();
    const page = await open(await world.person("lan", "an", "viewer"));
    await page.next();
    boxChanged(world, "box-binh", 1);
    boxChanged(world, "box-an", 2);
    const { event, data } = await page.next();
    expect(event).toBe("boxes");
    expect(data).toMatchObject({ changed: [{ boxId: "box-an", wantedRevision: 2 }] });
  });

  it("gets the newest of each box at most twice a second", async () => {
    const world = await createApiWorld();
    const page = await open(await world.person("lan", "tinh", "viewer"));
    await page.next();
    boxChanged(world, "box-an", 1);
    expect((await page.next()).data).toMatchObject({ changed: [{ wantedRevision: 1 }] });
    for (let revision = 2; revision <= 40; revision += 1) boxChanged(world, "box-an", revision);
    boxChanged(world, "box-binh", 7);
    await world.time.advance(500);
    expect((await page.next()).data).toMatchObject({
      changed: [
        { boxId: "box-an", wantedRevision: 40 },
        { boxId: "box-binh", wantedRevision: 7 },
      ],
    });
  });

  it("that reads too slowly is told to load its receipts again", async () => {
    const world = await createApiWorld();
    const page = await open(await world.person("lan", "tinh", "viewer"));
    await page.next();
    const row = {
      occurrenceId: "s@2026-11-23T05:00:00" as never,
      title: "t",
      boxId: "box-an" as never,
      clusterName: "c",
      dueAt: asInstant(0),
      verdict: "heard" as const,
      cause: null,
      evidence: null,
      at: asInstant(0),
    };
    boxChanged(world, "box-an", 1);
    await page.next();
    for (let count = 0; count < 501; count += 1) {
      world.feed.publish({ kind: "receipt", areaId: "an-thon" as never, row });
    }
    await world.time.advance(500);
    expect((await page.next()).event).toBe("reload");
    expect((await page.next()).event).toBe("receipt");
  });

  it("ends within a minute of its session, and leaves nothing behind when closed", async () => {
    const world = await createApiWorld();
    const person = await world.person("lan", "an", "viewer");
    const page = await open(person);
    const other = await open(await world.person("minh", "an", "viewer"));
    expect(world.feed.listeners).toBe(2);
    await page.next();
    await other.next();
    await other.close();
    await world.db.deleteFrom("session").where("user_id", "=", "lan").execute();
    const reading = readToEnd(page);
    for (let second = 0; second < 60; second += 5) await world.time.advance(5_000);
    await reading;
    await world.time.advance(5_000);
    expect(world.feed.listeners).toBe(0);
  });
});

describe("the console", () => {
  async function worldWithConsole() {
    const folder = await testFolder();
    await mkdir(`${folder}/assets`);
    await writeFile(`${folder}/index.html`, "<!doctype html><title>Loa</title>");
    await writeFile(`${folder}/assets/main-abc.js`, "export {};");
    return createApiWorld({ webFolder: folder });
  }
  const asPage = { accept: "text/html,application/xhtml+xml" };

  it("opens at every address of a page, and is asked for again each time", async () => {
    const world = await worldWithConsole();
    for (const path of ["/", "/boxes/box-an", "/sign-in"]) {
      const answer = await world.anybody.send("GET", path, undefined, asPage);
      expect(await answer.text()).toContain("<title>Loa</title>");
      expect(answer.headers.get("content-type")).toContain("text/html");
      expect(answer.headers.get("cache-control")).toBe("no-cache");
      expect(answer.headers.get("content-security-policy")).toContain("script-src 'self'");
    }
  });

  it("keeps built files for ever, and says of others that they are not there", async () => {
    const world = await worldWithConsole();
    const script = await world.anybody.get("/assets/main-abc.js");
    expect(script.headers.get("cache-control")).toContain("immutable");
    expect(script.headers.get("content-type")).toContain("javascript");
    expect((await world.anybody.get("/assets/main-old.js")).status).toBe(404);
    expect((await world.anybody.send("GET", "/api/v1/nothing", undefined, asPage)).status).toBe(401);
    expect((await world.anybody.send("GET", "/api/nothing", undefined, asPage)).status).toBe(404);
    for (const path of ["/../loa.db", "/..%2floa.db", "/assets/..%2f..%2floa.db"]) {
      expect((await world.anybody.get(path)).status).toBe(404);
    }
  });
});
