import { readFeed } from "@loa/controller/upstream/cap/feed-entries.ts";
import { type CapDoor, readCapApart, readFeedApart } from "@loa/controller/upstream/cap/read-cap-apart.ts";
import { readCap } from "@loa/shared/node/cap/read-cap.ts";
import { describe, expect, it } from "vitest";
import { capMessage } from "../support/cap-messages.ts";

const document = new TextEncoder().encode(capMessage({}));

/** Each is begun before any of them can have ended. */
const together = (...doors: readonly CapDoor[]) =>
  Promise.all(
    doors.map(async (door) => {
      const read = await readCapApart(document, new Map(), door);
      return read.ok ? "read" : read.error;
    }),
  );

describe("alerts that are read at a time", () => {
  it("an alert that its sender brings is read while a feed still gives us others", async () => {
    expect(await together("feed", "feed", "posted", "posted")).toEqual(["read", "busy", "read", "read"]);
  });

  it("nor does a crowd at the door keep a feed out; what is too much comes again", async () => {
    expect(await together("posted", "posted", "posted", "feed")).toEqual(["read", "read", "busy", "read"]);
    expect(await together("posted", "feed")).toEqual(["read", "read"]);
  });

  it("however large it is, the thread that carries emergencies does not read it", async () => {
    const strange = "<mood>x</mood>".repeat(45_000);
    const large = new TextEncoder().encode(capMessage({ scope: `<scope>Public</scope>${strange}` }));
    const here = await ownCpuMsOf(() => Promise.resolve(readCap(large)));
    const apart = await ownCpuMsOf(() => readCapApart(large, new Map(), "posted"));
    expect(apart).toBeLessThan(here / 2);
  });

  it("nor the list of a feed", async () => {
    const entries = '<entry><link href="/1"/></entry>'.repeat(24_000);
    const large = new TextEncoder().encode(`<feed xmlns="http://www.w3.org/2005/Atom">${entries}</feed>`);
    const url = "https://feed.example/cap";
    const here = await ownCpuMsOf(() => Promise.resolve(readFeed(large, url)));
    const apart = await ownCpuMsOf(() => readFeedApart(large, url));
    expect(apart).toBeLessThan(here / 2);
  });
});

/** Processor time of this thread alone. */
async function ownCpuMsOf(run: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage();
  await run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
