import { isAtTheEdge, pureFolderOf } from "../rooms.ts";
import { eachSource, type Rule } from "../rule.ts";
import { childAt, lineOf, type SourceFile, type SyntaxNode, textAt, walk } from "../source-file.ts";

const timeIsAParameter = "time is a parameter here";
const timeFromClock = "take the time from the Clock port";
const chanceFromRandom = "take chance from the Random port";
const returnAnEffect = "return an effect; a shell carries it out";

/** Wherever we decide or carry out, outside the files that adapt the real world. */
const bannedInside: Readonly<Record<string, string>> = {
  "Date.now": timeFromClock,
  "new Date()": timeFromClock,
  "Math.random": chanceFromRandom,
  "crypto.randomUUID": chanceFromRandom,
  "crypto.getRandomValues": chanceFromRandom,
  randomUUID: chanceFromRandom,
  randomBytes: chanceFromRandom,
};

/** Besides, where nothing but decisions live. The compiler knows some of them not to exist; here stands what to do. */
const bannedInPureFolders: Readonly<Record<string, string>> = {
  ...bannedInside,
  "Date.now": timeIsAParameter,
  "new Date()": timeIsAParameter,
  "performance.now": timeIsAParameter,
  setTimeout: returnAnEffect,
  setInterval: returnAnEffect,
  setImmediate: returnAnEffect,
  queueMicrotask: returnAnEffect,
  fetch: returnAnEffect,
  "console.*": returnAnEffect,
  "process.*": "take it as a parameter",
  "globalThis.*": "take it as a parameter",
};

/** Tests that run real processes look at the real clock; all others move a virtual one. */
const realTimeTests = ["tests/e2e/", "tests/contract/", "tests/bench/", "tests/support/", "tests/ears/"];

export const bannedCalls: Rule = {
  name: "time comes from Clock, chance from Random, and decisions touch nothing",
  check: eachSource(function* (source) {
    const banned = bannedFor(source.path);
    for (const { name, node } of callsOf(source)) {
      const instead = [name, `${name.split(".")[0]}.*`]
        .map((key) => (Object.hasOwn(banned, key) ? banned[key] : undefined))
        .find((one) => one !== undefined);
      if (instead === undefined) continue;
      yield { path: source.path, line: lineOf(source, node.start), problem: `${name}: ${instead}` };
    }
  }),
  breaks: [
    { "edge-agent/src/agent.ts": "const at = Date.now();" },
    { "edge-agent/src/agent.ts": "const clock = { now: Date.now };" },
    { "controller/src/api/a.ts": "const at = new Date();" },
    { "controller/src/api/a.ts": "const at = globalThis.Date.now();" },
    { "simulator/src/world.ts": "const draw = Math.random();" },
    { "controller/src/api/a.ts": 'import { randomUUID } from "node:crypto"; const id = randomUUID();' },
    { "controller/src/api/a.ts": "const id = crypto.randomUUID();" },
    { "edge-agent/src/core/a.ts": "setTimeout(() => 1, 5);" },
    { "controller/src/domain/a.ts": "console.log(1);" },
    { "shared/src/a.ts": "const home = process.env.HOME;" },
    { "tests/unit/a.test.ts": "const at = Date.now();" },
  ],
  allows: [
    { "edge-agent/src/adapters/clock.ts": "export const now = () => Date.now();" },
    { "controller/src/main.ts": "const at = new Date();" },
    { "shared/node/node-clock.ts": "export const now = () => Date.now();" },
    { "shared/src/a.ts": "const at = new Date(0); type T = typeof Date.now; const b = { fetch: 1 }.fetch;" },
    { "edge-agent/src/agent.ts": "setTimeout(() => 1, 5); random.uuid(); process.exitCode = 1;" },
    { "tests/e2e/a.test.ts": "const at = Date.now();" },
  ],
};

function bannedFor(path: string): Readonly<Record<string, string>> {
  if (pureFolderOf(path) !== null) return bannedInPureFolders;
  const mayTouchTheWorld = isAtTheEdge(path) || path.startsWith(".ci/");
  return mayTouchTheWorld || realTimeTests.some((folder) => path.startsWith(folder)) ? {} : bannedInside;
}

type NamedUse = { readonly name: string; readonly node: SyntaxNode };

/** Uses of global names: `a.b` as a value, `new Date()` without argument, and calls of a plain name. */
function callsOf(source: SourceFile): readonly NamedUse[] {
  const uses: NamedUse[] = [];
  walk(source.program, (node) => {
    const name = nameOf(node);
    if (name !== null) uses.push({ name, node });
    return true;
  });
  return uses;
}

function nameOf(node: SyntaxNode): string | null {
  if (node.type === "MemberExpression") return memberName(node);
  const callee = textAt(childAt(node, "callee"), "name");
  if (node.type === "CallExpression") return callee;
  const takesNothing = Array.isArray(node.arguments) && node.arguments.length === 0;
  return node.type === "NewExpression" && callee === "Date" && takesNothing ? "new Date()" : null;
}

function memberName(node: SyntaxNode): string | null {
  const object = childAt(node, "object");
  const property = textAt(childAt(node, "property"), "name");
  // `globalThis.Date.now` is `Date.now` in other clothes.
  const owner =
    textAt(object, "name") ?? textAt(object === null ? null : childAt(object, "property"), "name");
  return owner === null || property === null ? null : `${owner}.${property}`;
}
