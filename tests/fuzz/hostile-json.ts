import type { SeededRandom } from "@loa/simulator/virtual/random.ts";
import { hostileTexts } from "./bend-bytes.ts";

/** As text, since no JSON value could hold some of them. */
const hostileValues: readonly string[] = [
  "null",
  "true",
  "-0",
  "1e400",
  "-1e400",
  "9007199254740993",
  "0.1",
  "1".repeat(400),
  "[]",
  "{}",
  '{"__proto__":{"x":1}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"then":1}',
  String.raw`"\ud800"`,
  String.raw`"\u0000"`,
  `${"[".repeat(5_000)}${"]".repeat(5_000)}`,
  `${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}`,
  ...hostileTexts.map((text) => JSON.stringify(text.slice(0, 2_000))),
];

/** JSON that is like this value, with some of its parts replaced, doubled, left out or renamed. */
export function bentJson(value: unknown, random: SeededRandom, chance: number): string {
  if (random.chance(chance)) return random.pick(hostileValues);
  if (Array.isArray(value)) {
    const parts = value.flatMap((one) => repeated(bentJson(one, random, chance), random, chance));
    return `[${parts.join(",")}]`;
  }
  if (typeof value !== "object" || value === null) return bentScalar(value, random, chance);
  const members = Object.entries(value).flatMap(([name, one]) => {
    const called = random.chance(chance)
      ? random.pick(["__proto__", "", `${name} `, name.toUpperCase()])
      : name;
    return repeated(`${JSON.stringify(called)}:${bentJson(one, random, chance)}`, random, chance);
  });
  return `{${members.join(",")}}`;
}

function bentScalar(value: unknown, random: SeededRandom, chance: number): string {
  if (!random.chance(chance)) return JSON.stringify(value) ?? "null";
  if (typeof value === "number") {
    const others = [0, -1, 1, value + 1, value - 1, value * 1_000, -value, Number.MAX_SAFE_INTEGER, 0.5];
    return JSON.stringify(random.pick(others));
  }
  if (typeof value === "string")
    return JSON.stringify(random.pick([`${value}x`, value.slice(1), value.toUpperCase(), ""]));
  return JSON.stringify(!value);
}

function repeated(part: string, random: SeededRandom, chance: number): readonly string[] {
  if (!random.chance(chance)) return [part];
  return random.chance(0.5) ? [part, part] : [];
}
