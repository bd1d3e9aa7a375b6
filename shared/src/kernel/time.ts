import { z } from "zod";
import { asInstant, DAY_MS, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from "./instants.ts";

// biome-ignore lint/performance/noBarrelFile: they lie apart only for the sound process, which has no room for zod
export {
  asInstant,
  asMonotonic,
  DAY_MS,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  type MonotonicMs,
  plus,
  SECOND_MS,
} from "./instants.ts";

/**
 * What `Instant` may be: years of four digits, so that every sum of ours is still one that `Date` and its text can say
 * (ECMA-262, 21.4.1.1 and 21.4.1.32). Whoever signs the last instant of all must not end who adds an hour to it.
 */
export const instant = z
  .number()
  .int()
  .min(Date.parse("0001-01-01T00:00:00Z"))
  .max(Date.parse("9999-01-01T00:00:00Z"))
  .brand<"Instant">();

/** `YYYY-MM-DD`, a day that exists, in the province's zone. */
export const localDate = z.iso.date().brand<"LocalDate">();
export type LocalDate = z.infer<typeof localDate>;

/** `HH:MM:SS`, in the province's zone. */
export const localTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, "HH:MM:SS")
  .brand<"LocalTime">();
export type LocalTime = z.infer<typeof localTime>;

export const ZONE = "Asia/Ho_Chi_Minh";

/** The local date and time of an instant, by the IANA rules of the zone. */
export function toLocal(at: Instant): { readonly date: LocalDate; readonly time: LocalTime } {
  const shifted = new Date(at + offsetAt(at)).toISOString();
  return { date: shifted.slice(0, 10) as LocalDate, time: shifted.slice(11, 19) as LocalTime };
}

/** Milliseconds since local midnight, in whole seconds: `msOfDay(toLocal(at).time)` without the text between. */
export function localMsOfDay(at: Instant): number {
  const local = at + offsetAt(at);
  const sinceMidnight = local - Math.floor(local / DAY_MS) * DAY_MS;
  return sinceMidnight - (sinceMidnight % SECOND_MS);
}

/** The instant of a local date and time. */
export function toInstant(date: LocalDate, time: LocalTime): Instant {
  const asUtc = Date.parse(`${date}T${time}Z`);
  const first = asUtc - offsetAt(asInstant(asUtc));
  return asInstant(asUtc - offsetAt(asInstant(first)));
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10) as LocalDate;
}

/** ISO 8601 weekday: 1 is Monday, 7 is Sunday. */
export function weekdayOf(date: LocalDate): Weekday {
  const day = new Date(Date.parse(`${date}T00:00:00Z`)).getUTCDay();
  return (day === 0 ? 7 : day) as Weekday;
}

export const weekday = z.union([
  z.literal(1),
  z.literal(2),
  z.literal(3),
  z.literal(4),
  z.literal(5),
  z.literal(6),
  z.literal(7),
]);
export type Weekday = z.infer<typeof weekday>;

/** Milliseconds since local midnight. */
export function msOfDay(time: LocalTime): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  return hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
}

/**
 * Asking Intl costs about 2 µs and the simulator asks millions of times; offsets of this zone change at most
 * at a full hour, so one answer per UTC hour is exact.
 */
const offsetByHour = new Map<number, number>();
const OFFSET_CACHE_HOURS = 10_000;

/** Made when somebody asks: its tables are 9 MB of memory, and the sound process never needs them. */
let zoneFormat: Intl.DateTimeFormat | null = null;

function offsetAt(at: Instant): number {
  const hour = Math.floor(at / HOUR_MS);
  const known = offsetByHour.get(hour);
  if (known !== undefined) return known;
  if (offsetByHour.size >= OFFSET_CACHE_HOURS) offsetByHour.clear();
  const offset = readOffset(hour * HOUR_MS);
  offsetByHour.set(hour, offset);
  return offset;
}

function readOffset(ms: number): number {
  zoneFormat ??= new Intl.DateTimeFormat("en-US", { timeZone: ZONE, timeZoneName: "longOffset" });
  const name = zoneFormat.formatToParts(ms).find((part) => part.type === "timeZoneName")?.value ?? "";
  const match = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name);
  if (match === null) return 0;
  const [, sign, hours, minutes, seconds = "0"] = match;
  const size = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * SECOND_MS;
  return sign === "-" ? -size : size;
}
