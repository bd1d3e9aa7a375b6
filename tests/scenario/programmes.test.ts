import { MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { boxWorld, daily, heardTwice } from "../support/box-world.ts";
import { clipItem, relayItem, relayOf } from "../support/plans.ts";

/** The virtual clock of a box may differ from the world's by this. */
const CLOCK_MS = 60;

async function worldWith(beginsAt = "04:50:00") {
  const world = await boxWorld({ beginsAt });
  const news = world.addClip("news", 4 * MINUTE_MS);
  const talk = world.addClip("talk", 3 * MINUTE_MS);
  const urgent = world.addClip("urgent", MINUTE_MS);
  const vov = relayOf("vov");
  return { world, news, talk, urgent, vov, clips: [news, talk, urgent] };
}

const near = (a: number | null | undefined, b: number) => Math.abs((a ?? 0) - b) <= CLOCK_MS;

describe("a programme", () => {
  test("is played without a gap: clip, relay, clip, each on the sample where the one before ends", async () => {
    const { world, news, talk, vov, clips } = await worldWith();
    const items = [clipItem(news), relayItem(vov, 5 * MINUTE_MS), clipItem(talk)];
    world.sendPlan(1, [daily("sang", ["05:00:00"], items, { chime: true })], clips, { relays: [vov] });
    await world.until(world.at("05:20:00"));
    expect(world.sounds().map((one) => one.what)).toEqual(["chime", news.sha256, "relay", talk.sha256]);
    const gaps = world
      .sounds()
      .flatMap((one, index, all) => (index === 0 ? [] : [one.from - (all[index - 1]?.to ?? 0)]));
    expect(gaps.every((gap) => Math.abs(gap) <= 20)).toBe(true);
    expect(world.receipts().map(({ verdict }) => verdict)).toEqual(["heard"]);
  });

  test("interrupted before a hard end is cut there, and what follows begins on time", async () => {
    const { world, news, talk, urgent, clips } = await worldWith();
    const items = [clipItem(news), clipItem(talk, "hard"), clipItem(urgent)];
    world.sendPlan(
      1,
      [daily("sang", ["05:00:00"], items), daily("gap", ["05:02:00"], [urgent], { class: "priority" })],
      clips,
    );
    await world.until(world.at("05:30:00"));
    const sounds = world.sounds();
    expect(sounds.map((one) => one.what)).toEqual([
      news.sha256,
      urgent.sha256,
      news.sha256,
      talk.sha256,
      urgent.sha256,
    ]);
    // A minute late by then, and cut by a minute: four and three minutes after five.
    expect(near(sounds[3]?.to, plus(world.at("05:07:00"), 0))).toBe(true);
    expect(near(sounds[4]?.from, world.at("05:07:00"))).toBe(true);
    expect(near((sounds[3]?.to ?? 0) - (sounds[3]?.from ?? 0), 2 * MINUTE_MS)).toBe(true);
    expect(heardTwice(world.heard().slice(0, 4))).toEqual([]);
  });

  test("whose ends are soft carries its delay on, and is heard whole", async () => {
    const { world, news, talk, urgent, clips } = await worldWith();
    world.sendPlan(
      1,
      [
        daily("sang", ["05:00:00"], [clipItem(news), clipItem(talk)]),
        daily("gap", ["05:02:00"], [urgent], { class: "priority" }),
      ],
      clips,
    );
    await world.until(world.at("05:30:00"));
    expect(near(world.sounds().at(-1)?.to, world.at("05:08:00"))).toBe(true);
    expect(world.receipts().map(({ verdict }) => verdict)).toEqual(["heard", "heard"]);
  });

  test("skips what has expired while it waited, and goes on with what is still planned", async () => {
    const { world, news, talk, clips } = await worldWith();
    const longer = world.addClip("longer", 5 * MINUTE_MS);
    const items = [clipItem(news, "hard"), clipItem(talk)];
    world.sendPlan(
      1,
      [daily("sang", ["05:00:00"], items), daily("gap", ["05:01:00"], [longer], { class: "priority" })],
      [...clips, longer],
    );
    await world.until(world.at("05:30:00"));
    expect(world.sounds().map((one) => one.what)).toEqual([news.sha256, longer.sha256, talk.sha256]);
    expect(world.sounds()[2]?.offsetMs).toBe(0);
  });

  test("joined late is joined where the clock says, in the middle of its relay", async () => {
    const { world, news, talk, vov, clips } = await worldWith();
    const items = [clipItem(news), relayItem(vov, 5 * MINUTE_MS), clipItem(talk)];
    world.sendPlan(1, [daily("sang", ["05:00:00"], items)], clips, { relays: [vov] });
    await world.until(world.at("04:59:00"));
    world.box.cutPower();
    await world.until(world.at("05:06:00"));
    world.box.boot();
    await world.until(world.at("05:20:00"));
    const [relay, last] = world.sounds();
    expect([relay?.what, last?.what]).toEqual(["relay", talk.sha256]);
    expect(near(last?.from, world.at("05:09:00"))).toBe(true);
  });

  test("a clip that cannot be had does not keep the next one waiting; the receipt says what is missing", async () => {
    const { world, news, talk } = await worldWith();
    const ghost = { sha256: "e".repeat(64) as never, durationMs: 5 * MINUTE_MS, sizeBytes: 10, gainDb: 0 };
    const items = [clipItem(news), clipItem(ghost), clipItem(talk)];
    world.sendPlan(1, [daily("sang", ["05:00:00"], items)], [news, talk, ghost]);
    await world.until(world.at("05:30:00"));
    const sounds = world.sounds();
    expect(sounds.map((one) => one.what)).toEqual([news.sha256, talk.sha256]);
    expect((sounds[1]?.from ?? 0) - (sounds[0]?.to ?? 0)).toBeLessThan(500);
    expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([
      ["partial", "content-missing"],
    ]);
  });

  test("a clean restart in its middle is no power cut: it goes on at its place and is heard whole", async () => {
    const { world, news, clips } = await worldWith();
    world.sendPlan(1, [daily("sang", ["05:00:00"], [news])], clips);
    await world.until(world.at("05:02:00"));
    world.box.restartAgent();
    await world.until(world.at("05:20:00"));
    expect(heardTwice(world.heard())).toEqual([]);
    const heardMs = world.heard().reduce((sum, one) => sum + ((one.to ?? 0) - one.from), 0);
    expect(Math.abs(heardMs - 4 * MINUTE_MS)).toBeLessThan(200);
    expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([["heard", null]]);
  });

  test("an agent that is killed loses what waited in the mixer, and plays it from its note", async () => {
    const { world, news, urgent, clips } = await worldWith();
    world.sendPlan(
      1,
      [daily("sang", ["05:00:00"], [news]), daily("gap", ["05:02:00"], [urgent], { class: "priority" })],
      clips,
    );
    await world.until(world.at("05:02:30"));
    world.box.crashAgent();
    await world.until(world.at("05:20:00"));
    expect(heardTwice(world.heard())).toEqual([]);
    const rest = world.heard().filter((one) => one.clip === news.sha256)[1];
    expect(Math.abs((rest?.offsetMs ?? 0) - 2 * MINUTE_MS)).toBeLessThan(SECOND_MS);
  });
});
