import { formFromEmergency, wishOfEmergency } from "@loa/controller/web/view/emergency-form.ts";
import type { AreaId, EmergencyId } from "@loa/shared/kernel/ids.ts";
import { asInstant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";

const now = asInstant(1_795_402_800_000);
const running: Parameters<typeof formFromEmergency>[0] = {
  id: "emergency-1" as EmergencyId,
  severity: "actual",
  headline: "Lũ về",
  areas: ["xa-an-hoa" as AreaId],
  expiresAt: plus(now, 25 * MINUTE_MS - 1),
};

test("an update names the emergency whose place it takes, and begins with its area, kind and time left", () => {
  const form = formFromEmergency(running, now);
  expect(form.confirm).toBe("");
  const wish = wishOfEmergency({ ...form, headline: "Lũ rút" });
  expect(wish).toMatchObject({
    kind: "complete",
    wish: {
      replaces: running.id,
      severity: "actual",
      headline: "Lũ rút",
      areas: running.areas,
      durationMin: 25,
    },
  });
});

test("an update of one that is about to end lasts a minute, not none", () => {
  expect(formFromEmergency({ ...running, expiresAt: now }, now).durationMin).toBe("1");
});
