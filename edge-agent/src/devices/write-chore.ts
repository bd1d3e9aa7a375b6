import type { Capability, DeviceFailure } from "@loa/shared/device/capability.ts";
import { allowsValue } from "@loa/shared/device/point-rules.ts";
import {
  afterSent,
  nextWrite,
  nextWriteAt,
  nothingWanted,
  type WritePace,
  wantWrite,
} from "@loa/shared/device/write-pace.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { type Chore, type Desk, isLoss } from "./desk.ts";
import { pointOf, type Switchboard } from "./switchboard.ts";
import type { WriteOutcome } from "./write-point.ts";

/** What the core wants written, in order, each verified and told once. */
export interface WriteChore extends Chore {
  /** False: it was refused and told so. */
  want(capability: Capability, value: number): boolean;
  isWaiting(): boolean;
  /** Answers all that waits with this. */
  refuseAll(reason: DeviceFailure): void;
}

export function createWriteChore(desk: Desk, switchboard: Switchboard): WriteChore {
  const { alias, profile, clock, log } = desk;
  let pace: WritePace = nothingWanted;
  const intervalOf = (capability: Capability) => pointOf(profile, capability)?.write?.minIntervalMs ?? 0;

  const tell = (capability: Capability, value: number, written: WriteOutcome) => {
    const { outcome } = written;
    if (outcome !== "verified") log.warn("device.not-written", { device: alias, capability, value, outcome });
    desk.report({ kind: "written", capability, value, ...written });
  };

  const refuseAll = (reason: DeviceFailure) => {
    const refused = pace.waiting;
    pace = { ...pace, waiting: [] };
    for (const { capability, value } of refused) tell(capability, value, { readBack: null, outcome: reason });
  };

  return {
    want(capability, value) {
      const point = pointOf(profile, capability);
      const isAllowed = point !== undefined && allowsValue(point, value);
      const next = isAllowed ? wantWrite(pace, { capability, value }, intervalOf) : "not-supported";
      if (next === "full" || next === "not-supported") {
        tell(capability, value, { readBack: null, outcome: next === "full" ? "timeout" : next });
        return false;
      }
      pace = next;
      return true;
    },
    isWaiting: () => pace.waiting.length > 0,
    refuseAll,
    dueAt: (): MonotonicMs | null => nextWriteAt(pace, intervalOf),
    async run() {
      const wanted = nextWrite(pace, intervalOf, clock.monotonic());
      if (wanted === null) return null;
      pace = afterSent(pace, wanted, intervalOf, clock.monotonic());
      const written = await switchboard.write(wanted.capability, wanted.value);
      tell(wanted.capability, wanted.value, written);
      return isLoss(written.outcome) ? written.outcome : null;
    },
    onIdentified() {},
    onLost: refuseAll,
  };
}
