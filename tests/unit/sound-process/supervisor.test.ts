import type { PlayRequest, SoundReport } from "@loa/edge-agent/ports.ts";
import { MONO } from "@loa/edge-agent/sound/output-layout.ts";
import { createSupervisedSound } from "@loa/edge-agent/sound/process/supervisor.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { anyTime, createFakeEngines, ordersOf } from "../../support/fake-engines.ts";
import { createLogBook } from "../../support/log-book.ts";
import { clipOf, requestOf } from "../../support/play-requests.ts";
import { createTestTime } from "../../support/test-time.ts";

const STARTED_MS = 500;
const SPARE_MS = 3_000;

async function supervised() {
  const time = createTestTime();
  const engines = createFakeEngines(time);
  const log = createLogBook();
  const reports: SoundReport[] = [];
  const sound = createSupervisedSound({
    setup: {
      sink: { kind: "none" },
      layout: MONO,
      ffmpegPath: "ffmpeg",
      inputs: { line: null, fm: null, microphone: null },
      wantsRealTime: false,
    },
    startEngine: engines.start,
    clipPath: (sha256) => `/clips/${sha256}`,
    clock: time.clock,
    timers: time.timers,
    log,
  });
  sound.onReport((report) => reports.push(report));
  onTestFinished(async () => {
    const closed = sound.close();
    await time.advance(2_000);
    await closed;
  });
  const player = () => {
    const last = engines.players.at(-1);
    if (last === undefined) throw new Error("nobody plays");
    return last;
  };
  const play = (soundId: string, how: Partial<PlayRequest> = {}) =>
    sound.play(requestOf(soundId, { startAt: time.clock.monotonic(), ...how }));
  const told = () => reports.map((report) => [report.kind, "soundId" in report ? report.soundId : null]);
  return { time, engines, log, sound, reports, player, play, told };
}

describe("the supervisor of the sound process", () => {
  test("the-first-engine-takes-over-and-a-spare-follows", async () => {
    const { time, engines } = await supervised();
    await time.advance(STARTED_MS);
    expect(engines.players).toHaveLength(1);
    expect(engines.all).toHaveLength(1);
    await time.advance(SPARE_MS);
    expect(engines.all).toHaveLength(2);
    expect(engines.all[1]?.sent).toEqual([]);
  });

  test("what-was-asked-before-there-is-an-engine-is-played-by-the-first", async () => {
    const { time, player, play } = await supervised();
    play("early");
    await time.advance(STARTED_MS);
    expect(ordersOf(player()).map(({ request }) => request.soundId)).toEqual(["early"]);
  });

  test("the-spare-follows-what-sounds-and-goes-on-with-it-in-step", async () => {
    const { time, engines, player, play } = await supervised();
    await time.advance(SPARE_MS);
    play("news", { offsetMs: 1_000 });
    player().report({ kind: "started", soundId: "news", at: anyTime });
    await time.advance(2_000);
    const spare = engines.all[1];
    expect(spare?.sent.map(({ kind }) => kind)).toEqual(["shadow"]);
    player().die();
    await time.advance(10);
    expect(player()).toBe(spare);
    const [order] = ordersOf(player());
    expect(order?.join).toBe("in-step");
    expect(order?.request.offsetMs).toBeCloseTo(3_000, -1);
  });

  test.each([
    ["hung", 160],
    ["killed", 10],
  ] as const)("an-engine-that-is-%s-is-replaced-within-%i-ms", async (how, withinMs) => {
    const { time, engines, player, reports } = await supervised();
    await time.advance(SPARE_MS);
    const lost = player();
    if (how === "hung") lost.hang();
    else lost.die();
    await time.advance(withinMs);
    expect(engines.players).toHaveLength(2);
    expect(lost.isAlive).toBe(false);
    const troubles = reports.flatMap((one) => (one.kind === "trouble" ? [one.isRaised] : []));
    expect(troubles).toEqual([true, false]);
  });

  test("an-engine-that-the-machine-does-not-let-run-is-left-alive", async () => {
    const { time, engines, player } = await supervised();
    await time.advance(STARTED_MS);
    player().vitals = { wantsToRun: true, ranMs: 5 };
    player().hang();
    await time.advance(2_000);
    expect(engines.players).toHaveLength(1);
    player().vitals = { wantsToRun: false, ranMs: 5 };
    await time.advance(1_000);
    expect(engines.players).toHaveLength(2);
  });

  test("an-engine-that-talks-nonsense-is-noted-and-in-the-end-replaced", async () => {
    const { time, engines, player, log } = await supervised();
    await time.advance(SPARE_MS);
    for (let count = 0; count < 4; count += 1) player().say(null);
    await time.advance(100);
    expect(engines.players).toHaveLength(1);
    player().say(null);
    await time.advance(100);
    expect(engines.players).toHaveLength(2);
    expect(log.lines.filter(({ event }) => event === "engine.report-senseless")).toHaveLength(5);
  });

  test("engines-that-die-all-the-time-are-started-ever-more-slowly-but-for-ever", async () => {
    const { time, engines } = await supervised();
    engines.onCommand = (engine, { kind }) => {
      if (kind === "take-over") time.timers.after(100, () => engine.die());
    };
    await time.advance(MINUTE_MS);
    const inTheFirst = engines.players.length;
    expect(inTheFirst).toBeGreaterThan(6);
    expect(inTheFirst).toBeLessThan(20);
    await time.advance(MINUTE_MS * 10);
    const inTen = engines.players.length - inTheFirst;
    expect(inTen).toBeGreaterThan(10);
    expect(inTen).toBeLessThan(120);
  });

  test("a-clip-that-kills-every-engine-is-dropped-and-the-siren-stays", async () => {
    const { time, engines, player, play, reports } = await supervised();
    await time.advance(STARTED_MS);
    engines.onCommand = (engine, command) => {
      const orders =
        command.kind === "take-over" ? command.orders : command.kind === "play" ? [command.order] : [];
      if (orders.some(({ request }) => request.soundId === "poison"))
        time.timers.after(50, () => engine.die());
    };
    const siren = { kind: "siren", severity: "actual", durationMs: 600_000 } as const;
    play("siren", { source: siren, rung: "emergency-actual" });
    play("poison", { source: clipOf("poison") });
    await time.advance(10_000);
    const failed = reports.filter(({ kind }) => kind === "failed");
    expect(failed).toMatchObject([{ soundId: "poison", reason: "decoder-died" }]);
    expect(engines.players).toHaveLength(4);
    expect(ordersOf(player()).map(({ request }) => request.soundId)).toEqual(["siren"]);
  });

  test("what-is-stopped-or-paused-while-nobody-plays-is-told-at-once", async () => {
    const { time, player, play, sound, told } = await supervised();
    await time.advance(STARTED_MS);
    play("one");
    play("two");
    for (const soundId of ["one", "two"]) player().report({ kind: "started", soundId, at: anyTime });
    await time.advance(1_000);
    player().die();
    sound.stop("one", 50);
    sound.pause("two", 50);
    expect(told().slice(-2)).toEqual([
      ["ended", "one"],
      ["paused", "two"],
    ]);
    await time.advance(1_000);
    expect(ordersOf(player())).toMatchObject([{ request: { soundId: "two" }, isPaused: true }]);
  });

  test("closing-fades-out-and-leaves-no-process", async () => {
    const { time, engines, sound } = await supervised();
    await time.advance(SPARE_MS);
    const closed = sound.close();
    await time.advance(500);
    await closed;
    expect(engines.all.map(({ isAlive }) => isAlive)).toEqual([false, false]);
    await time.advance(MINUTE_MS);
    expect(engines.all).toHaveLength(2);
  });
});
