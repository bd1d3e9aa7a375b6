import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { SaxesParser } from "saxes";

/** An element with its words or its children, as the document has them. */
export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  /** From 1. */
  readonly line: number;
  /** By their names without prefix. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own characters, without those of its children. */
  readonly text: string;
}

export interface XmlComplaint {
  readonly line: number;
  readonly why: string;
}

/** The limit; a national alert with many polygons has some 100 KiB. */
export const MAX_XML_BYTES = 2 * 1024 * 1024;
/** `alert/info/area/geocode/value` is five deep, a signature with its certificate nine. */
const MAX_DEPTH = 12;
const MAX_ELEMENTS = 50_000;
/** `alert` has its namespace and where its schema lies; a signature one for each algorithm. */
const MAX_ATTRIBUTES = 32;
/** Looking for the parts of a signature takes the square of these, and nobody needs them. */
const MAX_COMMENTS = 200;
/** Characters: where several schemas lie is some 300. */
const MAX_ATTRIBUTE_CHARS = 1_000;
/**
 * Characters of a namespace's name. Exclusive canonical form (W3C, 2.1) says it again at each element that uses it, before
 * any signature is looked at: a long one in a small document fills the memory of a box.
 */
const MAX_NAMESPACE_CHARS = 200;

interface Growing {
  readonly name: string;
  readonly namespace: string;
  readonly line: number;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/**
 * The tree of a well-formed document in UTF-8. A DTD is refused where it begins, so no entity but the five of XML itself
 * can be defined, and nothing outside of the document is ever opened. Reads at most the limits above.
 */
export function readXml(bytes: Uint8Array, maxElements = MAX_ELEMENTS): Result<XmlElement, XmlComplaint> {
  if (bytes.length > MAX_XML_BYTES) return fail({ line: 1, why: `larger than ${MAX_XML_BYTES} bytes` });
  const text = utf8Of(bytes);
  if (text === null) return fail({ line: 1, why: "not UTF-8" });
  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: Growing[] = [];
  let root: XmlElement | null = null;
  let elements = 0;
  let comments = 0;
  let sections = 0;
  const stop = (why: string): never => {
    throw new Refused({ line: parser.line, why });
  };
  parser.on("error", (error) => stop(error.message.replace(/^\d+:\d+:\s*/, "")));
  parser.on("doctype", () => stop("a document type declaration (DTD) is not allowed"));
  parser.on("processinginstruction", () => stop("a processing instruction is not allowed"));
  parser.on("opentag", ({ local, uri, attributes: told }) => {
    elements += 1;
    if (elements > maxElements) stop(`more than ${maxElements} elements`);
    if (open.length >= MAX_DEPTH) stop(`elements more than ${MAX_DEPTH} deep`);
    if (Object.keys(told).length > MAX_ATTRIBUTES) stop(`more than ${MAX_ATTRIBUTES} attributes`);
    const isTooLong = ({ prefix, name, value }: { prefix: string; name: string; value: string }) =>
      value.length > (prefix === "xmlns" || name === "xmlns" ? MAX_NAMESPACE_CHARS : MAX_ATTRIBUTE_CHARS);
    if (Object.values(told).some(isTooLong)) stop("an attribute is too long");
    const attributes = new Map(Object.values(told).map((one) => [one.local, one.value]));
    open.push({ name: local, namespace: uri, line: parser.line, attributes, children: [], text: "" });
  });
  const add = (characters: string) => {
    const last = open.at(-1);
    if (last !== undefined) last.text += characters;
  };
  parser.on("text", add);
  parser.on("cdata", (characters) => {
    sections += 1;
    if (sections > maxElements) stop(`more than ${maxElements} CDATA sections`);
    add(characters);
  });
  parser.on("comment", () => {
    comments += 1;
    if (comments > MAX_COMMENTS) stop(`more than ${MAX_COMMENTS} comments`);
  });
  parser.on("closetag", () => {
    const done = open.pop();
    const parent = open.at(-1);
    if (done === undefined) return;
    if (parent === undefined) root = done;
    else parent.children.push(done);
  });
  try {
    parser.write(text).close();
  } catch (error) {
    if (error instanceof Refused) return fail(error.complaint);
    throw error;
  }
  return root === null ? fail({ line: 1, why: "no element" }) : ok(root);
}

/** Ends the parser in the middle; never leaves this file. */
class Refused extends Error {
  readonly complaint: XmlComplaint;

  constructor(complaint: XmlComplaint) {
    super(complaint.why);
    this.complaint = complaint;
  }
}

function utf8Of(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
