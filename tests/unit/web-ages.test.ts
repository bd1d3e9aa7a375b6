import { en } from "@loa/controller/web/i18n/en.ts";
import { sayAge, sayUntil, sayWhen } from "@loa/controller/web/i18n/say.ts";
import { vi } from "@loa/controller/web/i18n/vi.ts";
import { durationText, spokenAge } from "@loa/controller/web/view/ages.ts";
import {
  DAY_MS,
  HOUR_MS,
  type LocalDate,
  type LocalTime,
  MINUTE_MS,
  plus,
  toInstant,
} from "@loa/shared/kernel/time.ts";
import { describe, expect, it } from "vitest";

const local = (date: string, time: string) => toInstant(date as LocalDate, time as LocalTime);
const now = local("2026-11-23", "16:59:48");

describe("an age on the page", () => {
  it.each([
    [0, 0, "second"],
    [119_999, 119, "second"],
    [2 * MINUTE_MS, 2, "minute"],
    [2 * HOUR_MS - 1, 119, "minute"],
    [47 * HOUR_MS, 47, "hour"],
    [3 * DAY_MS, 3, "day"],
  ])("of %i ms is told as %i in the unit %s", (ms, count, unit) => {
    expect(spokenAge(ms)).toEqual({ count, unit });
  });

  it("is never negative, even when the controller's word comes from a moment later", () => {
    expect(sayAge(vi, plus(now, 5_000), now)).toBe("0 giây");
  });

  it("is told in the language of the page", () => {
    expect(sayAge(vi, plus(now, -12_000), now)).toBe("12 giây");
    expect(sayAge(en, plus(now, -12_000), now)).toBe("12 s");
  });
});

describe("a time on the page", () => {
  it("is local to the province and names the day in a word where there is one", () => {
    expect(sayWhen(vi, local("2026-11-23", "17:00:00"), now)).toBe("17:00 hôm nay");
    expect(sayWhen(vi, local("2026-11-24", "05:00:00"), now)).toBe("05:00 ngày mai");
    expect(sayWhen(vi, local("2026-11-22", "05:00:30"), now)).toBe("05:00:30 hôm qua");
    expect(sayWhen(en, local("2026-12-05", "05:00:00"), now)).toBe("05:00 05/12");
  });

  it("that lies ahead counts down to zero and stays there", () => {
    expect(sayUntil(vi, local("2026-11-23", "17:00:00"), now)).toBe("12 giây");
    expect(sayUntil(vi, plus(now, -1_000), now)).toBe("0 giây");
  });
});

it("a length is written as minutes and seconds, with hours only when there are any", () => {
  expect([0, 59_600, 612_000, 3_725_000].map(durationText)).toEqual(["00:00", "01:00", "10:12", "1:02:05"]);
});
