import { type Capability, capabilities, capability } from "@loa/shared/device/capability.ts";
import {
  type ModbusSpace,
  modbusSpace,
  type PointType,
  pointType,
} from "@loa/shared/device/profile-modbus.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";

/**
 * A register map as a table, which is how makers and MBMap's first edition print them: CSV with a header line.
 * `space,address,type` are needed; `wordOrder,bit,scale,offset,unit,capability,poll,name` may be missing or empty.
 * A row without a capability is kept as a comment, so that nothing of the map is lost.
 */
export interface RegisterRow {
  readonly space: ModbusSpace;
  readonly address: number;
  readonly type: PointType;
  readonly wordOrder: "high-first" | "low-first";
  readonly bit: number | null;
  readonly scale: number;
  readonly offset: number;
  readonly capability: Capability | null;
  readonly poll: "fast" | "normal" | "slow";
  readonly name: string;
}

const columns = [
  "space",
  "address",
  "type",
  "wordOrder",
  "bit",
  "scale",
  "offset",
  "unit",
  "capability",
  "poll",
  "name",
] as const;
type Column = (typeof columns)[number];
type Cells = Readonly<Partial<Record<Column, string>>>;

const MAX_ROWS = 500;

export function parseRegisterTable(
  text: string,
  fileName: string,
): Result<readonly RegisterRow[], readonly string[]> {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const header = (lines[0] ?? "").split(",").map((cell) => cell.trim());
  const unknown = header.find((name) => !isColumn(name));
  if (unknown !== undefined)
    return fail([`${fileName}:1: ${unknown}: no such column; there are ${columns.join(", ")}`]);
  const rows: RegisterRow[] = [];
  const problems: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === "" || line.startsWith("#")) continue;
    const row = rowOf(cellsOf(header, line));
    if (row.ok) rows.push(row.value);
    else problems.push(`${fileName}:${index + 1}: ${row.error}`);
  }
  if (rows.length > MAX_ROWS)
    problems.push(`${fileName}:1: more than ${MAX_ROWS} rows: leave out what Loa has no word for`);
  if (rows.length === 0 && problems.length === 0) problems.push(`${fileName}:1: no rows below the header`);
  return problems.length === 0 ? ok(rows) : fail(problems);
}

function isColumn(name: string): name is Column {
  return columns.some((column) => column === name);
}

/** The last column takes the rest of the line, so that a name may have commas. */
function cellsOf(header: readonly string[], line: string): Cells {
  const parts = line.split(",");
  const cells: Partial<Record<Column, string>> = {};
  for (const [index, name] of header.entries()) {
    if (!isColumn(name)) continue;
    const isLast = index === header.length - 1;
    cells[name] = (isLast ? parts.slice(index).join(",") : (parts[index] ?? "")).trim();
  }
  return cells;
}

function rowOf(cells: Cells): Result<RegisterRow, string> {
  const space = modbusSpace.safeParse(cells.space);
  if (!space.success) return fail(`space: ${modbusSpace.options.join(", ")}, not \`${cells.space ?? ""}\``);
  const isBitSpace = space.data === "coil" || space.data === "discrete";
  const type = pointType.safeParse(cells.type || (isBitSpace ? "bit" : ""));
  if (!type.success) return fail(`type: ${pointType.options.join(", ")}, not \`${cells.type ?? ""}\``);
  const address = Number(cells.address || Number.NaN);
  if (!Number.isInteger(address) || address < 0 || address > 0xffff)
    return fail("address: a number from 0 to 65535, counted from 0 (40001 is holding 0)");
  const named = cells.capability ? capability.safeParse(cells.capability) : null;
  if (named?.success === false)
    return fail(`capability: Loa has no word \`${cells.capability}\`; leave it empty`);
  const word = named?.data ?? null;
  const { unit } = cells;
  if (word !== null && unit && unit !== capabilities[word].unit)
    return fail(
      `unit: ${word} is in ${capabilities[word].unit}, not in ${unit}: change \`scale\` and the unit`,
    );
  const numbers = [cells.bit, cells.scale, cells.offset].map((cell) => Number(cell || 0));
  if (numbers.some((value) => !Number.isFinite(value))) return fail("bit, scale and offset are numbers");
  return ok({
    space: space.data,
    address,
    type: type.data,
    wordOrder: cells.wordOrder === "low-first" ? "low-first" : "high-first",
    bit: cells.bit ? Number(cells.bit) : null,
    scale: cells.scale ? Number(cells.scale) : 1,
    offset: Number(cells.offset || 0),
    capability: word,
    poll: cells.poll === "fast" || cells.poll === "slow" ? cells.poll : "normal",
    name: cells.name ?? "",
  });
}
