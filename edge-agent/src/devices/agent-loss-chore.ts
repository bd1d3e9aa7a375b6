import { isModbus, isReadable } from "@loa/shared/device/profile.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { type Chore, type Desk, isLoss } from "./desk.ts";
import type { Readings } from "./readings.ts";
import { pointOf, type Switchboard } from "./switchboard.ts";

/**
 * Keeps up what the hardware does when nobody speaks to it: renews outputs that go off by themselves, and resets a
 * watchdog that has fired. `contact` is called after each answer of the device.
 */
export interface AgentLossChore extends Chore {
  contact(): void;
}

export function createAgentLossChore(
  desk: Desk,
  readings: Readings,
  switchboard: Switchboard,
): AgentLossChore {
  const { alias, profile, clock, log } = desk;
  const loss = isModbus(profile) ? profile.agentLoss : undefined;
  const watchdog = loss?.kind === "watchdog" ? loss : null;
  const flag = watchdog === null ? undefined : pointOf(profile, watchdog.reset.capability);
  const tellsItself = flag !== undefined && isReadable(flag);
  let contactAt: MonotonicMs | null = null;
  let resetDueAt: MonotonicMs | null = null;

  return {
    contact() {
      contactAt = clock.monotonic();
      switchboard.forgetOff();
      // Where it can be read, it says so itself.
      if (watchdog !== null && tellsItself && readings.lastOf(watchdog.reset.capability) === 1)
        resetDueAt ??= contactAt;
    },
    dueAt: () => resetDueAt ?? switchboard.nextRenewal()?.at ?? null,
    async run() {
      if (resetDueAt === null || watchdog === null) {
        const renewal = switchboard.nextRenewal();
        return renewal === null ? null : switchboard.renew(renewal.capability);
      }
      resetDueAt = null;
      const { capability, value } = watchdog.reset;
      const { outcome } = await switchboard.write(capability, value);
      log.info("device.watchdog-reset", { device: alias, outcome });
      return isLoss(outcome) ? outcome : null;
    },
    onIdentified() {
      switchboard.forgetGone();
      // Where it cannot be read: a silence longer than its patience has made it fire, and before the start nobody knows.
      const now = clock.monotonic();
      const isLong = contactAt === null || now - contactAt >= (watchdog?.timeoutMs ?? 0);
      if (watchdog !== null && isLong) resetDueAt = now;
    },
    onLost() {
      resetDueAt = null;
    },
  };
}
