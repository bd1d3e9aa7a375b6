import { emptyEmergency, formFromAlert, wishOfEmergency } from "@loa/controller/web/view/emergency-form.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { asInstant, HOUR_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";

const now = asInstant(1_795_402_800_000);
const areas = ["xa-an-hoa" as AreaId];
const flood = {
  headline: "Lũ quét",
  event: "Lũ",
  description: " Nước lên nhanh. ",
  instruction: "Sơ tán ngay.",
  areas,
  expiresAt: plus(now, 90 * MINUTE_MS),
};

test("an alert gives the form where, what and how long, and never says whether it is real", () => {
  const form = formFromAlert(flood, now);
  const typed = { ...emptyEmergency.typed, text: "Nước lên nhanh.\nSơ tán ngay." };
  expect(form).toEqual({ ...emptyEmergency, headline: "Lũ quét", areas, typed, durationMin: "90" });
  expect([form.severity, form.message]).toEqual([null, "built-in"]);
  expect(wishOfEmergency(form)).toEqual({ kind: "incomplete" });
});

test("of an alert's words as many are there to be read as may be typed", () => {
  expect(formFromAlert({ ...flood, description: "ư".repeat(5_000) }, now).typed.text).toHaveLength(2_000);
  expect(formFromAlert({ ...flood, description: null, instruction: null }, now).typed.text).toBe("");
});

test("an alert without a headline is called by its event, and a headline that is too long is cut", () => {
  expect(formFromAlert({ ...flood, headline: null }, now).headline).toBe("Lũ");
  expect(formFromAlert({ ...flood, headline: "ư".repeat(500) }, now).headline).toHaveLength(200);
});

test("its duration ends with the alert, within what an emergency may last", () => {
  const minutesOf = (leftMs: number | null) =>
    formFromAlert({ ...flood, expiresAt: leftMs === null ? null : plus(now, leftMs) }, now).durationMin;
  expect([minutesOf(null), minutesOf(48 * HOUR_MS), minutesOf(1), minutesOf(-1)]).toEqual([
    "60",
    "1440",
    "1",
    "1",
  ]);
});
