import type { ProfileComplaint } from "@loa/shared/device/profile-complaint.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { type Alias, type Document, isNode, LineCounter, parseDocument, visit, type YAMLError } from "yaml";

/** More complaints than this are one mistake seen many times. */
const MAX_COMPLAINTS = 50;

export interface ReadYaml {
  /** As plain data; nothing in it is believed yet. */
  readonly plain: unknown;
  /** One value out of the text, before anything was checked. */
  at(path: readonly (string | number)[]): unknown;
  /** Complaints become sentences with their lines. */
  say(complaints: readonly ProfileComplaint[]): { readonly ok: false; readonly error: readonly string[] };
}

/** YAML 1.2 as people write it: no key twice, no aliases. */
export function readYaml(text: string, fileName: string): Result<ReadYaml, readonly string[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  // What follows the first is mostly the same slip, seen again.
  const [first] = document.errors;
  if (first !== undefined)
    return fail([`${fileName}:${lines.linePos(first.pos[0]).line}: ${adviceOn(first)}`]);
  const alias = firstAlias(document);
  if (alias !== null)
    return fail([
      `${fileName}:${lines.linePos(alias.range?.[0] ?? 0).line}: *${alias.source} points elsewhere: write the value out`,
    ]);
  return ok({
    plain: document.toJS({ maxAliasCount: 0 }) as unknown,
    at: (path) => document.getIn(path),
    say: (complaints) =>
      fail(complaints.slice(0, MAX_COMPLAINTS).map((each) => sentence(fileName, document, lines, each))),
  });
}

/** Whoever turns such a document into plain data gets an exception. */
function firstAlias(document: Document): Alias | null {
  const found: Alias[] = [];
  visit(document, {
    Alias(_, node) {
      found.push(node);
      return visit.BREAK;
    },
  });
  return found[0] ?? null;
}

/** `amp.yaml:31: points[2].address: …`: file, line, key and what to do. */
function sentence(
  fileName: string,
  document: Document,
  lines: LineCounter,
  { path, message }: ProfileComplaint,
): string {
  const key = path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
  return `${fileName}:${lineOf(document, lines, path)}: ${key === "" ? "(whole file)" : key}: ${message}`;
}

/** The nearest key that exists in the file: a missing key is reported at its parent. */
function lineOf(document: Document, lines: LineCounter, path: ProfileComplaint["path"]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function adviceOn({ code, message }: YAMLError): string {
  switch (code) {
    case "TAB_AS_INDENT":
      return "a tab before a key: use spaces";
    case "DUPLICATE_KEY":
      return "this key stands here twice: remove one";
    default:
      return `${message}: look at indentation, brackets and quotes here and in the line before`;
  }
}
