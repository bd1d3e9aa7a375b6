import type { Capability, PointValue } from "@loa/shared/device/capability.ts";
import { kindOf } from "@loa/shared/device/profile.ts";
import type { TextPoint } from "@loa/shared/device/profile-text.ts";

/**
 * What a text device was understood to say. Its lines have no checksum, and one broken bit makes another state of a
 * single digit: a state that is not what it was, and that we did not set, is believed when it was said twice.
 * Gauges move all the time and are taken as they come, within the range of the profile.
 */
export interface TextBelief {
  /** Whether these values must be asked for a second time. */
  isSurprised(values: readonly PointValue[]): boolean;
  /** What is believed after both readings; null: there was only one. */
  settle(first: readonly PointValue[], second: readonly PointValue[] | null): readonly PointValue[];
  /** What we have set is no surprise. */
  expect(capability: Capability, value: number): void;
  forget(): void;
}

export function createTextBelief(points: readonly TextPoint[]): TextBelief {
  const gauges = new Set(
    points
      .filter((point) => ["gauge", "counter"].includes(kindOf(point)))
      .map(({ capability }) => capability),
  );
  const believed = new Map<Capability, number>();
  const isNew = (value: PointValue) =>
    value.quality === "good" &&
    !gauges.has(value.capability) &&
    believed.get(value.capability) !== value.value;

  return {
    isSurprised: (values) => values.some(isNew),
    settle(first, second) {
      const settled = first.map((value): PointValue => {
        const again = second?.find(({ capability }) => capability === value.capability);
        if (again === undefined || !isNew(value)) return value;
        return isSame(value, again) ? value : { capability: value.capability, quality: "invalid" };
      });
      for (const value of settled) if (value.quality === "good") believed.set(value.capability, value.value);
      return settled;
    },
    expect(capability, value) {
      believed.set(capability, value);
    },
    forget: () => believed.clear(),
  };
}

function isSame(one: PointValue, other: PointValue): boolean {
  return one.quality === "good" && other.quality === "good" && one.value === other.value;
}
