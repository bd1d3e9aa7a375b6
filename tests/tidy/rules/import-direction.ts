import { mayImport, pureFolderOf, roomOf, targetOf } from "../rooms.ts";
import { eachSource, type Rule } from "../rule.ts";
import type { ImportedModule, SourceFile } from "../source-file.ts";

/** The one outside library of a pure folder: it parses what comes through the door. */
const pureLibraries = new Map([["shared/src/", ["zod"]]]);

export const importDirection: Rule = {
  name: "rooms import only what architecture.md allows, and by their public name",
  check: eachSource(function* (source) {
    for (const imported of source.imports) {
      const problem = wrongRoom(source, imported) ?? impure(source, imported);
      if (problem !== null) yield { path: source.path, line: imported.line, problem };
    }
  }),
  breaks: [
    { "shared/src/a.ts": 'import "@loa/controller/b.ts";' },
    { "edge-agent/src/a.ts": 'import type { B } from "@loa/controller/b.ts";' },
    { "controller/src/a.ts": 'export { b } from "@loa/edge-agent/b.ts";' },
    { "controller/src/a.ts": 'const b = await import("@loa/simulator/b.ts");' },
    { "simulator/src/a.ts": 'type B = import("@loa/tests/support/b.ts").B;' },
    { "controller/src/a.ts": 'import "../../shared/src/b.ts";' },
    { "edge-agent/src/core/a.ts": 'import type { B } from "../ports.ts";' },
    { "controller/src/domain/a.ts": 'import "node:crypto";' },
    { "controller/src/domain/a.ts": 'import * as z from "zod";' },
    { "shared/src/a.ts": 'import "yaml";' },
    { "edge-agent/src/core/a.ts": 'import "@loa/shared/node/node-clock.ts";' },
  ],
  allows: [
    { "shared/src/a.ts": 'import * as z from "zod"; import "./kernel/b.ts";' },
    { "edge-agent/src/core/a.ts": 'import "@loa/shared/b.ts"; import "./b.ts";' },
    { "controller/src/main.ts": 'import "@loa/shared/node/node-clock.ts"; import "./api/b.ts";' },
    { "simulator/src/a.ts": 'import "@loa/edge-agent/b.ts"; import "@loa/hardware-profiles/b.yaml";' },
    { "tests/unit/a.test.ts": 'import "@loa/simulator/b.ts"; import "../support/b.ts"; import "node:fs";' },
  ],
};

function wrongRoom(source: SourceFile, imported: ImportedModule): string | null {
  const target = targetOf(source, imported.specifier);
  if (target.kind !== "ours") return null;
  const from = roomOf(source.path);
  const to = roomOf(target.path);
  if (from === to) return null;
  if (!mayImport[from]?.includes(to)) return `${from} may not import ${to} (${imported.specifier})`;
  const isRelative = imported.specifier.startsWith(".");
  return isRelative ? `import another room as @loa/${to}/…, not by ${imported.specifier}` : null;
}

function impure(source: SourceFile, imported: ImportedModule): string | null {
  const folder = pureFolderOf(source.path);
  if (folder === null) return null;
  const target = targetOf(source, imported.specifier);
  const isFine =
    target.kind === "ours"
      ? target.path.startsWith(folder) || target.path.startsWith("shared/src/")
      : target.kind === "library" && pureLibraries.get(folder)?.includes(target.name) === true;
  return isFine ? null : `${folder} is pure: it imports itself and shared, not ${imported.specifier}`;
}
