import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import type { Clip } from "@loa/shared/broadcast/content.ts";
import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import type { Capability, DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import type { FaultKind, Severity } from "@loa/shared/device/fault.ts";
import type { SequenceName } from "@loa/shared/device/profile-sequence.ts";
import type { DeviceAlias } from "@loa/shared/device/site-binding.ts";
import type { AreaId, OccurrenceId, Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Instant, MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { SelfTest } from "@loa/shared/wire/bodies.ts";
import type { BoxTime } from "./box-time.ts";
import type { OutputTrouble } from "./event.ts";
import type { FurtherLines } from "./further-lines.ts";
import type { LineTally, Memory } from "./memory.ts";
import type { Counted } from "./month-use.ts";
import type { Setup } from "./setup.ts";
import type { ToldBeat, ToldFaults, ToldSamples } from "./told.ts";

export interface AgentState {
  readonly setup: Setup;
  readonly time: BoxTime;
  readonly memory: Memory;
  readonly agenda: Agenda;
  readonly playout: Playout;
  readonly devices: DevicesState;
  readonly amplifier: AmplifierState;
  /** What kept the last sound from being heard; until one is heard again it stands in the way of the next. */
  readonly lastSilence: { readonly cause: Cause; readonly since: Instant } | null;
  readonly sequences: SequencesState;
  readonly selfTest: SelfTestState;
  readonly readiness: ReadinessState;
  readonly content: ContentState;
  readonly link: LinkState;
  readonly silence: SilenceState;
  readonly health: Health;
  readonly counted: Counted;
  /** Until then the answer to «what should sound?» cannot change by itself. */
  readonly airLookAt: Instant | null;
}

/** The silence key of the box: see `silence-key.ts`. By the clock that never steps. */
export interface SilenceState {
  /** Nothing sounds until then; null: the key is not turned, or was turned for too long. */
  readonly until: MonotonicMs | null;
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
  /** What a microphone near the loudspeaker said last; null: there is none, or it said nothing yet. */
  readonly microphone: {
    readonly at: Instant;
    readonly rmsDb: number;
    readonly match: number | null;
  } | null;
  readonly markAt: Instant | null;
  /** When the evidence of what sounds was last looked at. */
  readonly observedAt: Instant | null;
  readonly isSinkBroken: boolean;
  readonly troubles: readonly StandingTrouble[];
  /** Level of everything below an emergency that was last asked for, dB; null: nothing was asked yet. */
  readonly volumeDb: number | null;
}

/** One sound that was handed to the mixer. */
export interface Sounding {
  readonly soundId: string;
  readonly occurrenceId: OccurrenceId;
  readonly itemIndex: number;
  /** Part of its programme, or what is heard where that part fails. */
  readonly role: "item" | "filler";
  /** Of an emergency: it begins when it can, whatever the clock says. */
  readonly isUrgent: boolean;
  /** A relay: it has no place of its own and no end. */
  readonly isLive: boolean;
  /** How much of its source was skipped, ms. */
  readonly offsetMs: number;
  /** Planned first sample. */
  readonly startAt: Instant;
  readonly endsAt: Instant;
  /** When the mixer ends it by itself; null: with its source. */
  readonly cutAt: Instant | null;
  /** The sound that it follows without a gap. */
  readonly after: string | null;
  /** First sample as reported by the sink. */
  readonly startedAt: Instant | null;
  /** How long it has waited to begin; see `hold-alarms.ts`. */
  readonly heldMs: number;
  readonly isStopping: boolean;
  /** It was asked to wait at its place. */
  readonly isPaused: boolean;
  /** When it was asked to go on, until it says that it does. */
  readonly resumeAskedAt: Instant | null;
  /** Since when it is heard without a break; null: not yet, or paused. */
  readonly heardFrom: Instant | null;
  /** Heard before that, ms. */
  readonly heardMs: number;
  /** Since `heardFrom` it gave nothing for so long, ms. */
  readonly silentMs: number;
  /** Since when its source gives nothing; null: it gives sound. */
  readonly lostSince: Instant | null;
  /** What the relay has cost, and how much of that was told, bytes. */
  readonly receivedBytes: number;
  readonly toldBytes: number;
}

/** Something that the mixer says is wrong. `about` is a sound, an item that cannot be had, or null: the output. */
export interface StandingTrouble {
  readonly trouble: OutputTrouble;
  readonly about: string | null;
  readonly since: Instant;
}

/** What hangs in the cabinet, as far as it has said so. */
export interface DevicesState {
  readonly known: ReadonlyMap<DeviceAlias, KnownDevice>;
  /** Whose reading counts where two devices offer the same point: the first of the binding. */
  readonly owners: ReadonlyMap<Capability, DeviceAlias>;
  /** Alarms of points that stand, in the order in which they were raised. */
  readonly alarms: readonly DeviceAlarm[];
}

export interface KnownDevice {
  /** Its silence is the loudspeaker's. */
  readonly isAmplifier: boolean;
  /** Null until `identify` of its profile agreed. */
  readonly capabilities: readonly Capability[] | null;
  readonly sequences: readonly SequenceName[];
  readonly trouble: DeviceTrouble | null;
}

/** It does not answer, or is somebody else. */
export interface DeviceTrouble {
  readonly cause: AmplifierTrouble;
  /** As the driver said it last. */
  readonly reason: DeviceFailure;
  readonly since: Instant;
  /** Silences in a row. */
  readonly times: number;
}

export interface DeviceAlarm {
  readonly device: DeviceAlias;
  readonly capability: Capability;
  readonly fault: FaultKind;
  readonly severity: Severity;
  readonly since: Instant;
  /** Since when its device reads nothing but well at this point; null: its last word was none, or bad. */
  readonly wellSince: Instant | null;
  readonly value: number;
  /** Null where a state is the alarm. */
  readonly threshold: number | null;
}

export interface AmplifierState {
  /** What the devices offer that are the amplifier; null until `identify` of one of their profiles agreed. */
  readonly capabilities: readonly Capability[] | null;
  /** What was read last, of all devices of the cabinet. */
  readonly actual: Readings;
  /** When: see `readings.ts`. */
  readonly looks: Looks;
  readonly pending: { readonly capability: Capability; readonly at: Instant } | null;
  /** Writes in a row that were answered but not obeyed. */
  readonly refusals: number;
  /** The point of the last of them. */
  readonly refused: Capability | null;
  readonly retryAt: Instant | null;
  readonly further: FurtherLines;
  readonly trouble: DeviceTrouble | null;
  readonly wantedOnUntil: Instant | null;
  /** It was on for a sound at the last look: its hold begins with the first look at which it is not. */
  readonly isUnderSound: boolean;
  readonly pace: "idle" | "sounding";
  /** For what the gain was set last: between two programmes it moves in steps, to and from an emergency at once. */
  readonly gainFor: "programme" | "emergency";
  /** For what it was asked at the last look, obeyed or not. */
  readonly askedFor: "programme" | "emergency";
  /** Gain that was asked for last, dB; null: none yet. */
  readonly wantedGainDb: number | null;
  /** Since when a sounding mixer has met a silent amplifier. */
  readonly silentSince: Instant | null;
  /** Why, as far as the devices say; null while nothing is silent. */
  readonly silentCause: Cause | null;
  /** When the newest reading was taken that shows it. */
  readonly silentSeenAt: Instant | null;
}
export type AmplifierTrouble = Extract<Cause, "amplifier-unreachable" | "amplifier-wrong-identity">;
/**
 * What was read last, of the points that were read; the same value while nothing else is read. No map: a copy would
 * take five times as long.
 */
export type Readings = Readonly<Partial<Record<Capability, Reading>>>;
export interface Reading {
  /** Null: read, and invalid. */
  readonly value: number | null;
  /** With which others it was read last; when, says `readAtOf`. */
  readonly round: number;
}

/**
 * When what is known was read. Most looks find what the one before found and only make it younger: so that stands
 * apart from what was read, and points that were read together share one instant.
 */
export interface Looks {
  /** When each round was taken. */
  readonly readAt: readonly Instant[];
  /** How many points each round has. */
  readonly sizes: readonly number[];
  /** Answers that say what is known already, by reference, and the rounds that they make younger. */
  readonly repeats: readonly Repeat[];
}
interface Repeat {
  readonly device: DeviceAlias;
  readonly values: readonly PointValue[];
  readonly rounds: readonly number[];
}

/** Ordered steps of devices that obey only in one order, around what sounds: see `sequences.ts`. */
export interface SequencesState {
  /** What is under way; `waitingFor`: who has not said what became of it. */
  readonly running: {
    readonly name: SequenceName;
    readonly at: Instant;
    readonly waitingFor: readonly DeviceAlias[];
    readonly isFailed: boolean;
  } | null;
  /** What went well, as far as it still holds. */
  readonly done: readonly SequenceName[];
  /** Failures in a row, and when the next try may be made. */
  readonly failures: number;
  readonly retryAt: Instant | null;
}

/** The quiet test once a day: see `self-test.ts`. */
export interface SelfTestState {
  readonly run: SelfTestRun | null;
  /** One that gave way is tried again, but not before this. */
  readonly retryAt: Instant | null;
  /** What the line drew since the last test; lost with a power cut, and the next days make up for it. */
  readonly tally: LineTally | null;
}
export interface SelfTestRun {
  readonly startedAt: Instant;
  /** What is still to be done; the first of it was asked for when `askedAt` is set. */
  readonly steps: readonly SelfTestStep[];
  readonly askedAt: Instant | null;
  readonly found: Pick<SelfTest, "switches" | "readBack" | "line" | "lineImpedanceOhm">;
  /** Why it failed; null: nothing failed yet. */
  readonly cause: Cause | null;
}
export type SelfTestStep =
  | { readonly kind: "write"; readonly capability: Capability; readonly value: number }
  /** What was switched on takes its time. */
  | { readonly kind: "wait"; readonly ms: number }
  /** Everything is read anew; what was switched must show, and the line is looked at. */
  | { readonly kind: "look"; readonly expected: Readonly<Partial<Record<Capability, number>>> }
  /** The device's own test. */
  | { readonly kind: "sequence"; readonly waitingFor: readonly DeviceAlias[] };

/** Looks at all that is needed, shortly before it is needed: see `readiness.ts`. */
export interface ReadinessState {
  /** The look that is under way. */
  readonly look: {
    readonly stage: ReadyStage;
    readonly at: Instant;
    readonly occurrences: readonly OccurrenceId[];
    /** Clips whose bytes are being read again. */
    readonly verifying: ReadonlySet<Sha256>;
    /** The amplifier has answered since. */
    readonly isSeen: boolean;
  } | null;
  /** Looks that were made for what is still to come. */
  readonly looked: readonly { readonly id: OccurrenceId; readonly stage: ReadyStage }[];
  /** What the last look found, one for each occurrence that it was for. */
  readonly found: readonly ReadyFinding[];
}
export type ReadyStage = "early" | "late";
export interface ReadyFinding {
  readonly id: OccurrenceId;
  readonly dueAt: Instant;
  readonly stage: ReadyStage;
  readonly at: Instant;
  /** Empty: it will be heard, as far as the box can know. */
  readonly lacks: readonly Cause[];
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
  /** Clips of emergencies that were asked for beside everything else, and when they may be asked for again. */
  readonly urgent: ReadonlyMap<Sha256, Instant>;
}

export interface LinkState {
  readonly phase: "down" | "connecting" | "up";
  /** Areas whose topics were subscribed to. */
  readonly areas: readonly AreaId[];
  /** Not all of them let it listen. */
  readonly isPartial: boolean;
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
  readonly roster: Memory["roster"];
  readonly lastEvent: number;
  readonly sequences: Memory["sequences"];
  readonly session: number;
  readonly sounding: Playout["sounding"];
  readonly trust: BoxTime["trust"];
  readonly airLookAt: Instant | null;
  readonly found: ReadinessState["found"];
  readonly devices: DevicesState["known"];
}
export interface Told {
  /** What the words below were made of; null: nothing was said yet on this connection. */
  readonly facts: Facts | null;
  /** Undefined: nothing was said yet on this connection. */
  readonly air: OccurrenceId | null | undefined;
  readonly faults: ToldFaults;
  readonly ready: string;
  /** What the last look before air found, by reference; null: to be said anew. */
  readonly found: ReadinessState["found"] | null;
  readonly reported: string;
  readonly samples: ToldSamples;
  /** The readings that were last compared, by reference; null: something waits. */
  readonly samplesOf: Readings | null;
  readonly samplesAt: MonotonicMs | null;
  /** Points that stood behind a fault then. */
  readonly blamed: ReadonlySet<Capability>;
  readonly levelAt: Instant | null;
  readonly beat: ToldBeat | null;
  readonly useAt: MonotonicMs | null;
}

export interface Health {
  readonly faults: ReadonlyMap<FaultKind, StandingFault>;
  /** Conditions that are not as the list says, since when: see `faults.ts`. */
  readonly turning: ReadonlyMap<FaultKind, MonotonicMs>;
  readonly freeDiskBytes: number | null;
  /** Nothing new is started before this: the last note could not be written. */
  readonly diskRetryAt: Instant | null;
  readonly planRefused: boolean;
  /** The rosters that were offered last do not follow from the one in force. */
  readonly rosterRefused: boolean;
  /** The built-in words, at the last look. */
  readonly areWordsWhole: boolean;
  /** Why the box could not look at the clock until a moment ago: it was off, or did not know the time. */
  readonly blindness: Extract<Cause, "power-cut" | "clock-untrusted"> | null;
}

export interface StandingFault {
  readonly since: Instant;
  readonly severity: Severity;
  /** The point that raised it, its value then, and the limit that it passed; null where no point did. */
  readonly evidence: {
    readonly point: Capability;
    readonly value: number;
    /** Null where a state is the alarm. */
    readonly threshold: number | null;
  } | null;
}
