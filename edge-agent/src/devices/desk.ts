import type { DeviceFailure } from "@loa/shared/device/capability.ts";
import type { Profile } from "@loa/shared/device/profile.ts";
import type { DeviceAlias } from "@loa/shared/device/site-binding.ts";
import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { DeviceReport } from "../ports.ts";
import type { Conversation } from "./conversation.ts";

/** What the chores of one device share. */
export interface Desk {
  readonly alias: DeviceAlias;
  /** As it is wired here (`boundProfile`). */
  readonly profile: Profile;
  readonly conversation: Conversation;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  report(body: ReportBody): void;
}

/** A report before it has its device and its moment. */
export type ReportBody = WithoutHead<DeviceReport>;
type WithoutHead<Report> = Report extends DeviceReport ? Omit<Report, "device" | "at"> : never;

/**
 * One kind of work that a driver does for its device, in pieces short enough that a write never waits long. Only asked
 * while the device is identified.
 */
export interface Chore {
  /** When its next piece is due; null: nothing is. */
  dueAt(): MonotonicMs | null;
  /** Does one piece; a failure means that the device is lost. */
  run(): Promise<DeviceFailure | null>;
  /** It is what the profile says, for the first time or again. */
  onIdentified(): void;
  onLost(reason: DeviceFailure): void;
}

/** Whether this outcome of a request says that the device is not there any more. */
export function isLoss(
  outcome: "verified" | "not-verified" | "not-as-expected" | DeviceFailure,
): outcome is DeviceFailure {
  return (
    outcome !== "verified" &&
    outcome !== "not-verified" &&
    outcome !== "not-as-expected" &&
    outcome !== "exception" &&
    outcome !== "not-supported"
  );
}
