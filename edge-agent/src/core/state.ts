import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import type { Clip } from "@loa/shared/broadcast/content.ts";
import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import type { FaultKind } from "@loa/shared/device/fault.ts";
import type { AreaId, BoxId, OccurrenceId, Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Instant, MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { BoxTime } from "./box-time.ts";
import type { Memory } from "./memory.ts";

/** What does not change while the agent runs. */
export interface Setup {
  readonly box: BoxId;
  readonly version: string;
  /** Differs after every boot of the machine, not after a crash of the agent. */
  readonly bootId: string;
  readonly amplifier: AmplifierSetup;
}

export interface AmplifierSetup {
  readonly profile: string;
  /** From power on to full sound. */
  readonly warmUpMs: number;
  /** How long it stays on after the last sound. */
  readonly holdMs: number;
  /** What its gain can be set to; null when it cannot be set, or nobody wrote down how far. */
  readonly gain: { readonly minDb: number; readonly maxDb: number } | null;
}

export interface AgentState {
  readonly setup: Setup;
  readonly time: BoxTime;
  readonly memory: Memory;
  readonly agenda: Agenda;
  readonly playout: Playout;
  readonly amplifier: AmplifierState;
  readonly content: ContentState;
  readonly link: LinkState;
  readonly health: Health;
  /** Until then the answer to «what should sound?» cannot change by itself. */
  readonly airLookAt: Instant | null;
}

/** Occurrences around now, so that the calendar is not asked at every event. */
export interface Agenda {
  readonly revision: number;
  readonly occurrences: readonly Occurrence[];
  readonly validUntil: Instant;
}

export interface Playout {
  readonly sounding: readonly Sounding[];
  /** Makes sound ids that are never used twice in one run. */
  readonly counter: number;
  /** Items that failed, `occurrence#index`: how often, and when they may be tried again (null: never). */
  readonly failed: ReadonlyMap<string, { readonly times: number; readonly retryAt: Instant | null }>;
  readonly mixer: { readonly at: Instant; readonly rmsDb: number; readonly peakDb: number } | null;
  readonly markAt: Instant | null;
  /** When the evidence of what sounds was last looked at. */
  readonly observedAt: Instant | null;
  readonly isSinkBroken: boolean;
}

/** One clip that was handed to the mixer. */
export interface Sounding {
  readonly soundId: string;
  readonly occurrenceId: OccurrenceId;
  readonly itemIndex: number;
  readonly offsetMs: number;
  /** Planned first sample. */
  readonly startAt: Instant;
  readonly endsAt: Instant;
  /** First sample as reported by the sink. */
  readonly startedAt: Instant | null;
  readonly isStopping: boolean;
}

export interface AmplifierState {
  /** Null until `identify` of the profile agreed. */
  readonly capabilities: readonly Capability[] | null;
  readonly actual: Readings;
  readonly pending: { readonly capability: Capability; readonly at: Instant } | null;
  /** Writes in a row that were answered but not obeyed. */
  readonly refusals: number;
  /** The point of the last of them. */
  readonly refused: Capability | null;
  readonly retryAt: Instant | null;
  readonly trouble: {
    readonly cause: AmplifierTrouble;
    readonly since: Instant;
    readonly times: number;
  } | null;
  readonly wantedOnUntil: Instant | null;
  readonly pace: "idle" | "sounding";
  /** Since when a sounding mixer has met a silent amplifier. */
  readonly silentSince: Instant | null;
}
export type AmplifierTrouble = Extract<Cause, "amplifier-unreachable" | "amplifier-wrong-identity">;
/** What was read last, of the points that were read. No map: a copy, made at every look, would take five times as long. */
export type Readings = Readonly<Partial<Record<Capability, Reading>>>;
export interface Reading {
  /** Null: read, and invalid. */
  readonly value: number | null;
  readonly at: Instant;
}

export interface ContentState {
  readonly present: ReadonlySet<Sha256>;
  /** Clips of the last manifest that was read; null before the first. */
  readonly clips: ReadonlyMap<Sha256, Clip> | null;
  readonly clipsOf: Sha256 | null;
  /** A manifest that is being read. */
  readonly reading: Sha256 | null;
  /** Files that are bad or missing at the controller, and when they may be asked for again. */
  readonly bad: ReadonlyMap<Sha256, Instant>;
  /** Plan for which the waits below were begun. */
  readonly revision: number;
  readonly fetching: Sha256 | null;
  readonly retryAt: Instant | null;
  readonly failures: number;
  readonly lastFailure: string | null;
}

export interface LinkState {
  readonly phase: "down" | "connecting" | "up";
  /** Areas whose topics were subscribed to. */
  readonly areas: readonly AreaId[];
  readonly failures: number;
  readonly connectAt: Instant | null;
  readonly connectedMono: MonotonicMs | null;
  readonly nonce: string | null;
  readonly heartbeatAt: Instant | null;
  readonly refreshAt: Instant | null;
  /** Names of the events that are on their way on this connection; see `outbox.ts`. */
  readonly sent: ReadonlySet<string>;
  readonly resendAt: Instant | null;
  /** What was last said, to say only what changed. */
  readonly told: Told;
}
/** Parts of the state, by reference: while none of them is replaced there is nothing new to say. */
export interface Facts {
  readonly faults: Health["faults"];
  readonly content: ContentState;
  readonly capabilities: AmplifierState["capabilities"];
  readonly plan: Memory["plan"];
  readonly lastEvent: number;
  readonly sequences: Memory["sequences"];
  readonly session: number;
  readonly sounding: Playout["sounding"];
  readonly trust: BoxTime["trust"];
  readonly airLookAt: Instant | null;
}
export interface Told {
  /** What the words below were made of; null: nothing was said yet on this connection. */
  readonly facts: Facts | null;
  /** Undefined: nothing was said yet on this connection. */
  readonly air: OccurrenceId | null | undefined;
  readonly faults: string;
  readonly ready: string;
  readonly reported: string;
  readonly samples: ReadonlyMap<Capability, number | null>;
  /** The readings that were last compared, by reference. */
  readonly samplesOf: Readings | null;
  readonly samplesAt: Instant | null;
  readonly levelAt: Instant | null;
}

export interface Health {
  readonly faults: ReadonlyMap<FaultKind, Instant>;
  readonly freeDiskBytes: number | null;
  /** Nothing new is started before this: the last note could not be written. */
  readonly diskRetryAt: Instant | null;
  readonly planRefused: boolean;
  /** Why the box could not look at the clock until a moment ago: it was off, or did not know the time. */
  readonly blindness: Extract<Cause, "power-cut" | "clock-untrusted"> | null;
}
