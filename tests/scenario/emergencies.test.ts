import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { type BoxWorld, boxWorld, daily, heardTwice } from "../support/box-world.ts";
import { volumeOf } from "../support/plans.ts";

/** A command needs so long to the box, and the box to its first sample. */
const AT_ONCE_MS = 700;

/** Ten minutes of news at five. */
async function worldWithNews(beginsAt = "04:50:00") {
  const world = await boxWorld({ beginsAt });
  const news = world.addClip("news", 10 * MINUTE_MS);
  world.sendPlan(1, [daily("sang", ["05:00:00"], [news])], [news]);
  return { world, news };
}

const names = (world: BoxWorld) => world.sounds().map((one) => one.what);

describe("an emergency", () => {
  test("cuts in at once with the siren, and the bulletin goes on at exactly the next sample", async () => {
    const { world, news } = await worldWithNews();
    await world.until(world.at("05:02:00"));
    const raised = world.raise();
    await world.until(world.at("05:30:00"));
    expect(names(world)).toEqual([news.sha256, "siren", "notice", news.sha256]);
    const [first, siren, notice, rest] = world.sounds();
    if (siren === undefined || notice === undefined) throw new Error("no alarm");
    expect(siren.from - raised.at).toBeLessThan(AT_ONCE_MS);
    // Chime-to-speech: the words follow the last sample of the siren.
    expect(notice.from).toBe(siren.to);
    const heardMs = (first?.to ?? 0) - (first?.from ?? 0);
    expect(Math.abs((rest?.offsetMs ?? 0) - heardMs)).toBeLessThanOrEqual(1);
    expect(world.receipts().map(({ verdict, cause }) => [verdict, cause])).toEqual([
      ["heard", null],
      ["heard", null],
    ]);
  });

  test("waits for no clock: a box that does not know the time says it, and counts its life itself", async () => {
    const world = await boxWorld({ beginsAt: "03:00:00" });
    world.sendPlan(1, [], []);
    await world.until(world.at("03:05:00"));
    world.room.answersTime.value = false;
    world.box.troubles.areTimeServersSilent = true;
    world.box.cutPower();
    world.box.boot({ wallIs1970: true });
    await world.until(world.at("03:20:00"));
    world.raise({ times: 100, gapMs: MINUTE_MS, expiresAt: world.at("03:25:00") });
    await world.until(world.at("04:00:00"));
    expect(names(world).slice(0, 4)).toEqual(["siren", "notice", "siren", "notice"]);
    const last = world.sounds().at(-1);
    expect(last?.to).toBeLessThanOrEqual(plus(world.at("03:25:00"), SECOND_MS));
    expect(world.receipts()[0]?.verdict).toBe("heard");
  });

  test("that is over when it comes never speaks, and the box says so", async () => {
    const { world } = await worldWithNews();
    await world.until(world.at("04:55:00"));
    world.raise({ at: world.at("04:50:00"), expiresAt: world.at("04:54:59") });
    await world.until(world.at("04:59:00"));
    expect(world.sounds()).toEqual([]);
    expect(world.room.acks.at(-1)).toMatchObject({ state: "refused", reason: "expired" });
  });

  test("speaks to its signed end and no further, though it was to be said a hundred times", async () => {
    const { world, news } = await worldWithNews();
    await world.until(world.at("05:01:00"));
    world.raise({ times: 100, gapMs: 5 * SECOND_MS, expiresAt: world.at("05:03:00") });
    await world.until(world.at("05:20:00"));
    const alarm = world.sounds().filter((one) => one.what !== news.sha256);
    expect(alarm.at(-1)?.to).toBeLessThanOrEqual(plus(world.at("05:03:00"), 50));
    // Silence between two rounds belongs to it: nothing below is heard there.
    const below = world.heard().filter((one) => one.from < world.at("05:03:00"));
    expect(below).toHaveLength(1);
    expect(world.receipts().map(({ verdict }) => verdict)).toEqual(["heard", "heard"]);
  });

  test("is on air from its first sound to its last, through the silence between two rounds", async () => {
    const { world } = await worldWithNews();
    await world.until(world.at("04:52:00"));
    const before = world.room.statuses.length;
    world.raise({ times: 3, gapMs: 2 * MINUTE_MS, expiresAt: world.at("05:40:00") });
    await world.until(world.at("04:59:00"));
    const onAir = world.room.statuses
      .slice(before)
      .flatMap((one) => (one.k === "air" ? [one.id?.split("@")[0] ?? null] : []));
    expect(onAir).toEqual(["lu-quet", null]);
    // A heartbeat that says «nothing» takes it off the page.
    const from = world.at("04:52:10") / SECOND_MS;
    const to = world.at("04:56:20") / SECOND_MS;
    const beats = world.room.statuses.flatMap((one) =>
      one.k === "h" && one.at !== undefined && one.at > from && one.at < to ? [one.o] : [],
    );
    expect(beats.length).toBeGreaterThan(2);
    expect(beats).not.toContain(0);
  });

  test("that is cancelled in the silence between two rounds is not on air any more", async () => {
    const { world } = await worldWithNews();
    await world.until(world.at("04:52:00"));
    const raised = world.raise({ times: 3, gapMs: 2 * MINUTE_MS, expiresAt: world.at("05:40:00") });
    await world.until(world.at("04:53:00"));
    const airs = () => world.room.statuses.flatMap((one) => (one.k === "air" ? [one.id] : []));
    expect(airs().at(-1)).not.toBeNull();
    world.cancel(raised);
    await world.until(world.at("04:53:05"));
    expect(airs().at(-1)).toBeNull();
  });

  test("that is cancelled falls silent at once, and the next best goes on", async () => {
    const { world, news } = await worldWithNews();
    await world.until(world.at("05:01:00"));
    const raised = world.raise({ times: 50 });
    await world.until(world.at("05:01:30"));
    world.cancel(raised);
    await world.until(world.at("05:20:00"));
    const alarm = world.sounds().filter((one) => one.what !== news.sha256);
    expect((alarm.at(-1)?.to ?? 0) - world.at("05:01:30")).toBeLessThan(AT_ONCE_MS);
    expect(world.sounds().at(-1)?.what).toBe(news.sha256);
    const receipt = world.receipts().find((one) => one.occurrenceId.startsWith("lu-quet"));
    expect([receipt?.verdict, receipt?.cause]).toEqual(["partial", "cancelled"]);
  });

  test("whose cancellation overtook it is refused when it comes", async () => {
    const { world } = await worldWithNews();
    await world.until(world.at("04:55:00"));
    world.cancel({ id: "lu-quet" as never });
    await world.until(world.at("04:56:00"));
    world.box.cutPower();
    world.box.boot();
    await world.until(world.at("04:57:00"));
    world.raise();
    await world.until(world.at("04:59:00"));
    expect(world.sounds()).toEqual([]);
    expect(world.room.acks.at(-1)?.state).toBe("refused");
  });

  test("raised before a STOP is void, one that is raised after it sounds", async () => {
    const { world } = await worldWithNews();
    await world.until(world.at("04:52:00"));
    world.raise({ times: 20 });
    await world.until(world.at("04:53:00"));
    world.stop(world.at("04:53:00"));
    await world.until(world.at("04:54:00"));
    const stopped = world.sounds().length;
    expect((world.sounds().at(-1)?.to ?? 0) - world.at("04:53:00")).toBeLessThan(AT_ONCE_MS);
    world.raise({ id: "lu-moi" as never });
    await world.until(world.at("04:55:00"));
    expect(names(world).slice(stopped)).toEqual(["siren", "notice"]);
  });

  test("goes on after a power cut with what was being said, said again from its beginning", async () => {
    const { world } = await worldWithNews();
    await world.until(world.at("04:52:00"));
    world.raise({ times: 2 });
    await world.until(world.at("04:52:15"));
    world.box.cutPower();
    await world.until(world.at("04:54:00"));
    world.box.boot();
    await world.until(world.at("04:58:00"));
    // Siren and half of the words; then the words again, and the whole second round.
    expect(names(world)).toEqual(["siren", "notice", "notice", "siren", "notice"]);
    expect(world.sounds().every((one) => one.offsetMs === 0)).toBe(true);
  });

  test("goes on after a power cut in the silence between two rounds", async () => {
    const { world } = await worldWithNews();
    await world.until(world.at("04:52:00"));
    world.raise({ times: 2, gapMs: MINUTE_MS });
    await world.until(world.at("04:52:30"));
    world.box.cutPower();
    await world.until(world.at("04:54:00"));
    world.box.boot();
    await world.until(world.at("04:59:00"));
    expect(names(world)).toEqual(["siren", "notice", "siren", "notice"]);
  });

  test("that another one cuts into between two rounds goes on after that", async () => {
    const { world } = await worldWithNews();
    await world.until(world.at("04:52:00"));
    world.raise({ id: "dien-tap" as never, severity: "exercise", times: 2, gapMs: MINUTE_MS });
    await world.until(world.at("04:52:30"));
    world.raise();
    await world.until(world.at("04:59:00"));
    expect(names(world)).toEqual(["siren", "notice", "siren", "notice", "siren", "notice"]);
  });

  test("says the built-in words until its own clip has come, and from the next round on its own", async () => {
    const { world } = await worldWithNews();
    const own = world.addClip("own words", 20 * SECOND_MS);
    await world.until(world.at("04:52:00"));
    world.box.folder.trouble = "unreachable";
    world.raise({ notice: own, times: 3 });
    await world.until(world.at("04:52:10"));
    world.box.folder.trouble = null;
    await world.until(world.at("04:55:00"));
    expect(names(world)).toEqual(["siren", "notice", "siren", own.sha256, "siren", own.sha256]);
    expect(world.receipts()[0]?.verdict).toBe("heard");
  });

  test("whose clip cannot be played says the built-in words instead, at once", async () => {
    const { world } = await worldWithNews();
    const own = world.addClip("own words", 20 * SECOND_MS);
    await world.until(world.at("04:52:00"));
    world.raise({ notice: own, sirenMs: 0, at: world.at("04:52:00"), expiresAt: world.at("04:53:00") });
    await world.until(world.at("04:54:00"));
    world.box.loudspeaker.failure = "decoder-hung";
    world.raise({ id: "hai" as never, notice: own, sirenMs: 8 * SECOND_MS });
    await world.until(world.at("04:56:00"));
    const [siren, notice] = world.sounds().slice(-2);
    expect([siren?.what, notice?.what]).toEqual(["siren", "notice"]);
    expect((notice?.from ?? 0) - (siren?.to ?? 0)).toBeLessThan(500);
  });

  test("sounds although the disk cannot be written to", async () => {
    const { world } = await worldWithNews();
    await world.until(world.at("04:52:00"));
    world.box.disk.failure = "disk-full";
    world.raise();
    await world.until(world.at("04:54:00"));
    expect(names(world)).toEqual(["siren", "notice"]);
  });

  test("can be cancelled while the disk cannot be written to, though the bulletin that goes on would like to be noted", async () => {
    const { world, news } = await worldWithNews();
    await world.until(world.at("05:01:00"));
    const raised = world.raise({ times: 50 });
    await world.until(world.at("05:01:30"));
    world.box.crashAgent();
    await world.until(world.at("05:02:00"));
    world.box.disk.failure = "disk-full";
    world.cancel(raised);
    await world.until(world.at("05:02:30"));
    world.box.disk.failure = null;
    await world.until(world.at("05:20:00"));
    const alarm = world.sounds().filter((one) => one.what !== news.sha256);
    expect((alarm.at(-1)?.to ?? 0) - world.at("05:02:00")).toBeLessThan(AT_ONCE_MS);
    expect(world.room.acks.at(-1)?.state).toBe("accepted");
    expect(world.sounds().at(-1)?.what).toBe(news.sha256);
  });

  test("an exercise says first that it is one; an actual alarm cuts into it, and the latest alarm goes first", async () => {
    const { world } = await worldWithNews();
    const drill = world.addClip("drill", 60 * SECOND_MS);
    await world.until(world.at("04:52:00"));
    world.raise({ id: "dien-tap" as never, severity: "exercise", notice: drill });
    await world.until(world.at("04:52:10"));
    world.raise({ id: "lu-quet" as never, times: 2 });
    await world.until(world.at("04:52:20"));
    world.raise({ id: "chay" as never });
    await world.until(world.at("04:58:00"));
    const drills = world.box.loudspeaker.stretches.flatMap(({ source, soundId }) =>
      source.kind === "siren" || source.kind === "notice"
        ? [[soundId.split("@")[0], source.kind, source.kind === "siren" ? source.severity : source.words]]
        : [],
    );
    expect(drills).toEqual([
      ["dien-tap", "siren", "exercise"],
      ["dien-tap", "notice", "exercise"],
      ["lu-quet", "siren", "actual"],
      ["lu-quet", "notice", "actual"],
      ["chay", "siren", "actual"],
      ["chay", "notice", "actual"],
      // Each goes on at the sample where it was cut into.
      ["lu-quet", "notice", "actual"],
      ["lu-quet", "siren", "actual"],
      ["lu-quet", "notice", "actual"],
      ["dien-tap", "notice", "exercise"],
    ]);
    expect(world.heard().map((one) => one.clip)).toEqual([drill.sha256]);
  });

  test("is as loud as emergencies are at any hour, with the amplifier on at once; afterwards the hour's gain holds", async () => {
    const world = await boxWorld({ beginsAt: "04:50:00" });
    const news = world.addClip("news", 10 * MINUTE_MS);
    const volume = volumeOf(-20, { emergencyDb: -3 });
    world.sendPlan(1, [daily("sang", ["05:00:00"], [news])], [news], { volume });
    await world.until(world.at("05:01:00"));
    const gain = () => world.box.amplifier.snapshot().values["amplifier.gain"];
    expect(gain()).toBeCloseTo(-20, 0);
    world.raise();
    await world.until(world.at("05:01:05"));
    expect(gain()).toBeCloseTo(-3, 0);
    await world.until(world.at("05:01:30"));
    expect(gain()).toBeCloseTo(-20, 0);
  });

  test("does not make anything be heard twice, whatever it cuts into", async () => {
    const world = await boxWorld({ beginsAt: "04:58:00" });
    const clips = [1, 2, 3].map((n) => world.addClip(`part ${n}`, 40 * SECOND_MS));
    world.sendPlan(1, [daily("sang", ["05:00:00"], clips)], clips);
    for (const [index, at] of ["05:00:39", "05:01:20", "05:02:10"].entries()) {
      await world.until(world.at(at));
      world.raise({ id: `bao-${index}` as never, sirenMs: 3 * SECOND_MS });
    }
    await world.until(plus(world.at("05:00:00"), HOUR_MS));
    expect(heardTwice(world.heard())).toEqual([]);
    const heardMs = world.heard().reduce((sum, one) => sum + ((one.to ?? 0) - one.from), 0);
    expect(Math.abs(heardMs - 120 * SECOND_MS)).toBeLessThan(SECOND_MS);
  });
});
