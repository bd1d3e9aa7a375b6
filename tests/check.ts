// npm run check: what a change must pass before anybody looks at it. One line each; the output of what failed.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

const checks = [
  { name: "types", command: "tsc", args: ["-b", "--pretty", "false"] },
  { name: "format and lint", command: "biome", args: ["ci", "--error-on-warnings", "--colors=off"] },
  {
    name: "house rules",
    command: "vitest",
    args: ["run", "--config", "tests/vitest.config.ts", "tests/tidy.test.ts", "tests/lint-rules.test.ts"],
  },
];

/** A check that takes longer hangs. */
const limitMs = 120_000;

const failed = checks.filter(({ name, command, args }) => {
  const startedAt = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    timeout: limitMs,
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const isOk = status === 0;
  console.log(`${isOk ? "ok  " : "FAIL"} ${name} (${command} ${args.join(" ")}; ${seconds} s)`);
  if (!isOk) console.log([stdout, stderr, error?.message].filter(Boolean).join("\n"));
  return !isOk;
});

process.exitCode = failed.length === 0 ? 0 : 1;
