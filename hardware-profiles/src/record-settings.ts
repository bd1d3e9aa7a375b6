import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { Recording } from "./record.ts";

/** The options of `record` as they were typed. */
type Typed = Readonly<
  Record<"space" | "from" | "count" | "unit" | "baud" | "parity" | "stop-bits", string>
> & { readonly framing?: string | undefined };

const numbers = {
  from: { min: 0, max: 0xffff },
  count: { min: 1, max: 125 },
  unit: { min: 0, max: 255 },
  baud: { min: 1_200, max: 115_200 },
} as const;
const words = {
  space: ["coil", "discrete", "input", "holding"],
  parity: ["none", "even", "odd"],
  "stop-bits": ["1", "2"],
  framing: ["modbus-rtu", "modbus-tcp"],
} as const;

/** How the line and the device are asked, or what to write instead, one sentence for each option. */
export function recordSettings(
  port: string,
  typed: Typed,
): Result<Omit<Recording, "id" | "table">, readonly string[]> {
  const wrong = [
    ...(port.startsWith("tcp:") && !isTcpAddress(port) ? [`${port}: write tcp://HOST:PORT`] : []),
    ...namesOf(numbers)
      .filter((name) => !isWhole(typed[name], numbers[name]))
      .map((name) => `--${name}: a whole number from ${numbers[name].min} to ${numbers[name].max}`),
    ...namesOf(words)
      .filter((name) => !isOneOf(typed[name], words[name]))
      .map((name) => `--${name}: one of ${words[name].join(", ")}`),
  ];
  if (wrong.length > 0) return fail(wrong);
  const { space, parity, framing } = typed;
  return ok({
    port,
    range: { space, from: Number(typed.from), count: Number(typed.count) },
    unit: Number(typed.unit),
    baud: Number(typed.baud),
    parity,
    stopBits: typed["stop-bits"] === "2" ? 2 : 1,
    framing,
  });
}

function namesOf<Table extends object>(table: Table): readonly (keyof Table)[] {
  const names: (keyof Table)[] = [];
  for (const name in table) names.push(name);
  return names;
}

function isTcpAddress(port: string): boolean {
  return URL.canParse(port) && new URL(port).hostname !== "";
}

function isWhole(text: string, { min, max }: { readonly min: number; readonly max: number }): boolean {
  return /^\d{1,6}$/.test(text) && Number(text) >= min && Number(text) <= max;
}

/** What was left out is chosen by the port. */
function isOneOf(text: string | undefined, known: readonly string[]): boolean {
  return text === undefined || known.includes(text);
}
