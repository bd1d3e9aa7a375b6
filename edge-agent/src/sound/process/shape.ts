import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";

/*
 * Shapes of the plain data that the agent and its sound process say to each other. Not zod: that would be 16 MB of the
 * sound process's memory, which is locked, for a channel whose both ends are ours.
 */

/** Answers the value as what it is, without what the shape does not name. Throws what `parse` catches. */
export type Shape<Value> = (value: unknown, where: string) => Value;
export type Of<One> = One extends Shape<infer Value> ? Value : never;

export function parse<Value>(shape: Shape<Value>, value: unknown): Result<Value, string> {
  try {
    return ok(shape(value, ""));
  } catch (error) {
    if (error instanceof Senseless) return fail(error.message);
    throw error;
  }
}

class Senseless extends Error {}

function senseless(where: string, wanted: string): never {
  throw new Senseless(`${where === "" ? "message" : where.slice(1)}: not ${wanted}`);
}

/** Finite. */
export function number(min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): Shape<number> {
  return (value, where) => {
    const isGood = typeof value === "number" && Number.isFinite(value) && value >= min && value <= max;
    return isGood ? value : senseless(where, `a number from ${min} to ${max}`);
  };
}

export function whole(min: number, max = Number.MAX_SAFE_INTEGER): Shape<number> {
  const inRange = number(min, max);
  return (value, where) => (Number.isInteger(value) ? inRange(value, where) : senseless(where, "whole"));
}

export function text(minChars: number, maxChars: number, pattern = /^/): Shape<string> {
  return (value, where) => {
    const isGood = typeof value === "string" && value.length >= minChars && value.length <= maxChars;
    return isGood && pattern.test(value) ? value : senseless(where, `text of ${minChars} to ${maxChars}`);
  };
}

export const flag: Shape<boolean> = (value, where) =>
  typeof value === "boolean" ? value : senseless(where, "yes or no");

export function oneOf<const Names extends readonly (string | number)[]>(names: Names): Shape<Names[number]> {
  return (value, where) => names.find((name) => name === value) ?? senseless(where, names.join(" or "));
}

export function nullable<Value>(shape: Shape<Value>): Shape<Value | null> {
  return (value, where) => (value === null ? null : shape(value, where));
}

export function list<Value>(shape: Shape<Value>, minLength: number, maxLength: number): Shape<Value[]> {
  return (value, where) => {
    const isGood = Array.isArray(value) && value.length >= minLength && value.length <= maxLength;
    if (!isGood) return senseless(where, `a list of ${minLength} to ${maxLength}`);
    return value.map((one, index) => shape(one, `${where}.${index}`));
  };
}

type Fields = Readonly<Record<string, Shape<unknown>>>;
type Filled<Some extends Fields> = { [Name in keyof Some]: Of<Some[Name]> };

export function object<Some extends Fields>(fields: Some): Shape<Filled<Some>> {
  return (value, where) => {
    if (!isRecord(value)) return senseless(where, "an object");
    const filled = Object.entries(fields).map(([name, shape]) => [
      name,
      shape(value[name], `${where}.${name}`),
    ]);
    return Object.fromEntries(filled) as Filled<Some>;
  };
}

const KIND = "kind";
type Kinds = Readonly<Record<string, Fields>>;
type Kinded<Some extends Kinds> = {
  [Kind in keyof Some]: { kind: Kind } & Filled<Some[Kind]>;
}[keyof Some];

/** One of several objects, known by their `kind`. */
export function byKind<Some extends Kinds>(kinds: Some): Shape<Kinded<Some>> {
  const shapes = new Map(
    Object.entries(kinds).map(([kind, fields]) => [kind, object({ [KIND]: oneOf([kind]), ...fields })]),
  );
  return (value, where) => {
    const shape = isRecord(value) ? shapes.get(`${value[KIND]}`) : undefined;
    if (shape === undefined) return senseless(`${where}.kind`, [...shapes.keys()].join(" or "));
    return shape(value, where) as Kinded<Some>;
  };
}

/** Any names. */
export function record<Value>(shape: Shape<Value>, maxNameChars: number): Shape<Record<string, Value>> {
  const named = text(0, maxNameChars);
  return (value, where) => {
    if (!isRecord(value)) return senseless(where, "an object");
    const filled = Object.entries(value).map(([name, one]) => [
      named(name, where),
      shape(one, `${where}.${name}`),
    ]);
    return Object.fromEntries(filled);
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
