import type { Capability, PointValue } from "@loa/shared/device/capability.ts";
import type { TextPoint } from "@loa/shared/device/profile-text.ts";
import { textToleranceOf } from "@loa/shared/device/text-point.ts";
import { expect } from "vitest";
import { type TextWorld, truth } from "./text-world.ts";

/** What was read is what the device shows, as exactly as its text can say it. */
export function expectTrue(world: Pick<TextWorld, "profile" | "device">, value: PointValue): void {
  const point = pointOf(world, value.capability);
  expect(value, value.capability).toMatchObject({ quality: "good" });
  if (value.quality !== "good") return;
  const { min, max } = point.range ?? { min: value.value, max: value.value };
  const shown = Math.min(max, Math.max(min, truth(world.device, value.capability) ?? Number.NaN));
  expect(Math.abs(value.value - shown), value.capability).toBeLessThanOrEqual(textToleranceOf(point));
}

function pointOf({ profile }: Pick<TextWorld, "profile">, capability: Capability): TextPoint {
  const point = profile.points.find((each) => each.capability === capability);
  if (point === undefined) throw new Error(`no point ${capability}`);
  return point;
}
