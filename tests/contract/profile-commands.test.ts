import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { expect, it } from "vitest";
import { profileFolder, profileIds } from "../support/profiles.ts";
import { testFolder } from "../support/temp-folder.ts";

const limitMs = 20_000;

/** What `npm run profiles --` starts. */
function run(...args: readonly string[]) {
  const main = join(profileFolder, "src/main.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: "utf8",
    timeout: limitMs,
  });
  return { status, stdout, stderr };
}

it("check says one line for each file and is content with the shelf", () => {
  const { status, stdout } = run("check");
  expect(status).toBe(0);
  expect(stdout.trim().split("\n")).toHaveLength(profileIds.length);
  expect(stdout).toMatch(/^ok peacefair-pzem-016\.yaml v2 modbus-rtu .* manual sha256:[0-9a-f]{64}$/m);
});

it("a sheet is printed in Vietnamese, and in English when asked, or put into a file for the printer", async () => {
  const out = join(await testFolder(), "sheet.txt");
  expect(run("sheet", "epever-tracer", "--out", out)).toMatchObject({ status: 0, stdout: "" });
  expect(readFileSync(out, "utf8")).toBe(run("sheet", "epever-tracer").stdout);
  expect(run("sheet", "epever-tracer").stdout).toContain("PHIẾU ĐẤU DÂY VÀ CÀI ĐẶT");
  expect(run("sheet", "epever-tracer.yaml", "--lang", "en").stdout).toContain("WIRING AND SET-UP SHEET");
});

it("a register table becomes a file, and a bad one is said with its line", async () => {
  const folder = await testFolder();
  const table = join(folder, "map.csv");
  writeFileSync(table, "space,address,type,scale,capability\ninput,0,u16,0.1,mains.voltage\n");
  const { status, stdout } = run("import-mbmap", table, "--id", "new-meter");
  expect(status).toBe(0);
  expect(parseProfile(stdout, "new-meter.yaml").ok).toBe(true);
  writeFileSync(table, "space,address,type\ninput,x,u16\n");
  expect(run("import-mbmap", table, "--id", "new-meter")).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/^map\.csv:2: address: /),
  });
});

it("the canonical form is written with the very bytes that `check` prints the SHA-256 of", async () => {
  const out = join(await testFolder(), "xy-md02.json");
  expect(run("canonical", "xy-md02", "--out", out).status).toBe(0);
  const sha256 = nodeCrypto.sha256Hex(readFileSync(out, "utf8"));
  expect(run("check").stdout).toMatch(new RegExp(`^ok xy-md02\\.yaml .* sha256:${sha256}$`, "m"));
  expect(run("canonical", "xy-md02").stdout).toBe(readFileSync(out, "utf8"));
});

it("what it does not understand ends with the list of commands, or with what is missing", () => {
  expect(run()).toMatchObject({ status: 2, stderr: expect.stringContaining("usage:") });
  expect(run("check", "--nope").status).toBe(2);
  expect(run("sheet", "not-there")).toMatchObject({
    status: 1,
    stdout: expect.stringContaining("cannot be read"),
  });
  expect(run("import-mbmap", "/not/there.csv", "--id", "a")).toMatchObject({ status: 1 });
});

it("what is written never takes the place of a file that is there, and a folder that is not there is said", async () => {
  const folder = await testFolder();
  const out = join(folder, "maker-model.yaml");
  expect(run("new", "maker-model", "--out", out).status).toBe(0);
  writeFileSync(out, "# an evening's work\n");
  expect(run("new", "maker-model", "--out", out)).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/maker-model\.yaml: is there already: .*another name/),
  });
  expect(readFileSync(out, "utf8")).toBe("# an evening's work\n");
  expect(run("new", "maker-model", "--out", join(folder, "not", "there.yaml"))).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/there\.yaml: cannot be written: check/),
  });
});

const slips: readonly (readonly [readonly string[], RegExp])[] = [
  [["sheet", "epever-tracer", "--lang", "fr"], /^--lang: vi or en$/],
  [["record", "/dev/x", "--id", "a", "--baud", "9600 8N1"], /^--baud: a whole number from 1200 to 115200$/],
  [["record", "/dev/x", "--id", "a", "--parity", "E"], /^--parity: one of none, even, odd$/],
  [["record", "/dev/x", "--id", "a", "--stop-bits", "3"], /^--stop-bits: one of 1, 2$/],
  [["record", "/dev/x", "--id", "a", "--unit", "300"], /^--unit: a whole number from 0 to 255$/],
  [["record", "/dev/x", "--id", "a", "--from", "30001x"], /^--from: a whole number from 0 to 65535$/],
  [["record", "/dev/x", "--id", "a", "--framing", "rtu"], /^--framing: one of modbus-rtu, modbus-tcp$/],
  [["record", "tcp://", "--id", "a"], /^tcp:\/\/: write tcp:\/\/HOST:PORT$/],
];
it.each(slips)("%j is refused in one line that says what to write", (args, said) => {
  const { status, stdout } = run(...args);
  expect(status).toBe(1);
  expect(stdout.trim()).toMatch(said);
});
