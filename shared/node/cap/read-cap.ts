import type { CapAlert, CapArea, CapInfo, CapNamed } from "@loa/shared/cap/cap-alert.ts";
import {
  CAP_NAMESPACE,
  capCategory,
  capCertainty,
  capMsgType,
  capResponseType,
  capScope,
  capSeverity,
  capStatus,
  capUrgency,
  SIGNATURE_NAMESPACE,
} from "@loa/shared/cap/cap-words.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import {
  anyNumber,
  atLeastOne,
  type CapComplaint,
  type Form,
  groups,
  optional,
  readForm,
  required,
} from "./cap-form.ts";
import {
  circleOf,
  dateTimeOf,
  decimalOf,
  languageOf,
  plainNameOf,
  polygonOf,
  referencesOf,
  wholeOf,
} from "./cap-values.ts";
import { readXml, type XmlElement } from "./xml-tree.ts";

/** Children in the order of the schema of OASIS CAP 1.2 (section 3.4). */
const alertParts = [
  required("identifier"),
  required("sender"),
  required("sent"),
  required("status"),
  required("msgType"),
  optional("source"),
  required("scope"),
  optional("restriction"),
  optional("addresses"),
  anyNumber("code"),
  optional("note"),
  optional("references"),
  optional("incidents"),
  groups("info"),
];
const infoParts = [
  optional("language"),
  atLeastOne("category"),
  required("event"),
  anyNumber("responseType"),
  required("urgency"),
  required("severity"),
  required("certainty"),
  optional("audience"),
  groups("eventCode"),
  optional("effective"),
  optional("onset"),
  optional("expires"),
  optional("senderName"),
  optional("headline"),
  optional("description"),
  optional("instruction"),
  optional("web"),
  optional("contact"),
  groups("parameter"),
  groups("resource"),
  groups("area"),
];
const resourceParts = [
  required("resourceDesc"),
  required("mimeType"),
  optional("size"),
  optional("uri"),
  optional("derefUri"),
  optional("digest"),
];
const areaParts = [
  required("areaDesc"),
  anyNumber("polygon"),
  anyNumber("circle"),
  groups("geocode"),
  optional("altitude"),
  optional("ceiling"),
];
const namedParts = [required("valueName"), required("value")];

const MAX_COMPLAINTS = 50;

/**
 * One alert of OASIS CAP 1.2, held against every element, cardinality and enumeration of its data dictionary. What is
 * wrong is told element by element; nothing is guessed and nothing repaired.
 */
export function readCap(bytes: Uint8Array, maxElements?: number): Result<CapAlert, readonly CapComplaint[]> {
  const tree = readXml(bytes, maxElements);
  if (!tree.ok) return fail([{ element: "(document)", ...tree.error }]);
  const { name, namespace, line } = tree.value;
  if (name !== "alert") return fail([{ element: name, line, why: "the root must be alert" }]);
  if (namespace !== CAP_NAMESPACE)
    return fail([
      { element: "alert", line, why: `namespace ${namespace || "(none)"} is not ${CAP_NAMESPACE}` },
    ]);
  const complaints: CapComplaint[] = [];
  const alert = alertOf(tree.value, complaints);
  return complaints.length === 0 ? ok(alert) : fail(complaints.slice(0, MAX_COMPLAINTS));
}

function alertOf(element: XmlElement, complaints: CapComplaint[]): CapAlert {
  const read = reader(readForm(element, "alert", alertParts, complaints), complaints);
  const msgType = read.word("msgType", capMsgType);
  const scope = read.word("scope", capScope);
  const references = read.maybe("references", referencesOf, "not sender,identifier,sent") ?? [];
  if (msgType !== "Alert" && references.length === 0)
    read.say("references", `missing, and msgType is ${msgType}`);
  if (scope === "Restricted" && read.text("restriction") === null)
    read.say("restriction", "missing, and scope is Restricted");
  if (scope === "Private" && read.text("addresses") === null)
    read.say("addresses", "missing, and scope is Private");
  const infos = read.children("info", infoOf);
  return {
    identifier: read.must("identifier", plainNameOf, "no space, comma, < or & may stand in it", ""),
    sender: read.must("sender", plainNameOf, "no space, comma, < or & may stand in it", ""),
    sent: read.must("sent", dateTimeOf, NO_TIME, EPOCH),
    sentText: read.text("sent") ?? "",
    status: read.word("status", capStatus),
    msgType,
    scope,
    codes: read.texts("code"),
    note: read.text("note"),
    references,
    incidents: read.text("incidents"),
    infos,
    isSignatureGood: false,
    isSigned: element.children.some(
      (child) => child.namespace === SIGNATURE_NAMESPACE && child.name === "Signature",
    ),
  };
}

function infoOf(element: XmlElement, path: string, complaints: CapComplaint[]): CapInfo {
  const read = reader(readForm(element, path, infoParts, complaints), complaints);
  read.children("parameter", namedOf);
  read.children("resource", checkResource);
  return {
    language: read.maybe("language", languageOf, "not a language such as vi-VN") ?? "en-US",
    categories: read.words("category", capCategory),
    event: read.must("event", (text) => (text === "" ? null : text), "empty", ""),
    responseTypes: read.words("responseType", capResponseType),
    urgency: read.word("urgency", capUrgency),
    severity: read.word("severity", capSeverity),
    certainty: read.word("certainty", capCertainty),
    eventCodes: read.children("eventCode", namedOf),
    effective: read.maybe("effective", dateTimeOf, NO_TIME),
    onset: read.maybe("onset", dateTimeOf, NO_TIME),
    expires: read.maybe("expires", dateTimeOf, NO_TIME),
    senderName: read.text("senderName"),
    headline: read.text("headline"),
    description: read.text("description"),
    instruction: read.text("instruction"),
    areas: read.children("area", areaOf),
  };
}

/** What it names is never opened. */
function checkResource(element: XmlElement, path: string, complaints: CapComplaint[]): void {
  const read = reader(readForm(element, path, resourceParts, complaints), complaints);
  read.maybe("size", wholeOf, "not a whole number of bytes");
}

function areaOf(element: XmlElement, path: string, complaints: CapComplaint[]): CapArea {
  const read = reader(readForm(element, path, areaParts, complaints), complaints);
  for (const name of ["altitude", "ceiling"]) read.maybe(name, decimalOf, NO_HEIGHT);
  if (read.text("ceiling") !== null && read.text("altitude") === null)
    read.say("altitude", "missing, and there is a ceiling");
  return {
    areaDesc: read.text("areaDesc") ?? "",
    polygons: read.values("polygon", polygonOf, "not a closed ring of latitude,longitude pairs"),
    circles: read.values("circle", circleOf, "not latitude,longitude and a radius in kilometres"),
    geocodes: read.children("geocode", namedOf),
  };
}

function namedOf(element: XmlElement, path: string, complaints: CapComplaint[]): CapNamed {
  const read = reader(readForm(element, path, namedParts, complaints), complaints);
  return { valueName: read.text("valueName") ?? "", value: read.text("value") ?? "" };
}

const NO_HEIGHT = "not a number of feet above the sea";
const NO_TIME = "not a time such as 2026-11-23T05:00:00+07:00";
const EPOCH = dateTimeOf("1970-01-01T00:00:00+00:00") ?? never();

function never(): never {
  throw new Error("the epoch is a time");
}

/** Reads the values of one form; what is wrong is told, and something harmless stands in its place until the end. */
function reader(form: Form, complaints: CapComplaint[]) {
  const say = (name: string, why: string, index = 0, line = form.line) =>
    complaints.push({ element: form.pathOf(name, index), line, why });

  const texts = (name: string) => form.all(name).map((element) => element.text.trim());
  const text = (name: string) => texts(name)[0] ?? null;

  function values<Value>(name: string, parse: (text: string) => Value | null, why: string): readonly Value[] {
    return form.all(name).flatMap((element, index) => {
      const value = parse(element.text.trim());
      if (value === null) say(name, why, index, element.line);
      return value === null ? [] : [value];
    });
  }

  function words<Word extends string>(name: string, known: readonly Word[]): readonly Word[] {
    const parse = (said: string) => known.find((word) => word === said) ?? null;
    return values(name, parse, `not one of ${known.join(", ")}`);
  }

  return {
    say: (name: string, why: string) => void say(name, why),
    text,
    texts,
    values,
    words,
    word<Word extends string>(name: string, known: readonly [Word, ...Word[]]): Word {
      return words(name, known)[0] ?? known[0];
    },
    maybe<Value>(name: string, parse: (text: string) => Value | null, why: string): Value | null {
      return values(name, parse, why)[0] ?? null;
    },
    must<Value>(name: string, parse: (text: string) => Value | null, why: string, instead: Value): Value {
      return values(name, parse, why)[0] ?? instead;
    },
    children<Value>(
      name: string,
      read: (element: XmlElement, path: string, complaints: CapComplaint[]) => Value,
    ): readonly Value[] {
      return form.all(name).map((element, index) => read(element, form.pathOf(name, index), complaints));
    },
  };
}
