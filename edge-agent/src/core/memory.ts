import { type Plan, plan } from "@loa/shared/broadcast/plan.ts";
import { cause, verdict } from "@loa/shared/broadcast/receipt.ts";
import { type CommandId, commandId, type OccurrenceId, occurrenceId } from "@loa/shared/kernel/ids.ts";
import { asInstant, DAY_MS, type Instant, instant, plus } from "@loa/shared/kernel/time.ts";
import { type EventBody, eventBody } from "@loa/shared/wire/bodies.ts";
import { EMPTY_WINDOW, type SequenceWindow, sequenceWindow } from "@loa/shared/wire/envelope.ts";
import { z } from "zod";
import { put, type RecordChange, type RecordTable } from "./effect.ts";

/** Everything that must survive a power cut. It is short on purpose. */
export interface Memory {
  readonly plan: Plan | null;
  /** The plan before this one, kept while the new one is on probation. */
  readonly lastGood: Plan | null;
  readonly probation: Probation | null;
  /** Revision that made the agent crash again and again; it is not taken up a second time. */
  readonly badRevision: number;
  readonly progress: ReadonlyMap<OccurrenceId, Noted>;
  readonly stoppedAt: Instant | null;
  readonly sequences: SequenceWindow;
  readonly commands: readonly CommandId[];
  readonly session: number;
  readonly stream: string;
  readonly events: readonly EventBody[];
  readonly lastEvent: number;
  /** Latest true time that was written down: no clock may say less. */
  readonly aliveAt: Instant | null;
  /** What was due before this box had its first plan is not its to answer for. */
  readonly ownsFrom: Instant | null;
  /** Occurrences due up to here were looked at. */
  readonly settledUpTo: Instant | null;
}

export const noted = z.object({
  id: occurrenceId,
  dueAt: instant,
  durationMs: z.number().int().positive(),
  offsetMs: z.number().int().min(0),
  since: instant.nullable(),
  isOver: z.boolean(),
  /** Sound that really left the mixer, ms. */
  playedMs: z.number().int().min(0),
  /** Sound that left the mixer while the amplifier was known not to pass it on, ms. */
  lostMs: z.number().int().min(0),
  startErrorMs: z.number().int().nullable(),
  mixerDb: z.number().nullable(),
  amplifierOn: z.boolean().nullable(),
  amplifierDb: z.number().nullable(),
  lineCurrentA: z.number().nullable(),
  /** The first thing that went wrong. */
  trouble: cause.nullable(),
  /** Verdict that was already sent for it; a better known one replaces it. */
  told: verdict.nullable(),
});
/** How far an occurrence has come, as written on the disk. */
export type Noted = z.infer<typeof noted>;

export const probation = z.object({
  revision: z.number().int(),
  until: instant,
  /** Id of the machine's boot: a power cut is not a crash. */
  bootId: z.string(),
  crashes: z.number().int(),
});
export type Probation = z.infer<typeof probation>;

/** Records older than this are of no use to any decision. */
export const KEEP_PROGRESS_MS = 3 * DAY_MS;
export const MAX_COMMANDS = 512;
/** Oldest as-run and receipts are never dropped; this is the number at which the box says that it cannot deliver. */
export const MANY_EVENTS = 20_000;

export interface StoredRecord {
  readonly table: RecordTable;
  readonly key: string;
  readonly value: string;
}

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
  const all = <T>(table: RecordTable, schema: z.ZodType<T>): T[] =>
    records
      .filter((one) => one.table === table)
      .flatMap((one) => {
        const parsed = schema.safeParse(values.get(`${table}/${one.key}`));
        if (!parsed.success) unread.push(`${table}/${one.key}`);
        return parsed.success ? [parsed.data] : [];
      });
  const events = all("event", eventBody).sort((a, b) => a.number - b.number);
  const memory: Memory = {
    plan: read("plan/current", plan.nullable(), null),
    lastGood: read("plan/last-good", plan.nullable(), null),
    probation: read("plan/probation", probation.nullable(), null),
    badRevision: read("plan/bad-revision", z.number().int(), 0),
    progress: new Map(all("occurrence", noted).map((one) => [one.id, one])),
    stoppedAt: read("stop/at", instant.nullable(), null),
    sequences: read("sequence/window", sequenceWindow, EMPTY_WINDOW),
    commands: read("command/seen", z.array(commandId).max(MAX_COMMANDS), []),
    session: read("meta/session", z.number().int().min(0), 0),
    stream: read("meta/stream", z.string().min(1).max(64), newStream),
    events,
    lastEvent: Math.max(read("meta/last-event", z.number().int().min(0), 0), events.at(-1)?.number ?? 0),
    aliveAt: read("meta/alive-at", instant.nullable(), null),
    ownsFrom: read("meta/owns-from", instant.nullable(), null),
    settledUpTo: read("meta/settled-up-to", instant.nullable(), null),
  };
  return { memory, unread };
}

export function putProgress(one: Noted): RecordChange {
  return put("occurrence", one.id, one);
}

/** Forgets progress that no decision can need any more. */
export function pruneProgress(
  progress: ReadonlyMap<OccurrenceId, Noted>,
  now: Instant,
): { kept: ReadonlyMap<OccurrenceId, Noted>; changes: readonly RecordChange[] } {
  const oldest = plus(asInstant(now), -KEEP_PROGRESS_MS);
  const old = [...progress.values()].filter((one) => one.isOver && one.dueAt < oldest);
  if (old.length === 0) return { kept: progress, changes: [] };
  const kept = new Map(progress);
  for (const one of old) kept.delete(one.id);
  return { kept, changes: old.map((one) => ({ op: "delete", table: "occurrence", key: one.id })) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
