import { driveAmplifier, isPassing, NO_AMPLIFIER, type Wish } from "@loa/edge-agent/core/amplifier.ts";
import { afterDevice, NO_DEVICES } from "@loa/edge-agent/core/devices.ts";
import type { DeviceEvent } from "@loa/edge-agent/core/event.ts";
import type { Moment } from "@loa/edge-agent/core/moment.ts";
import type { AgentState, AmplifierState } from "@loa/edge-agent/core/state.ts";
import { amplifierGainDb } from "@loa/edge-agent/core/volume.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import { asMonotonic, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { at, initialState } from "../../support/agent-bench.ts";

const begins = at("05:00:00");
const known: readonly Capability[] = [
  "amplifier.power",
  "amplifier.gain",
  "zone.1",
  "zone.2",
  "amplifier.mute",
  "amplifier.level",
];
const wish: Wish = {
  isOn: true,
  zones: [1],
  isOnFurther: false,
  isShorted: false,
  gainDb: -6,
  gainFor: "programme",
  isHeard: false,
  inputs: [],
  isWaking: false,
};

function moment(seconds: number): Moment {
  return {
    now: plus(begins, seconds * SECOND_MS),
    mono: asMonotonic(seconds * SECOND_MS),
    isTrusted: true,
    chance: 0,
  };
}
/** What is known of the device is what its amplifier says of itself: there is one of them. */
function told(amplifier: AmplifierState, seconds: number, ...events: readonly DeviceEvent[]): AmplifierState {
  const { capabilities, trouble } = amplifier;
  const known = new Map([[ONLY_DEVICE, { isAmplifier: true, capabilities, sequences: [], trouble }]]);
  const start: AgentState = { ...initialState({}, begins), amplifier, devices: { ...NO_DEVICES, known } };
  return events.reduce((before, event) => afterDevice(before, event, moment(seconds)), start).amplifier;
}
const identified = told(NO_AMPLIFIER, 0, {
  kind: "device-identified",
  device: ONLY_DEVICE,
  sequences: [],
  capabilities: known,
});
const read = (seconds: number, values: Partial<Record<Capability, number | null>>): DeviceEvent => ({
  kind: "device-values",
  device: ONLY_DEVICE,
  at: moment(seconds).mono,
  values: Object.entries(values).map(([name, value]) => {
    const capability = name as Capability;
    return value === null ? { capability, quality: "invalid" } : { capability, quality: "good", value };
  }),
});
const unreachable = (seconds: number): DeviceEvent => ({
  kind: "device-unreachable",
  device: ONLY_DEVICE,
  at: moment(seconds).mono,
  reason: "timeout",
});

/** An obedient amplifier: the writes that bring it from what it is to what is wanted, in their order. */
function writesTowards(wantOn: boolean, values: Partial<Record<Capability, number>>) {
  const registers = { ...values };
  let state = told(identified, 0, read(0, registers));
  const writes: (readonly [Capability, number])[] = [];
  for (let second = 0; second < 20; second += 1) {
    const driven = driveAmplifier(state, { ...wish, isOn: wantOn }, moment(second));
    state = driven.state;
    for (const effect of driven.effects) {
      if (effect.kind !== "write-device") continue;
      const { capability, value } = effect;
      writes.push([capability, value]);
      const written = {
        kind: "device-written",
        device: ONLY_DEVICE,
        at: moment(second).mono,
        capability,
        value,
      } as const;
      state = told(state, second, { ...written, readBack: value, outcome: "verified" });
    }
  }
  return writes;
}
const off = { "amplifier.power": 0, "amplifier.gain": -40, "zone.1": 0, "zone.2": 1, "amplifier.mute": 1 };
const on = { "amplifier.power": 1, "amplifier.gain": -6.5, "zone.1": 1, "zone.2": 0, "amplifier.mute": 0 };

describe("the amplifier", () => {
  test("is switched on from its power to its voice, and no line is left on that the plan does not name", () => {
    expect(writesTowards(true, off)).toEqual([
      ["amplifier.power", 1],
      ["amplifier.gain", -6],
      ["zone.1", 1],
      ["zone.2", 0],
      ["amplifier.mute", 0],
    ]);
  });

  test("is switched off from its voice to its power", () => {
    expect(writesTowards(false, on)).toEqual([
      ["amplifier.mute", 1],
      ["zone.1", 0],
      ["amplifier.power", 0],
    ]);
  });

  test("that is as wanted is left alone; a gain within its step is the gain that was asked", () => {
    expect(writesTowards(true, on)).toEqual([]);
  });

  test("that cannot be as loud or as quiet as the plan asks gives what it can", () => {
    const asked = (gainDb: number) => {
      const state = told(identified, 0, read(0, { ...on, "amplifier.gain": null }));
      const gain = { minDb: -60, maxDb: 0 };
      const limited = { ...wish, gainDb: amplifierGainDb(gainDb, gain) };
      return driveAmplifier(state, limited, moment(0)).effects.at(-1);
    };
    expect(asked(12)).toMatchObject({ capability: "amplifier.gain", value: 0 });
    expect(asked(-75)).toMatchObject({ capability: "amplifier.gain", value: -60 });
    expect(asked(-20)).toMatchObject({ capability: "amplifier.gain", value: -20 });
  });

  test("is never written before it has said who it is", () => {
    const state = told(NO_AMPLIFIER, 0, read(0, off));
    expect(driveAmplifier(state, wish, moment(0)).effects.map((one) => one.kind)).toEqual(["pace-devices"]);
  });

  test("gets one write at a time, and a write that is never answered is asked again", () => {
    const first = driveAmplifier(told(identified, 0, read(0, off)), wish, moment(0));
    expect(first.effects.filter((one) => one.kind === "write-device")).toHaveLength(1);
    expect(driveAmplifier(first.state, wish, moment(29)).effects).toEqual([]);
    expect(first.lookAgainAt).toBe(plus(begins, 30 * SECOND_MS));
    expect(driveAmplifier(first.state, wish, moment(30)).effects).toHaveLength(1);
  });

  test("that refuses is tried again after longer and longer waits", () => {
    let state = told(identified, 0, read(0, { ...on, "amplifier.power": 0 }));
    const tries: number[] = [];
    for (let tenth = 0; tenth < 2_000; tenth += 1) {
      const second = tenth / 10;
      const driven = driveAmplifier(state, wish, moment(second));
      state = driven.state;
      if (!driven.effects.some((one) => one.kind === "write-device")) continue;
      tries.push(second);
      const refused = {
        kind: "device-written",
        device: ONLY_DEVICE,
        capability: "amplifier.power",
        value: 1,
        readBack: 0,
      } as const;
      state = told(state, second, { ...refused, at: moment(second).mono, outcome: "not-verified" });
    }
    const waits = tries.slice(1).map((one, index) => Math.round((one - (tries[index] ?? 0)) * 10) / 10);
    expect(waits.slice(0, 7)).toEqual([0.5, 1, 2, 5, 15, 30, 30]);
  });
});

test("an amplifier that does not answer a write has refused nothing", () => {
  const lost = {
    kind: "device-written",
    device: ONLY_DEVICE,
    at: moment(1).mono,
    capability: "amplifier.power",
    value: 1,
    readBack: null,
  } as const;
  const silent = told(identified, 1, read(0, off), { ...lost, outcome: "timeout" });
  expect(silent).toMatchObject({ refusals: 0, pending: null });
  expect(silent.retryAt).not.toBeNull();
  expect(told(identified, 1, read(0, off), { ...lost, outcome: "exception" }).refusals).toBe(1);
});

describe("whether sound gets through", () => {
  test.each<[string, Partial<Record<Capability, number | null>>, boolean | null]>([
    ["on", on, true],
    ["off", { ...on, "amplifier.power": 0 }, false],
    ["muted", { ...on, "amplifier.mute": 1 }, false],
    ["without a line", { ...on, "zone.1": 0 }, false],
    ["of which the power could not be read", { ...on, "amplifier.power": null }, null],
    ["of which no line could be read", { ...on, "zone.1": null }, null],
  ])("an amplifier that is %s", (_, values, expected) => {
    expect(isPassing(told(identified, 0, read(0, values)), moment(1).now, 10_000)).toBe(expected);
  });

  test("nobody knows from an old reading", () => {
    const state = told(identified, 0, read(0, on));
    expect(isPassing(state, moment(11).now, 10_000)).toBeNull();
    expect(isPassing(state, moment(61).now, 1_000_000)).toBeNull();
  });

  test("one silence may be noise: nothing is known any more; two are a fault, and the first answer ends it", () => {
    const once = told(identified, 0, read(0, on), unreachable(1));
    expect(isPassing(once, moment(1).now, 10_000)).toBeNull();
    const twice = told(once, 2, unreachable(2));
    expect(isPassing(twice, moment(2).now, 10_000)).toBe(false);
    expect(isPassing(told(twice, 3, read(3, on)), moment(3).now, 10_000)).toBe(true);
  });

  test("before it has said who it is, no", () => {
    expect(isPassing(NO_AMPLIFIER, moment(0).now, 10_000)).toBe(false);
  });
});
