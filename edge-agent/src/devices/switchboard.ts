import type { Capability, DeviceFailure } from "@loa/shared/device/capability.ts";
import { isModbus, isReadable, type Profile, type ProfilePoint } from "@loa/shared/device/profile.ts";
import { nextRenewal, stillOn, type TimedOn, type TimedOutputs } from "@loa/shared/device/timed-on.ts";
import type { Result } from "@loa/shared/kernel/result.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { Desk } from "./desk.ts";
import type { Readings } from "./readings.ts";
import { type WriteOutcome, writeAndVerify } from "./write-point.ts";

/**
 * Where everything is switched, whoever wants it: the core, a sequence, the end of a lease. Outputs that go off by
 * themselves are switched on for their time and renewed here.
 */
export interface Switchboard {
  write(capability: Capability, value: number): Promise<WriteOutcome>;
  /** The output that must be renewed first; null: none is on that goes off by itself. */
  nextRenewal(): { readonly capability: Capability; readonly at: MonotonicMs } | null;
  renew(capability: Capability): Promise<DeviceFailure | null>;
  /** After a silence: what went off meanwhile stays off until somebody writes it. */
  forgetGone(): void;
  /** What was read as off was switched by somebody else, and is not switched on against them. */
  forgetOff(): void;
  /** When this point may be written again (`minIntervalMs`). */
  mayWriteAt(capability: Capability): MonotonicMs;
}

export function createSwitchboard(desk: Desk, readings: Readings): Switchboard {
  const { profile, conversation, clock, log } = desk;
  const timedOn = timedOnOf(profile);
  const sentAt = new Map<Capability, MonotonicMs>();
  let outputs: TimedOutputs = new Map();

  const order = (capability: Capability, value: number): Promise<Result<void, DeviceFailure>> => {
    if (timedOn === null || conversation.timedOn === null || value !== 1 || !isTimed(timedOn, capability))
      return conversation.send(capability, value);
    return conversation.timedOn(capability, timedOn.onMs);
  };
  const without = (capability: Capability) => new Map([...outputs].filter(([one]) => one !== capability));

  return {
    async write(capability, value) {
      const point = pointOf(profile, capability);
      if (point === undefined) return { readBack: null, outcome: "not-supported" };
      sentAt.set(capability, clock.monotonic());
      const written = await writeAndVerify(desk, point, value, order);
      const isObeyed = written.outcome === "verified";
      if (timedOn !== null && isTimed(timedOn, capability) && (isObeyed || value !== 1))
        outputs = value === 1 ? new Map(outputs).set(capability, clock.monotonic()) : without(capability);
      const shown = isObeyed && !isReadable(point) ? value : written.readBack;
      if (shown === null) return written;
      const reading = { capability, quality: "good", value: shown } as const;
      readings.tell([reading]);
      for (const change of readings.note([reading], clock.monotonic()))
        desk.report({ kind: "alarm", ...change });
      return written;
    },
    nextRenewal: () => (timedOn === null ? null : nextRenewal(timedOn, outputs)),
    async renew(capability) {
      const orderedAt = clock.monotonic();
      const renewed = await order(capability, 1);
      if (renewed.ok) {
        outputs = new Map(outputs).set(capability, orderedAt);
        return null;
      }
      log.warn("device.not-renewed", { device: desk.alias, capability, reason: renewed.error });
      if (renewed.error !== "exception") return renewed.error;
      outputs = without(capability);
      return null;
    },
    forgetGone() {
      if (timedOn !== null) outputs = stillOn(timedOn, outputs, clock.monotonic());
    },
    forgetOff() {
      for (const capability of outputs.keys())
        if (readings.lastOf(capability) === 0) outputs = without(capability);
    },
    mayWriteAt(capability) {
      const intervalMs = pointOf(profile, capability)?.write?.minIntervalMs ?? 0;
      const at = sentAt.get(capability);
      return asMonotonic(at === undefined ? 0 : at + intervalMs);
    },
  };
}

export function pointOf(profile: Profile, capability: Capability): ProfilePoint | undefined {
  return [...profile.points].find((point) => point.capability === capability);
}

function timedOnOf(profile: Profile): TimedOn | null {
  if (!isModbus(profile)) return null;
  return profile.agentLoss?.kind === "timed-on" ? profile.agentLoss : null;
}

function isTimed({ outputs }: TimedOn, capability: Capability): boolean {
  return outputs.some((output) => output.capability === capability);
}
