import type { TimeSpan } from "@loa/shared/broadcast/air-rules.ts";
import type { BuiltInWords } from "@loa/shared/broadcast/built-in-sounds.ts";
import type { Emergency } from "@loa/shared/broadcast/emergency.ts";
import type { PlannedSchedule } from "@loa/shared/broadcast/plan.ts";
import type { Verdict } from "@loa/shared/broadcast/receipt.ts";
import type { BoxId, EmergencyId, OccurrenceId, RelayId, Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { WorldFault } from "./faults.ts";

/** What really happened in a world, in true time, as the invariants look at it. Nothing here comes from the agent's own words. */
export interface History {
  readonly boxes: readonly BoxId[];
  readonly beginsAt: Instant;
  readonly endsAt: Instant;
  readonly faults: readonly WorldFault[];
  /** The wishes of the operators: who should have heard what. */
  readonly orders: readonly Order[];
  readonly stops: readonly StopHistory[];
  readonly emergencies: readonly EmergencyHistory[];
  /** What may stand in for a part of a programme that fails. */
  readonly fillers: readonly Sha256[];
  readonly quietHours: readonly TimeSpan[];
  readonly sounds: readonly Sounded[];
  /** The amplifier's true state, looked at while something sounded. */
  readonly amplifierLooks: readonly AmplifierLook[];
  /** Stretches in which an amplifier stayed on long after the last sound, of boxes that ran all the while. */
  readonly leftOn: readonly { readonly box: BoxId; readonly from: Instant; readonly forMs: number }[];
  readonly badMessages: readonly { readonly at: Instant; readonly topic: string; readonly problem: string }[];
  readonly receipts: readonly ReceiptHistory[];
  /** After everything has calmed down. */
  readonly end: EndState;
}

/** One schedule as an operator made it. Every schedule has its own clips and relays, so a sound is known by them. */
export interface Order {
  readonly schedule: PlannedSchedule;
  readonly boxes: readonly BoxId[];
  readonly createdAt: Instant;
  readonly withdrawnAt: Instant | null;
}

export interface StopHistory {
  readonly at: Instant;
  readonly boxes: readonly BoxId[];
  /** When each box had it on its disk; a box that is missing never had it. */
  readonly knownAt: ReadonlyMap<BoxId, Instant>;
}

/** One emergency as an operator raised it, or the correction of one. */
export interface EmergencyHistory {
  readonly emergency: Emergency;
  /** It is what is said because this one was wrong; null: it is an alarm. */
  readonly corrects: EmergencyId | null;
  readonly boxes: readonly BoxId[];
  /** When each box had it on its disk, and when each had its cancellation; a box that is missing never had it. */
  readonly knownAt: ReadonlyMap<BoxId, Instant>;
  readonly cancelKnownAt: ReadonlyMap<BoxId, Instant>;
}

export type Heard =
  | { readonly kind: "clip"; readonly sha256: Sha256 }
  | { readonly kind: "relay"; readonly relay: RelayId }
  | { readonly kind: "chime" }
  | { readonly kind: "siren"; readonly severity: Emergency["severity"] }
  | { readonly kind: "notice"; readonly words: BuiltInWords };

/** One stretch that left the mixer of a box. */
export interface Sounded {
  readonly box: BoxId;
  readonly what: Heard;
  readonly offsetMs: number;
  readonly from: Instant;
  readonly to: Instant;
}

export interface AmplifierLook {
  readonly box: BoxId;
  readonly at: Instant;
  readonly isOn: boolean;
}

export interface ReceiptHistory {
  readonly box: BoxId;
  readonly occurrence: OccurrenceId;
  readonly verdict: Verdict;
}

export interface EndState {
  readonly boxes: readonly {
    readonly box: BoxId;
    readonly wantedRevision: number;
    readonly appliedRevision: number;
    readonly presence: string;
    /** Faults that the controller shows. */
    readonly shownFaults: readonly string[];
    /** When its last test of the night failed; null: it did not fail, or was never made. */
    readonly failedTestAt: Instant | null;
    /** Events that still wait on the box's disk. */
    readonly waitingEvents: number;
  }[];
  /** Rows of the outbox that still wait. */
  readonly pendingOutbox: number;
}
