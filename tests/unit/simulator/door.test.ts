import { createDoor } from "@loa/simulator/live/door.ts";
import { describe, expect, it } from "vitest";

const ORIGIN = "http://127.0.0.1:8080";
const BOX = "/listen/box-47q8xey0g7vb/last.wav";

interface Asked {
  readonly cookie: string;
  readonly path: string;
}

function house() {
  const asked: Asked[] = [];
  const time = { ms: 0 };
  const door = createDoor({
    controller: async ({ url, headers }) => {
      const cookie = headers.get("cookie") ?? "";
      asked.push({ cookie, path: new URL(url).pathname });
      return new Response(null, { status: cookie === "session=good" ? 200 : 401 });
    },
    origin: () => ORIGIN,
    soundOf: async () => new Response(new Uint8Array(2), { headers: { "x-first-sample-at": "0" } }),
    sim: { boxes: new Map(), tell: () => undefined, radio: () => null, trust: () => null },
    monotonicMs: () => time.ms,
  });
  const listen = async (cookie: string) =>
    (await door(new Request(`${ORIGIN}${BOX}`, { headers: { cookie, host: "127.0.0.1:8080" } })))?.status;
  return { asked, time, listen };
}

describe("who listens to the live province", () => {
  it("a person who listens ten times a second uses up nothing of what they may ask in an emergency", async () => {
    const { asked, time, listen } = house();
    for (time.ms = 0; time.ms < 60_000; time.ms += 100) expect(await listen("session=good")).toBe(200);
    expect(asked.length).toBeLessThanOrEqual(12);
  });

  it("one who has no session is asked for it each time, whoever listens beside", async () => {
    const { asked, listen } = house();
    expect(await listen("session=good")).toBe(200);
    expect(await listen("session=bad")).toBe(401);
    expect(await listen("session=bad")).toBe(401);
    expect(await listen("")).toBe(401);
    expect(asked.map(({ cookie }) => cookie)).toEqual(["session=good", "session=bad", "session=bad", ""]);
    expect(new Set(asked.map(({ path }) => path))).toEqual(new Set(["/api/v1/session"]));
  });

  it("one who has signed out is heard of within five seconds", async () => {
    const { asked, time, listen } = house();
    await listen("session=good");
    time.ms = 5_000;
    await listen("session=good");
    expect(asked.length).toBe(2);
  });
});
