import type { Capability } from "@loa/shared/device/capability.ts";
import { type Instant, MINUTE_MS, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { Moment } from "./moment.ts";
import { mayBeSaid, saidNow } from "./pace.ts";
import { type Known, readAtOf, readPoints } from "./readings.ts";
import { deadbandOf, paceOf, rounded } from "./sample-units.ts";
import type { Setup } from "./setup.ts";
import type { ToldSamples } from "./told.ts";

/** What is left of a status message of 400 bytes beside its kind, session and time. */
const SAMPLE_ROOM_BYTES = 330;
/** Values that were read so far apart go into one message, under the time of the oldest. */
const SAME_ROUND_MS = 5 * SECOND_MS;
/** An older reading says nothing about now: it is not said again, and grows old on the page. */
const TOO_OLD_MS = 2 * MINUTE_MS;

export interface SampleMessage {
  readonly at: Instant;
  readonly values: Readonly<Partial<Record<Capability, number | null>>>;
}

export interface SampleLook {
  readonly messages: readonly SampleMessage[];
  readonly told: ToldSamples;
  /** Something moved and is kept back by its pace: it is looked at again. */
  readonly isWaiting: boolean;
  /** Something was too old to be said; it may be read again as it was. */
  readonly isOld: boolean;
}

export interface SampleQuestion {
  readonly known: Known;
  readonly told: ToldSamples;
  readonly deadbands: Setup["deadbands"];
  /** Points over which a fault was raised or cleared just now: their values wait for nothing. */
  readonly urgent: ReadonlySet<Capability>;
  readonly isSounding: boolean;
}

/** What has moved since it was last said, and may be said now. Whatever moved is said sooner or later, or moved back. */
export function lookAtSamples(question: SampleQuestion, { now, mono }: Moment): SampleLook {
  const { known, told, urgent, isSounding } = question;
  const due: { readonly point: Capability; readonly value: number | null; readonly at: Instant }[] = [];
  let isWaiting = false;
  let isOld = false;
  for (const point of readPoints(known.actual)) {
    const reading = known.actual[point];
    const at = readAtOf(known, point);
    if (reading === undefined || at === null) continue;
    if (now - at > TOO_OLD_MS) {
      isOld = true;
      continue;
    }
    const before = told.get(point);
    if (!hasMoved(before?.value, reading.value, deadbandOf(point, question.deadbands))) continue;
    const isDue = before?.value === undefined || urgent.has(point) || mayBeSaid(before.paced, mono);
    if (isDue) due.push({ point, value: reading.value, at });
    else isWaiting = true;
  }
  if (due.length === 0) return { messages: [], told, isWaiting, isOld };
  const next = new Map(told);
  for (const { point, value } of due) {
    const paced = saidNow(told.get(point)?.paced, paceOf(point, isSounding), mono);
    next.set(point, { value, paced });
  }
  return { messages: packed(due), told: next, isWaiting, isOld };
}

/** All of them are to be said anew, none sooner than its pace would have let it move. */
export function forgotten(told: ToldSamples): ToldSamples {
  return new Map([...told].map(([point, { paced }]) => [point, { value: undefined, paced }]));
}

function hasMoved(before: number | null | undefined, value: number | null, deadband: number): boolean {
  if (before === undefined || before === null || value === null) return before !== value;
  return Math.abs(value - before) >= deadband;
}

/** Into as few messages as their times and their size allow. */
function packed(
  due: readonly { readonly point: Capability; readonly value: number | null; readonly at: Instant }[],
): readonly SampleMessage[] {
  const messages: { at: Instant; values: Partial<Record<Capability, number | null>>; room: number }[] = [];
  for (const { point, value, at } of [...due].sort((a, b) => a.at - b.at)) {
    const shown = value === null ? null : rounded(point, value);
    const size = `"${point}":${shown},`.length;
    const last = messages.at(-1);
    if (last !== undefined && at - last.at <= SAME_ROUND_MS && size <= last.room) {
      last.values[point] = shown;
      last.room -= size;
    } else messages.push({ at, values: { [point]: shown }, room: SAMPLE_ROOM_BYTES - size });
  }
  return messages.map(({ at, values }) => ({ at, values }));
}
