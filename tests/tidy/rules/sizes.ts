import { eachSource, type Rule } from "../rule.ts";
import {
  childAt,
  childrenOf,
  lineOf,
  type SourceFile,
  type SyntaxNode,
  textAt,
  walk,
} from "../source-file.ts";

const fileLimitLines = 400;
/** A screen. */
const functionLimitLines = 60;

const functionKinds = ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"];

export const sizes: Rule = {
  name: `files stop at ${fileLimitLines} lines and functions at ${functionLimitLines}`,
  check: eachSource(function* (source) {
    const lines = source.text.trimEnd().split("\n").length;
    if (lines > fileLimitLines) {
      yield { path: source.path, line: 1, problem: `${lines} lines; split it at ${fileLimitLines}` };
    }
    for (const { node, ownLines } of functionsOf(source)) {
      if (ownLines <= functionLimitLines) continue;
      const problem = `a function of ${ownLines} lines; the limit is ${functionLimitLines}`;
      yield { path: source.path, line: lineOf(source, node.start), problem };
    }
  }),
  breaks: [
    { "shared/src/a.ts": "export const a = 1;\n".repeat(fileLimitLines + 1) },
    { "shared/src/a.ts": `function a() {\n${"b();\n".repeat(functionLimitLines)}}` },
    { "shared/src/a.ts": `const a = { b() {\n${"c();\n".repeat(functionLimitLines)}} };` },
    { "tests/unit/a.test.ts": `it("x", () => {\n${"b();\n".repeat(functionLimitLines)}});` },
  ],
  allows: [
    { "shared/src/a.ts": `function a() {\n${"b();\n".repeat(functionLimitLines - 2)}}` },
    { "shared/src/a.ts": `function a() {\n${"const b = () => {\n1;\n};\n".repeat(functionLimitLines / 2)}}` },
    { "tests/unit/a.test.ts": `describe("x", () => {\n${"it('y');\n".repeat(functionLimitLines)}});` },
    {
      "tests/unit/a.test.ts": `describe.skipIf(a)("x", () => {\n${"it('y');\n".repeat(functionLimitLines)}});`,
    },
  ],
};

type MeasuredFunction = { readonly node: SyntaxNode; readonly ownLines: number };

function functionsOf(source: SourceFile): readonly MeasuredFunction[] {
  const found: MeasuredFunction[] = [];
  walk(source.program, (node, parent) => {
    const isMeasured = functionKinds.includes(node.type) && !isGroupOfTests(parent);
    if (isMeasured) found.push({ node, ownLines: ownLinesOf(source, node) });
    return true;
  });
  return found;
}

/** Lines without those inside functions of its own: a maker that returns small functions is as readable as a class. */
function ownLinesOf(source: SourceFile, node: SyntaxNode): number {
  let lines = span(source, node);
  for (const child of childrenOf(node)) {
    walk(child, (inner) => {
      if (!functionKinds.includes(inner.type)) return true;
      lines -= span(source, inner) - 1;
      return false;
    });
  }
  return lines;
}

function span(source: SourceFile, node: SyntaxNode): number {
  return source.text.slice(node.start, node.end).split("\n").length;
}

/** `describe(…)`, `describe.skipIf(…)(…)`, `describeWithPart(…)`: a table of contents, not a function to follow. */
function isGroupOfTests(parent: SyntaxNode | null): boolean {
  if (parent?.type !== "CallExpression") return false;
  let callee = childAt(parent, "callee");
  while (callee !== null && textAt(callee, "name") === null) {
    callee = childAt(callee, "callee") ?? childAt(callee, "object") ?? childAt(callee, "tag");
  }
  return textAt(callee, "name")?.startsWith("describe") === true;
}
