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
  lineCurrentA: null,
  microphoneDb: null,
  microphoneMatch: null,
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
  });
  fc.assert(
    fc.property(anything, (seen) => {
      const { verdict } = judge({ ...good, ...seen }, null);
      if (verdict !== "heard") return;
      expect((seen.amplifierDb ?? -120) >= -60 || (seen.lineCurrentA ?? 0) >= 0.02).toBe(true);
      expect(seen.mixerDb).toBeGreaterThanOrEqual(-60);
      expect(seen.amplifierOn).not.toBe(false);
      expect(seen.playedMs).toBeGreaterThanOrEqual(Math.min(seen.dueMs * 0.98, seen.dueMs - 1_000));
    }),
  );
});
