import { parseArgs } from "node:util";
import type { BenchRow } from "./bench-row.ts";

/** A subject is loaded only when it is asked for: what one measures must not lie in the memory of another. */
const subjects: Readonly<Record<string, () => Promise<{ bench(): Promise<BenchRow[]> }>>> = {
  vertical: () => import("./vertical.ts"),
  "vertical-province": () => import("./vertical-province.ts"),
  "vertical-agent": () => import("./vertical-agent.ts"),
  "vertical-simulation": () => import("./vertical-simulation.ts"),
  "vertical-compile": () => import("./vertical-compile.ts"),
  "sound-starts": () => import("./sound-starts.ts"),
  "sound-crashes": () => import("./sound-crashes.ts"),
  sound: () => import("./sound.ts"),
  "sound-beside-peers": () => import("./sound-beside-peers.ts"),
  "sound-ingest": () => import("./sound-ingest.ts"),
  "sound-soak": () => import("./sound-soak.ts"),
  "sound-drift": () => import("./sound-drift.ts"),
  "sound-cost": () => import("./sound-cost.ts"),
  "sound-exact": () => import("./sound-exact.ts"),
  broker: () => import("./broker.ts"),
  hardware: () => import("./hardware.ts"),
  trust: () => import("./trust.ts"),
  "trust-first-sound": () => import("./trust-first-sound.ts"),
  "trust-fan-out": () => import("./trust-fan-out.ts"),
  "trust-shaped-link": () => import("./trust-shaped-link.ts"),
  "trust-crashes": () => import("./trust-crashes.ts"),
  "trust-connects": () => import("./trust-connects.ts"),
  "trust-kills": () => import("./trust-kills.ts"),
};

const usage = `Usage: npm run bench -- SUBJECT [--json]
  SUBJECT  ${Object.keys(subjects).join(", ")}
  --json   one array of { name, value, unit, goal, ok } and nothing else`;

await main();

/** A number that misses its goal is told, and no failure: machines differ, and whoever compares reads the rows. */
async function main(): Promise<void> {
  const asked = readArguments();
  const subject = asked === null || !Object.hasOwn(subjects, asked.subject) ? null : subjects[asked.subject];
  if (asked === null || subject === undefined || subject === null) {
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const { bench } = await subject();
  const rows = await bench();
  process.stdout.write(asked.isJson ? `${JSON.stringify(rows.map(plain))}\n` : table(rows));
  // What a subject has left open, such as a pool of threads, holds nobody up.
  process.exit(0);
}

function readArguments(): { readonly subject: string; readonly isJson: boolean } | null {
  try {
    const { values, positionals } = parseArgs({
      options: { json: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    const [subject, ...rest] = positionals;
    return subject === undefined || rest.length > 0 ? null : { subject, isJson: values.json };
  } catch {
    return null;
  }
}

function plain({ name, value, unit, goal, ok }: BenchRow): BenchRow {
  return { name, value: rounded(value), unit, goal, ok };
}

function table(rows: readonly BenchRow[]): string {
  const cells = rows.map(({ name, value, unit, goal, ok }) => [
    name,
    `${rounded(value)} ${unit}`,
    goal,
    ok ? "ok" : "MISSED",
  ]);
  const width = (column: number) => Math.max(...cells.map((row) => row[column]?.length ?? 0));
  const lines = cells.map((row) => row.map((cell, column) => cell.padEnd(width(column))).join("  "));
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** Three figures are enough to compare. */
function rounded(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3));
}
