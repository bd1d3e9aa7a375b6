import {
  afterMessage,
  type BoxKnown,
  type BoxMessage,
  isWorthKeeping,
  nextDeadline,
  presenceAt,
  qualityOf,
  unheard,
  VALUE_STALE_MS,
} from "@loa/controller/domain/fleet.ts";
import { deviceAlias } from "@loa/shared/device/site-binding.ts";
import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";
import { asInstant, HOUR_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";
import { OFFLINE_AFTER_MS, type Status, SUSPECT_AFTER_MS } from "@loa/shared/wire/uplink.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const start = asInstant(Date.UTC(2026, 10, 23));
const later = (seconds: number) => plus(start, seconds * 1_000);
const occurrence = "news@2026-11-23T07:00:00" as OccurrenceId;

const connected: BoxMessage = { kind: "connected" };
const online = (session: number): BoxMessage => ({
  kind: "presence",
  body: { session, online: true, nonce: "n", version: "1.2.3" },
});
const gone = (session: number): BoxMessage => ({
  kind: "presence",
  body: { session, online: false, nonce: "", version: "1.2.3" },
});
const status = (body: Status): BoxMessage => ({ kind: "status", body });
const beat = (session: number, o: 0 | 1 = 0) => status({ k: "h", n: session, at: 0, r: 1, f: 0, o });

function after(...messages: readonly (readonly [number, BoxMessage])[]): BoxKnown {
  return messages.reduce(
    (known, [seconds, message]) => afterMessage(known, message, later(seconds)),
    unheard(start),
  );
}

test("presence follows silence, second by second", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200_000 }), (silentMs) => {
      const known = after([0, connected], [0, online(1)]);
      const { state, since } = presenceAt(known, plus(start, silentMs));
      const expected =
        silentMs >= OFFLINE_AFTER_MS ? "offline" : silentMs >= SUSPECT_AFTER_MS ? "suspect" : "online";
      expect(state).toBe(expected);
      expect(since).toBeLessThanOrEqual(start + silentMs);
    }),
  );
});

test("the next deadline is exactly when presence changes by silence alone", () => {
  let known = after([0, online(1)]);
  const first = nextDeadline(known, start);
  expect(first).toBe(plus(start, SUSPECT_AFTER_MS));
  expect(nextDeadline(known, first as Instant)).toBe(plus(start, OFFLINE_AFTER_MS));
  expect(nextDeadline(known, plus(start, OFFLINE_AFTER_MS))).toBeNull();
  known = afterMessage(known, gone(1), later(1));
  expect(nextDeadline(known, later(1))).toBeNull();
});

test("a word of an older session changes nothing", () => {
  const known = after([0, online(5)]);
  for (const message of [online(4), gone(4), beat(4, 1)]) {
    expect(afterMessage(known, message, later(10))).toBe(known);
  }
});

test("after a clean good-bye a late heartbeat of the same session does not bring the box back", () => {
  const known = after([0, online(5)], [10, gone(5)], [11, beat(5)]);
  expect(presenceAt(known, later(12))).toEqual({ state: "offline", since: later(10) });
});

test("a box that comes back after silence is online since then", () => {
  const known = after([0, online(5)], [100, beat(5)]);
  expect(presenceAt(known, later(101))).toEqual({ state: "online", since: later(100) });
});

test("whatever comes in whatever order, a box that was never heard is unknown and one just heard is not", () => {
  const anyMessage = fc.oneof(
    fc.constant(connected),
    fc.integer({ min: 0, max: 5 }).map(online),
    fc.integer({ min: 0, max: 5 }).map(gone),
    fc.integer({ min: 0, max: 5 }).map((session) => beat(session)),
  );
  fc.assert(
    fc.property(fc.array(anyMessage, { maxLength: 30 }), (messages) => {
      let known = unheard(start);
      messages.forEach((message, second) => {
        known = afterMessage(known, message, later(second));
      });
      const { state } = presenceAt(known, later(messages.length));
      expect(state === "unknown").toBe(known.heardAt === null);
      const back = afterMessage(afterMessage(known, connected, later(40)), online(0), later(40));
      expect(presenceAt(back, later(40)).state).toBe("online");
    }),
  );
});

test("what is on the air ends with a heartbeat that says so, even when the message itself was lost", () => {
  const air = status({ k: "air", n: 1, at: later(1), id: occurrence });
  const known = after([0, online(1)], [1, air], [17, beat(1, 1)]);
  expect(known.onAir).toEqual({ occurrenceId: occurrence, since: later(1) });
  expect(afterMessage(known, beat(1, 0), later(34)).onAir).toBeNull();
});

test("a short heartbeat means that nothing sounds", () => {
  const air = status({ k: "air", n: 1, at: later(1), id: occurrence });
  const known = after([0, online(1)], [1, air], [17, status({ k: "h", n: 1 })]);
  expect(known.onAir).toBeNull();
});

test("a clock at 1970 dates nothing on the page", () => {
  const wrong = asInstant(1_000);
  const known = after(
    [0, online(1)],
    [1, status({ k: "air", n: 1, at: wrong, id: occurrence })],
    [2, status({ k: "sample", n: 1, at: wrong, v: { "mains.voltage": 230 } })],
    [
      3,
      status({
        k: "ready",
        stage: "next",
        n: 1,
        at: wrong,
        id: null,
        dueAt: null,
        lacks: ["clock-untrusted"],
      }),
    ],
    [4, status({ k: "fault", n: 1, at: wrong, faults: [{ c: "clock-untrusted", s: wrong }] })],
    [60, status({ k: "fault", n: 1, at: wrong, faults: [{ c: "clock-untrusted", s: wrong }] })],
  );
  expect(known.onAir?.since).toBe(later(1));
  expect(known.values.get("mains.voltage")?.at).toBe(later(2));
  expect(known.readiness[0]?.at).toBe(later(3));
  expect(known.faults).toMatchObject([{ kind: "clock-untrusted", since: later(4) }]);
  expect(known.faultsAt).toBe(later(60));
});

test("a value that a device did not give is kept as none, never as zero", () => {
  const known = after(
    [0, online(1)],
    [1, status({ k: "sample", n: 1, at: later(1), v: { "mains.voltage": null } })],
  );
  expect(known.values.get("mains.voltage")).toEqual({ value: null, at: later(1) });
});

test("a value is good, invalid, or too old to be believed", () => {
  const told = (value: number | null) => ({ value, at: start });
  expect(qualityOf(told(230), plus(start, VALUE_STALE_MS))).toBe("good");
  expect(qualityOf(told(230), plus(start, VALUE_STALE_MS + 1))).toBe("stale");
  expect(qualityOf(told(null), plus(start, VALUE_STALE_MS + 1))).toBe("invalid");
});

test("a device keeps its age while the same is told of it", () => {
  const reported = (cause: "timeout" | null): BoxMessage => ({
    kind: "reported",
    body: {
      session: 1,
      revision: 1,
      profile: null,
      stream: "s",
      lastEvent: 0,
      roster: 0,
      highest: 0,
      clipsWanted: 0,
      clipsPresent: 0,
      devices: [
        { alias: deviceAlias.parse("meter"), profile: "pzem-016", cause },
        { alias: deviceAlias.parse("relays"), profile: "waveshare", cause: null },
      ],
    },
  });
  const known = after([0, reported(null)], [10, reported("timeout")], [20, reported("timeout")]);
  expect(known.devices).toMatchObject([
    { alias: "meter", cause: "timeout", since: later(10) },
    { alias: "relays", cause: null, since: later(0) },
  ]);
  expect(known.devicesAt).toBe(later(20));
});

test("a sample that repeats the last one is kept once an hour", () => {
  const { values } = after(
    [0, beat(1)],
    [1, status({ k: "sample", n: 1, at: start, v: { "mains.voltage": 230 } })],
  );
  expect(isWorthKeeping(values, "mains.voltage", 230, plus(start, 15 * 60_000))).toBe(false);
  expect(isWorthKeeping(values, "mains.voltage", 231, plus(start, 15 * 60_000))).toBe(true);
  expect(isWorthKeeping(values, "mains.voltage", null, plus(start, 15 * 60_000))).toBe(true);
  expect(isWorthKeeping(values, "mains.voltage", 230, plus(start, HOUR_MS))).toBe(true);
  expect(isWorthKeeping(values, "amplifier.level", 230, start)).toBe(true);
});

test("a level is of the moment at which it came, however far off the box's clock is", () => {
  const told = status({ k: "level", n: 1, at: later(-90), rms: -16, peak: -9 });
  expect(after([0, connected], [0, online(1)], [5, told]).level).toMatchObject({ rms: -16, at: later(5) });
});
