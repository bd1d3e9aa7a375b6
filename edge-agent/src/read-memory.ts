import { emergency } from "@loa/shared/broadcast/emergency.ts";
import { plan } from "@loa/shared/broadcast/plan.ts";
import { rungs } from "@loa/shared/broadcast/precedence.ts";
import { cause, verdict } from "@loa/shared/broadcast/receipt.ts";
import { areaId, commandId, emergencyId, occurrenceId, standingApprovalId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { localOrder } from "@loa/shared/trust/order.ts";
import { readRoster, rosterKey, signedRoster } from "@loa/shared/trust/roster.ts";
import { eventBody, MAX_LOCAL, MAX_WITHDRAWN, selfTest } from "@loa/shared/wire/bodies.ts";
import { sequenceWindow } from "@loa/shared/wire/envelope.ts";
import { z } from "zod";
import { MAX_LINE_RESULTS } from "./core/line-trend.ts";
import {
  type KnownRoster,
  type LocalOrders,
  type LocalStanding,
  MAX_COMMANDS,
  type Memory,
  NO_LOCAL,
  NO_TESTS,
  type Noted,
  type Probation,
  type SelfTestNotes,
} from "./core/memory.ts";
import { type MonthUse, NO_USE } from "./core/month-use.ts";
import { Notes } from "./core/notes.ts";
import { MAX_FORMER } from "./core/own-areas.ts";
import type { StoredRecord, StoreTable } from "./ports.ts";

/** What the records say; a record that does not parse is left out and named. */
export function readMemory(
  records: readonly StoredRecord[],
  newStream: string,
): { memory: Memory; unread: readonly string[] } {
  const unread: string[] = [];
  const values = new Map<string, unknown>();
  for (const { table, key, value } of records) values.set(`${table}/${key}`, parseJson(value));
  const read = <T>(path: string, schema: z.ZodType<T>, otherwise: T): T => {
    if (!values.has(path)) return otherwise;
    const parsed = schema.safeParse(values.get(path));
    if (!parsed.success) unread.push(path);
    return parsed.success ? parsed.data : otherwise;
  };
  const byKey = <T>(table: StoreTable, schema: z.ZodType<T>): [string, T][] =>
    records
      .filter((one) => one.table === table)
      .flatMap(({ key }) => {
        const parsed = schema.safeParse(values.get(`${table}/${key}`));
        if (!parsed.success) unread.push(`${table}/${key}`);
        return parsed.success ? [[key, parsed.data] satisfies [string, T]] : [];
      });
  const all = <T>(table: StoreTable, schema: z.ZodType<T>): T[] =>
    byKey(table, schema).map(([, value]) => value);
  const events = all("event", eventBody).sort((a, b) =>
    a.stream === b.stream ? a.number - b.number : a.stream < b.stream ? -1 : 1,
  );
  const emergencies = all("emergency", knownEmergency);
  const memory: Memory = {
    roster: read("meta/roster", knownRoster.nullable(), null),
    plan: read("plan/current", plan.nullable(), null),
    planIssuer: read("plan/issuer", z.string().nullable(), null),
    formerAreas: new Map(read("plan/former-areas", formerAreas, [])),
    lastGood: read("plan/last-good", plan.nullable(), null),
    probation: read("plan/probation", probation.nullable(), null),
    badRevision: read("plan/bad-revision", z.number().int(), 0),
    progress: Notes.of(all("occurrence", noted)),
    silencedUntil: read("meta/silenced-until", instant.nullable(), null),
    local: read("meta/local", localOrders, NO_LOCAL),
    stoppedAt: read("stop/at", instant.nullable(), null),
    emergencies: new Map(
      emergencies.flatMap((one) => ("emergency" in one ? [[one.emergency.id, one] as const] : [])),
    ),
    cancelled: new Map(
      emergencies.flatMap((one) => ("cancelled" in one ? [[one.cancelled, one.until] as const] : [])),
    ),
    withdrawn: new Map(read("meta/withdrawn", withdrawn, [])),
    sequences: new Map(byKey("sequence", sequenceWindow)),
    commands: read("command/seen", z.array(commandId).max(MAX_COMMANDS), []),
    session: read("meta/session", z.number().int().min(0), 0),
    stream: newStream,
    events,
    lastEvent: 0,
    aliveAt: read("meta/alive-at", instant.nullable(), null),
    floor: read("meta/floor", instant.nullable(), null),
    ownsFrom: read("meta/owns-from", instant.nullable(), null),
    settledUpTo: read("meta/settled-up-to", instant.nullable(), null),
    selfTest: read("meta/self-test", selfTestNotes, NO_TESTS),
    use: read("meta/data-use", monthUse, NO_USE),
  };
  return { memory, unread };
}

/** Its signatures were looked at when it was taken. */
const knownRoster = signedRoster.transform((signed, context): KnownRoster => {
  const contents = readRoster(signed.payload);
  if (contents !== null) return { signed, contents };
  context.addIssue("no roster");
  return z.NEVER;
});

const bytes = z.number().min(0);
const monthUse: z.ZodType<MonthUse> = z.object({
  month: z
    .string()
    .regex(/^\d{4}-\d{2}$/)
    .nullable(),
  up: bytes,
  down: bytes,
  sound: bytes,
  around: bytes,
});

const noted: z.ZodType<Noted> = z.object({
  id: occurrenceId,
  dueAt: instant,
  durationMs: z.number().int().positive(),
  // Not in the notes of boxes before November 2026.
  rung: z
    .enum(rungs)
    .extract(["emergency-actual", "emergency-exercise", "priority", "scheduled"])
    .default("scheduled"),
  pauseMs: z.number().int().default(0),
  offsetMs: z.number().int().min(0),
  since: instant.nullable(),
  begunAt: instant.nullable().default(null),
  isOver: z.boolean(),
  playedMs: z.number().int().min(0),
  lostMs: z.number().int().min(0),
  unprovenMs: z.number().int().min(0).default(0),
  startErrorMs: z.number().int().nullable(),
  mixerDb: z.number().nullable(),
  amplifierOn: z.boolean().nullable(),
  amplifierDb: z.number().nullable(),
  amplifierMeterPercent: z.number().nullable().default(null),
  gainDb: z.number().nullable().default(null),
  lineCurrentA: z.number().nullable(),
  microphoneDb: z.number().nullable().default(null),
  microphoneMatch: z.number().nullable().default(null),
  unmeasuredMs: z.number().int().min(0).default(0),
  unseenMs: z.number().int().min(0).default(0),
  provenAt: instant.nullable().default(null),
  trouble: cause.nullable(),
  told: verdict.nullable(),
});

const selfTestNotes: z.ZodType<SelfTestNotes> = z.object({
  last: selfTest.nullable(),
  doneAt: instant.nullable(),
  lines: z
    .array(
      z.object({
        at: instant,
        zones: z.string(),
        currentA: z.number().nullable(),
        impedanceOhm: z.number().nullable(),
      }),
    )
    .max(MAX_LINE_RESULTS),
  driftingSince: instant.nullable(),
});

const knownEmergency = z.union([
  z.object({
    emergency,
    knownAt: instant,
    lifeMs: z.number().int().min(0),
    isClipSaid: z.boolean(),
    isClipBad: z.boolean(),
    // Not in the records of boxes before rosters.
    approveBy: instant.nullable().default(null),
    isCorrection: z.boolean().default(false),
  }),
  z.object({ cancelled: emergencyId, until: instant }),
]);

const formerAreas = z.array(z.tuple([areaId, instant])).max(MAX_FORMER);

const withdrawn = z.array(z.tuple([standingApprovalId, instant])).max(MAX_WITHDRAWN);

const localStanding: z.ZodType<LocalStanding> = z.object({
  order: localOrder,
  signers: z.array(rosterKey.pick({ id: true, publicKey: true })),
  starts: z.number().int().min(0),
  isArmed: z.boolean(),
});

const localOrders: z.ZodType<LocalOrders> = z.object({
  // Not in the records of boxes that did not tell issuers apart.
  issuer: z.string().default(""),
  sequence: z.number().int().min(0),
  all: z.array(localStanding).max(MAX_LOCAL),
});

const probation: z.ZodType<Probation> = z.object({
  revision: z.number().int(),
  until: instant,
  bootId: z.string(),
  crashes: z.number().int(),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
