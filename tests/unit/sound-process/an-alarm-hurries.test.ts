import { MONO } from "@loa/edge-agent/sound/output-layout.ts";
import { createSupervisedSound } from "@loa/edge-agent/sound/process/supervisor.ts";
import { expect, onTestFinished, test } from "vitest";
import { createFakeEngines, ordersOf } from "../../support/fake-engines.ts";
import { createLogBook } from "../../support/log-book.ts";
import { requestOf } from "../../support/play-requests.ts";
import { createTestTime } from "../../support/test-time.ts";

const SPARE_MS = 3_000;

/** Engines have died so fast that the next one is made to wait for some 16 s. */
async function afterManyLosses() {
  const time = createTestTime();
  const engines = createFakeEngines(time);
  const inputs = { line: null, fm: null, microphone: null };
  const sound = createSupervisedSound({
    setup: { sink: { kind: "none" }, layout: MONO, ffmpegPath: "ffmpeg", inputs, wantsRealTime: false },
    startEngine: engines.start,
    clipPath: (sha256) => `/clips/${sha256}`,
    clock: time.clock,
    timers: time.timers,
    log: createLogBook(),
  });
  onTestFinished(async () => {
    const closed = sound.close();
    await time.advance(2_000);
    await closed;
  });
  for (let losses = 0; losses < 10; losses += 1) {
    for (let looks = 0; looks < 30 && engines.players.length <= losses; looks += 1) await time.advance(1_000);
    engines.players.at(-1)?.die();
  }
  await time.advance(SPARE_MS);
  const siren = () =>
    sound.play(
      requestOf("siren", {
        source: { kind: "siren", severity: "actual", durationMs: 60_000 },
        rung: "emergency-actual",
        startAt: time.clock.monotonic(),
      }),
    );
  return { time, engines, siren };
}

test("an alarm waits for no engine that is only made to wait", async () => {
  const { time, engines, siren } = await afterManyLosses();
  expect(engines.players).toHaveLength(10);
  siren();
  await time.advance(20);
  expect(engines.players).toHaveLength(11);
  expect(engines.players.at(-1)?.isAlive).toBe(true);
  expect(engines.players.flatMap(ordersOf).at(-1)?.request.soundId).toBe("siren");
});

test("the engine after one that died under an alarm waits a second at most", async () => {
  const { time, engines, siren } = await afterManyLosses();
  siren();
  await time.advance(SPARE_MS);
  engines.players.at(-1)?.die();
  await time.advance(2_500);
  expect(engines.players).toHaveLength(12);
});
