import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseProfile } from "@loa/edge-agent/adapters/profile-file.ts";
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

it("a sheet is printed in Vietnamese, and in English when asked", () => {
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

it("what it does not understand ends with the list of commands, or with what is missing", () => {
  expect(run()).toMatchObject({ status: 2, stderr: expect.stringContaining("usage:") });
  expect(run("check", "--nope").status).toBe(2);
  expect(run("sheet", "not-there")).toMatchObject({
    status: 1,
    stdout: expect.stringContaining("cannot be read"),
  });
  expect(run("import-mbmap", "/not/there.csv", "--id", "a")).toMatchObject({ status: 1 });
});
