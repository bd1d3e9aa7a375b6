import type { PlayRequest, SoundReport } from "@loa/edge-agent/ports.ts";
import { timeBaseOf } from "@loa/edge-agent/sound/process/machine-time.ts";
import {
  type EngineCommand,
  type EngineMessage,
  engineCommand,
  engineMessage,
} from "@loa/edge-agent/sound/process/messages.ts";
import { createOutbox } from "@loa/edge-agent/sound/process/outbox.ts";
import { parse } from "@loa/edge-agent/sound/process/shape.ts";
import { readChannels, readInputs, readSink } from "@loa/edge-agent/sound/process/sound-flags.ts";
import { ok } from "@loa/shared/kernel/result.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { describe, expect, test } from "vitest";
import { requestOf } from "../../support/play-requests.ts";
import { createTestClock } from "../../support/test-clock.ts";

const at = asMonotonic(12_345.678);
const request: PlayRequest = requestOf("one", { startAt: at, endAt: at, zones: [1, 2], duckDb: -12 });
const order = { request, clipPath: "/clips/one", join: "fresh", isPaused: false } as const;

const commands: readonly EngineCommand[] = [
  { kind: "play", order },
  { kind: "pause", soundId: "one", fadeMs: 50 },
  { kind: "resume", soundId: "one", fadeMs: 50 },
  { kind: "stop", soundId: "one", fadeMs: 50 },
  { kind: "set-volume", volume: { gainDb: -6, rampMs: 1_000 } },
  { kind: "take-over", volumes: [{ gainDb: 0, rampMs: 0 }], orders: [order] },
  { kind: "shadow", orders: [order] },
  { kind: "close", fadeMs: 100 },
];

const reports: readonly SoundReport[] = [
  { kind: "started", soundId: "one", at },
  { kind: "paused", soundId: "one", at, playedMs: 1.5 },
  { kind: "resumed", soundId: "one", at },
  { kind: "level", at, rmsDb: -20, peakDb: -3, clipped: 0 },
  { kind: "ended", soundId: "one", at, playedMs: 1.5, rmsDb: -20 },
  { kind: "failed", soundId: "one", at, playedMs: 0, reason: "relay-wrong-format" },
  { kind: "trouble", soundId: null, at, trouble: "dead-air", isRaised: true },
  { kind: "relay-use", soundId: "one", at, receivedBytes: 1_000, reconnects: 2 },
];

const messages: readonly EngineMessage[] = [
  { kind: "ready", privileges: { scheduling: "real-time", memory: "locked" } },
  { kind: "beat" },
  { kind: "took-over" },
  { kind: "log", level: "warn", event: "sound.underrun", fields: { count: 1, sink: "alsa:x", why: null } },
  ...reports.map((report) => ({ kind: "report", report }) as const),
];

describe("messages between agent and engine", () => {
  test.each(commands)("a command arrives as it was sent: $kind", (command) => {
    expect(parse(engineCommand, JSON.parse(JSON.stringify(command)))).toEqual(ok(command));
  });

  test.each(messages)("a message arrives as it was sent: $kind", (message) => {
    expect(parse(engineMessage, JSON.parse(JSON.stringify(message)))).toEqual(ok(message));
  });

  test.each([
    null,
    "stop",
    { kind: "shut-up" },
    { kind: "stop", soundId: "", fadeMs: 10 },
    { kind: "stop", soundId: "one", fadeMs: -1 },
    { kind: "stop", soundId: "one", fadeMs: 1e9 },
    { kind: "play", order: { ...order, request: { ...request, startAt: null } } },
    { kind: "play", order: { ...order, request: { ...request, rung: "loudest" } } },
    { kind: "take-over", volumes: [], orders: Array.from({ length: 100 }, () => order) },
  ])("what-is-no-command-does-not-parse: %j", (value) => {
    expect(parse(engineCommand, value).ok).toBe(false);
  });

  test.each([
    undefined,
    { kind: "report", report: { kind: "started", soundId: "one", at: "now" } },
    { kind: "report", report: { kind: "failed", soundId: "one", at: 1, playedMs: 0, reason: "bored" } },
    { kind: "log", level: "shout", event: "x", fields: {} },
  ])("what-is-no-message-does-not-parse: %j", (value) => {
    expect(parse(engineMessage, value).ok).toBe(false);
  });

  test("times-come-back-as-they-went-whatever-the-clock-began-with", () => {
    const clock = createTestClock();
    const base = timeBaseOf(clock);
    expect(base.fromMachine(base.toMachine(at))).toBeCloseTo(at, 6);
    expect(base.toMachine(at)).not.toBeCloseTo(at, 0);
  });

  test("an-agent-that-stands-still-costs-no-memory-for-what-is-only-of-the-moment", () => {
    const sent: EngineMessage[] = [];
    let overflows = 0;
    const say = createOutbox(
      (message) => sent.push(message),
      () => {
        overflows += 1;
      },
    );
    for (let beats = 0; beats < 1_000; beats += 1) say({ kind: "beat" });
    expect(sent.length).toBeLessThan(100);
    say({ kind: "report", report: { kind: "started", soundId: "one", at } });
    expect(sent.at(-1)).toMatchObject({ kind: "report" });
    for (let starts = 0; starts < 10_000; starts += 1) say({ kind: "took-over" });
    expect(sent.length).toBeLessThan(6_000);
    expect(overflows).toBeGreaterThan(0);
  });
});

describe("the flags of the sound side", () => {
  test("sinks", () => {
    expect(readSink("alsa:plughw:CARD=Device")).toEqual({ kind: "alsa", device: "plughw:CARD=Device" });
    expect(readSink("alsa:")).toEqual({ kind: "alsa", device: "default" });
    expect(readSink("wav:/tmp/x")).toEqual({ kind: "wav", folder: "/tmp/x" });
    expect(readSink("none")).toEqual({ kind: "none" });
    expect([readSink("wav:"), readSink("loud"), readSink("")]).toEqual([null, null, null]);
  });

  test("channels", () => {
    expect(readChannels("mono")?.outputs).toHaveLength(1);
    expect(readChannels("stereo")?.programme).toBe(2);
    expect(readChannels("2,1")?.outputs.map(({ zone }) => zone)).toEqual([2, 1]);
    expect([readChannels("0"), readChannels("1,"), readChannels("65")]).toEqual([null, null, null]);
  });

  test("inputs", () => {
    expect(readInputs(["line=hw:1,0"])).toEqual({ line: "hw:1,0", fm: null, microphone: null });
    expect(readInputs([])).toEqual({ line: null, fm: null, microphone: null });
    expect([readInputs(["usb=hw:1"]), readInputs(["line="])]).toEqual([null, null]);
  });
});
