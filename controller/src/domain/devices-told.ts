import type { DeviceFailure } from "@loa/shared/device/capability.ts";
import type { DeviceAlias } from "@loa/shared/device/site-binding.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { Reported } from "@loa/shared/wire/uplink.ts";
import type { DeviceNow } from "./box-row.ts";

/** A device of a cabinet, and since when the box tells the same of it; null: since before this run. */
export interface DeviceTold {
  readonly alias: DeviceAlias;
  readonly profile: string;
  readonly cause: DeviceFailure | null;
  readonly since: Instant | null;
}

/** The whole list as told now; a device of which the same is told keeps its age. */
export function devicesAfter(
  known: readonly DeviceTold[],
  told: Reported["devices"],
  now: Instant | null,
): readonly DeviceTold[] {
  return told.map(({ alias, profile, cause }) => {
    const before = known.find((one) => one.alias === alias);
    const isSame = before !== undefined && before.profile === profile && before.cause === cause;
    return { alias, profile, cause, since: isSame ? before.since : now };
  });
}

export function deviceNow(
  { alias, profile, cause, since }: DeviceTold,
  isInTouch: boolean,
  toldAt: Instant,
): DeviceNow {
  const told = cause === null ? "answers" : "unusable";
  return { alias, profile, state: isInTouch ? told : "unknown", cause, since, toldAt };
}
