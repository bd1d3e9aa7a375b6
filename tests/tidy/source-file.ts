import { parseAst } from "vitest/node";

/** A node of the syntax tree: its kind, where it stands in the text, and what the kind brings along. */
export type SyntaxNode = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
};

export type ImportedModule = {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
  readonly line: number;
};

export type SourceFile = {
  /** Relative to the root of the checkout, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly program: SyntaxNode;
  readonly imports: readonly ImportedModule[];
};

/** Throws where the text does not parse. */
export function parseSource(path: string, text: string): SourceFile {
  const parsed: unknown = parseAst(text, { lang: languageOf(path), sourceType: "module" });
  if (!isSyntaxNode(parsed)) throw new Error(`${path}: the parser gave no tree`);
  return { path, text, program: parsed, imports: importsOf(parsed, text) };
}

export function lineOf(source: { readonly text: string }, offset: number): number {
  return source.text.slice(0, offset).split("\n").length;
}

/** Calls `visit` for the node and everything below it, parents first. `false` keeps it out of that node's inside. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, parent: SyntaxNode | null) => boolean,
  parent: SyntaxNode | null = null,
): void {
  if (!visit(node, parent)) return;
  for (const child of childrenOf(node)) walk(child, visit, node);
}

export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  return Object.values(node).flat().filter(isSyntaxNode);
}

/** The node under a key, or null where there is none. */
export function childAt(node: SyntaxNode, key: string): SyntaxNode | null {
  const child = node[key];
  return isSyntaxNode(child) ? child : null;
}

export function textAt(node: SyntaxNode | null, key: string): string | null {
  const value = node?.[key];
  return typeof value === "string" ? value : null;
}

/** The comments, found in what is left when strings, templates, regular expressions and page text are blanked. */
export function commentsOf(source: SourceFile): readonly { readonly text: string; readonly line: number }[] {
  let code = source.text;
  walk(source.program, (node) => {
    if (!["Literal", "TemplateElement", "JSXText"].includes(node.type)) return true;
    code = code.slice(0, node.start) + " ".repeat(node.end - node.start) + code.slice(node.end);
    return false;
  });
  return [...code.matchAll(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g)].map((found) => ({
    text: source.text.slice(found.index, found.index + found[0].length),
    line: lineOf(source, found.index),
  }));
}

function isSyntaxNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value && "end" in value;
}

function languageOf(path: string): "js" | "ts" | "tsx" {
  if (path.endsWith(".tsx")) return "tsx";
  return path.endsWith(".ts") ? "ts" : "js";
}

function importsOf(program: SyntaxNode, text: string): readonly ImportedModule[] {
  const imports: ImportedModule[] = [];
  walk(program, (node) => {
    const specifier = textAt(childAt(node, "source"), "value");
    if (specifier !== null) {
      imports.push({ specifier, isTypeOnly: isTypeOnly(node), line: lineOf({ text }, node.start) });
    }
    return true;
  });
  return imports;
}

/** `import type …`, `import { type … }`, `export type … from` and `import("…")` in a type are erased. */
function isTypeOnly(node: SyntaxNode): boolean {
  if (node.type === "TSImportType" || node.importKind === "type" || node.exportKind === "type") return true;
  const names = childrenOf(node).filter((child) => child.type.endsWith("Specifier"));
  return names.length > 0 && names.every((name) => name.importKind === "type" || name.exportKind === "type");
}
