import type { Occurrence } from "@loa/shared/broadcast/agenda.ts";
import type { Emergency } from "@loa/shared/broadcast/emergency.ts";
import type { Plan } from "@loa/shared/broadcast/plan.ts";
import type { Cause, Verdict } from "@loa/shared/broadcast/receipt.ts";
import type { CommandId, EmergencyId, OccurrenceId, StandingApprovalId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, type Instant, plus } from "@loa/shared/kernel/time.ts";
import type { LocalOrder } from "@loa/shared/trust/order.ts";
import type { Roster, RosterKey, SignedRoster } from "@loa/shared/trust/roster.ts";
import type { EventBody, SelfTest } from "@loa/shared/wire/bodies.ts";
import type { SequenceWindow } from "@loa/shared/wire/envelope.ts";
import { type BoxTime, earliestNow, isConfirmed } from "./box-time.ts";
import { put, type RecordChange } from "./effect.ts";
import type { Moment } from "./moment.ts";
import type { MonthUse } from "./month-use.ts";
import type { Notes } from "./notes.ts";
import type { FormerAreas } from "./own-areas.ts";

/** Everything that must survive a power cut. It is short on purpose. */
export interface Memory {
  /** Which keys are believed, and for what; null: those of the enrolment are, for everything. */
  readonly roster: KnownRoster | null;
  readonly plan: Plan | null;
  /** Who sealed it; null: nobody remembers. */
  readonly planIssuer: string | null;
  /** Where the plans before had it. */
  readonly formerAreas: FormerAreas;
  /** The plan before this one, kept while the new one is on probation. */
  readonly lastGood: Plan | null;
  readonly probation: Probation | null;
  /** Revision that made the agent crash again and again; it is not taken up a second time. */
  readonly badRevision: number;
  readonly progress: Notes<Noted>;
  readonly stoppedAt: Instant | null;
  /** The silence key is turned, and until when that counts; null: it is not, as far as was seen. */
  readonly silencedUntil: Instant | null;
  /** What a contact of this box may start by itself. */
  readonly local: LocalOrders;
  readonly emergencies: ReadonlyMap<EmergencyId, KnownEmergency>;
  /** Emergencies that were cancelled, and until when one that comes late is known as such. */
  readonly cancelled: ReadonlyMap<EmergencyId, Instant>;
  /** Standing approvals that were taken back, and when they would have ended by themselves. */
  readonly withdrawn: ReadonlyMap<StandingApprovalId, Instant>;
  /** What was seen of each issuer: who steals one key cannot use up the numbers of the next one. */
  readonly sequences: ReadonlyMap<string, SequenceWindow>;
  readonly commands: readonly CommandId[];
  readonly session: number;
  /** Name under which this run of the agent numbers its events. */
  readonly stream: string;
  readonly events: readonly EventBody[];
  readonly lastEvent: number;
  /** When it last said that it lives. */
  readonly aliveAt: Instant | null;
  /** What was on the disk when it started: no clock may say less. */
  readonly floor: Instant | null;
  /** What was due before this box had its first plan is not its to answer for. */
  readonly ownsFrom: Instant | null;
  /** Occurrences due up to here were looked at. */
  readonly settledUpTo: Instant | null;
  readonly use: MonthUse;
  readonly selfTest: SelfTestNotes;
}

/** The roster in force: as it was signed, which is what the disk keeps, and as it reads. */
export interface KnownRoster {
  readonly signed: SignedRoster;
  readonly contents: Roster;
}

/** The list that came last, by its number: an older one of the same issuer that comes later is none. */
export interface LocalOrders {
  readonly issuer: string;
  readonly sequence: number;
  readonly all: readonly LocalStanding[];
}

/** A message that was approved in advance, and how often it was started. */
export interface LocalStanding {
  readonly order: LocalOrder;
  /** Who has signed it; what they may do is asked of the roster of the day. */
  readonly signers: readonly Pick<RosterKey, "id" | "publicKey">[];
  readonly starts: number;
  /** Its contact was seen released since it came, or was last started. */
  readonly isArmed: boolean;
}

/** What is kept of the tests of the nights before. */
export interface SelfTestNotes {
  readonly last: SelfTest | null;
  /** When one was last carried out to its end, whatever came of it. */
  readonly doneAt: Instant | null;
  /** Of as many days as are kept, the oldest first. */
  readonly lines: readonly LineResult[];
  /** Since when the newest of them departs from the others; null: it does not. */
  readonly driftingSince: Instant | null;
}

/** One day of a loudspeaker line. */
export interface LineResult {
  readonly at: Instant;
  /** The lines that were switched on under the programmes. */
  readonly zones: string;
  /** What it would have drawn at full output, by the day's programmes, A. */
  readonly currentA: number | null;
  /** As the device itself measured it in the test, with all lines on. */
  readonly impedanceOhm: number | null;
}

/** What the line drew since the last test, summed over readings of a loud output. */
export interface LineTally {
  readonly zones: string;
  /** When the last reading was taken. */
  readonly upTo: Instant;
  readonly readings: number;
  readonly currentA: number;
  /** Sum of the amplifier's output, 1 being full scale. */
  readonly output: number;
}

/** An emergency as it was signed, and what the box knows of it. */
export interface KnownEmergency {
  readonly emergency: Emergency;
  /** When this run of the agent came to know it, and how long it was still to live then: see `emergencies.ts`. */
  readonly knownAt: Instant;
  readonly lifeMs: number;
  /** Whether its own clip is said; until that is on the disk the built-in words are. */
  readonly isClipSaid: boolean;
  /** The clip is there and cannot be played. */
  readonly isClipBad: boolean;
  /** Until when its approval could bring it again, were it forgotten; null: nobody's approval did. */
  readonly approveBy: Instant | null;
  /** It says that another one was wrong. */
  readonly isCorrection: boolean;
}

/** How far an occurrence has come, as written on the disk. */
export interface Noted {
  readonly id: OccurrenceId;
  readonly rung: Occurrence["rung"];
  readonly dueAt: Instant;
  readonly durationMs: number;
  /** How much of that is no sound, ms: silence that belongs to it. */
  readonly pauseMs: number;
  readonly offsetMs: number;
  readonly since: Instant | null;
  /** When the first of it was asked to sound. */
  readonly begunAt: Instant | null;
  readonly isOver: boolean;
  /** Sound that really left the mixer, ms. */
  readonly playedMs: number;
  /** Sound that left the mixer while the amplifier was known not to pass it on, ms. */
  readonly lostMs: number;
  /** The latest sound of which no reading of the amplifier has yet said that it got through, ms. */
  readonly unprovenMs: number;
  readonly startErrorMs: number | null;
  readonly mixerDb: number | null;
  readonly amplifierOn: boolean | null;
  readonly amplifierDb: number | null;
  readonly amplifierMeterPercent: number | null;
  readonly gainDb: number | null;
  readonly lineCurrentA: number | null;
  readonly microphoneDb: number | null;
  readonly microphoneMatch: number | null;
  /** Sound during which nobody measured what came out, ms; and the latest stretch of it, of which that is open yet. */
  readonly unmeasuredMs: number;
  readonly unseenMs: number;
  /** When the newest reading was taken that says that it got through. */
  readonly provenAt: Instant | null;
  /** The first thing that went wrong. */
  readonly trouble: Cause | null;
  /** Verdict that was already sent for it; a better known one replaces it. */
  readonly told: Verdict | null;
}

export const NO_TESTS: SelfTestNotes = { last: null, doneAt: null, lines: [], driftingSince: null };

export interface Probation {
  readonly revision: number;
  readonly until: Instant;
  /** Id of the machine's boot: a power cut is not a crash. */
  readonly bootId: string;
  readonly crashes: number;
}

/** Records older than this are of no use to any decision. */
export const KEEP_PROGRESS_MS = 3 * DAY_MS;
export const MAX_COMMANDS = 512;
export const NO_LOCAL: LocalOrders = { issuer: "", sequence: 0, all: [] };

export function putProgress(one: Noted): RecordChange {
  return put("occurrence", one.id, one);
}

/**
 * A battery clock may be years ahead, and a time server's answer can be forged: were their time the floor, no true clock
 * would be believed after it. That only signed time can be.
 */
export function putAlive(time: BoxTime, { now, mono }: Moment): readonly RecordChange[] {
  if (!isConfirmed(time.trust)) return [];
  return [put("meta", "alive-at", now), put("meta", "floor", earliestNow(time, mono))];
}

/** Forgets progress that no decision can need any more, and what was never due. */
export function pruneProgress(
  progress: Notes<Noted>,
  neverDue: readonly Noted[],
  nowFor: (note: Noted) => Instant,
): { kept: Notes<Noted>; changes: readonly RecordChange[] } {
  const old = progress
    .all()
    .filter(
      (one) => (one.isOver && one.dueAt < plus(nowFor(one), -KEEP_PROGRESS_MS)) || neverDue.includes(one),
    )
    .map((one) => one.id);
  return {
    kept: progress.without(old),
    changes: old.map((key) => ({ op: "delete", table: "occurrence", key })),
  };
}
