import type { Capability } from "@loa/shared/device/capability.ts";
import type { DeviceAlias } from "@loa/shared/device/site-binding.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { DeviceEvent } from "./event.ts";
import type { DevicesState, Reading, Readings } from "./state.ts";

/** What this device said takes the place of what was read before; who is not the owner of a point says nothing of it. */
export function readingsAfter(
  actual: Readings,
  event: Extract<DeviceEvent, { kind: "device-values" }>,
  { owners, known }: DevicesState,
  at: Instant,
): Readings {
  const isAlone = known.size <= 1;
  const next: Partial<Record<Capability, Reading>> = { ...actual };
  for (const one of event.values) {
    if (!isAlone && (owners.get(one.capability) ?? event.device) !== event.device) continue;
    next[one.capability] = { value: one.quality === "good" ? one.value : null, at };
  }
  return next;
}

/** What was read of this device is not known any more: who comes back may have been switched off meanwhile. */
export function readingsWithout(actual: Readings, device: DeviceAlias, { owners }: DevicesState): Readings {
  const isTheirs = (point: string) => {
    const owner = owners.get(point as Capability);
    return owner === undefined || owner === device;
  };
  return Object.fromEntries(Object.entries(actual).filter(([point]) => !isTheirs(point)));
}
