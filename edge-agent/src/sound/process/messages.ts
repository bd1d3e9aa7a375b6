import { rung } from "@loa/shared/broadcast/precedence.ts";
import { relaySource } from "@loa/shared/broadcast/relay.ts";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { PlayRequest, SoundFailure, SoundReport, SoundSource, SoundTrouble } from "../../ports.ts";
import type { OutputLayout } from "../output-layout.ts";

/*
 * What the agent and the sound process say to each other: JSON over the channel of `fork`, in order, parsed on both
 * sides. All times are the machine's (`machine-time.ts`).
 */

/** More than the engine has voices and emergencies; what is older is not handed on. */
export const SOUNDS_LIMIT = 64;
const longestFadeMs = 60_000;
const longestRampMs = 10 * 60_000;

const moment = z.number().finite().transform(asMonotonic);
const soundId = z.string().min(1).max(200);
const fadeMs = z.number().min(0).max(longestFadeMs);
const decibels = z.number().min(-200).max(60);
const zone = z.number().int().min(0).max(64);
const durationMs = z.number().min(0).finite();

const severity = z.enum(["actual", "exercise"]);
const sourceByKind = {
  clip: z.object({ kind: z.literal("clip"), sha256 }),
  tone: z.object({ kind: z.literal("tone"), frequencyHz: z.number().positive().max(24_000), durationMs }),
  chime: z.object({ kind: z.literal("chime") }),
  siren: z.object({ kind: z.literal("siren"), severity, durationMs }),
  notice: z.object({ kind: z.literal("notice"), severity }),
  relay: z.object({ kind: z.literal("relay"), relay: relaySource }),
} satisfies { [Kind in SoundSource["kind"]]: z.ZodType<Extract<SoundSource, { kind: Kind }>> };
const source = z.discriminatedUnion("kind", [
  sourceByKind.clip,
  sourceByKind.tone,
  sourceByKind.chime,
  sourceByKind.siren,
  sourceByKind.notice,
  sourceByKind.relay,
]);

const playRequest: z.ZodType<PlayRequest> = z.object({
  soundId,
  source,
  rung,
  startAt: moment,
  after: soundId.nullable(),
  endAt: moment.nullable(),
  offsetMs: z.number().min(0).finite(),
  gainDb: decibels,
  fadeInMs: fadeMs,
  duckDb: decibels.nullable(),
  zones: z.array(zone).max(64).nullable(),
});

/** One sound as the engine gets it. */
const order = z.object({
  request: playRequest,
  /** Where the whole, verified clip lies; null when it is not on the disk, or no clip. */
  clipPath: z.string().min(1).max(4_096).nullable(),
  /**
   * `fresh`: as the port says. `in-step`: sample by sample where it would be had it begun at `startAt`; what has
   * gone by until its first sample is ready is left out.
   */
  join: z.enum(["fresh", "in-step"]),
  /** It keeps its place in silence until it is resumed. */
  isPaused: z.boolean(),
});
export type EngineOrder = z.infer<typeof order>;

const volume = z.object({ gainDb: decibels, rampMs: z.number().min(0).max(longestRampMs) });
export type VolumeOrder = z.infer<typeof volume>;

export const engineCommand = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("play"), order }),
  z.object({ kind: z.literal("pause"), soundId, fadeMs }),
  z.object({ kind: z.literal("resume"), soundId, fadeMs }),
  z.object({ kind: z.literal("stop"), soundId, fadeMs }),
  z.object({ kind: z.literal("set-volume"), volume }),
  /** Opens the card and goes on with this; said once. */
  z.object({
    kind: z.literal("take-over"),
    volumes: z.array(volume).max(2),
    orders: z.array(order).max(SOUNDS_LIMIT),
  }),
  /** To a spare: what the other one plays and it may have to go on with; it touches no card. */
  z.object({ kind: z.literal("shadow"), orders: z.array(order).max(SOUNDS_LIMIT) }),
  /** Fades out what sounds and ends. */
  z.object({ kind: z.literal("close"), fadeMs }),
]);
export type EngineCommand = z.infer<typeof engineCommand>;

const failure = z.enum({
  "clip-missing": "clip-missing",
  "not-audio": "not-audio",
  "decoder-died": "decoder-died",
  "decoder-hung": "decoder-hung",
  "sink-failed": "sink-failed",
  truncated: "truncated",
  "relay-not-allowed": "relay-not-allowed",
  "relay-wrong-format": "relay-wrong-format",
  "relay-unavailable": "relay-unavailable",
} satisfies { [Name in SoundFailure]: Name });

const trouble = z.enum({
  "source-lost": "source-lost",
  "dead-air": "dead-air",
  "stuck-sound": "stuck-sound",
  clipping: "clipping",
  "engine-lost": "engine-lost",
} satisfies { [Name in SoundTrouble]: Name });

const ofSound = { soundId, at: moment };
const playedMs = z.number().min(0).finite();
const count = z.number().int().min(0);
const reportByKind = {
  started: z.object({ kind: z.literal("started"), ...ofSound }),
  paused: z.object({ kind: z.literal("paused"), ...ofSound, playedMs }),
  resumed: z.object({ kind: z.literal("resumed"), ...ofSound }),
  level: z.object({
    kind: z.literal("level"),
    at: moment,
    rmsDb: decibels,
    peakDb: decibels,
    clipped: count,
  }),
  ended: z.object({ kind: z.literal("ended"), ...ofSound, playedMs, rmsDb: decibels }),
  failed: z.object({ kind: z.literal("failed"), ...ofSound, playedMs, reason: failure }),
  trouble: z.object({
    kind: z.literal("trouble"),
    soundId: soundId.nullable(),
    at: moment,
    trouble,
    isRaised: z.boolean(),
  }),
  microphone: z.object({
    kind: z.literal("microphone"),
    at: moment,
    rmsDb: decibels,
    match: z.number().min(0).max(1).nullable(),
  }),
  "relay-use": z.object({
    kind: z.literal("relay-use"),
    ...ofSound,
    receivedBytes: count,
    reconnects: count,
  }),
} satisfies { [Kind in SoundReport["kind"]]: z.ZodType<Extract<SoundReport, { kind: Kind }>> };
const soundReport = z.discriminatedUnion("kind", [
  reportByKind.started,
  reportByKind.paused,
  reportByKind.resumed,
  reportByKind.level,
  reportByKind.ended,
  reportByKind.failed,
  reportByKind.trouble,
  reportByKind["relay-use"],
  reportByKind.microphone,
]);

/** A longer text in a line of the log is cut. */
export const LOG_TEXT_LIMIT_CHARS = 2_000;
const logField = z.union([z.string().max(LOG_TEXT_LIMIT_CHARS), z.number(), z.boolean(), z.null()]);

/** What the machine granted of what a player needs. */
const privileges = z.object({
  scheduling: z.enum(["real-time", "normal"]),
  memory: z.enum(["locked", "pageable"]),
});
export type Privileges = z.infer<typeof privileges>;

export const engineMessage = z.discriminatedUnion("kind", [
  /** Loaded; it may take over. */
  z.object({ kind: z.literal("ready"), privileges }),
  /** Its ticks run, from its taking over on. */
  z.object({ kind: z.literal("beat") }),
  /** The first block after taking over was rendered. */
  z.object({ kind: z.literal("took-over") }),
  z.object({ kind: z.literal("report"), report: soundReport }),
  z.object({
    kind: z.literal("log"),
    level: z.enum(["info", "warn", "error"]),
    event: z.string().max(100),
    fields: z.record(z.string().max(100), logField),
  }),
]);
export type EngineMessage = z.infer<typeof engineMessage>;

const outputLayout: z.ZodType<OutputLayout> = z.object({
  programme: z.union([z.literal(1), z.literal(2)]),
  outputs: z
    .array(z.object({ zone: zone.nullable(), side: z.enum(["both", "left", "right"]) }))
    .min(1)
    .max(16),
});

/** Where the stream goes, as plain data; `sink-spec.ts` reads and opens it. */
export const sinkSpec = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("alsa"), device: z.string().min(1).max(200) }),
  z.object({ kind: z.literal("wav"), folder: z.string().min(1).max(4_096) }),
  z.object({ kind: z.literal("none") }),
]);
export type SinkSpec = z.infer<typeof sinkSpec>;

/** Everything an engine process is told at its start, as the one argument of its command line. */
export const engineSetup = z.object({
  sink: sinkSpec,
  layout: outputLayout,
  ffmpegPath: z.string().min(1).max(4_096),
  /** ALSA capture devices behind the inputs that a relay may name. */
  inputs: z.object({
    line: z.string().max(200).nullable(),
    fm: z.string().max(200).nullable(),
    microphone: z.string().max(200).nullable(),
  }),
  wantsRealTime: z.boolean(),
});
export type EngineSetup = z.infer<typeof engineSetup>;
