import { emergencyById } from "@loa/controller/store/emergencies.ts";
import { draftsSince } from "@loa/controller/store/emergency-drafts.ts";
import { LEAST_EMERGENCY_DB } from "@loa/shared/broadcast/plan.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { readOrder } from "@loa/shared/trust/order.ts";
import { beforeEach, describe, expect, it } from "vitest";
import { type ApiWorld, createApiWorld, type Person } from "../support/api-world.ts";
import { approve, arm, drafted, flood, type KeyHolder, keyHolder } from "../support/armed-api.ts";
import { createLogBook } from "../support/log-book.ts";

let world: ApiWorld;
let author: Person;
let first: KeyHolder;
let second: KeyHolder;
let chief: Person;

beforeEach(async () => {
  world = await createApiWorld();
  author = await world.person("tac-gia", "an", "approver");
  first = await keyHolder(world, "lan", "tinh");
  second = await keyHolder(world, "minh", "an");
  chief = await world.person("truong", "tinh", "area-admin");
  await arm(chief);
});

const https = { kind: "stream", url: "https://dai.example/khan-cap.m3u8", hosts: ["cdn.example"] } as const;

async function relayOf(by: Person, source: object, areaId = "tinh"): Promise<string> {
  const answer = await by.post("/api/v1/relays", { title: "Đài tỉnh", areaId, source });
  if (answer.status !== 201) throw new Error(await answer.text());
  return (await answer.json()).relay.id;
}

const codeFor = async (relay: string) => {
  const answer = await author.post("/api/v1/emergencies", { ...flood, stream: { relay, minutes: 30 } });
  return (await answer.json()).code;
};

describe("a station that an emergency passes on", () => {
  it("stands in the text that two persons sign, whatever becomes of the relay, and goes out with it", async () => {
    const relay = await relayOf(chief, https);
    const draft = await drafted(author, { stream: { relay, minutes: 30 } });
    const stream = {
      source: { id: relay, title: "Đài tỉnh", ...https, isPrivate: false, fixedDelayMs: null, gainDb: 0 },
      durationMs: 30 * 60_000,
    };
    expect(readOrder(draft.payload)).toMatchObject({ stream });
    const other = { title: "Đài khác", source: { kind: "stream", url: "https://khac.example/live" } };
    expect((await chief.send("PUT", `/api/v1/relays/${relay}`, other)).status).toBe(200);
    expect((await chief.send("DELETE", `/api/v1/relays/${relay}`)).status).toBe(204);
    const seen = await (await first.get(`/api/v1/emergency-drafts/${draft.id}`)).json();
    expect(seen.draft.stream).toEqual(stream);
    await approve(draft, first);
    const { emergency } = await (await approve(draft, second)).json();
    expect(emergency.stream).toEqual(stream);
    const kept = await emergencyById(world.db, emergency.id);
    expect(kept?.emergency.stream, "what is sent again after a restart").toEqual(stream);
    // Siren, built-in words and half an hour of the station, twice.
    expect(emergency.saidAt - emergency.at).toBeGreaterThan(60 * 60_000 - 1);
  });

  it("that the rules were once wider for is still in the books, and keeps no control room from starting", async () => {
    const relay = await relayOf(chief, https);
    const draft = await drafted(author, { stream: { relay, minutes: 30 } });
    await approve(draft, first);
    const { emergency } = await (await approve(draft, second)).json();
    const waiting = await drafted(author, { stream: { relay, minutes: 20 } });
    const quiet = { ...emergency.stream, source: { ...emergency.stream.source, gainDb: -30 } };
    await world.db
      .updateTable("emergency")
      .set({ stream: JSON.stringify(quiet) })
      .execute();
    await world.db
      .updateTable("emergency_draft")
      .set({ payload: waiting.payload.replace('"gainDb":0', '"gainDb":-30') })
      .where("id", "=", waiting.id)
      .execute();
    const kept = await emergencyById(world.db, emergency.id);
    expect(kept?.emergency.stream).toEqual(quiet);
    const log = createLogBook();
    const drafts = await draftsSince(world.db, asInstant(0), log);
    expect(drafts.map((one) => one.order.id)).toEqual([draft.id]);
    expect(log.lines).toMatchObject([{ event: "draft.unreadable", fields: { draft: waiting.id } }]);
  });

  it("may be a line into the box, or one in the province's own network", async () => {
    const input = await relayOf(chief, { kind: "input", input: "line", gainDb: LEAST_EMERGENCY_DB });
    const inside = await relayOf(chief, {
      kind: "stream",
      url: "http://10.0.0.5/mic",
      isPrivate: true,
    });
    for (const relay of [input, inside]) {
      const { payload } = await drafted(author, { stream: { relay, minutes: 5 }, headline: relay });
      expect(readOrder(payload)).toMatchObject({ stream: { source: { id: relay } } });
    }
  });

  it("must prove whose it is, and keeps no password", async () => {
    expect(await codeFor(await relayOf(chief, { kind: "stream", url: "http://dai.example/live" }))).toBe(
      "stream-not-proven",
    );
    expect(await codeFor(await relayOf(chief, { kind: "stream", url: "rtsp://dai.example/live" }))).toBe(
      "stream-not-proven",
    );
    expect(await codeFor(await relayOf(chief, { kind: "stream", url: "https://a:b@dai.example/live" }))).toBe(
      "stream-not-proven",
    );
  });

  it("is none that whoever has a transmitter near the box can speak over, and none that nobody hears", async () => {
    expect(await codeFor(await relayOf(chief, { kind: "input", input: "fm" }))).toBe("stream-not-proven");
    const quiet = { ...https, gainDb: LEAST_EMERGENCY_DB - 1 };
    expect(await codeFor(await relayOf(chief, quiet))).toBe("stream-not-proven");
  });

  it("of others, or withdrawn, is not there", async () => {
    const neighbour = await world.person("binh", "binh", "author", "area-admin");
    expect(await codeFor(await relayOf(neighbour, https, "binh"))).toBe("not-found");
    const relay = await relayOf(chief, https);
    await chief.send("DELETE", `/api/v1/relays/${relay}`);
    expect(await codeFor(relay)).toBe("not-found");
  });

  it("left out leaves the text as it was", async () => {
    const { payload } = await drafted(author);
    expect(payload).not.toContain("stream");
  });
});
