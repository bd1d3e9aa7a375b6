import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { type Chore, type Desk, isLoss } from "./desk.ts";
import type { Switchboard } from "./switchboard.ts";

/** Brings a device whose sequence failed into its safe state: what stands half done is worse than what is off. */
export interface SafeStateChore extends Chore {
  /** As soon as the device answers, before anything else is written. */
  owe(): void;
}

export function createSafeStateChore(desk: Desk, switchboard: Switchboard): SafeStateChore {
  const { alias, profile, clock, log } = desk;
  let owedSince: MonotonicMs | null = null;

  return {
    owe() {
      owedSince ??= clock.monotonic();
    },
    dueAt: () => owedSince,
    async run() {
      for (const { capability, value } of profile.safeState) {
        const { outcome } = await switchboard.write(capability, value);
        if (isLoss(outcome)) return outcome;
        if (outcome !== "verified") log.error("device.not-safe", { device: alias, capability, outcome });
      }
      owedSince = null;
      return null;
    },
    onIdentified() {},
    onLost() {},
  };
}
