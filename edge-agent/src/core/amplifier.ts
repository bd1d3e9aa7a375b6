import type { Plan } from "@loa/shared/broadcast/plan.ts";
import type { Capability, DeviceFailure } from "@loa/shared/device/capability.ts";
import { type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { Effect } from "./effect.ts";
import type { DeviceEvent } from "./event.ts";
import { afterAnswer, givenUp, mayAsk, NO_FURTHER, withAsked, withoutFurther } from "./further-lines.ts";
import { type Moment, sooner, toWall } from "./moment.ts";
import { afterPoint, afterSilence, afterValues, type Known, NOTHING_READ, readAtOf } from "./readings.ts";
import type { AmplifierState, DevicesState, Reading } from "./state.ts";

/** A gain that reads back within this of what was asked is the gain that was asked, dB. */
const GAIN_TOLERANCE_DB = 0.75;
/** Under a sound the gain moves by no more than this at a time, dB. */
const GAIN_STEP_DB = 3;
/** Waits between tries of a write that failed, ms; the last one repeats. */
const RETRY_MS = [500, 1_000, 2_000, 5_000, 15_000, 30_000] as const;
/** The driver answers every write; one without an answer for this long is asked again. */
const ANSWER_WITHIN_MS = 30 * SECOND_MS;
/** So many writes in a row that were answered but not obeyed are a fault. */
export const REFUSALS_FOR_FAULT = 3;
/** So many silences in a row are a fault: one may be noise. */
export const SILENCES_FOR_FAULT = 2;
/** A reading older than this says nothing about now. */
export const READING_VALID_MS = 60 * SECOND_MS;

const zones = [1, 2, 3, 4] as const satisfies Plan["zones"];

export const NO_AMPLIFIER: AmplifierState = {
  capabilities: null,
  ...NOTHING_READ,
  pending: null,
  refusals: 0,
  refused: null,
  retryAt: null,
  further: NO_FURTHER,
  trouble: null,
  wantedOnUntil: null,
  isUnderSound: false,
  pace: "idle",
  gainFor: "programme",
  askedFor: "programme",
  wantedGainDb: null,
  silentSince: null,
  silentCause: null,
  silentSeenAt: null,
};

/** What a device reports, as far as it is about points: who answers and who does not is in `devices.ts`. */
export function afterAmplifier(
  state: AmplifierState,
  event: DeviceEvent,
  devices: DevicesState,
  moment: Moment,
): AmplifierState {
  switch (event.kind) {
    case "device-identified":
      return { ...state, retryAt: null };
    case "device-values":
      return withKnown(state, afterValues(state, event, devices, toWall(moment, event.at)));
    case "device-written":
      return afterWrite(state, event, toWall(moment, event.at));
    case "device-unreachable":
      return withKnown(state, afterSilence(state, event.device, devices));
    case "device-ran":
    case "device-alarm":
    case "device-lease-ended":
      return state;
  }
}

function withKnown(state: AmplifierState, { actual, looks }: Known): AmplifierState {
  return { ...state, actual, looks };
}

function afterWrite(
  state: AmplifierState,
  event: Extract<DeviceEvent, { kind: "device-written" }>,
  at: Instant,
): AmplifierState {
  const known = afterPoint(state, event.capability, event.readBack, at);
  if (state.further.asked === event.capability) {
    const further = afterAnswer(state.further, event.capability, event.outcome === "verified", at);
    return { ...state, ...known, pending: null, further };
  }
  if (event.outcome === "verified") {
    // Others going through does not make a refused one obey: its count stays until it does.
    const isCured = state.refused === null || state.refused === event.capability;
    const cured = isCured ? { refusals: 0, refused: null } : {};
    return { ...state, ...known, pending: null, retryAt: null, ...cured };
  }
  // Who did not answer has refused nothing: that is a silence, and told as one.
  const isAnswered = event.outcome === "not-verified" || answeredNo.has(event.outcome);
  const tries = isAnswered ? state.refusals + 1 : (state.trouble?.times ?? 0) + 1;
  const waitMs = RETRY_MS[Math.min(tries, RETRY_MS.length) - 1] ?? RETRY_MS[0];
  const refusal = isAnswered ? { refusals: tries, refused: event.capability } : {};
  return { ...state, ...known, pending: null, ...refusal, retryAt: plus(at, waitMs) };
}

const answeredNo: ReadonlySet<string> = new Set<DeviceFailure>(["exception", "not-supported"]);

/** What is asked of the amplifier now. */
export interface Wish {
  readonly isOn: boolean;
  /** The plan's own lines, switched on with it; null: all that it has. */
  readonly zones: Plan["zones"] | null;
  /** Its other lines are switched on as well: see `further-lines.ts`. */
  readonly isOnFurther: boolean;
  /** A line is said to be shorted while they may be on. */
  readonly isShorted: boolean;
  /** Within what it can be set to. */
  readonly gainDb: number;
  readonly gainFor: AmplifierState["gainFor"];
  /** Something is heard: between two programmes the gain moves in steps. */
  readonly isHeard: boolean;
  /** Its own inputs that are on the air. */
  readonly inputs: readonly ("line" | "fm")[];
  /** A device is being woken: until then it would not obey. */
  readonly isWaking: boolean;
}

export interface AmplifierStep {
  readonly state: AmplifierState;
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
}

/** Brings the amplifier towards what is wanted, one verified write after the other. */
export function driveAmplifier(state: AmplifierState, wish: Wish, { now }: Moment): AmplifierStep {
  const driven = drive(state, wish, now);
  const { pending, retryAt } = driven.state;
  const answerBy = pending === null ? null : plus(pending.at, ANSWER_WITHIN_MS);
  const ahead = [retryAt, answerBy, ...driven.state.further.retryAt.values()].filter(
    (at) => at !== null && at > now,
  );
  return { ...driven, lookAgainAt: ahead.reduce(sooner, null) };
}

function drive(
  state: AmplifierState,
  wish: Wish,
  now: Instant,
): { state: AmplifierState; effects: readonly Effect[] } {
  const effects: Effect[] = [];
  const { isOn: wantOn } = wish;
  let next = state;
  const pace = wantOn ? "sounding" : "idle";
  if (pace !== state.pace) effects.push({ kind: "pace-devices", pace });
  // The wait after a refusal was for what was wanted then: an alarm does not wait for a relay that is stuck.
  if (pace !== state.pace || wish.gainFor !== state.askedFor)
    next = { ...next, pace, askedFor: wish.gainFor, retryAt: null };
  const further = furtherFor(wish, next);
  if (further !== next.further) next = { ...next, further };
  if (wantOn && next.wantedGainDb !== wish.gainDb) next = { ...next, wantedGainDb: wish.gainDb };
  const isBusy = next.pending !== null && now < plus(next.pending.at, ANSWER_WITHIN_MS);
  // Before it is put right it is looked at: how it was found says whether it passed on what sounded until now.
  const isSeen = next.capabilities !== null && (!wantOn || answeredAt(next) !== null);
  if (isBusy || wish.isWaking || !isSeen) return { state: next, effects };
  const isWaiting = next.retryAt !== null && now < next.retryAt;
  const wanted = wantedPoints(wish, next);
  const own = isWaiting ? null : nextWrong(next, wanted.own);
  const askable = wanted.further.filter(([line]) => mayAsk(next.further, line, now));
  const apart = nextWrong(next, askable);
  // A shorted line goes off first: until then nobody hears anything.
  const wrong = next.further.isGivenUp ? (apart ?? own) : (own ?? apart);
  if (wrong === null && isWaiting) return { state: next, effects };
  if (wrong === null) {
    // It came round by itself, so nothing is left to try again. Being off proves no obedience: a relay may be stuck.
    return { state: wantOn ? cured(next, wish.gainFor) : withoutRetry(next), effects };
  }
  const [capability, value] = wrong;
  effects.push({ kind: "write-device", capability, value });
  const retryAt = isWaiting ? next.retryAt : null;
  const asked = withAsked(next.further, wrong === apart ? capability : null);
  return { state: { ...next, pending: { capability, at: now }, retryAt, further: asked }, effects };
}

function cured(state: AmplifierState, gainFor: Wish["gainFor"]): AmplifierState {
  const { refusals, refused } = state;
  const isWell = refusals === 0 && refused === null && state.gainFor === gainFor;
  return withoutRetry(isWell ? state : { ...state, refusals: 0, refused: null, gainFor });
}

function withoutRetry(state: AmplifierState): AmplifierState {
  return state.retryAt === null ? state : { ...state, retryAt: null };
}

type WantedPoint = readonly [Capability, number];
interface WantedPoints {
  readonly own: readonly WantedPoint[];
  /** Switched on when all of the former are as wanted, or wait to be tried again. */
  readonly further: readonly WantedPoint[];
}

/** The first point that is not as wanted; after a refusal the one behind it, so that one point never stops all. */
function nextWrong(state: AmplifierState, wanted: readonly WantedPoint[]): WantedPoint | null {
  const refusedAt = wanted.findIndex(([point]) => point === state.refused);
  const inTurn = [...wanted.slice(refusedAt + 1), ...wanted.slice(0, refusedAt + 1)];
  return inTurn.find(([point, value]) => !isAsWanted(state.actual[point], point, value)) ?? null;
}

/** What is wanted while nothing is, by what the amplifier has: asked at every look. */
const restPoints = new WeakMap<readonly Capability[], WantedPoints>();

function wantedPoints(wish: Wish, state: AmplifierState): WantedPoints {
  const known = state.capabilities ?? [];
  if (wish.isOn) return pointsFor(wish, state, known);
  const points = restPoints.get(known) ?? pointsFor(wish, state, known);
  restPoints.set(known, points);
  return points;
}

/**
 * Order matters: the unmute comes last going up and first going down, so no line of the plan is switched under load.
 * Further lines of an emergency are: its first words are not kept waiting for a relay that is not there.
 */
function pointsFor(wish: Wish, state: AmplifierState, known: readonly Capability[]): WantedPoints {
  const isOwn = (zone: Plan["zones"][number]) => wish.zones?.includes(zone) !== false;
  const apart = wish.isOn && wish.isOnFurther ? zones.filter((zone) => !isOwn(zone)) : [];
  const lines = zones
    .filter((zone) => !apart.includes(zone))
    .map((zone): WantedPoint => [`zone.${zone}`, wish.isOn && isOwn(zone) ? 1 : 0]);
  // An input that is not on the air is muted here as it is in the mixer: idle receivers pick up what they like.
  const inputs = (["line", "fm"] as const).map((input): WantedPoint => {
    return [`input.${input}`, wish.isOn && wish.inputs.includes(input) ? 1 : 0];
  });
  const own: readonly WantedPoint[] = wish.isOn
    ? [
        ["amplifier.power", 1],
        ["amplifier.gain", nextGain(wish, state)],
        ...lines,
        ...inputs,
        ["amplifier.mute", 0],
      ]
    : [["amplifier.mute", 1], ...inputs, ...lines, ["amplifier.power", 0]];
  const further = apart.map((zone): WantedPoint => [`zone.${zone}`, state.further.isGivenUp ? 0 : 1]);
  const isKnown = ([point]: WantedPoint) => known.includes(point);
  return { own: own.filter(isKnown), further: further.filter(isKnown) };
}

/** They are not given up where nothing would be left to be heard from. */
function furtherFor(wish: Wish, { capabilities, further }: AmplifierState): AmplifierState["further"] {
  if (!wish.isOnFurther) return withoutFurther(further);
  const hasOwn = wish.zones?.some((zone) => capabilities?.includes(`zone.${zone}`)) === true;
  return wish.isShorted && hasOwn ? givenUp(further) : further;
}

/** Under a sound the gain moves step by step, each read back; to and from an emergency, and in silence, at once. */
function nextGain(wish: Wish, state: AmplifierState): number {
  const from = state.actual["amplifier.gain"]?.value ?? null;
  if (!wish.isHeard || wish.gainFor !== state.gainFor || from === null) return wish.gainDb;
  const awayDb = wish.gainDb - from;
  return Math.abs(awayDb) <= GAIN_STEP_DB + GAIN_TOLERANCE_DB
    ? wish.gainDb
    : from + Math.sign(awayDb) * GAIN_STEP_DB;
}

/** Whether a reading says what was asked for. */
export function isAsWanted(reading: Reading | undefined, point: Capability, wanted: number): boolean {
  if (reading === undefined || reading.value === null) return false;
  const tolerance = point === "amplifier.gain" ? GAIN_TOLERANCE_DB : 0;
  return Math.abs(reading.value - wanted) <= tolerance;
}

/** A reading that is young enough to speak for now; null otherwise. */
export function valueNow(
  state: AmplifierState,
  point: Capability,
  now: Instant,
  withinMs = READING_VALID_MS,
): number | null {
  const reading = state.actual[point];
  const at = reading === undefined ? undefined : state.looks.readAt[reading.round];
  return reading === undefined || at === undefined || now - at > withinMs ? null : reading.value;
}

/** The latest instant of which the amplifier's own words say that sound gets through; null when they do not. */
export function provenAt(state: AmplifierState, now: Instant): Instant | null {
  if (state.trouble !== null) return null;
  const power = state.actual["amplifier.power"];
  const hasPower = state.capabilities?.includes("amplifier.power") === true;
  if (hasPower && power?.value !== null)
    return isPassing(state, now, READING_VALID_MS) === true ? readAtOf(state, "amplifier.power") : null;
  // It cannot say whether it is on: that it answers must do.
  return answeredAt(state);
}

/** When any of the points was read that the amplifier has. */
function answeredAt(state: AmplifierState): Instant | null {
  let latest: Instant | null = null;
  for (const point of state.capabilities ?? []) {
    const at = readAtOf(state, point);
    if (at !== null && (latest === null || at > latest)) latest = at;
  }
  return latest;
}

/**
 * Whether the read-back says that sound gets through: on, not muted, a line switched on. Null: not known, or not
 * read within `withinMs`.
 */
export function isPassing(state: AmplifierState, now: Instant, withinMs: number): boolean | null {
  const known = state.capabilities;
  if (known === null || (state.trouble !== null && state.trouble.times >= SILENCES_FOR_FAULT)) return false;
  const power = powerNow(state, known, now, Math.min(withinMs, READING_VALID_MS));
  if (power === null) return null;
  const isMuted = known.includes("amplifier.mute") && valueNow(state, "amplifier.mute", now) === 1;
  return power === 0 || isMuted ? false : isLineOn(state, known, now);
}

/** One without a switch of its own is on as long as it answers, unless it says that it sleeps. */
function powerNow(
  state: AmplifierState,
  known: readonly Capability[],
  now: Instant,
  withinMs: number,
): number | null {
  if (known.includes("amplifier.standby") && valueNow(state, "amplifier.standby", now, withinMs) === 1)
    return 0;
  if (known.includes("amplifier.power")) return valueNow(state, "amplifier.power", now, withinMs);
  const at = answeredAt(state);
  return at === null || now - at > withinMs ? null : 1;
}

/** True as well where it has no lines to switch. */
function isLineOn(state: AmplifierState, known: readonly Capability[], now: Instant): boolean | null {
  let isOn: boolean | null = true;
  for (const point of known) {
    if (!point.startsWith("zone.")) continue;
    const value = valueNow(state, point, now);
    if (value === 1) return true;
    isOn = value === null || isOn === null ? null : false;
  }
  return isOn;
}
