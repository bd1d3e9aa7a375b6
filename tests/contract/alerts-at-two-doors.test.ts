import { type CapDoor, readCapApart } from "@loa/controller/upstream/cap/read-cap-apart.ts";
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
});
