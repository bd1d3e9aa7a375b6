import type { Manifest } from "@loa/shared/broadcast/content.ts";
import type { AlarmChange } from "@loa/shared/device/alarm-book.ts";
import type { Capability, DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import type { SequenceName } from "@loa/shared/device/profile-sequence.ts";
import type { DeviceAlias } from "@loa/shared/device/site-binding.ts";
import type { CommandId, Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Result } from "@loa/shared/kernel/result.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { CheckedOrder } from "@loa/shared/trust/authority.ts";
import type { RosterRefusal } from "@loa/shared/trust/roster.ts";
import type { StandingApproval } from "@loa/shared/trust/standing-approval.ts";
import type { Envelope, Refusal } from "@loa/shared/wire/envelope.ts";
import type { Traffic } from "@loa/shared/wire/traffic.ts";
import type { SystemClockReport } from "./box-time.ts";
import type { KnownRoster } from "./memory.ts";

/** Everything that can happen to a box. */
export type AgentEvent =
  | { readonly kind: "started"; readonly present: readonly Sha256[] }
  /** The wake-up call that the last step asked for. */
  | { readonly kind: "rang" }
  | { readonly kind: "shutdown" }
  /** A step was taken back because its note could not be written; `refused` is the command that it was about. */
  | {
      readonly kind: "commit-failed";
      readonly reason: "disk-full" | "read-only" | "io";
      readonly refused: Refused | null;
    }
  /** A later commit went through. */
  | { readonly kind: "commit-recovered" }
  /** `isPartial`: some areas did not let it listen. */
  | { readonly kind: "connected"; readonly nonce: string; readonly isPartial?: boolean }
  | { readonly kind: "disconnected"; readonly reason: string }
  /** What the box shows at the door of the control room is another certificate now. */
  | { readonly kind: "certificate-renewed" }
  /** A message whose size, form, key and signature were looked at. */
  | {
      readonly kind: "envelope";
      readonly token: number;
      readonly opened: Result<Envelope, Refusal>;
      /** What it carries that persons have signed, in its order; absent: nothing, or there is no roster to judge it by. */
      readonly orders?: readonly OpenedOrder[];
    }
  /** Rosters were offered: the newest that follows from the one in force, or why one of them does not. */
  | {
      readonly kind: "roster";
      /** Null: it did not come by message. */
      readonly token: number | null;
      readonly taken: KnownRoster | null;
      readonly refused: RosterRefusal | null;
    }
  | SoundEvent
  | DeviceEvent
  /** What the ports have moved since the agent started. */
  | { readonly kind: "traffic"; readonly bus: Traffic; readonly content: Traffic }
  | { readonly kind: "fetched"; readonly sha256: Sha256 }
  | { readonly kind: "fetch-failed"; readonly sha256: Sha256; readonly reason: string }
  | { readonly kind: "manifest"; readonly sha256: Sha256; readonly manifest: Manifest | null }
  /** Whether the sound engine could say the built-in words after a start. */
  | { readonly kind: "words-checked"; readonly areWhole: boolean }
  | ({ readonly kind: "host"; readonly freeDiskBytes: number } & SystemClockReport);

/** An order whose text was read, and whose signatures were looked at; or why that could not be done. */
export type OpenedOrder = Result<
  CheckedOrder & {
    /** Its signers have approved it in advance, in this; absent: the very order. */
    readonly under?: UsedApproval;
  },
  Refusal
>;

/** What is asked of a standing approval at the moment at which it is used. */
export type UsedApproval = Pick<StandingApproval, "id" | "areas" | "from" | "to">;

export interface Refused {
  readonly token: number;
  readonly command: CommandId;
  readonly issuer: string;
}

export type SoundEvent =
  | {
      readonly kind: "sound-started";
      readonly soundId: string;
      readonly at: MonotonicMs;
      /** Left out at its beginning so that it is where it should be, though it came late, ms; absent: nothing. */
      readonly leftOutMs?: number;
    }
  /** `playedMs` is what was heard of it so far. */
  | {
      readonly kind: "sound-paused";
      readonly soundId: string;
      readonly at: MonotonicMs;
      readonly playedMs: number;
    }
  | { readonly kind: "sound-resumed"; readonly soundId: string; readonly at: MonotonicMs }
  /** A condition begins or ends; without a sound it is one of the whole output. */
  | {
      readonly kind: "sound-trouble";
      readonly soundId: string | null;
      readonly at: MonotonicMs;
      readonly trouble: OutputTrouble;
      readonly isRaised: boolean;
    }
  /** At a microphone near the loudspeaker; `match`: how well it follows the mixed output, 0 to 1. */
  | {
      readonly kind: "microphone";
      readonly at: MonotonicMs;
      readonly rmsDb: number;
      readonly match: number | null;
    }
  /** What a relay has cost since it began. */
  | {
      readonly kind: "relay-use";
      readonly soundId: string;
      readonly at: MonotonicMs;
      readonly receivedBytes: number;
    }
  | {
      readonly kind: "sound-level";
      readonly at: MonotonicMs;
      readonly rmsDb: number;
      readonly peakDb: number;
    }
  | {
      readonly kind: "sound-ended";
      readonly soundId: string;
      readonly at: MonotonicMs;
      readonly playedMs: number;
      readonly rmsDb: number;
    }
  | {
      readonly kind: "sound-failed";
      readonly soundId: string;
      readonly at: MonotonicMs;
      readonly playedMs: number;
      readonly reason: SoundFailure;
    };
/** Why a sound ended before its time. */
export type SoundFailure =
  | "clip-missing"
  | "not-audio"
  | "decoder-died"
  | "decoder-hung"
  | "sink-failed"
  | "truncated"
  | "relay-not-allowed"
  | "relay-wrong-format"
  | "relay-unavailable";
export type OutputTrouble = "source-lost" | "dead-air" | "stuck-sound" | "clipping" | "engine-lost";

/** `device` is the name that the site gave it. */
export type DeviceEvent =
  | {
      readonly kind: "device-identified";
      readonly device: DeviceAlias;
      readonly capabilities: readonly Capability[];
      readonly sequences: readonly SequenceName[];
    }
  | {
      readonly kind: "device-values";
      readonly device: DeviceAlias;
      readonly at: MonotonicMs;
      readonly values: readonly PointValue[];
    }
  | {
      readonly kind: "device-written";
      readonly device: DeviceAlias;
      readonly at: MonotonicMs;
      readonly capability: Capability;
      readonly value: number;
      readonly readBack: number | null;
      readonly outcome: "verified" | "not-verified" | DeviceFailure;
    }
  | {
      readonly kind: "device-unreachable";
      readonly device: DeviceAlias;
      readonly at: MonotonicMs;
      readonly reason: DeviceFailure;
    }
  | {
      readonly kind: "device-ran";
      readonly device: DeviceAlias;
      readonly at: MonotonicMs;
      readonly sequence: SequenceName;
      readonly outcome: "done" | "not-as-expected" | DeviceFailure;
      readonly step: number;
    }
  | ({
      readonly kind: "device-alarm";
      readonly device: DeviceAlias;
      readonly at: MonotonicMs;
    } & AlarmChange)
  | {
      readonly kind: "device-lease-ended";
      readonly device: DeviceAlias;
      readonly at: MonotonicMs;
      readonly capability: Capability;
    };
