import { parseProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { draftYaml } from "@loa/hardware-profiles/src/draft-yaml.ts";
import { parseRegisterTable } from "@loa/hardware-profiles/src/register-table.ts";
import { sheet } from "@loa/hardware-profiles/src/sheet.ts";
import { skeleton } from "@loa/hardware-profiles/src/skeleton.ts";
import { describe, expect, it } from "vitest";
import { anyShippedProfile, profileIds } from "../support/profiles.ts";

const table = `space,address,type,wordOrder,bit,scale,offset,unit,capability,poll,name
input,0,u16,,,0.1,,V,mains.voltage,normal,"Voltage, L1"
input,1,u32,low-first,,0.001,,A,mains.current,,Current
# a comment
input,3,u16,,4,,,,,,Reserved
discrete,2,,,,,,,mains.present,fast,Mains
`;
const transport = { kind: "modbus-rtu", baud: 9_600, parity: "none", stopBits: 1, unit: 1 } as const;

it("a register table becomes a draft that passes the check, and keeps what Loa has no word for", () => {
  const rows = parseRegisterTable(table, "map.csv");
  if (!rows.ok) throw new Error(rows.error.join("\n"));
  const yaml = draftYaml({ id: "new-meter", source: "map.csv", transport, rows: rows.value });
  const parsed = parseProfile(yaml, "new-meter.yaml");
  expect(parsed.ok ? [] : parsed.error).toEqual([]);
  if (!parsed.ok) return;
  expect(parsed.value.draft).toBe(true);
  expect(parsed.value.points.map(({ capability }) => capability)).toEqual([
    "mains.voltage",
    "mains.current",
    "mains.present",
  ]);
  expect(yaml).toContain("# input 3 u16 × 1: Reserved");
});

const badTables: readonly (readonly [string, RegExp])[] = [
  ["space,adress,type\ninput,0,u16", /map\.csv:1: adress: no such column/],
  ["space,address,type\nregister,0,u16", /map\.csv:2: space: coil, discrete, input, holding, not `register`/],
  ["space,address,type\ninput,40001x,u16", /map\.csv:2: address: a number from 0 to 65535/],
  ["space,address,type\ninput,0,u64", /map\.csv:2: type: bit, u16, .* not `u64`/],
  ["space,address,type,capability\ninput,0,u16,mains.volts", /map\.csv:2: capability: Loa has no word/],
  [
    "space,address,type,unit,capability\ninput,0,u16,mV,mains.voltage",
    /map\.csv:2: unit: mains\.voltage is in V/,
  ],
  ["space,address,type\n", /map\.csv:1: no rows/],
];
it.each(badTables)("a bad register table is refused with line and column: %j", (text, complaint) => {
  const rows = parseRegisterTable(text, "map.csv");
  expect(rows.ok ? [] : rows.error).toEqual([expect.stringMatching(complaint)]);
});

it.each(["modbus-rtu", "modbus-tcp", "text-serial", "gpio"])("the %s skeleton passes as a draft", (kind) => {
  const made = skeleton("maker-model", kind);
  if (!made.ok) throw new Error(made.error.join("\n"));
  const parsed = parseProfile(made.value, "maker-model.yaml");
  expect(parsed.ok ? parsed.value.draft : parsed.error).toBe(true);
});

it.each(["modbus-rtu", "text-serial", "gpio"])(
  "every example that the %s skeleton holds as a comment passes, too",
  (kind) => {
    const made = skeleton("maker-model", kind);
    if (!made.ok) throw new Error(made.error.join("\n"));
    const examples = /^( *)# (?=(?:firmware|url|conflicts|lease|setUp):| {2})/gm;
    const parsed = parseProfile(made.value.replace(examples, "$1"), "maker-model.yaml");
    expect(parsed.ok ? parsed.value.conflicts.length : parsed.error).toBe(1);
  },
);

it("a skeleton wants a good id and a known kind", () => {
  expect(skeleton("My Amp", "gpio").ok).toBe(false);
  expect(skeleton("my-amp", "canbus").ok).toBe(false);
});

describe.each(profileIds)("the sheet of %s", (id) => {
  const profile = anyShippedProfile(id);

  it.each(["vi", "en"] as const)("in %s fits a page's width and says line, values and trust", (language) => {
    const lines = sheet(profile, language).split("\n");
    expect(lines.filter((line) => line.length > 110)).toEqual([]);
    const text = lines.join("\n");
    expect(text).toContain(profile.titles[language]);
    expect(text).toContain(language === "vi" ? "3. Đường truyền" : "3. Line");
    expect(text).toContain(language === "vi" ? "4. Phải đọc được" : "4. These values");
    if (profile.draft) expect(text).toContain(language === "vi" ? "BẢN NHÁP" : "DRAFT");
    expect(text).not.toContain("undefined");
  });

  it.each(["vi", "en"] as const)("in %s has all seven parts, so that none seems torn off", (language) => {
    const numbers = sheet(profile, language)
      .split("\n")
      .flatMap((line) => /^(\d)\. /.exec(line)?.[1] ?? []);
    expect(numbers).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
  });
});

it("a sheet says «page» of page numbers only, and never that a user's list is the maker's", () => {
  const sourcesOf = (id: string) =>
    sheet(anyShippedProfile(id), "vi")
      .split("\n")
      .filter((line) => /^(Nguồn|Độ tin cậy): /.test(line));
  expect(sourcesOf("pulsar-en54c-lcd")).toContainEqual(expect.stringMatching(/v1\.1, trang 3-5$/));
  expect(sourcesOf("peacefair-pzem-017")).toContainEqual(expect.stringMatching(/, whole thread$/));
  expect(sourcesOf("peacefair-pzem-017")[0]).toBe(
    "Độ tin cậy: theo các nguồn ghi dưới đây, chưa thử trên máy thật",
  );
});
