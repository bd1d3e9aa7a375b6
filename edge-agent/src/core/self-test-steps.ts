import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import { type Instant, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { isAsWanted } from "./amplifier.ts";
import { devicesWith } from "./devices.ts";
import type { DeviceEvent } from "./event.ts";
import { type Moment, toWall } from "./moment.ts";
import { readAtOf } from "./readings.ts";
import type { AgentState, AmplifierState, SelfTestRun, SelfTestStep } from "./state.ts";

/** Points that say by themselves that something is wrong with the line. */
const lineFlags: readonly (readonly [Capability, Cause])[] = [
  ["speakerLine.short", "line-short"],
  ["amplifier.fault.short", "line-short"],
  ["speakerLine.open", "line-open"],
  ["speakerLine.fault", "line-open"],
];

/** No amplifier takes longer to say what it does; one that is given more time for its first sample is looked at earlier. */
const MAX_WAIT_MS = 15 * SECOND_MS;
/** A test that gave way is tried again after this, within its night. */
const RETRY_MS = 5 * MINUTE_MS;
const zonePoints = ["zone.1", "zone.2", "zone.3", "zone.4"] as const satisfies readonly Capability[];

/**
 * Silence first, then power and lines, a look at everything, and back again. What can neither be muted nor turned down
 * all the way is only looked at: its hum would be heard.
 */
export function stepsOf(state: AgentState): readonly SelfTestStep[] {
  const known = state.amplifier.capabilities ?? [];
  const silence = silenceOf(known, state.setup.amplifier.gain?.minDb ?? null);
  const switched = silence.length === 0 ? [] : switchesIn(known);
  const on = [...silence, ...switched.map((point) => written(point, 1))];
  const off = [...switched].reverse().map((point) => written(point, 0));
  const expected = Object.fromEntries(on.map(({ capability, value }) => [capability, value]));
  const testers = devicesWith(state.devices, "quiet-test");
  const own: readonly SelfTestStep[] =
    testers.length === 0 ? [] : [{ kind: "sequence", waitingFor: testers }];
  const waitMs = switched.length === 0 ? 0 : Math.min(state.setup.amplifier.warmUpMs, MAX_WAIT_MS);
  const settled: readonly SelfTestStep[] = waitMs === 0 ? [] : [{ kind: "wait", ms: waitMs }];
  return [...on, ...settled, { kind: "look", expected }, ...off, ...own];
}

interface WriteStep {
  readonly kind: "write";
  readonly capability: Capability;
  readonly value: number;
}

function written(capability: Capability, value: number): WriteStep {
  return { kind: "write", capability, value };
}

/** Empty: it cannot be made silent, or there is nothing to switch. */
function silenceOf(known: readonly Capability[], minGainDb: number | null): readonly WriteStep[] {
  const mute = known.includes("amplifier.mute") ? [written("amplifier.mute", 1)] : [];
  const canTurnDown = known.includes("amplifier.gain") && minGainDb !== null;
  const gain = canTurnDown ? [written("amplifier.gain", minGainDb)] : [];
  const steps = [...mute, ...gain];
  if (steps.length === 0) return [];
  const inputs = (["input.line", "input.fm"] as const).filter((point) => known.includes(point));
  return [...steps, ...inputs.map((point) => written(point, 0))];
}

function switchesIn(known: readonly Capability[]): readonly Capability[] {
  return (["amplifier.power", ...zonePoints] as const).filter((point) => known.includes(point));
}

/** What a device says while a test runs, as far as it is an answer to the step that was asked for. */
export function afterSelfTest(state: AgentState, event: DeviceEvent, moment: Moment): AgentState {
  const { run } = state.selfTest;
  if (run === null || run.askedAt === null) return state;
  // It was on for too long before the test, and what its limit switches off has refused nothing.
  if (event.kind === "device-lease-ended") return giveWay(state, moment.now);
  const next = answered(state, run, run.askedAt, event, moment);
  return next === run ? state : { ...state, selfTest: { ...state.selfTest, run: next } };
}

/** What was asked for is answered into the air; the amplifier is free for whoever wants it. */
export function giveWay(state: AgentState, now: Instant): AgentState {
  return tryLater({ ...state, amplifier: { ...state.amplifier, pending: null } }, now);
}

export function tryLater(state: AgentState, now: Instant): AgentState {
  return { ...state, selfTest: { ...state.selfTest, run: null, retryAt: plus(now, RETRY_MS) } };
}

function answered(
  state: AgentState,
  run: SelfTestRun,
  askedAt: Instant,
  event: DeviceEvent,
  moment: Moment,
): SelfTestRun {
  const [step] = run.steps;
  if (step === undefined) return run;
  if (event.kind === "device-unreachable")
    return state.amplifier.trouble === null ? run : { ...run, cause: state.amplifier.trouble.cause };
  if (step.kind === "write" && event.kind === "device-written") return afterWrite(run, step, event);
  if (step.kind === "sequence" && event.kind === "device-ran") return afterOwnTest(run, step, event);
  if (step.kind === "look" && event.kind === "device-values" && toWall(moment, event.at) >= askedAt)
    return afterLook(run, step.expected, state.amplifier, askedAt);
  return run;
}

function afterWrite(
  run: SelfTestRun,
  step: WriteStep,
  { capability, value, outcome }: Extract<DeviceEvent, { kind: "device-written" }>,
): SelfTestRun {
  if (capability !== step.capability || value !== step.value) return run;
  const isSwitch = capability === "amplifier.power" || capability.startsWith("zone.");
  if (outcome === "verified") {
    const found = isSwitch ? { ...run.found, switches: true } : run.found;
    return onward({ ...run, found });
  }
  const isRefused = outcome === "not-verified" || outcome === "not-supported";
  const found = isSwitch ? { ...run.found, switches: false } : run.found;
  return { ...run, found, cause: isRefused ? "amplifier-refused" : "amplifier-unreachable" };
}

/** Every device with a test of its own answers once. */
function afterOwnTest(
  run: SelfTestRun,
  step: Extract<SelfTestStep, { kind: "sequence" }>,
  { device, sequence, outcome }: Extract<DeviceEvent, { kind: "device-ran" }>,
): SelfTestRun {
  if (sequence !== "quiet-test") return run;
  if (outcome !== "done") return { ...run, cause: "self-test-failed" };
  const waitingFor = step.waitingFor.filter((one) => one !== device);
  if (waitingFor.length === 0) return onward(run);
  return { ...run, steps: [{ ...step, waitingFor }, ...run.steps.slice(1)] };
}

/** Ends the look when everything that was switched has been read anew. */
function afterLook(
  run: SelfTestRun,
  expected: Readonly<Partial<Record<Capability, number>>>,
  amplifier: AmplifierState,
  askedAt: Instant,
): SelfTestRun {
  const points = Object.keys(expected) as Capability[];
  const isReadAnew = points.every((point) => (readAtOf(amplifier, point) ?? 0) >= askedAt);
  if (!isReadAnew) return run;
  const isAsSwitched = points.every((point) =>
    isAsWanted(amplifier.actual[point], point, expected[point] ?? 0),
  );
  const broken = lineFlags.find(([point]) => amplifier.actual[point]?.value === 1);
  const impedance = amplifier.actual["speakerLine.impedance"]?.value ?? null;
  const canTell = impedance !== null || lineFlags.some(([point]) => amplifier.actual[point] !== undefined);
  const found = {
    ...run.found,
    readBack: points.length === 0 ? null : isAsSwitched,
    line: canTell ? broken === undefined : null,
    lineImpedanceOhm: impedance,
  };
  if (!isAsSwitched) return { ...run, found, cause: "amplifier-refused" };
  return broken === undefined ? onward({ ...run, found }) : { ...run, found, cause: broken[1] };
}

/** The next step is to be asked for. */
export function onward(run: SelfTestRun): SelfTestRun {
  return { ...run, steps: run.steps.slice(1), askedAt: null };
}
