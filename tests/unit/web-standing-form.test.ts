import { emptyStanding, type StandingForm, wishOfStanding } from "@loa/controller/web/view/standing-form.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { expect, test } from "vitest";

const spoken = {
  ...emptyStanding.spoken,
  severity: "actual",
  areas: ["xa" as AreaId],
  headline: "Lũ quét: rời ven suối",
  confirm: "khẩn cấp",
} as const;
const whole: StandingForm = {
  ...emptyStanding,
  spoken,
  sender: "dai@kttv",
  events: " Lũ quét \n\nSạt lở đất",
};

test("what is whole is asked for, an event in each line", () => {
  expect(wishOfStanding(whole)).toMatchObject({
    sender: "dai@kttv",
    events: ["Lũ quét", "Sạt lở đất"],
    least: { urgency: "Expected", severity: "Severe", certainty: "Likely" },
    areas: ["xa"],
    severity: "actual",
    times: 3,
    correction: null,
    validDays: 90,
  });
});

test.each<[string, Partial<StandingForm>]>([
  ["no sender", { sender: "" }],
  ["no event", { events: " \n " }],
  ["nowhere", { spoken: { ...spoken, areas: [] } }],
  ["neither actual nor exercise", { spoken: { ...spoken, severity: null } }],
  ["no headline", { spoken: { ...spoken, headline: " " } }],
  ["the word of the other one", { spoken: { ...spoken, confirm: "DIỄN TẬP" } }],
  ["no days", { days: "" }],
  ["part of a day", { days: "1.5" }],
  ["more than a year", { days: "366" }],
  ["a siren of an hour", { spoken: { ...spoken, sirenS: "3600" } }],
])("%s is asked for by nobody", (_what, change) => {
  expect(wishOfStanding({ ...whole, ...change })).toBeNull();
});
