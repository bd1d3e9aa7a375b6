import { join } from "node:path";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { cardParts } from "../ears/card-plugin.ts";
import { machineNow } from "../ears/machine-time.ts";
import { findChirp } from "../golden-ear/find-chirp.ts";
import { soundingStretch } from "../golden-ear/gaps.ts";
import { toneDb } from "../golden-ear/goertzel.ts";
import { tone, withChirps, writeWav } from "../golden-ear/make-audio.ts";
import { type Recording, slice } from "../golden-ear/recording.ts";
import { type CardEngine, type CardEngineOptions, openCardEngine } from "../support/card-engine.ts";
import { eventually } from "../support/eventually.ts";
import { systemPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

const ffmpeg = systemPart("ffmpeg");
const parts = [ffmpeg, systemPart("alsa-utils"), cardParts()];
const ffmpegPath = ffmpeg?.path ?? "";
const siren = { kind: "siren", severity: "actual", durationMs: 400 } as const;

/** What a busy machine may take from one of many measurements; the bench measures it alone. */
const LIMIT_MS = 10_000;

async function engineFor(options: Omit<CardEngineOptions, "ffmpegPath"> = {}): Promise<CardEngine> {
  const engine = await openCardEngine({ ffmpegPath, ...options });
  onTestFinished(engine.close);
  return engine;
}

async function wavClip(samples: Float64Array, name = "clip"): Promise<string> {
  const path = join(await testFolder(), `${name}.wav`);
  writeWav(path, samples);
  return path;
}

/** The recording once it reaches `at`. */
function heardUntil({ card }: CardEngine, at: number): Promise<Recording> {
  return eventually(`the card hears until ${at}`, LIMIT_MS, () => {
    const heard = card.recording();
    return heard.firstSampleAt + (heard.samples.length * 1_000) / heard.sampleRateHz >= at ? heard : null;
  });
}

/** How much too late each of `count` chirps is heard, ms; a chirp that fell into an underrun is left out. */
async function startErrors(engine: CardEngine, clipPath: string, count: number): Promise<readonly number[]> {
  const clip = { kind: "clip", sha256: engine.clip(clipPath) } as const;
  const first = machineNow() + 2_000;
  const starts = Array.from({ length: count }, (_, index) => first + index * 500 + ((index * 7.31) % 20));
  for (const [index, startAt] of starts.entries()) {
    await eventually("its turn", LIMIT_MS, () => (machineNow() > startAt - 1_500 ? true : null));
    engine.play(`c${index}`, clip, { startAt: asMonotonic(startAt) });
  }
  const heard = await heardUntil(engine, (starts.at(-1) ?? 0) + 450);
  return starts.flatMap((startAt) => {
    const chirp = findChirp(slice(heard, startAt - 20, startAt + 400));
    return chirp === null || chirp.likeness < 0.97 ? [] : [chirp.at - (startAt + 100)];
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

describe.skipIf(parts.includes(null))("a loudspeaker behind a sound card", () => {
  test.each([0, 160])("a-sound-starts-at-its-very-moment, crystal %i ppm off", async (ppm) => {
    const engine = await engineFor({ ppm });
    const errors = await startErrors(engine, await wavClip(withChirps(400, [100])), 12);
    expect(errors.length).toBeGreaterThan(8);
    expect(Math.abs(median(errors))).toBeLessThan(0.1);
  });

  test("two-cards-160-ppm-apart-play-together", async () => {
    const clip = await wavClip(withChirps(400, [100]));
    const [one = [], other = []] = await Promise.all(
      [-60, 100].map(async (ppm) => startErrors(await engineFor({ ppm }), clip, 12)),
    );
    expect(Math.abs(median(one) - median(other))).toBeLessThan(0.2);
  });

  test("an-emergency-is-heard-within-150-ms, while eight sounds play and decoders are started", async () => {
    const engine = await engineFor();
    const clip = { kind: "clip", sha256: engine.clip(await wavClip(tone(20_000, 200, 0.02))) } as const;
    for (let index = 0; index < 8; index += 1) engine.play(`voice ${index}`, clip, { rung: "automation" });
    await engine.report("started", "voice 7");
    const delays: number[] = [];
    for (let index = 0; index < 8; index += 1) {
      engine.play(`new ${index}`, clip, { rung: "priority" });
      const askedAt = engine.play(`siren ${index}`, siren, { rung: "emergency-actual" });
      await engine.report("ended", `siren ${index}`);
      const heard = await heardUntil(engine, askedAt + 600);
      delays.push(
        (soundingStretch(slice(heard, askedAt, askedAt + 600), -12)?.fromAt ?? Number.NaN) - askedAt,
      );
    }
    expect(median(delays)).toBeLessThan(150);
  });

  test("lines-of-a-card-get-their-own-sounds", async () => {
    const engine = await engineFor({ channels: 2, lines: [4, 5] });
    const source = { kind: "tone", frequencyHz: 1_000, durationMs: 600 } as const;
    engine.play("four", source, { zones: [4], gainDb: -6 });
    engine.play("five", { ...source, frequencyHz: 500 }, { zones: [5], gainDb: -6 });
    const { at } = await engine.report("ended", "five");
    await heardUntil(engine, at);
    const levels = [0, 1].map((channel) => {
      const heard = slice(engine.card.recording({ channel }), at - 400, at - 100);
      return [1_000, 500].map((frequencyHz) => toneDb(heard, frequencyHz));
    });
    expect(levels[0]?.[0]).toBeCloseTo(-6, 0);
    expect(levels[0]?.[1]).toBeLessThan(-60);
    expect(levels[1]?.[0]).toBeLessThan(-60);
    expect(levels[1]?.[1]).toBeCloseTo(-6, 0);
  });

  test("a-card-that-vanishes-fails-what-sounds, and plays again when it is back", async () => {
    const engine = await engineFor();
    const source = { kind: "tone", frequencyHz: 1_000, durationMs: 20_000 } as const;
    engine.play("a", source, { gainDb: -6 });
    await engine.report("started", "a");
    engine.card.makeVanish();
    expect(await engine.report("failed", "a")).toMatchObject({ reason: "sink-failed" });
    engine.card.comeBack();
    const opened = await eventually("it is opened again", LIMIT_MS, () =>
      engine.card.events().filter(({ kind }) => kind === "start").length > 1 ? true : null,
    );
    expect(opened).toBe(true);
    engine.play("siren", siren, { rung: "emergency-actual" });
    const { at } = await engine.report("ended", "siren");
    expect(soundingStretch(slice(await heardUntil(engine, at), at - 300, at), -12)).not.toBeNull();
  });

  test("after-an-underrun-the-sound-is-where-it-would-be-without", async () => {
    const engine = await engineFor();
    const clip = {
      kind: "clip",
      sha256: engine.clip(await wavClip(withChirps(5_000, [300, 4_000]))),
    } as const;
    const startAt = machineNow() + 1_500;
    engine.play("a", clip, { startAt: asMonotonic(startAt) });
    await engine.report("started", "a");
    engine.card.underrunFor(250);
    await engine.report("ended", "a");
    const heard = await heardUntil(engine, startAt + 5_000);
    const chirp = findChirp(slice(heard, startAt + 3_500, startAt + 4_900));
    expect(Math.abs((chirp?.at ?? 0) - (startAt + 4_000))).toBeLessThan(0.5);
    expect(engine.card.events().some(({ kind }) => kind === "xrun")).toBe(true);
  });

  test("aplay-stands-in-where-libasound-is-missing", async () => {
    const engine = await engineFor({ sink: "aplay" });
    await eventually("the card runs", LIMIT_MS, () =>
      engine.card.events().some(({ kind }) => kind === "start") ? true : null,
    );
    const askedAt = engine.play("siren", siren, { rung: "emergency-actual" });
    const { at } = await engine.report("ended", "siren");
    const heard = await heardUntil(engine, at + 300);
    const stretch = soundingStretch(slice(heard, askedAt, at + 300), -12);
    expect((stretch?.fromAt ?? Number.NaN) - askedAt).toBeLessThan(500);
    expect((stretch?.toAt ?? 0) - (stretch?.fromAt ?? 0)).toBeCloseTo(400, -2);
  });
});
