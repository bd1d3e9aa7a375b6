import { targetOf } from "../rooms.ts";
import type { House, Rule, Violation } from "../rule.ts";

/** Type imports count: two files that need each other's types are one idea in two files. */
export const noCycles: Rule = {
  name: "no file imports itself, directly or through others",
  check: (house) => cyclesOf(importGraph(house)).map(asViolation),
  breaks: [
    { "shared/src/a.ts": 'import "./b.ts";', "shared/src/b.ts": 'import "@loa/shared/a.ts";' },
    {
      "shared/src/a.ts": 'import "./b.ts";',
      "shared/src/b.ts": 'import type { C } from "./c.ts";',
      "shared/src/c.ts": 'export * from "./a.ts";',
    },
  ],
  allows: [
    {
      "shared/src/a.ts": 'import "./b.ts"; import "./c.ts";',
      "shared/src/b.ts": 'import "./c.ts";',
      "shared/src/c.ts": "",
    },
  ],
};

type Graph = ReadonlyMap<string, readonly string[]>;

function importGraph({ sources }: House): Graph {
  return new Map(
    sources.map((source) => [
      source.path,
      source.imports.flatMap(({ specifier }) => {
        const target = targetOf(source, specifier);
        return target.kind === "ours" ? [target.path] : [];
      }),
    ]),
  );
}

/** Depth-first; each cycle is found once, where the walk closes it. */
function cyclesOf(graph: Graph): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const enter = (path: string) => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) cycles.push(trail.slice(seenAt));
    if (seenAt >= 0 || done.has(path)) return;
    trail.push(path);
    for (const next of graph.get(path) ?? []) enter(next);
    trail.pop();
    done.add(path);
  };
  for (const path of graph.keys()) enter(path);
  return cycles;
}

function asViolation(cycle: readonly string[]): Violation {
  const path = cycle[0] ?? "";
  return { path, line: 1, problem: `import cycle: ${[...cycle, path].join(" → ")}` };
}
