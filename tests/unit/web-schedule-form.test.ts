import { sayRecurrence } from "@loa/controller/web/i18n/say.ts";
import { vi } from "@loa/controller/web/i18n/vi.ts";
import { emptyRecurrenceForm, recurrenceOf } from "@loa/controller/web/view/recurrence-form.ts";
import { emptyContent, permissionOf, wishOf } from "@loa/controller/web/view/schedule-wish.ts";
import { nextStart } from "@loa/shared/broadcast/recurrence.ts";
import { areaId, programmeId, sha256 } from "@loa/shared/kernel/ids.ts";
import { type LocalDate, type LocalTime, plus, toInstant } from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";

const now = toInstant("2026-11-23" as LocalDate, "23:59:50" as LocalTime);
const form = emptyRecurrenceForm(now);

describe("the form of a schedule", () => {
  it("plays «right away» in the seconds that were asked for, over midnight too", () => {
    const rule = recurrenceOf({ ...form, mode: "soon", soonSeconds: "30" }, now);
    expect(rule.ok && nextStart(rule.value, now)?.at).toBe(plus(now, 30_000));
  });

  it("plays once at the time that was typed, with or without seconds", () => {
    for (const onceTime of ["05:00", "05:00:00"]) {
      const rule = recurrenceOf({ ...form, mode: "once", onceDate: "2026-11-24", onceTime }, now);
      expect(rule.ok && rule.value).toMatchObject({
        times: ["05:00:00"],
        from: "2026-11-24",
        to: "2026-11-24",
      });
    }
  });

  it("says a rule back in words", () => {
    const rule = recurrenceOf(
      { ...form, mode: "repeated", except: ["2026-12-25"], repeatTimes: "2", repeatMinutes: "30" },
      now,
    );
    expect(rule.ok && sayRecurrence(vi, rule.value)).toBe(
      "lúc 05:00, 17:00; T2, T3, T4, T5, T6, T7; từ 23/11/2026; trừ 25/12; phát lại 2 lần, cách 30 phút",
    );
  });

  it.each([
    [{ mode: "soon", soonSeconds: "" }, "soon-seconds"],
    [{ mode: "soon", soonSeconds: "4000" }, "soon-seconds"],
    [{ mode: "once", onceDate: "" }, "date"],
    [{ mode: "once", onceTime: "" }, "time"],
    [{ mode: "repeated", times: [] }, "time"],
    [{ mode: "repeated", weekdays: [] }, "no-weekday"],
    [{ mode: "repeated", to: "2026-11-01" }, "range"],
    [{ mode: "repeated", repeatTimes: "99" }, "repeat"],
    [{ mode: "repeated", repeatTimes: "1", repeatMinutes: "" }, "repeat"],
  ] as const)("refuses %o as %s", (change, mistake) => {
    expect(recurrenceOf({ ...form, ...change }, now)).toEqual({ ok: false, error: mistake });
  });

  it("asks the controller only when everything is there, and sends an order only for priority", () => {
    expect(wishOf(emptyContent, form, now).kind).toBe("incomplete");
    const clip = {
      sha256: sha256.parse("a".repeat(64)),
      durationMs: 60_000,
      loudnessLufs: -19,
      truePeakDb: -2,
      gainDb: 3,
      trimmedStartMs: 0,
      trimmedEndMs: 0,
      renditions: [],
      hasOriginal: false,
      speech: null,
      waveform: [],
      fileName: "a.mp3",
    };
    const whole = { ...emptyContent, clip, title: " Bản tin ", areas: [areaId.parse("an-hoa")], order: "2" };
    const normal = wishOf(whole, form, now);
    expect(normal.kind === "complete" && normal.wish).toMatchObject({ title: "Bản tin", class: "normal" });
    expect(normal.kind === "complete" && "order" in normal.wish).toBe(false);
    const urgent = wishOf({ ...whole, class: "priority" }, form, now);
    expect(urgent.kind === "complete" && urgent.wish.order).toBe(2);
  });

  it("of a programme names the programme alone: class and field are those of its bulletins", () => {
    const programme = programmeId.parse("programme-abcdefghjkmn");
    const asked = {
      ...emptyContent,
      source: "programme",
      title: "Sáng",
      areas: [areaId.parse("an-hoa")],
    } as const;
    expect(wishOf(asked, form, now).kind).toBe("incomplete");
    const found = wishOf({ ...asked, programme, order: "7", chime: true }, form, now);
    expect(found.kind === "complete" && found.wish).toMatchObject({
      programmeId: programme,
      order: 7,
      chime: true,
    });
    expect(found.kind === "complete" && Object.keys(found.wish)).not.toContain("class");
  });
});

it("a dry run with problems lets nothing through that a second person may not lift", () => {
  const found = {
    ok: false,
    needsException: false,
    firstAt: null,
    starts: [],
    problems: [],
    explanation: [],
  };
  expect(permissionOf(found)).toBe("no");
  expect(permissionOf({ ...found, needsException: true })).toBe("with-exception");
  expect(permissionOf({ ...found, ok: true })).toBe("free");
});
