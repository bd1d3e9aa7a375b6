import type { CapPoint, CapReference } from "@loa/shared/cap/cap-alert.ts";
import { asInstant, type Instant } from "@loa/shared/kernel/time.ts";

/** Values of single elements; null for what the dictionary does not allow. */

/** `2026-11-23T05:00:00+07:00`: always with an offset, never `Z`, in whole seconds (section 3.3.2; schema, 3.4). */
const dateTime = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})([+-])(\d{2}):(\d{2})$/;
/** No space, no comma, no `<` and no `&` (section 3.2.1, identifier and sender). */
const plainName = /^[^\s,<&]+$/;
/** XML Schema 1.0, 3.3.3 (language), 3.2.3 (decimal) and 3.3.13 (integer). */
const language = /^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$/;
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
const whole = /^[+-]?\d+$/;
const number = /^-?\d{1,5}(\.\d{1,12})?$/;
const MAX_POINTS = 10_000;
/** Half of the way round the world. */
const MAX_RADIUS_KM = 20_040;

export function dateTimeOf(text: string): Instant | null {
  const match = dateTime.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const asUtc = Date.UTC(Number(year), Number(month) - 1, Number(day), hour, minute, second);
  const isThere = new Date(asUtc).toISOString().slice(0, 19) === text.slice(0, 19);
  const [, , , , , , , sign, hours, minutes] = match;
  if (!isThere || Number(hours) > 14 || Number(minutes) > 59) return null;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return asInstant(asUtc - (sign === "-" ? -offsetMs : offsetMs));
}

export function plainNameOf(text: string): string | null {
  return plainName.test(text) ? text : null;
}

/** RFC 3066; an empty one means `en-US`, as none does (section 3.2.2). */
export function languageOf(text: string): string | null {
  if (text === "") return "en-US";
  return language.test(text) ? text : null;
}

export function decimalOf(text: string): number | null {
  return decimal.test(text) ? Number(text) : null;
}

export function wholeOf(text: string): number | null {
  return whole.test(text) ? Number(text) : null;
}

/** `sender,identifier,sent` with white space between them. */
export function referencesOf(text: string): readonly CapReference[] | null {
  const references = text
    .trim()
    .split(/\s+/)
    .map((triple): CapReference | null => {
      const [sender = "", identifier = "", sentText = "", ...rest] = triple.split(",");
      const isWhole = sender !== "" && identifier !== "" && dateTimeOf(sentText) !== null;
      return isWhole && rest.length === 0 ? { sender, identifier, sentText } : null;
    });
  return references.every((one) => one !== null) ? references : null;
}

/** Four points or more, the last one the first again. */
export function polygonOf(text: string): readonly CapPoint[] | null {
  const pairs = text.trim().split(/\s+/);
  if (pairs.length < 4 || pairs.length > MAX_POINTS || pairs[0] !== pairs.at(-1)) return null;
  const points = pairs.map(pointOf);
  return points.every((point) => point !== null) ? points : null;
}

/** `latitude,longitude radius`, the radius in kilometres. */
export function circleOf(text: string): { readonly centre: CapPoint; readonly radiusKm: number } | null {
  const [pair = "", radius = "", ...rest] = text.trim().split(/\s+/);
  const centre = pointOf(pair);
  const radiusKm = number.test(radius) ? Number(radius) : -1;
  if (centre === null || rest.length > 0 || radiusKm < 0 || radiusKm > MAX_RADIUS_KM) return null;
  return { centre, radiusKm };
}

function pointOf(pair: string): CapPoint | null {
  const [latitude = "", longitude = "", ...rest] = pair.split(",");
  if (rest.length > 0 || !number.test(latitude) || !number.test(longitude)) return null;
  const point = { latitude: Number(latitude), longitude: Number(longitude) };
  return Math.abs(point.latitude) <= 90 && Math.abs(point.longitude) <= 180 ? point : null;
}
