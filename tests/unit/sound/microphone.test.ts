import { COMPARED_SLOTS, follows, MOST_LATE_SLOTS } from "@loa/edge-agent/sound/microphone/follows.ts";
import { createLoudness, SLOT_MS } from "@loa/edge-agent/sound/microphone/loudness.ts";
import { MONO } from "@loa/edge-agent/sound/output-layout.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { expect, test } from "vitest";
import { arraySource, createSoundWorld } from "../../support/sound-world.ts";
import { createNoise, speechLike } from "../../support/speech-like.ts";

const LENGTH = COMPARED_SLOTS + MOST_LATE_SLOTS;

/** Loudness of speech: words of 0.2 to 0.5 s between -30 and -14 dB, pauses between them. */
function speech(seed: number, slots: number): number[] {
  const random = createSeededRandom(`${seed}`);
  const levels: number[] = [];
  while (levels.length < slots) {
    const word = -30 + 16 * random.next();
    for (let slot = 0; slot < 2 + 3 * random.next(); slot += 1) levels.push(word + 2 * random.next());
    for (let slot = 0; slot < 3 * random.next(); slot += 1) levels.push(-60 + 4 * random.next());
  }
  return levels.slice(0, slots);
}

/** What a microphone has of it: later by so many slots, softer, over a noise. */
function heardOf(played: readonly number[], late: number, noiseDb: number): number[] {
  return Array.from({ length: LENGTH }, (_, slot) => {
    const level = played[slot - late];
    const power = 10 ** (noiseDb / 10) + (level === undefined ? 0 : 10 ** ((level - 20) / 10));
    return 10 * Math.log10(power);
  });
}

test("our own speech is recognised at every distance, also over the noise of a street", () => {
  for (let late = 0; late <= MOST_LATE_SLOTS; late += 1) {
    const played = speech(late + 1, COMPARED_SLOTS);
    expect(follows(played, heardOf(played, late, -70))).toBeGreaterThan(0.9);
    expect(follows(played, heardOf(played, late, -45))).toBeGreaterThan(0.7);
  }
});

test("somebody else's speech is not ours", () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const match = follows(speech(seed, COMPARED_SLOTS), speech(seed + 1_000, LENGTH));
    expect(match, `seed ${seed}`).toBeLessThan(0.6);
  }
});

test("a motor that hums all the time is not ours", () => {
  expect(
    follows(
      speech(7, COMPARED_SLOTS),
      Array.from({ length: LENGTH }, () => -30),
    ),
  ).toBe(0);
});

test("an even tone, and a beginning that is too short, say nothing", () => {
  const tone = Array.from({ length: COMPARED_SLOTS }, () => -20);
  expect(follows(tone, heardOf(tone, 3, -70))).toBeNull();
  const begun = speech(3, COMPARED_SLOTS).map((level, slot) => (slot < COMPARED_SLOTS - 30 ? null : level));
  expect(follows(begun, heardOf(speech(3, COMPARED_SLOTS), 3, -70))).toBeNull();
});

test("loudness is kept in slots, and what is older than the memory is gone", () => {
  const loudness = createLoudness(10);
  const at = (slot: number) => asMonotonic(slot * SLOT_MS + 1);
  loudness.add(at(100), 960, 960);
  loudness.add(at(102), 9.6, 960);
  expect(loudness.before(at(103), 4)).toEqual([null, 0, null, expect.closeTo(-20, 5)]);
  loudness.add(at(110), 960, 960);
  expect(loudness.before(at(103), 4)[1]).toBeNull();
});

const SECONDS = 15;
const RATE_HZ = 48_000;

/** Fifteen seconds of something like speech, beginning at this frame of it. */
function speechFrom(frame: number): Float32Array {
  const at = speechLike();
  return Float32Array.from({ length: SECONDS * RATE_HZ }, (_, index) => 0.5 * at(frame + index));
}

/** What a microphone 70 m away hears of it: 0.2 s later, 30 dB softer, in a light wind. */
function farAway(samples: Float32Array): Float32Array {
  const noise = createNoise(5);
  return samples.map((_, index) => 0.03 * (samples[index - RATE_HZ / 5] ?? 0) + 0.0005 * noise());
}

/** The match of each second, while `played` sounds and the microphone hears `heard`. */
function matches(played: Float32Array, heard: Float32Array) {
  const world = createSoundWorld(MONO, arraySource(heard));
  world.play("speech", {}, arraySource(played));
  world.pass(SECONDS * 1_000 - 500);
  return world.told("microphone");
}

test("the engine tells once a second how loud it is at the microphone, and that it is ours", () => {
  const played = speechFrom(0);
  const told = matches(played, farAway(played));
  expect(told.length).toBeGreaterThanOrEqual(13);
  expect(told.slice(0, 3).every(({ match }) => match === null)).toBe(true);
  expect(Math.min(...told.slice(7).map(({ match }) => match ?? 0))).toBeGreaterThan(0.8);
  expect(told.at(-1)?.rmsDb).toBeLessThan(-40);
});

test("a neighbour's loudspeaker at our microphone is no proof that ours sounds", () => {
  const told = matches(speechFrom(0), farAway(speechFrom(60 * RATE_HZ)));
  expect(Math.max(...told.map(({ match }) => match ?? 0))).toBeLessThan(0.6);
});
