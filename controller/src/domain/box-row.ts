import type { Cause, Evidence, Verdict } from "@loa/shared/broadcast/receipt.ts";
import type { Capability, DeviceFailure } from "@loa/shared/device/capability.ts";
import type { FaultKind, Severity } from "@loa/shared/device/fault.ts";
import type { DeviceAlias } from "@loa/shared/device/site-binding.ts";
import type { AreaId, BoxId, ClusterId, OccurrenceId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { Refusal } from "@loa/shared/wire/envelope.ts";
import type { PlanProblem } from "./plan-compiler.ts";

export type PresenceState = "online" | "suspect" | "offline" | "unknown";

/** One thing that stands in the way of the next occurrence of a box. */
export type Against = { readonly severity: Severity } & (
  | { readonly kind: "presence"; readonly state: Exclude<PresenceState, "online"> }
  | { readonly kind: "cause"; readonly cause: Cause }
  | { readonly kind: "fault"; readonly fault: FaultKind }
  /** Its look 15 minutes before air did not come, so what it said before may be out of date. */
  | { readonly kind: "no-look" }
);

/** Everything a list shows of one box, as known at one moment. Ages are computed by the reader from `…At` fields. */
export interface BoxRow {
  readonly boxId: BoxId;
  readonly clusterId: ClusterId;
  readonly clusterName: string;
  readonly areaId: AreaId;
  readonly areaName: string;
  /** Run by the simulator: it can be listened to. */
  readonly simulated: boolean;
  readonly presence: {
    readonly state: PresenceState;
    readonly since: Instant;
    readonly heardAt: Instant | null;
  };
  readonly wantedRevision: number;
  readonly appliedRevision: number;
  /** Why the box will not get what its area wants of it: the plan cannot be made, or the box has refused it. */
  readonly planProblem: PlanProblem["kind"] | Refusal | null;
  readonly onAir: {
    readonly occurrenceId: OccurrenceId;
    readonly title: string;
    readonly since: Instant;
    /** Null for what is no emergency. */
    readonly emergency: "actual" | "exercise" | null;
  } | null;
  readonly next: {
    readonly occurrenceId: OccurrenceId;
    readonly title: string;
    readonly dueAt: Instant;
  } | null;
  readonly readiness: {
    readonly state: "ready" | "not-ready" | "unknown";
    readonly lacks: readonly Cause[];
    readonly at: Instant | null;
    /** Whether it looked at its next occurrence anew: 15 minutes (`early`) and 60 s (`late`) before air. */
    readonly stage: ReadinessStage | null;
  };
  /** What stands in the way of the next occurrence, critical first; empty when nothing is known against it. */
  readonly against: readonly Against[];
  readonly faults: readonly BoxFault[];
  /** When the box last told its list of faults. */
  readonly faultsAt: Instant | null;
  readonly lastReceipt: {
    readonly occurrenceId: OccurrenceId;
    readonly title: string;
    readonly verdict: Verdict;
    readonly cause: Cause | null;
    readonly dueAt: Instant;
    readonly at: Instant;
  } | null;
  readonly clips: { readonly wanted: number; readonly present: number } | null;
}

export interface BoxFault {
  readonly kind: FaultKind;
  readonly severity: Severity;
  readonly since: Instant;
  /** The point that raised it, its value then, and the limit that it passed; null where no point did. */
  readonly point: Capability | null;
  readonly value: number | null;
  readonly threshold: number | null;
}

export type ReadinessStage = "next" | "early" | "late";

/** `stale`: good once, and too long ago to be believed. */
export type ValueQuality = "good" | "invalid" | "stale";

/** One device of the cabinet, as the box last told of it. */
export interface DeviceNow {
  readonly alias: DeviceAlias;
  readonly profile: string;
  /** `unknown`: the box itself is not in touch. */
  readonly state: "answers" | "unusable" | "unknown";
  /** Why it cannot be used. */
  readonly cause: DeviceFailure | null;
  /** Since when it is told so; null: since before the control room started. */
  readonly since: Instant | null;
  /** When the box last told of its devices. */
  readonly toldAt: Instant;
}

/** What is known now of one box beyond its row; history comes from the store. */
export interface BoxNow {
  readonly row: BoxRow;
  readonly profile: string | null;
  readonly agentVersion: string | null;
  /** The latest value of each capability; null: the box asked the device and got nothing valid. */
  readonly values: readonly {
    readonly capability: Capability;
    readonly unit: string;
    readonly value: number | null;
    readonly at: Instant;
    readonly quality: ValueQuality;
  }[];
  readonly devices: readonly DeviceNow[];
  /** Mixed output, dBFS; null when nothing was told since it last sounded. */
  readonly level: { readonly rms: number; readonly peak: number; readonly at: Instant } | null;
}

/** One line of the receipts: what the box said, or what the controller had to say in its place. */
export interface ReceiptRow {
  readonly occurrenceId: OccurrenceId;
  readonly title: string;
  readonly boxId: BoxId;
  readonly clusterName: string;
  readonly dueAt: Instant;
  readonly verdict: Verdict;
  readonly cause: Cause | null;
  /** Null for verdicts of the controller. */
  readonly evidence: Evidence | null;
  readonly at: Instant;
}
