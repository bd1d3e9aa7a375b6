import { capabilities } from "./capability.ts";
import { missingFrames } from "./golden-coverage.ts";
import { valueOfLevel } from "./gpio-point.ts";
import { isReadable } from "./profile.ts";
import { complaintsAt, type ProfileComplaint } from "./profile-complaint.ts";
import type { GpioGolden, GpioProfile } from "./profile-gpio.ts";

/** What only a GPIO profile can get wrong. */
export function checkGpio(profile: GpioProfile): readonly ProfileComplaint[] {
  const points = profile.points.flatMap((point, index) => {
    const { found, complain } = complaintsAt(["points", index], `${point.capability}: `);
    const other = profile.points.slice(0, index).find((candidate) => candidate.line === point.line);
    if (other !== undefined)
      complain("line", `line ${point.line} is already ${other.capability}: give each its own`);
    if (capabilities[point.capability].unit !== "bool")
      complain("capability", "a line is 0 or 1: name a capability that is");
    if (point.write !== undefined && !capabilities[point.capability].writable)
      complain("write", "this capability is only ever read: remove `write`");
    if (point.write !== undefined && (point.write.min !== 0 || point.write.max !== 1))
      complain("write", "a line is written with 0 or 1: set `min: 0, max: 1`");
    return found;
  });
  const golden = profile.golden.flatMap((frame, index) =>
    checkLevel(profile, frame).map((message) => ({
      path: ["golden", index],
      message: `${frame.title}: ${message}`,
    })),
  );
  const covered = new Set(
    profile.golden.flatMap(({ direction, expect }) =>
      expect.map(({ capability }) => `${direction} ${capability}`),
    ),
  );
  return [...points, ...golden, ...missingFrames(profile, covered, isReadable)];
}

function checkLevel({ points }: GpioProfile, frame: GpioGolden): readonly string[] {
  return frame.expect.flatMap(({ capability, value }) => {
    const point = points.find(
      (candidate) => candidate.capability === capability && candidate.line === frame.line,
    );
    if (point === undefined) return [`\`${capability}\` is not the point of line ${frame.line}`];
    const means = valueOfLevel(point, frame.level);
    return means === value ? [] : [`level ${frame.level} means ${means}, not ${value}: check \`activeLow\``];
  });
}
