import { builtInWords } from "@loa/shared/broadcast/built-in-sounds.ts";
import { type Rung, rungs } from "@loa/shared/broadcast/precedence.ts";
import type { RelaySource } from "@loa/shared/broadcast/relay.ts";
import type { RelayId, Sha256 } from "@loa/shared/kernel/ids.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import type { PlayRequest, SoundFailure, SoundReport, SoundSource, SoundTrouble } from "../../ports.ts";
import type { OutputLayout } from "../output-layout.ts";
import {
  byKind,
  flag,
  list,
  nullable,
  number,
  type Of,
  object,
  oneOf,
  record,
  type Shape,
  text,
  whole,
} from "./shape.ts";

/*
 * What the agent and the sound process say to each other: JSON over the channel of `fork`, in order, parsed on both
 * sides. All times are the machine's (`machine-time.ts`).
 */

/** More than the engine has voices and emergencies; what is older is not handed on. */
export const SOUNDS_LIMIT = 64;
const longestFadeMs = 60_000;
const longestRampMs = 10 * 60_000;

const anyNumber = number();
const moment: Shape<MonotonicMs> = (value, where) => asMonotonic(anyNumber(value, where));
const soundId = text(1, 200);
const fadeMs = number(0, longestFadeMs);
const decibels = number(-200, 60);
const zone = whole(0, 64);
const durationMs = number(0);
const severity = oneOf(["actual", "exercise"]);

const hash = text(64, 64, /^[0-9a-f]+$/);
const sha256: Shape<Sha256> = (value, where) => hash(value, where) as Sha256;
const name = text(1, 64);
const relayId: Shape<RelayId> = (value, where) => name(value, where) as RelayId;

/** As the plan's own parser has let it in; where a stream may lead is decided by `relay/gate.ts`. */
const relay: Shape<RelaySource> = byKind({
  stream: {
    id: relayId,
    title: text(1, 200),
    url: text(1, 500),
    hosts: list(text(1, 253), 0, 16),
    isPrivate: flag,
    fixedDelayMs: nullable(number(0)),
    gainDb: decibels,
  },
  input: { id: relayId, title: text(1, 200), input: oneOf(["line", "fm"]), gainDb: decibels },
});

const sources = {
  clip: { sha256 },
  tone: { frequencyHz: number(Number.MIN_VALUE, 24_000), durationMs },
  chime: {},
  siren: { severity, durationMs },
  notice: { words: oneOf(builtInWords) },
  relay: { relay },
} satisfies Record<SoundSource["kind"], unknown>;
const source: Shape<SoundSource> = byKind(sources);

const rung: Shape<Rung> = oneOf(rungs);
const playRequest: Shape<PlayRequest> = object({
  soundId,
  source,
  rung,
  startAt: moment,
  after: nullable(soundId),
  endAt: nullable(moment),
  offsetMs: number(0),
  gainDb: decibels,
  fadeInMs: fadeMs,
  duckDb: nullable(decibels),
  zones: nullable(list(zone, 0, 64)),
});

/** One sound as the engine gets it. */
const order = object({
  request: playRequest,
  /** Where the whole, verified clip lies; null when it is not on the disk, or no clip. */
  clipPath: nullable(text(1, 4_096)),
  /**
   * `fresh`: as the port says. `in-step`: sample by sample where it would be had it begun at `startAt`; what has
   * gone by until its first sample is ready is left out.
   */
  join: oneOf(["fresh", "in-step"]),
  /** It keeps its place in silence until it is resumed. */
  isPaused: flag,
});
export type EngineOrder = Of<typeof order>;

const volume = object({ gainDb: decibels, rampMs: number(0, longestRampMs) });
export type VolumeOrder = Of<typeof volume>;

export const engineCommand = byKind({
  play: { order },
  pause: { soundId, fadeMs },
  resume: { soundId, fadeMs },
  stop: { soundId, fadeMs },
  "set-volume": { volume },
  /** Opens the card and goes on with this; said once. */
  "take-over": { volumes: list(volume, 0, 2), orders: list(order, 0, SOUNDS_LIMIT) },
  /** To a spare: what the other one plays and it may have to go on with; it touches no card. */
  shadow: { orders: list(order, 0, SOUNDS_LIMIT) },
  /** Fades out what sounds and ends. */
  close: { fadeMs },
});
export type EngineCommand = Of<typeof engineCommand>;

const failures = [
  "clip-missing",
  "not-audio",
  "decoder-died",
  "decoder-hung",
  "sink-failed",
  "truncated",
  "relay-not-allowed",
  "relay-wrong-format",
  "relay-unavailable",
] as const satisfies readonly SoundFailure[];
const troubles = [
  "source-lost",
  "dead-air",
  "stuck-sound",
  "clipping",
  "engine-lost",
] as const satisfies readonly SoundTrouble[];

const ofSound = { soundId, at: moment };
const playedMs = number(0);
const count = whole(0);
const reports = {
  started: ofSound,
  paused: { ...ofSound, playedMs },
  resumed: ofSound,
  level: { at: moment, rmsDb: decibels, peakDb: decibels, clipped: count },
  ended: { ...ofSound, playedMs, rmsDb: decibels },
  failed: { ...ofSound, playedMs, reason: oneOf(failures) },
  trouble: { soundId: nullable(soundId), at: moment, trouble: oneOf(troubles), isRaised: flag },
  microphone: { at: moment, rmsDb: decibels, match: nullable(number(0, 1)) },
  "relay-use": { ...ofSound, receivedBytes: count, reconnects: count },
} satisfies Record<SoundReport["kind"], unknown>;
const report: Shape<SoundReport> = byKind(reports);

/** A longer text in a line of the log is cut. */
export const LOG_TEXT_LIMIT_CHARS = 2_000;
const logText = text(0, LOG_TEXT_LIMIT_CHARS);
const logField: Shape<string | number | boolean | null> = (value, where) => {
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  return logText(value, where);
};

/** What the machine granted of what a player needs. */
const privileges = object({
  scheduling: oneOf(["real-time", "normal"]),
  memory: oneOf(["locked", "pageable"]),
});
export type Privileges = Of<typeof privileges>;

export const engineMessage = byKind({
  /** Loaded; it may take over. */
  ready: { privileges },
  /** Its ticks run, from its taking over on. */
  beat: {},
  /** The first block after taking over was rendered. */
  "took-over": {},
  report: { report },
  log: { level: oneOf(["info", "warn", "error"]), event: text(0, 100), fields: record(logField, 100) },
});
export type EngineMessage = Of<typeof engineMessage>;

const outputLayout: Shape<OutputLayout> = object({
  programme: oneOf([1, 2]),
  outputs: list(object({ zone: nullable(zone), side: oneOf(["both", "left", "right"]) }), 1, 16),
});

/** Where the stream goes, as plain data; `sink-spec.ts` opens it. */
const sinkSpec = byKind({
  alsa: { device: text(1, 200) },
  wav: { folder: text(1, 4_096) },
  none: {},
});
export type SinkSpec = Of<typeof sinkSpec>;

const device = nullable(text(0, 200));
/** Everything an engine process is told at its start, as the one argument of its command line. */
export const engineSetup = object({
  sink: sinkSpec,
  layout: outputLayout,
  ffmpegPath: text(1, 4_096),
  /** ALSA capture devices behind the inputs that a relay may name. */
  inputs: object({ line: device, fm: device, microphone: device }),
  wantsRealTime: flag,
});
export type EngineSetup = Of<typeof engineSetup>;
