import { roomOf, targetOf } from "../rooms.ts";
import type { House, Rule, Violation } from "../rule.ts";
import type { SourceFile } from "../source-file.ts";

/** Not rooms that are installed by themselves: they run with what the root brings. */
const withoutManifest = new Set([".ci"]);

export const declaredDependencies: Rule = {
  name: "every room declares what it imports, so that a box installs only its own",
  check: (house) => house.sources.flatMap((source) => undeclared(house, source)),
  breaks: [
    { "controller/package.json": "{}", "controller/src/a.ts": 'import "hono";' },
    { "controller/package.json": "{}", "controller/src/a.ts": 'import type { B } from "@loa/shared/b.ts";' },
    { "controller/package.json": '{"devDependencies":{"ws":"1"}}', "controller/src/a.ts": 'import "ws";' },
    { "controller/src/a.ts": 'import "hono";' },
  ],
  allows: [
    {
      "controller/package.json":
        '{"dependencies":{"hono":"1","@loa/shared":"1"},"devDependencies":{"ws":"1"}}',
      "controller/src/a.ts":
        'import "hono/cors"; import "@loa/shared/b.ts"; import type { C } from "ws"; import "node:fs"; import "./d.ts";',
    },
    { "tests/package.json": '{"devDependencies":{"vitest":"1"}}', "tests/unit/a.ts": 'import "vitest";' },
  ],
};

function undeclared({ manifests }: House, source: SourceFile): readonly Violation[] {
  const room = roomOf(source.path);
  if (withoutManifest.has(room)) return [];
  const manifest = manifests.get(room);
  return source.imports.flatMap(({ specifier, isTypeOnly, line }) => {
    const name = packageOf(source, specifier);
    if (name === null || manifest?.dependencies.includes(name)) return [];
    const isForDevelopment = manifest?.devDependencies.includes(name) === true;
    // `npm ci --omit=dev` leaves these out, so only tests and erased imports may name them.
    if (isForDevelopment && (isTypeOnly || room === "tests")) return [];
    const problem = isForDevelopment ? "is only a devDependency" : "is not declared";
    return [{ path: source.path, line, problem: `${name} ${problem} in ${room}/package.json` }];
  });
}

function packageOf(source: SourceFile, specifier: string): string | null {
  const target = targetOf(source, specifier);
  if (target.kind === "library") return target.name;
  const isAnotherRoom = target.kind === "ours" && roomOf(target.path) !== roomOf(source.path);
  return isAnotherRoom ? `@loa/${roomOf(target.path)}` : null;
}
