import type { PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import { boxId, emergencyId, occurrenceId, relayId, scheduleId, sha256 } from "@loa/shared/kernel/ids.ts";
import {
  DAY_MS,
  HOUR_MS,
  type LocalDate,
  type LocalTime,
  MINUTE_MS,
  plus,
  SECOND_MS,
  toInstant,
} from "@loa/shared/kernel/time.ts";
import type { EmergencyHistory, History, Sounded } from "@loa/simulator/virtual/history.ts";
import { type neverFalse, type trueInTheEnd, violationsOf } from "@loa/simulator/virtual/invariants.ts";
import { describe, expect, test } from "vitest";

const box = boxId.parse("cum-1");
const clip = sha256.parse("a".repeat(64));
const date = "2026-11-30" as LocalDate;
const beginsAt = toInstant(date, "00:00:00" as LocalTime);
const due = toInstant(date, "05:00:00" as LocalTime);
const occurrence = occurrenceId.parse("sang@2026-11-30T05:00:00");

const schedule: PlannedSchedule = {
  id: scheduleId.parse("sang"),
  title: "Bản tin sáng",
  class: "normal",
  order: 0,
  recurrence: {
    times: ["05:00:00" as LocalTime],
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    from: date,
    to: date,
    except: [],
    repeat: null,
  },
  turnMs: 0,
  chime: false,
  items: [{ kind: "clip", sha256: clip, durationMs: 10 * MINUTE_MS, end: "soft" }],
  exception: false,
  effectiveFrom: beginsAt,
};

/** One box, one bulletin, all as it should be. */
const calm: History = {
  boxes: [box],
  beginsAt,
  endsAt: plus(beginsAt, DAY_MS),
  faults: [],
  orders: [{ schedule, boxes: [box], createdAt: beginsAt, withdrawnAt: null }],
  stops: [],
  quietHours: [{ from: "22:00:00" as LocalTime, to: "04:30:00" as LocalTime }],
  emergencies: [],
  fillers: [],
  sounds: [
    { box, what: { kind: "clip", sha256: clip }, offsetMs: 0, from: due, to: plus(due, 10 * MINUTE_MS) },
  ],
  amplifierLooks: [{ box, at: plus(due, SECOND_MS), isOn: true }],
  leftOn: [],
  badMessages: [],
  receipts: [{ box, occurrence, verdict: "heard" }],
  end: {
    boxes: [
      {
        box,
        wantedRevision: 1,
        appliedRevision: 1,
        presence: "online",
        shownFaults: [],
        failedTestAt: null,
        waitingEvents: 0,
      },
    ],
    pendingOutbox: 0,
  },
};

const [sound] = calm.sounds;
const [end] = calm.end.boxes;
if (sound === undefined || end === undefined) throw new Error("the calm history has a sound and a box");
const half = { ...sound, to: plus(due, 5 * MINUTE_MS) };

const alarm: EmergencyHistory = {
  emergency: {
    id: emergencyId.parse("lu-quet"),
    severity: "actual",
    headline: "Lũ quét",
    at: plus(due, HOUR_MS),
    expiresAt: plus(due, 2 * HOUR_MS),
    sirenMs: 8_000,
    notice: null,
    times: 2,
    gapMs: MINUTE_MS,
  },
  corrects: null,
  boxes: [box],
  knownAt: new Map([[box, plus(due, HOUR_MS + SECOND_MS)]]),
  cancelKnownAt: new Map(),
};
const siren = (fromMs: number, toMs: number): Sounded => ({
  box,
  what: { kind: "siren", severity: "actual" },
  offsetMs: 0,
  from: plus(alarm.emergency.at, fromMs),
  to: plus(alarm.emergency.at, toMs),
});
const round = [siren(SECOND_MS, 9_000), siren(70 * SECOND_MS, 78 * SECOND_MS)];

/** For each invariant a world in which it does not hold. */
const broken: Record<keyof typeof neverFalse | keyof typeof trueInTheEnd, Partial<History>> = {
  "one source at a time": {
    sounds: [half, { ...sound, from: plus(half.to, -SECOND_MS), offsetMs: 5 * MINUTE_MS }],
  },
  "nothing is heard twice": { sounds: [half, { ...half, from: half.to, to: sound.to }] },
  "nothing sounds in quiet hours": {
    quietHours: [{ from: "05:05:00" as LocalTime, to: "06:00:00" as LocalTime }],
  },
  "nothing is heard that nobody ordered": {
    sounds: [sound, { ...sound, from: plus(due, HOUR_MS), to: plus(due, HOUR_MS + SECOND_MS) }],
  },
  "nothing is heard under an actual emergency": {
    emergencies: [alarm],
    sounds: [
      sound,
      ...round,
      { ...sound, from: plus(due, HOUR_MS + 30_000), to: plus(due, HOUR_MS + 40_000) },
    ],
  },
  "an emergency ends with its life, its cancellation and a stop": {
    emergencies: [{ ...alarm, cancelKnownAt: new Map([[box, plus(alarm.emergency.at, 20 * SECOND_MS)]]) }],
    sounds: [sound, ...round],
  },
  "a healthy box says an emergency at once": { emergencies: [alarm], sounds: [sound] },
  "nothing that was stopped sounds on": {
    stops: [{ at: plus(due, MINUTE_MS), boxes: [box], knownAt: new Map([[box, plus(due, MINUTE_MS)]]) }],
  },
  "the amplifier is on while something sounds": { amplifierLooks: [{ box, at: due, isOn: false }] },
  "the amplifier goes off after its lease": { leftOn: [{ box, from: due, forMs: HOUR_MS }] },
  "every message is within schema and size": {
    badMessages: [{ at: due, topic: "loa/v1/box/cum-1/status", problem: "not in the schema" }],
  },
  "no receipt claims what was not heard": { sounds: [] },
  "a healthy box speaks, on time": { sounds: [{ ...sound, from: plus(due, SECOND_MS) }] },
  "every box has the plan that is wanted": {
    end: { ...calm.end, boxes: [{ ...end, appliedRevision: 0 }] },
  },
  "outboxes are empty": { end: { ...calm.end, pendingOutbox: 1 } },
  "the fleet view is the truth": { end: { ...calm.end, boxes: [{ ...end, presence: "offline" }] } },
  "every due occurrence has a receipt": { receipts: [] },
};

describe("invariants", () => {
  test("a calm day violates none", () => {
    expect(violationsOf(calm)).toEqual([]);
  });

  test("a test of the night that met a fault of the amplifier is shown as failed until the next, and no other", () => {
    const failedTestAt = plus(beginsAt, 3 * HOUR_MS);
    const boxes = [{ ...end, shownFaults: ["self-test-failed"], failedTestAt }];
    const history = { ...calm, end: { ...calm.end, boxes } };
    const open = { at: 2 * HOUR_MS, forMs: 2 * HOUR_MS, box, kind: "amplifier", fault: "line-open" } as const;
    expect(violationsOf({ ...history, faults: [open] })).toEqual([]);
    const untrue = [
      { invariant: "the fleet view is the truth", what: `${box}: online, faults self-test-failed` },
    ];
    expect(violationsOf({ ...history, faults: [{ ...open, forMs: HOUR_MS / 2 }] })).toEqual(untrue);
    expect(violationsOf(history)).toEqual(untrue);
  });

  test("what stands in for a relay may fade for a second under it, and any other clip may not", () => {
    const relay: Sounded = {
      box,
      what: { kind: "relay", relay: relayId.parse("dai-huyen") },
      offsetMs: 0,
      from: plus(sound.to, -SECOND_MS),
      to: plus(sound.to, MINUTE_MS),
    };
    const overlapping = (history: History) =>
      violationsOf(history).some(({ invariant }) => invariant === "one source at a time");
    const history = { ...calm, sounds: [sound, relay] };
    expect(overlapping({ ...history, fillers: [clip] })).toBe(false);
    expect(overlapping(history)).toBe(true);
  });

  test("an alarm that is said, cut short and over violates none", () => {
    const cancelKnownAt = new Map([[box, plus(alarm.emergency.at, 78 * SECOND_MS)]]);
    const history = {
      ...calm,
      emergencies: [{ ...alarm, cancelKnownAt }],
      sounds: [...calm.sounds, ...round],
    };
    expect(violationsOf(history)).toEqual([]);
  });

  test.for(Object.entries(broken))("%s: it can fail", ([invariant, change]) => {
    const found = violationsOf({ ...calm, ...change });
    expect(found.map((one) => one.invariant)).toContain(invariant);
  });

  test("a box with a fault need not speak", () => {
    const history: History = {
      ...calm,
      sounds: [],
      receipts: [{ box, occurrence, verdict: "missed" }],
      faults: [{ kind: "power-cut", box, at: 5 * HOUR_MS, forMs: HOUR_MS }],
    };
    expect(violationsOf(history)).toEqual([]);
  });
});
