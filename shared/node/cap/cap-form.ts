import { CAP_NAMESPACE, SIGNATURE_NAMESPACE } from "@loa/shared/cap/cap-words.ts";
import type { XmlElement } from "./xml-tree.ts";

/** What is wrong with which element, so that whoever sent it can put it right. */
export interface CapComplaint {
  /** `alert/info[2]/urgency`, counted from 1 where it may stand more than once. */
  readonly element: string;
  readonly line: number;
  readonly why: string;
}

/** One child in the order of the schema: how often it must and may stand there. */
export interface Part {
  readonly name: string;
  readonly least: 0 | 1;
  readonly most: number;
  readonly holds: "text" | "elements";
}

/** More of one kind than any alert has. */
const MANY = 500;
const MAX_TEXT_CHARS = 20_000;
/** A shape has a limit of its own, and what a resource carries inside is not read. */
const longer: ReadonlySet<string> = new Set(["polygon", "derefUri"]);

export const required = (name: string): Part => ({ name, least: 1, most: 1, holds: "text" });
export const optional = (name: string): Part => ({ name, least: 0, most: 1, holds: "text" });
export const anyNumber = (name: string): Part => ({ name, least: 0, most: MANY, holds: "text" });
export const atLeastOne = (name: string): Part => ({ name, least: 1, most: MANY, holds: "text" });
export const groups = (name: string): Part => ({ name, least: 0, most: MANY, holds: "elements" });

/** An element whose children were held against their parts. */
export interface Form {
  readonly path: string;
  readonly line: number;
  all(name: string): readonly XmlElement[];
  /** Where the child with this number (from 0) stands. */
  pathOf(name: string, index?: number): string;
}

/** Reads the children of an element; every one that is strange, missing, too many or out of its order is told. */
export function readForm(
  element: XmlElement,
  path: string,
  parts: readonly Part[],
  complaints: CapComplaint[],
): Form {
  const found = new Map<string, XmlElement[]>();
  let latest = 0;
  for (const child of element.children) {
    if (child.namespace === SIGNATURE_NAMESPACE && path === "alert") continue;
    const place = parts.findIndex(({ name }) => name === child.name);
    const at = { element: `${path}/${child.name}`, line: child.line };
    if (child.namespace !== CAP_NAMESPACE || place < 0) {
      complaints.push({ ...at, why: "no such element here in CAP 1.2" });
      continue;
    }
    if (place < latest) complaints.push({ ...at, why: `must stand before ${parts[latest]?.name ?? ""}` });
    latest = Math.max(latest, place);
    const same = found.get(child.name) ?? [];
    found.set(child.name, [...same, child]);
  }
  for (const { name, least, most } of parts) {
    const count = found.get(name)?.length ?? 0;
    const at = { element: `${path}/${name}`, line: element.line };
    if (count < least) complaints.push({ ...at, why: "missing" });
    if (count > most)
      complaints.push({ ...at, why: most === 1 ? "more than once" : `more than ${most} times` });
  }
  if (element.text.trim() !== "")
    complaints.push({ element: path, line: element.line, why: "text between the elements" });
  const mayRepeat = (name: string) => (parts.find((part) => part.name === name)?.most ?? 1) > 1;
  const pathOf = (name: string, index = 0) => `${path}/${name}${mayRepeat(name) ? `[${index + 1}]` : ""}`;
  for (const { name, holds } of parts) {
    if (holds === "elements") continue;
    for (const [index, child] of (found.get(name) ?? []).entries())
      complaints.push(...textComplaints(child, pathOf(name, index)));
  }
  return { path, line: element.line, all: (name) => found.get(name) ?? [], pathOf };
}

/** Also of those texts that nobody here reads further. */
function textComplaints({ name, line, children, text }: XmlElement, element: string): CapComplaint[] {
  const whys: string[] = [];
  if (children.length > 0) whys.push("only text may stand in it");
  if (text.length > MAX_TEXT_CHARS && !longer.has(name))
    whys.push(`longer than ${MAX_TEXT_CHARS} characters`);
  return whys.map((why) => ({ element, line, why }));
}
