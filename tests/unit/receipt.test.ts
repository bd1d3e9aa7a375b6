import { type Cause, type Evidence, judge, type Verdict } from "@loa/shared/broadcast/receipt.ts";
import fc from "fast-check";
import { expect, test } from "vitest";

const good: Evidence = {
  dueMs: 600_000,
  playedMs: 600_000,
  startErrorMs: 3,
  mixerDb: -18,
  amplifierOn: true,
  amplifierDb: -20,
  amplifierMeterPercent: null,
  gainDb: null,
  lineCurrentA: null,
  microphoneDb: null,
  microphoneMatch: null,
  unmeasuredMs: 0,
  provenAgeMs: 400,
  clock: "synced",
  clockErrorMs: 5,
};

test.each<[string, Partial<Evidence>, Cause | null, Verdict, Cause | null]>([
  ["measured behind the amplifier", {}, null, "heard", null],
  [
    "a current in the line, and nothing else measured",
    { amplifierDb: null, lineCurrentA: 0.3 },
    null,
    "heard",
    null,
  ],
  [
    "a current, where nothing says whether it is on",
    { amplifierOn: null, amplifierDb: null, lineCurrentA: 0.3 },
    null,
    "heard",
    null,
  ],
  ["a commanded switch that read back", { amplifierDb: null }, null, "played", null],
  ["half of it", { playedMs: 300_000 }, "power-cut", "partial", "power-cut"],
  ["all but a second", { playedMs: 599_000 }, "pre-empted", "heard", null],
  ["all but two of a hundred", { playedMs: 588_000 }, "pre-empted", "heard", null],
  ["all but three of a hundred", { playedMs: 582_000 }, "pre-empted", "partial", "pre-empted"],
  ["nothing, for a reason", { playedMs: 0 }, "content-missing", "missed", "content-missing"],
  ["nothing, for none", { playedMs: 0 }, null, "missed", "decoder-failed"],
  ["nothing, in quiet hours", { playedMs: 0 }, "quiet-hours", "refused", "quiet-hours"],
  ["a part, until quiet hours", { playedMs: 300_000 }, "quiet-hours", "partial", "quiet-hours"],
  ["a silent file", { mixerDb: -90 }, null, "missed", "silent-source"],
  ["a mixer that nobody measured", { mixerDb: null }, null, "missed", "silent-source"],
  ["an amplifier that was off", { amplifierOn: false }, null, "missed", "amplifier-unreachable"],
  ["an amplifier that refused", { amplifierOn: false }, "amplifier-refused", "missed", "amplifier-refused"],
  [
    "an amplifier of which nothing is known",
    { amplifierOn: null, amplifierDb: null },
    null,
    "missed",
    "amplifier-unreachable",
  ],
  ["an amplifier that was on and silent", { amplifierDb: -90 }, null, "missed", "amplifier-silent"],
  [
    "a line without loudspeakers",
    { amplifierDb: null, lineCurrentA: 0.001 },
    null,
    "missed",
    "amplifier-silent",
  ],
  [
    "a loud level, and no current behind it",
    { amplifierDb: -12, lineCurrentA: 0.001 },
    null,
    "missed",
    "line-open",
  ],
  ["a loud level and a current", { amplifierDb: -12, lineCurrentA: 0.4 }, null, "heard", null],
  [
    "a current, and a level of nothing",
    { amplifierDb: -90, lineCurrentA: 0.4 },
    null,
    "missed",
    "amplifier-silent",
  ],
  [
    "a level so low that the current cannot tell",
    { amplifierDb: -45, lineCurrentA: 0.004 },
    null,
    "played",
    null,
  ],
  [
    "no current at a gain so low that it cannot tell",
    { amplifierDb: null, gainDb: -40, lineCurrentA: 0 },
    null,
    "played",
    null,
  ],
  [
    "a silent amplifier that says it is too hot",
    { amplifierDb: -90 },
    "amplifier-thermal",
    "missed",
    "amplifier-thermal",
  ],
  [
    "a meter without decibels that moves",
    { amplifierDb: null, amplifierMeterPercent: 12 },
    null,
    "heard",
    null,
  ],
  [
    "a meter without decibels that does not",
    { amplifierDb: null, amplifierMeterPercent: 0 },
    null,
    "missed",
    "amplifier-silent",
  ],
  [
    "a microphone that follows the mixer, and nothing else",
    { amplifierDb: null, microphoneMatch: 0.8 },
    null,
    "heard",
    null,
  ],
  [
    "a level, and a microphone that hears something else",
    { amplifierDb: -12, microphoneDb: -20, microphoneMatch: 0.1 },
    null,
    "played",
    null,
  ],
  ["a level that was lost in the middle", { unmeasuredMs: 60_000 }, null, "played", null],
  ["a level that was lost for a moment", { unmeasuredMs: 9_000 }, null, "heard", null],
])("%s", (_, seen, trouble, verdict, cause) => {
  expect(judge({ ...good, ...seen }, trouble)).toEqual({ verdict, cause });
});

test("heard is never said without a measurement, nor of less than 98 %, whatever else was seen", () => {
  const level = fc.option(fc.double({ min: -120, max: 0, noNaN: true }));
  const anything = fc.record({
    dueMs: fc.integer({ min: 10_000, max: 10_000_000 }),
    playedMs: fc.integer({ min: 0, max: 10_000_000 }),
    startErrorMs: fc.option(fc.integer()),
    mixerDb: level,
    amplifierOn: fc.option(fc.boolean()),
    amplifierDb: level,
    lineCurrentA: fc.option(fc.double({ min: 0, max: 5, noNaN: true })),
    microphoneMatch: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    unmeasuredMs: fc.integer({ min: 0, max: 10_000_000 }),
  });
  fc.assert(
    fc.property(anything, (seen) => {
      const { verdict } = judge({ ...good, ...seen }, null);
      if (verdict !== "heard") return;
      const isHeardByEar = (seen.microphoneMatch ?? 0) >= 0.5;
      // Both, where both are measured.
      if (!isHeardByEar && seen.amplifierDb !== null) expect(seen.amplifierDb).toBeGreaterThanOrEqual(-60);
      if (!isHeardByEar && seen.lineCurrentA !== null) expect(seen.lineCurrentA).toBeGreaterThanOrEqual(0.02);
      expect(isHeardByEar || seen.amplifierDb !== null || seen.lineCurrentA !== null).toBe(true);
      expect(seen.unmeasuredMs).toBeLessThanOrEqual(Math.max(1_000, seen.dueMs * 0.02));
      expect(seen.mixerDb).toBeGreaterThanOrEqual(-60);
      expect(seen.amplifierOn).not.toBe(false);
      expect(seen.playedMs).toBeGreaterThanOrEqual(Math.min(seen.dueMs * 0.98, seen.dueMs - 1_000));
    }),
  );
});
