import type { Capability, DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import type { PollClass } from "@loa/shared/device/profile-parts.ts";
import type { Result } from "@loa/shared/kernel/result.ts";

/**
 * One unit on its line, in its own language: Modbus, lines of text, GPIO. It knows frames and words; rounds, order,
 * limits, leases and sequences are the driver's. No promise rejects. After a failed call the driver identifies anew.
 */
export interface Conversation {
  /** What is read with one request, in the order of a round. */
  readonly blocks: readonly ReadGroup[];
  /** Says what must be said first, then asks what the profile's `identify` wants to know. */
  identify(patience: Patience): Promise<Result<void, DeviceFailure>>;
  read(group: ReadGroup, urgency: Urgency): Promise<Result<readonly PointValue[], DeviceFailure>>;
  /** The newest value of one point, asked for now. */
  readPoint(capability: Capability, urgency: Urgency): Promise<Result<PointValue, DeviceFailure>>;
  /** Sends one write without looking whether it was obeyed. `not-supported` for what the profile does not allow. */
  send(capability: Capability, value: number): Promise<Result<void, DeviceFailure>>;
  /** The same with a good-bye's patience: no retries. */
  sendLast(capability: Capability, value: number): Promise<void>;
  /** Switches on what goes off by itself (`timed-on`), and renews it; null: this device has nothing of the kind. */
  readonly timedOn: ((capability: Capability, onMs: number) => Promise<Result<void, DeviceFailure>>) | null;
  /** What the device says unasked. */
  onNews(listener: (values: readonly PointValue[]) => void): void;
  close(): Promise<void>;
}

/** Points of one poll class that come with one answer. */
export interface ReadGroup {
  readonly poll: PollClass;
  readonly capabilities: readonly Capability[];
}

/**
 * `one-try`: the unit was silent the last time. Its time-out is paid once, because others on its line wait meanwhile;
 * `usual`: with the retries of the profile.
 */
export type Patience = "usual" | "one-try";

/** A write and its read-back go ahead of all polls. */
export type Urgency = "write" | "poll";
