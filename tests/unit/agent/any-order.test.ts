import type { AgentEvent } from "@loa/edge-agent/core/event.ts";
import type { Memory, Noted } from "@loa/edge-agent/core/memory.ts";
import { toMono } from "@loa/edge-agent/core/moment.ts";
import type { AgentState } from "@loa/edge-agent/core/state.ts";
import { momentOf, step } from "@loa/edge-agent/core/step.ts";
import type { StoredRecord } from "@loa/edge-agent/ports.ts";
import { readMemory } from "@loa/edge-agent/read-memory.ts";
import {
  asMonotonic,
  HOUR_MS,
  MINUTE_MS,
  type MonotonicMs,
  plus,
  SECOND_MS,
} from "@loa/shared/kernel/time.ts";
import { envelope } from "@loa/shared/wire/envelope.ts";
import { boxTopics } from "@loa/shared/wire/topics.ts";
import { status } from "@loa/shared/wire/uplink.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { at, clipOf, hash, initialState, manifestHash, planOf } from "../../support/agent-bench.ts";
import { daily } from "../../support/box-world.ts";
import { amplifierEvent, deviceEvent } from "../../support/device-happenings.ts";

const clips = [clipOf("a", 20 * SECOND_MS), clipOf("b", 3 * SECOND_MS), clipOf("c", 2 * MINUTE_MS)] as const;
const times = ["05:00:00", "05:00:10", "05:01:00", "05:01:30", "05:04:00"];
/** A clip is stopped and resumed with this precision. */
const SAME_PLACE_MS = 50;
const begins = at("04:59:00");

/** What may happen next; numbers are turned into something that fits when it happens. */
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ what: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant("sound" as const), pick: fc.nat(7), how: fc.nat(6) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant("level" as const), db: fc.integer({ min: -100, max: 0 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant("clock" as const),
      byMs: fc.integer({ min: -90_000, max: 90_000 }),
      kind: fc.constantFrom("synced", "rtc", "free"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("plan" as const),
      revision: fc.integer({ min: 1, max: 6 }),
      shape: fc.nat(3),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("stop" as const),
      agoMs: fc.integer({ min: -60_000, max: 60_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("amplifier" as const), how: fc.nat(4) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant("device" as const),
      how: fc.nat(7),
      isBeside: fc.boolean(),
      isGood: fc.boolean(),
      pick: fc.nat(20),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("microphone" as const),
      db: fc.integer({ min: -100, max: 0 }),
      match: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("link" as const), isUp: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant("content" as const), pick: fc.nat(3), isGood: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant("disk" as const), isBad: fc.boolean() }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function schedulesOf(shape: number) {
  if (shape === 0) return [];
  const [long, short, longest] = clips;
  const all = [
    daily("mot", times, [long, short, long]),
    daily("hai", ["05:00:40"], [longest], { class: "priority" }),
  ];
  return shape === 1 ? all.slice(0, 1) : all;
}

let sequence = 0;
function command(
  kind: "plan" | "stop" | "time" | "received",
  body: unknown,
  state: AgentState,
  mono: MonotonicMs,
): AgentEvent {
  sequence += 1;
  const { now } = momentOf(state, mono, 0);
  const value = envelope.parse({
    v: 1,
    id: `019ac000-0000-7000-8000-${String(sequence).padStart(12, "0")}`,
    kind,
    audience: { box: state.setup.box },
    issuer: "room",
    sequence,
    issuedAt: now,
    notBefore: now,
    expiresAt: null,
    critical: [],
    body,
  });
  return { kind: "envelope", token: sequence, opened: { ok: true, value } };
}

function soundIdOf({ playout }: AgentState, pick: number): string {
  return playout.sounding[pick % Math.max(1, playout.sounding.length)]?.soundId ?? "nobody";
}

function soundEvent(
  one: Extract<Happening, { what: "sound" }>,
  soundId: string,
  mono: MonotonicMs,
  heard: ReadonlyMap<string, number>,
): AgentEvent {
  const isRaised = one.pick % 2 === 0;
  if (one.how === 4) return { kind: "sound-paused", soundId, at: mono, playedMs: heard.get(soundId) ?? 0 };
  if (one.how === 5) return { kind: "sound-resumed", soundId, at: mono };
  if (one.how === 6) return { kind: "sound-trouble", soundId, at: mono, trouble: "source-lost", isRaised };
  if (one.how === 0) return { kind: "sound-started", soundId, at: mono };
  if (one.how === 1) return { kind: "sound-ended", soundId, at: mono, playedMs: 1_234.5, rmsDb: -20 };
  const reason =
    (["decoder-died", "clip-missing", "sink-failed", "truncated"] as const)[one.pick % 4] ?? "truncated";
  return { kind: "sound-failed", soundId, at: mono, playedMs: 10, reason };
}

function eventOf(
  one: Happening,
  state: AgentState,
  mono: MonotonicMs,
  heard: ReadonlyMap<string, number>,
): AgentEvent {
  const { now } = momentOf(state, mono, 0);
  switch (one.what) {
    case "wait":
      return { kind: "rang" };
    case "sound":
      return soundEvent(one, soundIdOf(state, one.pick), mono, heard);
    case "level":
      return { kind: "sound-level", at: mono, rmsDb: one.db, peakDb: one.db };
    case "clock":
      return {
        kind: "host",
        system: plus(now, one.byMs),
        clock: one.kind as "synced",
        clockErrorMs: 5,
        freeDiskBytes: 8e9,
      };
    case "plan":
      return command("plan", { plan: planOf(one.revision, schedulesOf(one.shape)) }, state, mono);
    case "stop":
      return command("stop", { at: plus(now, -one.agoMs) }, state, mono);
    case "amplifier":
      return amplifierEvent(one.how, mono);
    case "device":
      return deviceEvent(one, mono);
    case "microphone":
      return { kind: "microphone", at: mono, rmsDb: one.db, match: one.match };
    case "link":
      return one.isUp ? { kind: "connected", nonce: "n" } : { kind: "disconnected", reason: "closed" };
    case "content": {
      const sha256 = [manifestHash, hash("a"), hash("b"), hash("c")][one.pick] ?? manifestHash;
      return one.isGood ? { kind: "fetched", sha256 } : { kind: "fetch-failed", sha256, reason: "not-found" };
    }
    case "disk":
      return one.isBad
        ? { kind: "commit-failed", reason: "disk-full", refused: null }
        : { kind: "commit-recovered" };
  }
}

test("whatever happens in whatever order: notes before sounds, no second of a broadcast begun twice, messages within their size, no wake-up in the past, and all that is written can be read", () => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 20, maxLength: 120 }), (happenings) => {
      let mono = asMonotonic(0);
      // Stale: the quiet test is made up for as soon as nothing is due.
      const doneAt = plus(begins, -30 * HOUR_MS);
      let state = initialState(
        { ownsFrom: doneAt, selfTest: { last: null, doneAt, lines: [], driftingSince: null } },
        begins,
        {
          minDb: -60,
          maxDb: 0,
        },
      );
      let ringAt: MonotonicMs | null = null;
      const durable = new Map<string, Noted>();
      const disk = new Map<string, StoredRecord>();
      /** How far each item has sounded, and how long each sound was heard, ms. */
      const furthest = new Map<string, number>();
      const heard = new Map<string, number>();
      let heardUpTo = mono;

      /** What was heard since the last look; whoever was asked to pause or to go on is silent until it says otherwise. */
      const listen = () => {
        for (const one of state.playout.sounding) {
          const isHeard = one.heardFrom !== null && !one.isStopping && !one.isPaused;
          if (!isHeard || one.resumeAskedAt !== null) continue;
          const ms = (heard.get(one.soundId) ?? 0) + (mono - heardUpTo);
          heard.set(one.soundId, ms);
          const key = `${one.occurrenceId}#${one.itemIndex}`;
          furthest.set(key, Math.max(furthest.get(key) ?? 0, one.offsetMs + ms));
        }
        heardUpTo = mono;
      };
      const take = (event: AgentEvent) => {
        listen();
        const answered = step(state, event, mono, 0.5);
        state = answered.state;
        const { now } = momentOf(state, mono, 0);
        if (answered.ringAt !== null) {
          expect(answered.ringAt).toBeGreaterThan(now);
          ringAt = toMono(momentOf(state, mono, 0), answered.ringAt);
        } else ringAt = null;
        for (const effect of answered.effects) {
          if (effect.kind === "commit")
            for (const change of effect.changes) {
              const name = `${change.table}/${change.key}`;
              if (change.op === "put") disk.set(name, change);
              else disk.delete(name);
              if (change.table !== "occurrence") continue;
              if (change.op === "put") durable.set(change.key, JSON.parse(change.value));
              else durable.delete(change.key);
            }
          if (effect.kind === "publish" && effect.message.topic.endsWith("/status")) {
            expect(effect.message.payload.length).toBeLessThanOrEqual(boxTopics.status.maxBytes);
            expect(status.safeParse(JSON.parse(effect.message.payload)).success).toBe(true);
          }
          // Nothing is written to what has not said who it is.
          if (effect.kind === "write-device") expect(state.amplifier.capabilities).not.toBeNull();
          if (effect.kind !== "play") continue;
          const [occurrence = "", index = ""] = effect.soundId.split("#");
          const note = durable.get(occurrence);
          expect(note?.isOver).toBe(false);
          expect(note?.since).not.toBeNull();
          const key = `${occurrence}#${index}`;
          expect(effect.offsetMs).toBeGreaterThanOrEqual((furthest.get(key) ?? 0) - SAME_PLACE_MS);
        }
        // The quiet test has the amplifier only while nobody else wants it.
        if (state.selfTest.run !== null) {
          expect(state.playout.sounding).toEqual([]);
          expect(state.amplifier.pace).toBe("idle");
        }
        listen();
      };

      take({ kind: "started", present: [manifestHash, ...clips.map((one) => one.sha256)] });
      take({ kind: "host", system: begins, clock: "synced", clockErrorMs: 5, freeDiskBytes: 8e9 });
      take(command("plan", { plan: planOf(1, schedulesOf(2)) }, state, mono));
      for (const one of happenings) {
        if (one.what === "wait") {
          const until = mono + one.ms;
          for (let rings = 0; ringAt !== null && ringAt <= until; rings += 1) {
            expect(rings).toBeLessThan(200);
            mono = asMonotonic(Math.max(mono + 0.001, ringAt));
            take({ kind: "rang" });
          }
          mono = asMonotonic(until);
        } else take(eventOf(one, state, mono, heard));
      }
      const read = readMemory([...disk.values()], "another-stream");
      expect(read.unread).toEqual([]);
      expect(read.memory.plan).toEqual(state.memory.plan);
      expect(read.memory.events).toEqual(state.memory.events);
      expect(read.memory.stream).toBe("another-stream");
      expect(read.memory.selfTest).toEqual(state.memory.selfTest);
      expect(read.memory.stoppedAt).toBe(state.memory.stoppedAt);
      const idsOf = (memory: Memory) => memory.progress.all().map((one) => one.id);
      expect(idsOf(read.memory).sort()).toEqual(idsOf(state.memory).sort());
    }),
    { numRuns: 300 },
  );
});
