import { eachSource, type Rule } from "../rule.ts";
import { childAt, childrenOf, lineOf, type SyntaxNode } from "../source-file.ts";

export const portsAreTypes: Rule = {
  name: "ports.ts holds types only",
  check: eachSource(function* (source) {
    if (!source.path.endsWith("/ports.ts")) return;
    for (const imported of source.imports.filter(({ isTypeOnly }) => !isTypeOnly)) {
      yield { path: source.path, line: imported.line, problem: "import type, not a value" };
    }
    for (const statement of childrenOf(source.program).filter((node) => !isType(node))) {
      yield { path: source.path, line: lineOf(source, statement.start), problem: "a port runs nothing" };
    }
  }),
  breaks: [
    { "edge-agent/src/ports.ts": "export const limit = 3;" },
    { "controller/src/ports.ts": "export function now(): number { return 1; }" },
    { "controller/src/ports.ts": 'import { B } from "./b.ts"; export type A = B;' },
    { "controller/src/ports.ts": 'export { b } from "./b.ts";' },
  ],
  allows: [
    {
      "controller/src/ports.ts":
        'import type { B } from "./b.ts"; export type { C } from "./c.ts"; type D = B; export interface A { b(): D }',
    },
    { "controller/src/other.ts": "export const limit = 3;" },
  ],
};

function isType(statement: SyntaxNode): boolean {
  const inner = statement.type === "ExportNamedDeclaration" ? childAt(statement, "declaration") : statement;
  if (inner === null) return statement.exportKind === "type";
  return ["ImportDeclaration", "TSInterfaceDeclaration", "TSTypeAliasDeclaration"].includes(inner.type);
}
