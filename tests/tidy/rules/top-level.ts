import type { Rule } from "../rule.ts";

/** Fixed by the customer; files that begin with a dot are for tools. */
const allowed = new Set([
  "LICENSE",
  "README.md",
  "controller",
  "edge-agent",
  "hardware-profiles",
  "package-lock.json",
  "package.json",
  "shared",
  "simulator",
  "tests",
  "tsconfig.json",
]);

export const topLevel: Rule = {
  name: "the front of the house holds only what the map names",
  check: (house) =>
    house.topLevel
      .filter((name) => !name.startsWith(".") && !allowed.has(name))
      .map((path) => ({ path, line: 1, problem: "not at the top: put it into a room" })),
  breaks: [{ "docs/a.md": "" }, { "vitest.config.ts": "" }],
  allows: [{ "README.md": "", ".ci/run": "", ".biome.json": "", "tests/vitest.config.ts": "" }],
};
