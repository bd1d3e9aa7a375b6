import { type Recurrence, recurrence } from "@loa/shared/broadcast/recurrence.ts";
import {
  addDays,
  type Instant,
  localDate,
  localTime,
  MINUTE_MS,
  plus,
  SECOND_MS,
  toLocal,
  type Weekday,
} from "@loa/shared/kernel/time.ts";

/** What the form of a schedule holds: text as typed, so that half-typed values survive. */
export interface RecurrenceForm {
  readonly mode: "soon" | "once" | "repeated";
  readonly soonSeconds: string;
  readonly onceDate: string;
  readonly onceTime: string;
  readonly times: readonly string[];
  readonly weekdays: readonly Weekday[];
  readonly from: string;
  readonly to: string;
  readonly except: readonly string[];
  readonly repeatTimes: string;
  readonly repeatMinutes: string;
}

export const everyDay: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
/** Boxes need this long for the plan and the clip of a new schedule on a good link, s. */
export const SOON_DEFAULT_SECONDS = 30;
export const SOON_MIN_SECONDS = 5;
export const SOON_MAX_SECONDS = 3_600;

export function emptyRecurrenceForm(now: Instant): RecurrenceForm {
  const { date } = toLocal(now);
  return {
    mode: "soon",
    soonSeconds: String(SOON_DEFAULT_SECONDS),
    onceDate: date,
    onceTime: "17:00",
    times: ["05:00", "17:00"],
    weekdays: [1, 2, 3, 4, 5, 6],
    from: date,
    to: "",
    except: [],
    repeatTimes: "0",
    repeatMinutes: "10",
  };
}

export type FormMistake = "soon-seconds" | "date" | "time" | "no-weekday" | "range" | "repeat";

/** The rule that the form stands for at this instant, or what is wrong with it. */
export function recurrenceOf(
  form: RecurrenceForm,
  now: Instant,
): { readonly ok: true; readonly value: Recurrence } | { readonly ok: false; readonly error: FormMistake } {
  switch (form.mode) {
    case "soon":
      return soon(form, now);
    case "once":
      return parsed(onceOf(form), form);
    case "repeated":
      return parsed(repeatedOf(form), form);
  }
}

function soon(form: RecurrenceForm, now: Instant) {
  const seconds = Number(form.soonSeconds);
  if (!Number.isInteger(seconds) || seconds < SOON_MIN_SECONDS || seconds > SOON_MAX_SECONDS) {
    return { ok: false, error: "soon-seconds" } as const;
  }
  const { date, time } = toLocal(plus(now, seconds * SECOND_MS));
  return parsed(onOneDay(date, time), form);
}

function onceOf(form: RecurrenceForm): unknown {
  return onOneDay(form.onceDate, withSeconds(form.onceTime));
}

function onOneDay(date: string, time: string): unknown {
  return { times: [time], weekdays: everyDay, from: date, to: date, except: [], repeat: null };
}

function repeatedOf(form: RecurrenceForm): unknown {
  const times = Number(form.repeatTimes);
  return {
    times: form.times.map(withSeconds),
    weekdays: form.weekdays,
    from: form.from,
    to: form.to === "" ? null : form.to,
    except: form.except,
    repeat: times > 0 ? { times, everyMs: Number(form.repeatMinutes) * MINUTE_MS } : null,
  };
}

function parsed(rule: unknown, form: RecurrenceForm) {
  const found = recurrence.safeParse(rule);
  if (!found.success) return { ok: false, error: mistakeAt(found.error.issues[0]?.path[0]) } as const;
  const { from, to } = found.data;
  if (to !== null && to < from) return { ok: false, error: "range" } as const;
  if (form.mode === "repeated" && Number(form.repeatTimes) < 0)
    return { ok: false, error: "repeat" } as const;
  return { ok: true, value: found.data } as const;
}

function mistakeAt(field: PropertyKey | undefined): FormMistake {
  if (field === "times") return "time";
  if (field === "weekdays") return "no-weekday";
  if (field === "repeat") return "repeat";
  return "date";
}

/** Browsers leave the seconds out of a time input when they are zero. */
function withSeconds(time: string): string {
  return time.length === 5 ? `${time}:00` : time;
}

/** The same day of the next year, the furthest that a form offers. */
export function furthestDate(now: Instant): string {
  return addDays(toLocal(now).date, 366);
}

export function isDate(text: string): boolean {
  return localDate.safeParse(text).success;
}

export function isTime(text: string): boolean {
  return localTime.safeParse(withSeconds(text)).success;
}
