import { forgotten, lookAtSamples, type SampleQuestion } from "@loa/edge-agent/core/samples.ts";
import type { ToldSamples } from "@loa/edge-agent/core/told.ts";
import { type Capability, capability } from "@loa/shared/device/capability.ts";
import { asInstant, MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { boxTopics } from "@loa/shared/wire/topics.ts";
import { status } from "@loa/shared/wire/uplink.ts";
import { describe, expect, test } from "vitest";
import { knownOf, type ReadOnce, type ReadThen } from "../../support/known-readings.ts";
import { asMoment } from "../../support/moment.ts";

/** A box that is looked at again and again, and what it says. */
function teller(change: Partial<SampleQuestion> = {}) {
  let told: ToldSamples = new Map();
  return {
    forget: () => {
      told = forgotten(told);
    },
    look(
      mono: number,
      values: Partial<Record<Capability, number | null>>,
      more: Partial<SampleQuestion> = {},
    ) {
      const readings: Partial<Record<Capability, ReadOnce>> = {};
      for (const [point, value] of Object.entries(values))
        readings[capability.parse(point)] = { value: value ?? null, at: asInstant(mono) };
      return this.lookAt(mono, readings, more);
    },
    lookAt(mono: number, readings: ReadThen, more: Partial<SampleQuestion> = {}) {
      const quiet = { told, deadbands: {}, urgent: new Set<Capability>(), isSounding: false };
      const look = lookAtSamples({ ...quiet, known: knownOf(readings), ...change, ...more }, asMoment(mono));
      told = look.told;
      return look;
    },
  };
}

describe("samples", () => {
  test("a value is said when it moved by its deadband, of the profile or of its unit, and not before", () => {
    const box = teller({ deadbands: { "speakerLine.current": 0.05, "cabinet.temperature": 0 } });
    const values = (current: number, temperature: number) => ({
      "speakerLine.current": current,
      "cabinet.temperature": temperature,
    });
    expect(box.look(0, values(0.4, 30)).messages).toHaveLength(1);
    expect(box.look(10 * MINUTE_MS, values(0.44, 30.9)).messages).toEqual([]);
    const [moved] = box.look(20 * MINUTE_MS, values(0.46, 31)).messages;
    expect(moved?.values).toEqual({ "speakerLine.current": 0.46, "cabinet.temperature": 31 });
  });

  test("amperes keep their thousandths, and what cannot be read is null", () => {
    const [said] = teller().look(0, { "speakerLine.current": 0.41512, "mains.voltage": null }).messages;
    expect(said?.values).toEqual({ "speakerLine.current": 0.415, "mains.voltage": null });
  });

  test("they carry the time of their reading: what was read at other times is another message", () => {
    const readings: ReadThen = {
      "amplifier.power": { value: 1, at: asInstant(60_000) },
      "cabinet.temperature": { value: 31, at: asInstant(30_000) },
      "mains.present": { value: 1, at: asInstant(62_000) },
    };
    const { messages } = teller().lookAt(65_000, readings);
    expect(messages).toEqual([
      { at: 30_000, values: { "cabinet.temperature": 31 } },
      { at: 60_000, values: { "amplifier.power": 1, "mains.present": 1 } },
    ]);
  });

  test("a reading of minutes ago is not said as if it were of now", () => {
    const readings: ReadThen = { "cabinet.temperature": { value: 31, at: asInstant(0) } };
    expect(teller().lookAt(3 * MINUTE_MS, readings).messages).toEqual([]);
  });

  test("a slow number that moves all the time is said every five minutes, and its last value is never lost", () => {
    const box = teller();
    const saidAt: number[] = [];
    let last: number | null | undefined;
    let value = 30;
    const step = (mono: number) => {
      const { messages, isWaiting } = box.look(mono, { "cabinet.temperature": value });
      if (messages.length > 0) saidAt.push(mono);
      for (const { values } of messages) last = values["cabinet.temperature"];
      return isWaiting;
    };
    for (let mono = 0; mono < 60 * MINUTE_MS; mono += 30 * SECOND_MS) {
      value += 2;
      step(mono);
    }
    expect(saidAt).toHaveLength(12);
    expect(step(60 * MINUTE_MS - 1)).toBe(true);
    step(61 * MINUTE_MS);
    expect(last).toBe(value);
  });

  test("a point over which a fault was raised waits for nothing", () => {
    const box = teller();
    box.look(0, { "cabinet.temperature": 60 });
    expect(box.look(30 * SECOND_MS, { "cabinet.temperature": 70 }).messages).toEqual([]);
    const urgent = new Set<Capability>(["cabinet.temperature"]);
    expect(box.look(40 * SECOND_MS, { "cabinet.temperature": 70 }, { urgent }).messages).toHaveLength(1);
  });

  test("a door that bounces all day costs no more than a message in five minutes, and the first opening is said at once", () => {
    const box = teller();
    box.look(0, { "cabinet.door": 0 });
    expect(box.look(10 * SECOND_MS, { "cabinet.door": 1 }).messages).toHaveLength(1);
    let count = 0;
    for (let second = 20; second < 24 * 3_600; second += 10)
      count += box.look(second * SECOND_MS, { "cabinet.door": (second / 10) % 2 }).messages.length;
    expect(count).toBeLessThanOrEqual((24 * 60) / 5 + 10);
  });

  test("while something sounds the level is said every ten seconds, however it moves", () => {
    const box = teller({ isSounding: true });
    let count = 0;
    for (let second = 0; second < 600; second += 10)
      count += box.look(second * SECOND_MS, { "amplifier.level": second % 20 === 0 ? -10 : -30 }).messages
        .length;
    expect(count).toBe(60);
  });

  test("every point at once is said in messages that fit, each point once, also when all is said anew", () => {
    const box = teller();
    const all = Object.fromEntries(capability.options.map((point) => [point, -12_345.678]));
    for (const mono of [0, MINUTE_MS]) {
      const { messages } = box.look(mono, all);
      const bodies = messages.map(({ at, values }) => ({
        k: "sample",
        n: 999_999,
        at: at + 1.79e12,
        v: values,
      }));
      for (const body of bodies) {
        expect(status.safeParse(body).success).toBe(true);
        expect(JSON.stringify(body).length).toBeLessThanOrEqual(boxTopics.status.maxBytes);
      }
      expect(bodies.flatMap(({ v }) => Object.keys(v)).sort()).toEqual([...capability.options].sort());
      box.forget();
    }
  });
});
