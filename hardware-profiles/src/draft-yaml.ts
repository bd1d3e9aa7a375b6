import { capabilities } from "@loa/shared/device/capability.ts";
import type { RegisterRow } from "./register-table.ts";

/** A profile that a person has to finish: what is known is written down, what is missing says so. */

export interface RecordedFrame {
  readonly title: string;
  readonly request: string;
  readonly reply: string;
  readonly values: readonly { readonly capability: string; readonly value: number | null }[];
}

export interface Draft {
  readonly id: string;
  readonly source: string;
  readonly transport: {
    readonly kind: "modbus-rtu" | "modbus-tcp";
    readonly baud: number;
    readonly parity: "none" | "even" | "odd";
    readonly stopBits: 1 | 2;
    readonly unit: number;
  };
  readonly rows: readonly RegisterRow[];
  readonly frames?: readonly RecordedFrame[];
  /** Raw numbers as they were read, beside registers without a word. */
  readonly seen?: ReadonlyMap<RegisterRow, number>;
}

export function draftYaml(draft: Draft): string {
  const { id, source, rows, frames = [] } = draft;
  const points = rows.filter((row) => row.capability !== null);
  const others = rows.filter((row) => row.capability === null);
  return `${[
    "# yaml-language-server: $schema=./profile.schema.json",
    "# A draft made by a tool. Check every line against the manual, narrow `identify`, then remove `draft: true`.",
    `id: ${id}`,
    "version: 1",
    "draft: true",
    "titles:",
    `  vi: "Thiết bị ${id} (bản nháp)"`,
    `  en: "Device ${id} (draft)"`,
    `models: ["${id}"]`,
    "sources:",
    `  - title: "${source}"`,
    "    page: whole file",
    "    trust: derived",
    transportLine(draft),
    "timing: { responseMs: 500, gapMs: 40, quarantineMs: 1000, retries: 1, maxRead: 20, maxHole: 0 }",
    "warmUpMs: 0",
    "holdMs: 0",
    "identify:",
    "  # Replace this by registers whose numbers tell this product from all others.",
    ...identifyLines(draft),
    points.length === 0 ? "# Give at least one register below its word, then uncomment it." : "",
    points.length === 0 ? "points: []" : "points:",
    ...points.flatMap((row) => pointLines(row)),
    ...others.flatMap((row) => commentLines(row, draft.seen?.get(row))),
    "safeState: []",
    frames.length === 0 ? "golden: []" : "golden:",
    ...frames.flatMap((frame) => frameLines(frame, source)),
  ]
    .filter((line) => line !== "")
    .join("\n")}\n`;
}

function transportLine({ transport }: Draft): string {
  const { kind, baud, parity, stopBits, unit } = transport;
  return kind === "modbus-tcp"
    ? `transport: { kind: modbus-tcp, port: 502, unit: ${unit} }`
    : `transport: { kind: modbus-rtu, baud: ${baud}, dataBits: 8, parity: ${parity}, stopBits: ${stopBits}, unit: ${unit} }`;
}

/** The first whole register that answered, with what it said. */
function identifyLines({ rows, seen }: Draft): readonly string[] {
  const whole = rows.filter((row) => row.type !== "bit" || row.bit === null);
  const row = whole.find((each) => seen?.has(each)) ?? whole[0] ?? rows[0];
  if (row === undefined) return [];
  const type = row.bit === null ? row.type : "u16";
  return [
    `  - { space: ${row.space}, address: ${row.address}, type: ${type}, expect: { oneOf: [${seen?.get(row) ?? 0}] } }`,
  ];
}

function pointLines(row: RegisterRow): readonly string[] {
  const isPacked = row.type === "bit" && row.bit !== null;
  const isWholeBool =
    row.type !== "bit" && row.capability !== null && capabilities[row.capability].unit === "bool";
  return [
    `  - capability: ${row.capability}`,
    `    space: ${row.space}`,
    `    address: ${row.address}`,
    `    type: ${row.type}`,
    row.wordOrder === "low-first" ? "    wordOrder: low-first" : "",
    isPacked ? `    bit: ${row.bit}` : "",
    row.scale === 1 ? "" : `    scale: ${row.scale}`,
    row.offset === 0 ? "" : `    offset: ${row.offset}`,
    isWholeBool ? "    range: { min: 0, max: 1 }" : "",
    `    poll: ${row.poll}`,
    row.name === "" ? "" : `    note: ${JSON.stringify(row.name)}`,
  ];
}

function commentLines(row: RegisterRow, raw: number | undefined): readonly string[] {
  const seen = raw === undefined ? "" : `, read as ${raw}`;
  const name = row.name === "" ? "" : ` ${row.name}`;
  return [`  # ${row.space} ${row.address} ${row.type} × ${row.scale}${seen}:${name}`];
}

function frameLines({ title, request, reply, values }: RecordedFrame, source: string): readonly string[] {
  return [
    `  - title: "${title}"`,
    "    origin: recorded",
    `    source: "${source}"`,
    `    request: ${request}`,
    `    reply: ${reply}`,
    "    expect:",
    ...values.map(({ capability, value }) => `      - { capability: ${capability}, value: ${value} }`),
  ];
}
