import type { SourceFile } from "./source-file.ts";

/** What a rule looks at: the parsed sources, every path of the checkout, and the package.json of each room. */
export type House = {
  readonly sources: readonly SourceFile[];
  readonly paths: readonly string[];
  readonly topLevel: readonly string[];
  readonly manifests: ReadonlyMap<string, Manifest>;
};

export type Manifest = {
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
};

export type Violation = { readonly path: string; readonly line: number; readonly problem: string };

export type Rule = {
  /** A promise, read as the name of its test. */
  readonly name: string;
  readonly check: (house: House) => readonly Violation[];
  /** Small houses that break the rule: each must be reported, or the rule is dead. */
  readonly breaks: readonly ExampleHouse[];
  /** Small houses that only look as if they did. */
  readonly allows: readonly ExampleHouse[];
};

/** Path → text. Paths that end in package.json become manifests. */
export type ExampleHouse = Readonly<Record<string, string>>;

/** A rule that looks at each source by itself. */
export function eachSource(
  check: (source: SourceFile) => Iterable<Violation>,
): (house: House) => readonly Violation[] {
  return ({ sources }) => sources.flatMap((source) => [...check(source)]);
}
