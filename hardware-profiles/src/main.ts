// npm run profiles -- check | new | sheet | import-mbmap | record: the tools around the files of this folder.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { loadProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { canonicalProfile } from "@loa/shared/device/canonical-profile.ts";
import { checkFolder } from "./check-folder.ts";
import { draftYaml } from "./draft-yaml.ts";
import { record } from "./record.ts";
import { recordSettings } from "./record-settings.ts";
import { parseRegisterTable } from "./register-table.ts";
import { sheet } from "./sheet.ts";
import { skeleton } from "./skeleton.ts";

const folder = join(import.meta.dirname, "..");

const usage = `usage: npm run profiles -- <command>
  check [--write]                    every file: schema, lint, golden frames; --write renews profile.schema.json
  new <id> [--kind KIND]             a commented skeleton: modbus-rtu (default), modbus-tcp, text-serial or gpio
  sheet <id> [--lang en]             wiring and set-up sheet for the technician
  canonical <id>                     the form in which boxes get it: JSON without comments, in one order
  import-mbmap <file.csv> --id ID    a register table (columns: see README.md) becomes a draft
  record <port> --id ID              reads a device and writes a draft with recorded golden frames; port is a path or
                                     tcp://HOST:PORT; --map FILE.csv names the registers, or --space, --from, --count;
                                     --unit 1 --baud 9600 --parity none --stop-bits 1 --framing modbus-rtu
  all but check print; --out FILE writes instead`;

const options = {
  write: { type: "boolean", default: false },
  kind: { type: "string", default: "modbus-rtu" },
  lang: { type: "string", default: "vi" },
  id: { type: "string" },
  out: { type: "string" },
  map: { type: "string" },
  space: { type: "string", default: "input" },
  from: { type: "string", default: "0" },
  count: { type: "string", default: "10" },
  unit: { type: "string", default: "1" },
  baud: { type: "string", default: "9600" },
  parity: { type: "string", default: "none" },
  "stop-bits": { type: "string", default: "1" },
  framing: { type: "string" },
} as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const parsed = parsedArgs(args);
  if (parsed === null) return tellUsage();
  const { values, positionals } = parsed;
  const [command, subject] = positionals;
  const isComplete = subject !== undefined && subject !== "";
  if (command === "check") return tell(checkFolder(folder, values.write));
  if (command === "new" && isComplete) return put(values.out, skeleton(subject, values.kind));
  if (command === "sheet" && isComplete) return showSheet(subject, values.lang, values.out);
  if (command === "canonical" && isComplete) return showCanonical(subject, values.out);
  if (command === "import-mbmap" && isComplete && values.id !== undefined)
    return importTable(subject, values.id, values.out);
  if (command === "record" && isComplete && values.id !== undefined) {
    const table = values.map === undefined ? null : readText(values.map);
    if (table === undefined) return tell({ lines: [`${values.map}: cannot be read`], isOk: false });
    const settings = recordSettings(subject, values);
    if (!settings.ok) return tell({ lines: settings.error, isOk: false });
    return put(values.out, await record({ ...settings.value, id: values.id, table }));
  }
  return tellUsage();
}

function parsedArgs(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch {
    return null;
  }
}

function tellUsage(): number {
  console.error(usage);
  return 2;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function showSheet(id: string, language: string, out: string | undefined): number {
  if (language !== "vi" && language !== "en") return tell({ lines: ["--lang: vi or en"], isOk: false });
  const loaded = loadById(id);
  if (!loaded.ok) return tell({ lines: loaded.error, isOk: false });
  return put(out, { ok: true, value: `${sheet(loaded.value, language)}\n` });
}

/** Without a line end: these bytes are what the SHA-256 is of. */
function showCanonical(id: string, out: string | undefined): number {
  const loaded = loadById(id);
  if (!loaded.ok) return tell({ lines: loaded.error, isOk: false });
  const canonical = canonicalProfile(loaded.value);
  if (out !== undefined) return put(out, { ok: true, value: canonical });
  process.stdout.write(canonical);
  return 0;
}

function loadById(id: string) {
  return loadProfile(join(folder, `${basename(id, ".yaml")}.yaml`));
}

function importTable(path: string, id: string, out: string | undefined): number {
  if (path.endsWith(".json"))
    return tell({
      lines: [`${path}: MBMap 2 is not read: export it as CSV (columns: see README.md)`],
      isOk: false,
    });
  const text = readText(path);
  if (text === undefined) return tell({ lines: [`${path}: cannot be read`], isOk: false });
  const table = parseRegisterTable(text, basename(path));
  if (!table.ok) return tell({ lines: table.error, isOk: false });
  const transport = { kind: "modbus-rtu", baud: 9_600, parity: "none", stopBits: 1, unit: 1 } as const;
  return put(out, {
    ok: true,
    value: draftYaml({ id, source: basename(path), transport, rows: table.value }),
  });
}

type Made =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly error: readonly string[] };

function put(out: string | undefined, made: Made): number {
  if (!made.ok) return tell({ lines: made.error, isOk: false });
  if (out === undefined) {
    console.log(made.value.trimEnd());
    return 0;
  }
  try {
    // A draft that somebody has worked on is not to be had again.
    writeFileSync(out, made.value, { flag: "wx" });
    return 0;
  } catch {
    const why = existsSync(out)
      ? "is there already: choose another name, or remove it first"
      : "cannot be written: check the folder and the rights";
    return tell({ lines: [`${out}: ${why}`], isOk: false });
  }
}

function tell({ lines, isOk }: { readonly lines: readonly string[]; readonly isOk: boolean }): number {
  for (const line of lines) console.log(line);
  return isOk ? 0 : 1;
}
