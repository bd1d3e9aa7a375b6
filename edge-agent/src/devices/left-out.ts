import type { DeviceAlias } from "@loa/shared/device/site-binding.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { DeviceReport } from "../ports.ts";

/** A device of the cabinet that nobody drives: the profile that its site has pinned is not there. */
export interface LeftOut {
  readonly alias: DeviceAlias;
  /** The name in the binding. */
  readonly profile: string;
  /** Its silence is the loudspeaker's; see `wiring.ts`. */
  readonly isAmplifier: boolean;
  /** With what to do about it. */
  readonly why: string;
}

/** Twice, as one word may be noise (`SILENCES_FOR_FAULT`). Nobody takes it back before the agent is started again. */
const SAID_AFTER_MS = [0, SECOND_MS] as const;

/** Says of each what is said of one that answers as somebody else; the answer ends it. */
export function tellLeftOut(
  leftOut: readonly LeftOut[],
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  report: (report: DeviceReport) => void,
): () => void {
  const say = () => {
    for (const { alias: device } of leftOut)
      report({ kind: "unreachable", device, at: clock.monotonic(), reason: "wrong-identity" });
  };
  const cancels = leftOut.length === 0 ? [] : SAID_AFTER_MS.map((ms) => timers.after(ms, say));
  return () => {
    for (const cancel of cancels) cancel();
  };
}
