import { airRules } from "@loa/shared/broadcast/air-rules.ts";
import { areaKind } from "@loa/shared/broadcast/area.ts";
import { cause, evidence, verdict } from "@loa/shared/broadcast/receipt.ts";
import { recurrence } from "@loa/shared/broadcast/recurrence.ts";
import {
  areaId,
  boxId,
  clusterId,
  emergencyId,
  occurrenceId,
  programmeId,
  scheduleId,
  sha256,
} from "@loa/shared/kernel/ids.ts";
import { instant, localDate } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import {
  against,
  dataUse,
  device,
  faultLogRow,
  measured,
  presenceState,
  raisedFault,
} from "./cabinet-shapes.ts";

/** What the API answers, as the page reads it. Fields that the page does not show are left out. */

export const session = z.object({
  user: z.object({ id: z.string(), name: z.string() }),
  grants: z.array(z.object({ role: z.string(), areaId, to: localDate.nullable().default(null) })),
  /** When the break-glass account was last used, where that was not long ago. */
  breakGlassAt: instant.nullable().default(null),
  expiring: z.number().default(0),
});
export type Session = z.infer<typeof session>;

export const area = z.object({
  id: areaId,
  kind: areaKind,
  name: z.string(),
  parentId: areaId.nullable(),
  clusters: z.number(),
  boxes: z.number(),
  people: z.number().nullable(),
});
export type Area = z.infer<typeof area>;
export const areas = z.object({ areas: z.array(area) });

export const readinessState = z.enum(["ready", "not-ready", "unknown"]);
export type ReadinessState = z.infer<typeof readinessState>;

export const boxRow = z.object({
  boxId,
  clusterId,
  clusterName: z.string(),
  areaId,
  areaName: z.string(),
  simulated: z.boolean(),
  presence: z.object({ state: presenceState, since: instant.nullable(), heardAt: instant.nullable() }),
  wantedRevision: z.number().nullable(),
  appliedRevision: z.number().nullable(),
  /** Literal of why the plan cannot be made, or why the box has refused it. */
  planProblem: z.string().nullable(),
  onAir: z
    .object({
      occurrenceId,
      title: z.string(),
      since: instant,
      /** Null for what is no emergency. */
      emergency: z.enum(["actual", "exercise"]).nullable(),
    })
    .nullable(),
  next: z.object({ occurrenceId, title: z.string(), dueAt: instant }).nullable(),
  readiness: z.object({
    state: readinessState,
    lacks: z.array(cause),
    at: instant.nullable(),
    /** Looked at anew 15 minutes (`early`) or 60 s (`late`) before air. */
    stage: z.enum(["next", "early", "late"]).nullable(),
  }),
  /** What stands in the way of the next occurrence, critical first. */
  against: z.array(against),
  faults: z.array(raisedFault),
  faultsAt: instant.nullable(),
  lastReceipt: z
    .object({
      occurrenceId,
      title: z.string(),
      verdict,
      cause: cause.nullable(),
      dueAt: instant,
      at: instant,
    })
    .nullable(),
  clips: z.object({ wanted: z.number(), present: z.number() }).nullable(),
});
export type BoxRow = z.infer<typeof boxRow>;
export const boxes = z.object({ now: instant, boxes: z.array(boxRow) });

export const receiptRow = z.object({
  occurrenceId,
  title: z.string(),
  boxId,
  clusterName: z.string(),
  dueAt: instant,
  verdict,
  cause: cause.nullable(),
  evidence: evidence.nullable(),
  at: instant,
});
export type ReceiptRow = z.infer<typeof receiptRow>;

export const tally = z.object({
  heard: z.number(),
  played: z.number(),
  partial: z.number(),
  missed: z.number(),
  refused: z.number(),
  unknown: z.number(),
});
export const receipts = z.object({ receipts: z.array(receiptRow), summary: tally });

export const level = z.object({ rms: z.number(), peak: z.number(), at: instant });
export type Level = z.infer<typeof level>;

export const asRunRow = z.object({
  occurrenceId,
  title: z.string(),
  startedAt: instant,
  endedAt: instant,
  offsetMs: z.number(),
  rmsDb: z.number().nullable(),
  /** It stood in for a part of the programme that failed. */
  isFiller: z.boolean(),
  /** What a relay has cost. */
  receivedBytes: z.number(),
});
export type AsRunRow = z.infer<typeof asRunRow>;

export const boxDetail = boxRow.extend({
  profile: z.string().nullable(),
  agentVersion: z.string().nullable(),
  values: z.array(measured),
  devices: z.array(device),
  /** Newest month first. */
  dataUse: z.array(dataUse),
  level: level.nullable(),
  receipts: z.array(receiptRow),
  asRun: z.array(asRunRow),
  faultLog: z.array(faultLogRow),
  listenUrl: z.string().nullable(),
});
export type BoxDetail = z.infer<typeof boxDetail>;

export const storedClip = z.object({
  sha256,
  durationMs: z.number(),
  loudnessLufs: z.number().nullable(),
  truePeakDb: z.number().nullable(),
  gainDb: z.number(),
  trimmedStartMs: z.number(),
  trimmedEndMs: z.number(),
  renditions: z.array(z.object({ kind: z.string(), sizeBytes: z.number() })),
  hasOriginal: z.boolean(),
  waveform: z.array(z.number()),
  fileName: z.string(),
  /** What it says, word for word, where a machine has read a typed text. */
  speech: z.object({ spoken: z.string() }).nullable(),
});
export type StoredClip = z.infer<typeof storedClip>;
export const ingestPhase = z.enum([
  "receiving",
  "waiting",
  "checking",
  "decoding",
  "measuring",
  "encoding",
  "storing",
  "done",
  "refused",
]);
export type IngestPhase = z.infer<typeof ingestPhase>;
export const ingestJob = z.object({
  phase: ingestPhase,
  percent: z.number(),
  clip: sha256.nullable(),
  code: z.string().nullable(),
});
export const uploaded = z.object({ clip: storedClip });
export const clips = z.object({ clips: z.array(storedClip) });

/** Members of a problem document beyond its code, where a page can say more with them. */
export const problemMembers = z.object({
  detail: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("broke-at"), second: z.number() }),
      z.object({ kind: z.literal("limit"), value: z.number(), limit: z.number() }),
    ])
    .nullish()
    .catch(null),
  waitMs: z.number().optional().catch(undefined),
});

export const problemCode = z.enum([
  "quiet-hours",
  "clash",
  "day-not-allowed",
  "too-many-sessions",
  "session-too-long",
  "in-the-past",
  "no-boxes",
  "no-content",
  "area-not-yours",
  "plan-too-large",
  "too-many-relays",
]);
export type ProblemCode = z.infer<typeof problemCode>;

/** One thing that is wrong, told once; `at` is the first of `times` occurrences that it happens to. */
export const airProblem = z.object({
  code: problemCode,
  areaId: areaId.nullable(),
  at: instant.nullable(),
  withScheduleId: scheduleId.nullable(),
  withTitle: z.string().nullable(),
  times: z.number(),
  boxes: z.number(),
});
export type AirProblem = z.infer<typeof airProblem>;

/** A refused schedule says why in the same words as the dry run. */
export const refusedSchedule = z.object({ problems: z.array(airProblem) });

export const dryRun = z.object({
  ok: z.boolean(),
  /** Only rules stand in the way that a second person may lift. */
  needsException: z.boolean(),
  firstAt: instant.nullable(),
  starts: z.array(z.object({ at: instant, endsAt: instant, boxes: z.number() })),
  problems: z.array(airProblem),
  explanation: z.array(z.object({ areaId, areaName: z.string(), boxes: z.number(), rules: airRules })),
});
export type DryRun = z.infer<typeof dryRun>;

export const schedule = z.object({
  id: scheduleId,
  programmeId,
  title: z.string(),
  class: z.enum(["normal", "priority"]),
  areas: z.array(areaId),
  areaNames: z.array(z.string()),
  recurrence,
  order: z.number(),
  chime: z.boolean(),
  turns: z.boolean(),
  exception: z.enum(["none", "asked", "confirmed"]),
  createdByName: z.string(),
  createdAt: instant,
  withdrawnAt: instant.nullable(),
});
export type Schedule = z.infer<typeof schedule>;
export const schedules = z.object({ schedules: z.array(schedule) });
export const oneSchedule = z.object({ schedule });
export const createdSchedule = z.object({ schedule: z.object({ id: scheduleId }) });

/** Why a box plays (or does not play) one occurrence. */
export const why = z.object({
  schedule: z.object({ id: scheduleId, title: z.string() }).nullable(),
  emergency: z
    .object({ id: emergencyId, severity: z.enum(["actual", "exercise"]), headline: z.string() })
    .nullable(),
  programme: z.object({ title: z.string() }).nullable(),
  areaPath: z.array(z.object({ id: areaId, name: z.string(), isSource: z.boolean() })),
  recurrence: recurrence.nullable(),
  rules: airRules,
  createdBy: z.object({ name: z.string(), at: instant }).nullable(),
  exceptionBy: z.object({ name: z.string() }).nullable(),
  outcome: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("plays") }),
    z.object({ kind: z.literal("nothing") }),
    z.object({ kind: z.literal("refused"), code: z.enum(["quiet-hours", "day-not-allowed"]) }),
    z.object({ kind: z.literal("waits"), title: z.string() }),
    z.object({ kind: z.literal("withdrawn"), at: instant }),
    z.object({ kind: z.literal("unconfirmed") }),
  ]),
  receipt: receiptRow.nullable(),
});
export type Why = z.infer<typeof why>;

export const occurrence = z.object({
  id: occurrenceId,
  scheduleId,
  title: z.string(),
  at: instant,
  endsAt: instant,
  boxes: z.number(),
});
export type Occurrence = z.infer<typeof occurrence>;
export const agenda = z.object({ occurrences: z.array(occurrence) });

export const stopIssued = z.object({ id: z.string(), at: instant, boxes: z.number() });
export const stopTally = z.object({
  targeted: z.number(),
  accepted: z.number(),
  refused: z.number(),
  pending: z.number(),
  boxes: z.array(
    z.object({
      boxId,
      state: z.enum(["pending", "accepted", "refused", "expired", "replaced"]),
      reason: z.string().nullable(),
    }),
  ),
});
export type StopTally = z.infer<typeof stopTally>;

/** Troubles that the simulator can make in a virtual amplifier. */
export const simulatedFault = z.enum([
  "dead",
  "slow",
  "late-replies",
  "crc-noise",
  "half-frames",
  "stuck-relay",
  "silent",
  "line-open",
  "line-short",
  "over-temperature",
  "clipping",
  "door-open",
  "mains-lost",
  "wrong-identity",
  "invalid-value",
  "other-firmware",
]);
export type SimulatedFault = z.infer<typeof simulatedFault>;
export const simulatedTrouble = z.enum(["none", "dead-amplifier", "no-network", "wrong-clock"]);
export type SimulatedTrouble = z.infer<typeof simulatedTrouble>;

export const simulatedBoxes = z.object({
  boxes: z.array(
    z.object({
      boxId,
      /** What was wrong with it from the beginning. */
      trouble: simulatedTrouble,
      faults: z.array(simulatedFault),
      isNetworkUp: z.boolean(),
      isPowerOn: z.boolean(),
    }),
  ),
});

/** The station of the demo. */
export const simulatedRadio = z.object({ isOnAir: z.boolean() });
