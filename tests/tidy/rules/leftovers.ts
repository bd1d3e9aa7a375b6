import { eachSource, type Rule } from "../rule.ts";
import { childAt, commentsOf, lineOf, type SourceFile, textAt, walk } from "../source-file.ts";

/** `@ts-expect-error` stays allowed: it fails when there is nothing to expect, and type tests need it. */
const unfinished = /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck)/;

export const leftovers: Rule = {
  name: "nothing is left for later: no open notes, no focused or silenced test",
  check: eachSource(function* (source) {
    for (const { text, line } of commentsOf(source)) {
      const note = unfinished.exec(text)?.[0];
      if (note !== undefined) yield { path: source.path, line, problem: `${note}: do it, or open an issue` };
    }
    for (const { name, line } of modifiersOfTests(source)) {
      yield { path: source.path, line, problem: `.${name}: use systemPart for what a machine may lack` };
    }
  }),
  breaks: [
    { "shared/src/a.ts": "// TODO: later" },
    { "shared/src/a.ts": "/** x\n * FIXME */ const a = 1;" },
    { "shared/src/a.ts": "// @ts-ignore\nconst a = 1;" },
    { "tests/unit/a.test.ts": 'it.only("a", () => {});' },
    { "tests/unit/a.test.ts": 'describe.skip("a", () => {});' },
  ],
  allows: [
    { "shared/src/a.ts": 'const a = "// TODO"; const b = `/* XXX */`; const c = /\\/\\/ HACK/;' },
    { "tests/unit/a.test.ts": "describe.skipIf(true)('a', () => {}); list.only;" },
    { "tests/support/system-part.ts": 'test.skip("needs x");' },
  ],
};

/** The one file that may skip: it says which part of the system is missing. */
const maySkip = "tests/support/system-part.ts";

function modifiersOfTests(source: SourceFile) {
  const found: { readonly name: string; readonly line: number }[] = [];
  walk(source.program, (node) => {
    const owner = textAt(childAt(node, "object"), "name") ?? "";
    const name = textAt(childAt(node, "property"), "name") ?? "";
    const isTest = ["describe", "it", "test"].includes(owner);
    const isBanned = name === "only" || name === "todo" || (name === "skip" && source.path !== maySkip);
    if (isTest && isBanned) found.push({ name, line: lineOf(source, node.start) });
    return true;
  });
  return found;
}
