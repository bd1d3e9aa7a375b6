import { spawnSync } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { testFolder } from "./support/temp-folder.ts";

const root = join(import.meta.dirname, "..");

// House rules that Biome keeps for us. A setting that somebody loosens in .biome.json turns its line red.
const refused = [
  { rule: "style/useFilenamingConvention", path: "shared/src/PollPlan.ts", text: "export const a = 1;\n" },
  { rule: "style/useFilenamingConvention", path: "shared/src/poll_plan.ts", text: "export const a = 1;\n" },
  { rule: "style/noDefaultExport", path: "shared/src/a.ts", text: "export default 1;\n" },
  { rule: "suspicious/noExplicitAny", path: "shared/src/a.ts", text: "export const a = b as any;\n" },
  {
    rule: "style/noNonNullAssertion",
    path: "shared/src/a.ts",
    text: "export const a = (b?: number) => b!;\n",
  },
  { rule: "performance/noBarrelFile", path: "shared/src/a.ts", text: 'export * from "./b.ts";\n' },
  {
    rule: "style/useImportType",
    path: "shared/src/a.ts",
    text: 'import { B } from "./b.ts";\nexport type C = B;\n',
  },
  { rule: "suspicious/noTsIgnore", path: "shared/src/a.ts", text: "// @ts-ignore\nexport const a = b;\n" },
  {
    rule: "suspicious/noFocusedTests",
    path: "tests/unit/a.test.ts",
    text: 'import { it } from "vitest";\nit.only("a", () => {});\n',
  },
];

it.each(refused)("Biome refuses $rule in $path", async ({ rule, path, text }) => {
  const { status, problems } = await lint(path, text);
  expect(problems).toContain(`lint/${rule}`);
  expect(status).toBe(1);
});

it("Biome lets a tool's configuration export its default", async () => {
  expect((await lint("tests/vitest.config.ts", "export default 1;\n")).status).toBe(0);
});

/** In a house of one file under our settings: what Biome reads from stdin it does not report on. */
async function lint(path: string, text: string) {
  const folder = await testFolder();
  await copyFile(join(root, ".biome.json"), join(folder, ".biome.json"));
  await mkdir(join(folder, dirname(path)), { recursive: true });
  await writeFile(join(folder, path), text);
  const biome = join(root, "node_modules", ".bin", "biome");
  const { status, stdout, stderr } = spawnSync(biome, ["lint"], { cwd: folder, encoding: "utf8" });
  return { status, problems: stdout + stderr };
}
