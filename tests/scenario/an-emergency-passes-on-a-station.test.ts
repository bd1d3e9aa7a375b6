import type { Emergency } from "@loa/shared/broadcast/emergency.ts";
import { MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { type BoxWorld, boxWorld, daily } from "../support/box-world.ts";
import { relayOf } from "../support/plans.ts";

const station = { ...relayOf("dai-tinh"), url: "https://radio.test/khan-cap" };
const stream = { source: station, durationMs: 5 * MINUTE_MS };
/** From the last sample of the words to the first one of the station, and back. */
const HANDOVER_MS = 300;

/** Half an hour of news at five; a station of the plan has the same name as the one of the emergency, and is another. */
async function worldWithNews() {
  const world = await boxWorld({ beginsAt: "04:50:00" });
  const news = world.addClip("news", 30 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [news])], [news], { relays: [relayOf("dai-tinh")] });
  await world.until(world.at("05:02:00"));
  return { world, news };
}

/** A box writes down so often how far it is. */
const MARK_EVERY_MS = 15 * SECOND_MS;

const plain = {
  id: "la",
  severity: "actual",
  headline: "Lũ quét",
  sirenMs: 8 * SECOND_MS,
  notice: null,
  times: 1,
  gapMs: 0,
};

const names = (world: BoxWorld) => world.sounds().map((one) => one.what);
const verdictOf = (world: BoxWorld, { id }: Emergency) =>
  world
    .receipts()
    .filter(({ occurrenceId }) => occurrenceId.startsWith(`${id}@`))
    .map(({ verdict, cause }) => [verdict, cause]);

describe("an emergency that passes on a station", () => {
  test("says siren and words, then the station for its minutes, and the bulletin goes on", async () => {
    const { world, news } = await worldWithNews();
    const raised = world.raise({ stream });
    await world.until(world.at("05:20:00"));
    expect(names(world)).toEqual([news.sha256, "siren", "notice", "relay", news.sha256]);
    const [, , words, relay, after] = world.sounds();
    if (words?.to == null || relay?.to == null) throw new Error("no station");
    expect(relay.from - words.to).toBeLessThan(HANDOVER_MS);
    expect(Math.abs(relay.to - relay.from - stream.durationMs)).toBeLessThan(HANDOVER_MS);
    expect((after?.from ?? 0) - relay.to).toBeLessThan(HANDOVER_MS);
    expect(verdictOf(world, raised)).toEqual([["heard", null]]);
  });

  test("takes it from where was approved, whatever a plan calls by the same name", async () => {
    const { world } = await worldWithNews();
    world.raise({ stream });
    await world.until(world.at("05:20:00"));
    const urls = world.box.loudspeaker.stretches.flatMap(({ source }) =>
      source.kind === "relay" && source.relay.kind === "stream" ? [source.relay.url] : [],
    );
    expect(urls).toEqual([station.url]);
  });

  test("says its words again and again while the station is lost, and the station as soon as it is back", async () => {
    const { world, news } = await worldWithNews();
    const raised = world.raise({ stream });
    await world.until(world.at("05:04:00"));
    world.box.loudspeaker.setRelaysLost(true);
    await world.until(world.at("05:05:00"));
    world.box.loudspeaker.setRelaysLost(false);
    await world.until(world.at("05:20:00"));
    const between = names(world).slice(4, -2);
    expect(between.length).toBeGreaterThan(3);
    expect(new Set(between)).toEqual(new Set(["notice"]));
    expect(names(world).slice(-2)).toEqual(["relay", news.sha256]);
    // With a breath between, and never two at once.
    const words = world.sounds().slice(4, -2);
    for (const [index, one] of words.slice(1).entries())
      expect(one.from - (words[index]?.to ?? 0)).toBeGreaterThan(SECOND_MS);
    const end = plus(raised.at, 8 * SECOND_MS + 10 * SECOND_MS + stream.durationMs);
    expect(Math.abs((world.sounds().at(-1)?.from ?? 0) - end)).toBeLessThan(5 * SECOND_MS);
    expect(verdictOf(world, raised)).toEqual([["partial", "relay-failed"]]);
  });

  test("that nobody ever hears does not hold the loudspeaker longer than was approved", async () => {
    const { world, news } = await worldWithNews();
    world.box.loudspeaker.setRelaysLost(true);
    world.raise({ stream, times: 2, gapMs: 5 * SECOND_MS });
    await world.until(world.at("05:25:00"));
    expect(names(world).filter((one) => one === "siren")).toHaveLength(2);
    const lastAlarm = world.sounds().findLast(({ what }) => what === "notice");
    expect(lastAlarm?.to).toBeLessThan(world.at("05:13:00"));
    expect(names(world).at(-1)).toBe(news.sha256);
  });

  test("ends with STOP, station and words", async () => {
    const { world } = await worldWithNews();
    world.raise({ stream });
    await world.until(world.at("05:04:00"));
    world.stop(world.at("05:04:00"));
    await world.until(world.at("05:10:00"));
    const last = world.sounds().at(-1);
    expect(last?.what).toBe("relay");
    expect(last?.to).toBeLessThan(world.at("05:04:01"));
  });

  test("after a power cut the station goes on, and only for what is left of its minutes", async () => {
    const { world, news } = await worldWithNews();
    const raised = world.raise({ stream });
    await world.until(world.at("05:04:00"));
    world.box.cutPower();
    await world.until(world.at("05:04:30"));
    world.box.boot();
    await world.until(world.at("05:20:00"));
    const relays = world.sounds().filter(({ what }) => what === "relay");
    expect(relays).toHaveLength(2);
    expect(names(world).filter((one) => one === "siren")).toHaveLength(1);
    const heardMs = relays.reduce((sum, { from, to }) => sum + ((to ?? from) - from), 0);
    expect(heardMs).toBeLessThanOrEqual(stream.durationMs + MARK_EVERY_MS + SECOND_MS);
    expect(names(world).at(-1)).toBe(news.sha256);
    // Nothing of its minutes was lost: the station was heard for all of them.
    expect(verdictOf(world, raised)).toEqual([["heard", null]]);
  });

  test("after a power cut its words stand in for a lost station only for what is left of its minutes", async () => {
    const { world } = await worldWithNews();
    world.box.loudspeaker.failure = "relay-not-allowed";
    const raised = world.raise({ stream });
    for (const minute of ["04", "05", "06"]) {
      await world.until(world.at(`05:${minute}:00`));
      world.box.cutPower();
      await world.until(world.at(`05:${minute}:10`));
      world.box.boot();
    }
    await world.until(world.at("05:30:00"));
    const last = world.sounds().findLast(({ what }) => what === "notice");
    const darkMs = 3 * (10 * SECOND_MS + MARK_EVERY_MS + SECOND_MS);
    expect(last?.to).toBeLessThan(raised.at + 20 * SECOND_MS + stream.durationMs + darkMs);
  });

  test("that could be anybody's word is refused: not proven by TLS, or with a password in its address", async () => {
    const { world, news } = await worldWithNews();
    const sources = [
      relayOf("khong-tls"),
      { ...station, url: "https://nguoi:mat-khau@radio.test/live" },
      { ...station, url: "rtsp://radio.test/live" },
    ];
    for (const source of sources) {
      const at = world.time.instant();
      const raised = { ...plain, at, expiresAt: plus(at, 10 * MINUTE_MS), stream: { ...stream, source } };
      world.room.command("emergency", { emergency: raised }, 10 * MINUTE_MS);
      await world.until(plus(at, 5 * SECOND_MS));
      expect(world.room.acks.at(-1)).toMatchObject({ state: "refused", reason: "bad-body" });
    }
    expect(names(world)).toEqual([news.sha256]);
  });
});

test("an emergency whose only clip turns out to be no sound says the built-in words at once", async () => {
  const { world, news } = await worldWithNews();
  const notice = world.addClip("broken", 20 * SECOND_MS);
  world.raise({
    id: "truoc-do" as Emergency["id"],
    notice,
    at: world.at("04:59:00"),
    expiresAt: world.at("05:02:01"),
  });
  await world.until(world.at("05:03:00"));
  const before = names(world).length;
  world.box.loudspeaker.failure = "not-audio";
  const raised = world.raise({ notice });
  await world.until(world.at("05:10:00"));
  expect(names(world).slice(before)).toEqual(["siren", "notice", news.sha256]);
  expect(verdictOf(world, raised)).toEqual([["heard", null]]);
});
