import { offValueOf } from "@loa/shared/device/lease.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import { type Chore, type Desk, isLoss } from "./desk.ts";
import type { Readings } from "./readings.ts";
import type { Switchboard } from "./switchboard.ts";

/** A point that does not go off is tried again after this, for ever: it is a safety limit. */
const OFF_AGAIN_MS = 5_000;

/** Switches off what was on for as long as its profile allows; nothing but a new write switches it on again. */
export function createLeaseChore(desk: Desk, readings: Readings, switchboard: Switchboard): Chore {
  const { alias, profile, clock, log } = desk;
  let notBefore: MonotonicMs = clock.monotonic();

  return {
    dueAt() {
      const end = readings.nextLeaseEnd();
      return end === null ? null : asMonotonic(Math.max(end.endsAt, notBefore));
    },
    async run() {
      const end = readings.nextLeaseEnd();
      if (end === null || end.endsAt > clock.monotonic()) return null;
      const { capability } = end;
      const written = await switchboard.write(capability, offValueOf(profile, capability));
      if (written.outcome === "verified") {
        log.warn("device.lease-ended", { device: alias, capability });
        desk.report({ kind: "lease-ended", capability });
        const value = written.readBack;
        if (value !== null) desk.report({ kind: "values", values: [{ capability, quality: "good", value }] });
        return null;
      }
      log.error("device.lease-not-ended", { device: alias, capability, outcome: written.outcome });
      notBefore = asMonotonic(clock.monotonic() + OFF_AGAIN_MS);
      return isLoss(written.outcome) ? written.outcome : null;
    },
    onIdentified() {},
    onLost() {},
  };
}
