import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { cardParts } from "../ears/card-plugin.ts";
import { machineNow } from "../ears/machine-time.ts";
import { type OwnStalls, watchOwnStalls } from "../ears/own-stalls.ts";
import { findNoise, heardAt, type NoiseStretch } from "../golden-ear/find-noise.ts";
import { gaps } from "../golden-ear/gaps.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { rmsDb } from "../golden-ear/level.ts";
import { SAMPLE_RATE_HZ, writeWav } from "../golden-ear/make-audio.ts";
import { type Recording, slice } from "../golden-ear/recording.ts";
import { storyOnFailure } from "../support/story-on-failure.ts";
import { openSupervisedLoudspeaker, type SupervisedLoudspeaker } from "../support/supervised-loudspeaker.ts";
import { describeWithPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

/** As the issue asks: from the loss to sound; what the machine kept the agent waiting meanwhile comes on top. */
const AGAIN_WITHIN_MS = 300;
/** The servo of a card finds its place again in this, ms. */
const IN_STEP_WITHIN_MS = 3;
/** What a stopped engine had mixed and its card never took is missing from the recording, but counted as played: 119 to 159 ms. */
const UNHEARD_MS = 250;
const SILENT_DB = -80;
const CLIP_MS = 6_000;
const SAMPLES_A_MS = SAMPLE_RATE_HZ / 1_000;
const noise = knownNoise(CLIP_MS);
const hasCard = cardParts() !== null;

describeWithPart("ffmpeg", "a lost sound engine", ({ path: ffmpegPath }) => {
  test.runIf(hasCard).each([
    ["killed", "SIGKILL"],
    ["stopped", "SIGSTOP"],
    ["aborted", "SIGABRT"],
  ] as const)("a-clip-sounds-again-where-it-should-be-when-its-engine-is-%s", async (_, signal) => {
    const box = await loudspeaker(ffmpegPath);
    await playNoise(box);
    await passes(2_500);
    const lostAt = await lose(box, signal);
    const ended = await box.report("ended", CLIP_MS + 5_000);
    const [before, after] = aroundLoss(box, lostAt);
    expect(after.fromAt - lostAt).toBeLessThan(AGAIN_WITHIN_MS + box.stalls.betweenMs(lostAt, after.fromAt));
    expect(Math.abs(heardAt(after, 0) - heardAt(before, 0))).toBeLessThan(IN_STEP_WITHIN_MS);
    const gapMs = after.fromAt - before.toAt;
    expect(Math.abs(ended.playedMs - (CLIP_MS - gapMs))).toBeLessThan(UNHEARD_MS);
    const told = box.reports.filter(({ kind }) => kind !== "level").map(said);
    expect(told).toEqual(["started", "engine-lost raised", "engine-lost cleared", "ended"]);
  });

  test.runIf(hasCard)("a-siren-sounds-again-before-anybody-has-drawn-breath", async () => {
    const box = await loudspeaker(ffmpegPath);
    await Promise.all([box.engine(), box.spare()]);
    const siren = { kind: "siren", severity: "actual", durationMs: 60_000 } as const;
    box.play("siren", siren, { rung: "emergency-actual" });
    const { at } = await box.report("started");
    await passes(1_500);
    const lostAt = await lose(box, "SIGKILL");
    await passes(1_500);
    const silences = gaps(box.card.recording({ fromAt: at + 50 }), -50, 20);
    expect(silences).not.toEqual([]);
    const limitMs = AGAIN_WITHIN_MS + box.stalls.betweenMs(lostAt, lostAt + AGAIN_WITHIN_MS);
    expect(Math.max(...silences.map(({ fromAt, toAt }) => toAt - fromAt))).toBeLessThan(limitMs);
  });

  test.runIf(hasCard)("what-was-paused-stays-so-and-goes-on-at-its-place", async () => {
    const box = await loudspeaker(ffmpegPath);
    await playNoise(box);
    await passes(2_000);
    box.sound.pause("noise", 50);
    const paused = await box.report("paused");
    await lose(box, "SIGKILL");
    await box.engine();
    await passes(500);
    box.sound.resume("noise", 50);
    await box.report("resumed");
    const ended = await box.report("ended");
    const [before, after, ...more] = stretches(box);
    if (before === undefined || after === undefined) throw new Error("it did not go on");
    expect(more).toEqual([]);
    expect(Math.abs(after.fromSample - before.toSample) / SAMPLES_A_MS).toBeLessThan(100);
    expect(Math.abs(before.toSample / SAMPLES_A_MS - paused.playedMs)).toBeLessThan(60);
    expect(Math.abs(ended.playedMs - CLIP_MS)).toBeLessThan(60);
    const told = box.reports.filter(({ kind }) => kind !== "level" && kind !== "trouble").map(said);
    expect(told).toEqual(["started", "paused", "resumed", "ended"]);
  });

  test.runIf(hasCard)("the-volume-is-what-it-was", async () => {
    const box = await loudspeaker(ffmpegPath);
    box.sound.setVolume(-20, 0);
    await playNoise(box);
    await passes(1_500);
    const lostAt = await lose(box, "SIGKILL");
    await passes(1_500);
    const heard = box.card.recording();
    const before = rmsDb(slice(heard, lostAt - 1_000, lostAt - 100));
    const after = rmsDb(slice(heard, lostAt + 400, lostAt + 1_300));
    expect(before).toBeLessThan(-35);
    expect(Math.abs(after - before)).toBeLessThan(1);
  });

  test.runIf(hasCard)("an-engine-lost-before-there-is-a-spare-is-replaced-too", async () => {
    const box = await loudspeaker(ffmpegPath);
    const engine = await box.engine();
    box.play("noise", { kind: "clip", sha256: await noiseClip(box) });
    const started = await box.report("started");
    process.kill(engine, "SIGKILL");
    await box.report("ended");
    const last = stretches(box).at(-1);
    if (last === undefined) throw new Error("it did not sound again");
    expect(last.fromAt).toBeGreaterThan(started.at + 100);
    expect(Math.abs(heardAt(last, 0) - started.at)).toBeLessThan(IN_STEP_WITHIN_MS);
  });

  test.runIf(hasCard)("an-agent-that-stands-still-for-half-a-second-kills-no-engine", async () => {
    const box = await loudspeaker(ffmpegPath);
    await playNoise(box);
    for (let stalls = 0; stalls < 5; stalls += 1) {
      await passes(200);
      standStill(500);
    }
    await box.report("ended");
    expect(box.log.lines.filter(({ event }) => event === "engine.lost")).toEqual([]);
    expect(stretches(box)).toHaveLength(1);
  });
});

function said(report: SupervisedLoudspeaker["reports"][number]): string {
  if (report.kind !== "trouble") return report.kind;
  return `${report.trouble} ${report.isRaised ? "raised" : "cleared"}`;
}

/** A box whose agent, which is this process, may be kept waiting by others. */
interface WatchedLoudspeaker extends SupervisedLoudspeaker {
  readonly stalls: OwnStalls;
}

async function loudspeaker(ffmpegPath: string): Promise<WatchedLoudspeaker> {
  const box = await openSupervisedLoudspeaker(ffmpegPath);
  onTestFinished(box.close);
  const stalls = watchOwnStalls();
  onTestFinished(stalls.end);
  storyOnFailure(() => storyOf(box));
  return { ...box, stalls };
}

async function playNoise(box: SupervisedLoudspeaker): Promise<void> {
  await Promise.all([box.engine(), box.spare()]);
  box.play("noise", { kind: "clip", sha256: await noiseClip(box) });
  await box.report("started");
}

async function noiseClip(box: SupervisedLoudspeaker) {
  const path = join(await testFolder(), "noise.wav");
  writeWav(path, noise);
  return box.clip(path);
}

/** When the signal left, machine time. */
async function lose(box: SupervisedLoudspeaker, signal: NodeJS.Signals): Promise<number> {
  const pid = await box.engine();
  const lostAt = machineNow();
  process.kill(pid, signal);
  await box.report("trouble");
  return lostAt;
}

function stretches({ card }: SupervisedLoudspeaker): readonly NoiseStretch[] {
  return heardNoise(card.recording());
}

function heardNoise(heard: Recording): readonly NoiseStretch[] {
  // The servo of a card stretches the stream a little until it has found its rate.
  return findNoise(heard, noise, { stretchPpm: 1_000 });
}

/**
 * What was heard until the silence of the loss, and what after it, each in one piece. The ear would not part them itself: the
 * noise goes on as if it had been heard, and the better engines replace each other, the less it has to notice that by.
 */
function aroundLoss({ card }: SupervisedLoudspeaker, lostAt: number): readonly [NoiseStretch, NoiseStretch] {
  const heard = card.recording();
  const silence = gaps(heard, SILENT_DB, 5).find(({ toAt }) => toAt > lostAt);
  if (silence === undefined) throw new Error("no silence after the loss");
  const [before, ...moreBefore] = heardNoise(slice(heard, heard.firstSampleAt, silence.fromAt));
  const [after, ...moreAfter] = heardNoise(slice(heard, silence.toAt, Number.POSITIVE_INFINITY));
  if (before === undefined) throw new Error("it did not sound");
  if (after === undefined) throw new Error("it did not sound again");
  expect([...moreBefore, ...moreAfter]).toEqual([]);
  return [before, after];
}

/** Times from the first report on, ms. */
function storyOf(box: SupervisedLoudspeaker): string {
  const heard = box.card.recording();
  const zeroAt = box.reports.at(0)?.at ?? heard.firstSampleAt;
  const span = (fromAt: number, toAt: number) =>
    `${(fromAt - zeroAt).toFixed(1)}..${(toAt - zeroAt).toFixed(1)}`;
  return [
    ...heardNoise(heard).map(
      (one) => `noise ${span(one.fromAt, one.toAt)}, its samples ${one.fromSample}..${one.toSample}`,
    ),
    ...gaps(heard, SILENT_DB, 5).map(({ fromAt, toAt }) => `silence ${span(fromAt, toAt)}`),
    ...box.card.events().map(({ kind, at, pid }) => `card ${kind} ${(at - zeroAt).toFixed(1)} of ${pid}`),
    ...box.reports
      .filter(({ kind }) => kind !== "level")
      .map((report) => `report ${(report.at - zeroAt).toFixed(1)} ${JSON.stringify(report)}`),
    ...box.log.lines.map(({ event, fields }) => `log ${event} ${JSON.stringify(fields)}`),
  ].join("\n");
}

/** Real sound takes real time. */
function passes(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
