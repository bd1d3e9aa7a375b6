import type { OnAir } from "@loa/shared/broadcast/on-air.ts";
import type { FaultKind } from "@loa/shared/device/fault.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { SelfTest } from "@loa/shared/wire/bodies.ts";
import { type Effect, put } from "./effect.ts";
import { fullCurrentOf, isDrifting, withResult } from "./line-trend.ts";
import type { SelfTestNotes } from "./memory.ts";
import { type Moment, sooner } from "./moment.ts";
import { withMemory } from "./note-down.ts";
import { withEvents } from "./outbox.ts";
import { giveWay, onward, stepsOf, tryLater } from "./self-test-steps.ts";
import { FAILED_AGAIN_MS, nightAfter, nightAt, STALE_AFTER_MS } from "./self-test-time.ts";
import type { AgentState, SelfTestRun, SelfTestState, SelfTestStep } from "./state.ts";

/**
 * The quiet look at the cabinet once a night, and hourly while it fails: power and lines are switched and read back
 * while the amplifier is muted or turned down all the way, and nothing is played. It gives way at once to anything
 * that wants the air.
 */

export const NO_TEST: SelfTestState = { run: null, retryAt: null, tally: null };

/** Nothing may be due for so long: a test that hangs must be over before the amplifier is needed. */
const CLEAR_AHEAD_MS = 10 * MINUTE_MS;
/** The driver answers every write; a look takes a round, a sequence as long as its steps. */
const ANSWER_WITHIN_MS = {
  write: 30 * SECOND_MS,
  look: 10 * SECOND_MS,
  sequence: 5 * MINUTE_MS,
} as const satisfies Record<Exclude<SelfTestStep["kind"], "wait">, number>;

export interface SelfTestLook {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
}

/** Begins the test when its time has come, asks for its next step, and ends it. */
export function runSelfTest(
  state: AgentState,
  air: OnAir | null,
  isOnWanted: boolean,
  moment: Moment,
): SelfTestLook {
  const { run } = state.selfTest;
  const isFree = !isOnWanted && isQuiet(state, air);
  if (run === null) return isFree ? beginWhenDue(state, moment) : waitFor(state, moment);
  if (!isFree) return later(giveWay(state, moment.now));
  return goOn(state, run, moment);
}

/** Nothing sounds, wants to, or is held ready. */
function isQuiet(state: AgentState, air: OnAir | null): boolean {
  return (
    air !== null &&
    air.holder === null &&
    air.waiting.length === 0 &&
    state.playout.sounding.length === 0 &&
    state.amplifier.pace === "idle"
  );
}

/** When the next test is due, and what is to be said if its night went by without one. */
function dueIn(state: AgentState, now: Instant): { dueAt: Instant; isSkipped: boolean } {
  const { box } = state.setup;
  const { last, doneAt } = state.memory.selfTest;
  const night = nightAt(box, now);
  const isDone = last !== null && last.at >= night.slotAt;
  const isOver = now >= night.closesAt;
  const nextSlotAt = isDone || isOver ? nightAfter(box, now).slotAt : night.slotAt;
  // A failure stands until one has passed: a night in which nobody could look takes nothing from it.
  if (last?.outcome === "failed")
    return { dueAt: earlier(plus(last.at, FAILED_AGAIN_MS), nextSlotAt), isSkipped: false };
  if (!isDone && !isOver) return { dueAt: night.slotAt, isSkipped: false };
  const { ownsFrom } = state.memory;
  if (!isDone && ownsFrom !== null && ownsFrom <= night.slotAt) return { dueAt: now, isSkipped: true };
  // Nobody hears it, so it is made by day as well when the last one is stale.
  return { dueAt: earlier(plus(doneAt ?? ownsFrom ?? now, STALE_AFTER_MS), nextSlotAt), isSkipped: false };
}

function earlier(one: Instant, other: Instant): Instant {
  return one < other ? one : other;
}

function beginWhenDue(state: AgentState, moment: Moment): SelfTestLook {
  const { now, isTrusted } = moment;
  if (!isTrusted || state.memory.ownsFrom === null) return still(state, null);
  const { dueAt, isSkipped } = dueIn(state, now);
  if (isSkipped) return conclude(state, skippedTest(state, now), moment);
  const at =
    state.selfTest.retryAt !== null && state.selfTest.retryAt > dueAt ? state.selfTest.retryAt : dueAt;
  if (now < at) return still(state, at);
  const { amplifier } = state;
  const canAnswer = amplifier.capabilities !== null && amplifier.trouble === null;
  if (!canAnswer || amplifier.pending !== null) return waitFor(state, moment);
  const next = nextDue(state, now);
  if (next !== null && next <= plus(now, CLEAR_AHEAD_MS)) return later(tryLater(state, now));
  const run: SelfTestRun = {
    startedAt: now,
    steps: stepsOf(state),
    askedAt: null,
    found: { switches: null, readBack: null, line: null, lineImpedanceOhm: null },
    cause: null,
  };
  return goOn({ ...state, selfTest: { ...state.selfTest, run, retryAt: null } }, run, moment);
}

/** When something of the agenda begins next. */
function nextDue({ agenda }: AgentState, now: Instant): Instant | null {
  return agenda.occurrences.find((one) => one.at > now)?.at ?? null;
}

/** The end of the night is looked at even if nothing else happens: a test that was not made is told. */
function waitFor(state: AgentState, { now, isTrusted }: Moment): SelfTestLook {
  if (!isTrusted || state.memory.ownsFrom === null) return still(state, null);
  const { slotAt, closesAt } = nightAt(state.setup.box, now);
  const isDone = state.memory.selfTest.last !== null && state.memory.selfTest.last.at >= slotAt;
  return still(state, !isDone && now < closesAt ? sooner(closesAt, now < slotAt ? slotAt : null) : null);
}

function later(state: AgentState): SelfTestLook {
  return still(state, state.selfTest.retryAt);
}

function still(state: AgentState, lookAgainAt: Instant | null): SelfTestLook {
  return { state, effects: [], lookAgainAt };
}

function goOn(state: AgentState, run: SelfTestRun, moment: Moment): SelfTestLook {
  const { now } = moment;
  const [step] = run.steps;
  if (step === undefined || run.cause !== null) return conclude(state, resultOf(state, run, now), moment);
  const answerBy = plus(run.askedAt ?? now, step.kind === "wait" ? step.ms : ANSWER_WITHIN_MS[step.kind]);
  if (run.askedAt === null) {
    const asked: SelfTestRun = { ...run, askedAt: now };
    const effects = step.kind === "wait" ? [] : [effectOf(step)];
    return {
      state: { ...state, selfTest: { ...state.selfTest, run: asked } },
      effects,
      lookAgainAt: answerBy,
    };
  }
  if (now < answerBy) return still(state, answerBy);
  if (step.kind === "wait") return goOn(state, onward(run), moment);
  return conclude(state, resultOf(state, { ...run, cause: "amplifier-unreachable" }, now), moment);
}

function effectOf(step: Exclude<SelfTestStep, { kind: "wait" }>): Effect {
  switch (step.kind) {
    case "write":
      return { kind: "write-device", capability: step.capability, value: step.value };
    case "look":
      return { kind: "look-now" };
    case "sequence":
      return { kind: "run-sequence", sequence: "quiet-test" };
  }
}

function resultOf(state: AgentState, run: SelfTestRun, now: Instant): SelfTest {
  return {
    kind: "self-test",
    at: now,
    outcome: run.cause === null ? "passed" : "failed",
    cause: run.cause,
    ...run.found,
    lineCurrentA: fullCurrentOf(state.selfTest.tally),
  };
}

/** The night is over and nobody could look: the amplifier did not answer, or something was always on air. */
function skippedTest(state: AgentState, now: Instant): SelfTest {
  return {
    kind: "self-test",
    at: now,
    outcome: "skipped",
    cause: state.amplifier.trouble?.cause ?? null,
    switches: null,
    readBack: null,
    line: null,
    lineCurrentA: null,
    lineImpedanceOhm: null,
  };
}

/** Written down and told like a receipt. */
function conclude(state: AgentState, result: SelfTest, { now }: Moment): SelfTestLook {
  const before = state.memory.selfTest;
  const isSkipped = result.outcome === "skipped";
  const zones = state.selfTest.tally?.zones ?? "";
  const line = {
    at: now,
    zones,
    currentA: result.lineCurrentA,
    impedanceOhm: result.lineImpedanceOhm,
  };
  const lines = isSkipped ? before.lines : withResult(before.lines, line);
  const selfTest: SelfTestNotes = {
    last: result,
    doneAt: isSkipped ? before.doneAt : now,
    lines,
    driftingSince: isDrifting(lines) ? (before.driftingSince ?? now) : null,
  };
  const told = withEvents(state.memory, [result]);
  const changes = [put("meta", "self-test", selfTest), ...told.changes];
  const tally = result.lineCurrentA === null ? state.selfTest.tally : null;
  const next = withMemory(
    { ...state, selfTest: { run: null, retryAt: null, tally } },
    { ...told.memory, selfTest },
  );
  const effects: Effect[] = [{ kind: "commit", onFailure: "keep", changes }];
  return { state: next, effects, lookAgainAt: plus(now, SECOND_MS) };
}

/** Conditions that a person must know of, each since when. */
export function selfTestFaults({ last, driftingSince }: SelfTestNotes): readonly SelfTestFault[] {
  if (last?.outcome !== "failed" && driftingSince === null) return NO_FAULTS;
  return [
    ...(last?.outcome === "failed" ? [{ kind: "self-test-failed", since: last.at } as const] : []),
    ...(driftingSince === null ? [] : [{ kind: "line-drifting", since: driftingSince } as const]),
  ];
}
interface SelfTestFault {
  readonly kind: Extract<FaultKind, "self-test-failed" | "line-drifting">;
  readonly since: Instant;
}
const NO_FAULTS: readonly SelfTestFault[] = [];
