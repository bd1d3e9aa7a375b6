import type { Rule } from "../rule.ts";

/** Words that name no idea (style.md, Files). */
const bannedWords = new Set([
  "util",
  "utils",
  "helper",
  "helpers",
  "common",
  "manager",
  "managers",
  "service",
  "services",
  "base",
]);

export const names: Rule = {
  name: "files and folders are named by what they hold",
  check: ({ paths }) =>
    paths.flatMap((path) => {
      const word = withoutUnitEnding(path)
        .split(/[/.-]/)
        .find((part) => bannedWords.has(part.toLowerCase()));
      return word === undefined ? [] : [{ path, line: 1, problem: `"${word}" names no idea` }];
    }),
  breaks: [
    { "shared/src/utils.ts": "" },
    { "edge-agent/src/bus-manager.ts": "" },
    { "tests/helpers/world.ts": "" },
    { "controller/src/store/base.ts": "" },
  ],
  allows: [
    { "shared/src/database.ts": "", "controller/src/store/baseline-plan.ts": "" },
    { "edge-agent/loa-agent.service": "" },
  ],
};

/** systemd knows a unit by this ending (systemd.service(5)). */
function withoutUnitEnding(path: string): string {
  return path.replace(/\.service$/, "");
}
