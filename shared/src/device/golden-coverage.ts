import type { Profile, ProfilePoint } from "./profile.ts";
import type { ProfileComplaint } from "./profile-complaint.ts";

/**
 * Golden frames are mandatory: one for the reading and one for the writing of each point. `covered` holds words such
 * as `read mains.voltage`. A draft may lack them.
 */
export function missingFrames<Point extends ProfilePoint>(
  profile: Pick<Profile, "draft" | "golden"> & { readonly points: readonly Point[] },
  covered: ReadonlySet<string>,
  isRead: (point: Point) => boolean,
): readonly ProfileComplaint[] {
  if (profile.draft) return [];
  if (profile.golden.length === 0)
    return [{ path: ["golden"], message: "no golden frames: record a bus, or encode them with pymodbus" }];
  return profile.points.flatMap((point, index) => {
    const ways = [...(isRead(point) ? ["read"] : []), ...(point.write === undefined ? [] : ["write"])];
    return ways
      .filter((way) => !covered.has(`${way} ${point.capability}`))
      .map((way) => ({
        path: ["points", index],
        message: `${point.capability}: no golden frame shows its ${way}: add request, reply and expected value`,
      }));
  });
}
