import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { houseOf, readHouse } from "./tidy/house.ts";
import { mayImport } from "./tidy/rooms.ts";
import type { ExampleHouse, Rule, Violation } from "./tidy/rule.ts";
import { bannedCalls } from "./tidy/rules/banned-calls.ts";
import { declaredDependencies } from "./tidy/rules/declared-dependencies.ts";
import { importDirection } from "./tidy/rules/import-direction.ts";
import { leftovers } from "./tidy/rules/leftovers.ts";
import { names } from "./tidy/rules/names.ts";
import { noCycles } from "./tidy/rules/no-cycles.ts";
import { oneAdapterPerLibrary } from "./tidy/rules/one-adapter-per-library.ts";
import { portsAreTypes } from "./tidy/rules/ports-are-types.ts";
import { sizes } from "./tidy/rules/sizes.ts";
import { topLevel } from "./tidy/rules/top-level.ts";

const titleLimitChars = 100;

const rules: readonly Rule[] = [
  importDirection,
  noCycles,
  portsAreTypes,
  oneAdapterPerLibrary,
  declaredDependencies,
  bannedCalls,
  sizes,
  names,
  leftovers,
  topLevel,
];

const house = readHouse(join(import.meta.dirname, ".."));

describe.each(rules)("$name", (rule) => {
  it("in the house", () => {
    expect(rule.check(house).map(asText)).toEqual([]);
  });

  it.each(rule.breaks.map(withTitle))("is noticed when broken: $title", ({ example }) => {
    expect(rule.check(houseOf(example))).not.toEqual([]);
  });

  it.each(rule.allows.map(withTitle))("does not mind: $title", ({ example }) => {
    expect(rule.check(houseOf(example))).toEqual([]);
  });
});

it("the whole house is looked at", () => {
  expect([...house.manifests.keys()]).toEqual(
    expect.arrayContaining(Object.keys(mayImport).filter((room) => room !== ".ci")),
  );
  const seen = house.sources.map(({ path }) => path);
  expect(seen).toEqual(
    expect.arrayContaining([".ci/launch.mjs", "edge-agent/src/ports.ts", "shared/src/kernel/time.ts"]),
  );
  expect(house.topLevel).toContain("package.json");
});

function withTitle(example: ExampleHouse) {
  const files = Object.entries(example).map(([path, text]) => `${path} ${text.replaceAll("\n", " ")}`);
  return { example, title: files.join(" · ").slice(0, titleLimitChars) };
}

function asText({ path, line, problem }: Violation): string {
  return `${path}:${line}: ${problem}`;
}
