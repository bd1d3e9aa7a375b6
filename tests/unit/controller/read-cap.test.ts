import type { LocalDate, LocalTime } from "@loa/shared/kernel/time.ts";
import { toInstant } from "@loa/shared/kernel/time.ts";
import { readCap } from "@loa/shared/node/cap/read-cap.ts";
import { MAX_XML_BYTES } from "@loa/shared/node/cap/xml-tree.ts";
import { describe, expect, it } from "vitest";
import { capInfo, capMessage } from "../../support/cap-messages.ts";

const read = (text: string) => readCap(new TextEncoder().encode(text));

/** The elements that are complained of. */
function complaints(text: string): readonly string[] {
  const result = read(text);
  return result.ok ? [] : result.error.map(({ element, why }) => `${element}: ${why}`);
}

describe("an alert of CAP 1.2", () => {
  it("is read with its times, codes, shapes and words", () => {
    const alert = read(capMessage());
    expect(alert).toMatchObject({
      ok: true,
      value: {
        identifier: "KTTV-2026-11-23-001",
        sender: "dai@kttv.example.vn",
        status: "Actual",
        msgType: "Alert",
        scope: "Public",
        references: [],
        isSigned: false,
        sent: toInstant("2026-11-23" as LocalDate, "04:30:00" as LocalTime),
      },
    });
    expect(alert.ok && alert.value.infos).toMatchObject([
      {
        language: "vi-VN",
        categories: ["Met"],
        event: "Lũ quét",
        urgency: "Immediate",
        severity: "Extreme",
        certainty: "Observed",
        headline: "Cảnh báo lũ quét xã An Hòa",
        areas: [
          {
            areaDesc: "Xã An Hòa",
            polygons: [[{ latitude: 16.1, longitude: 108.1 }, {}, {}, { latitude: 16.1, longitude: 108.1 }]],
            circles: [{ centre: { latitude: 16.2, longitude: 108.2 }, radiusKm: 5 }],
            geocodes: [{ valueName: "loa:area", value: "xa-an-hoa" }],
          },
        ],
      },
    ]);
  });

  it.each([
    ["a missing element", { sender: "" }, "alert/sender: missing"],
    [
      "a word of another list",
      { status: "<status>Real</status>" },
      "alert/status: not one of Actual, Exercise, System, Test, Draft",
    ],
    [
      "an element twice",
      { scope: "<scope>Public</scope><scope>Public</scope>" },
      "alert/scope: more than once",
    ],
    [
      "a strange element",
      { scope: "<scope>Public</scope><mood>x</mood>" },
      "alert/mood: no such element here in CAP 1.2",
    ],
    [
      "an element out of order",
      { scope: "<scope>Public</scope><source>x</source>" },
      "alert/source: must stand before scope",
    ],
    [
      "a comma in the identifier",
      { identifier: "<identifier>a,b</identifier>" },
      "alert/identifier: no space, comma, < or & may stand in it",
    ],
    [
      "a time in Z",
      { sent: "<sent>2026-11-23T05:00:00Z</sent>" },
      "alert/sent: not a time such as 2026-11-23T05:00:00+07:00",
    ],
    [
      "parts of a second",
      { sent: "<sent>2026-11-23T05:00:00.5+07:00</sent>" },
      "alert/sent: not a time such as 2026-11-23T05:00:00+07:00",
    ],
    [
      "a 30th of February",
      { sent: "<sent>2026-02-30T05:00:00+07:00</sent>" },
      "alert/sent: not a time such as 2026-11-23T05:00:00+07:00",
    ],
    [
      "an update of nothing",
      { msgType: "<msgType>Update</msgType>" },
      "alert/references: missing, and msgType is Update",
    ],
    [
      "a reference in two parts",
      { msgType: "<msgType>Update</msgType>", references: "<references>a,b</references>" },
      "alert/references: not sender,identifier,sent",
    ],
    [
      "a restricted one without its restriction",
      { scope: "<scope>Restricted</scope>" },
      "alert/restriction: missing, and scope is Restricted",
    ],
    [
      "text between elements",
      { scope: "<scope>Public</scope> and more" },
      "alert: text between the elements",
    ],
    [
      "an element in a text that nobody here reads",
      { scope: "<source><b>x</b></source><scope>Public</scope>" },
      "alert/source: only text may stand in it",
    ],
    [
      "an element in a text",
      { identifier: "<identifier><b>x</b></identifier>" },
      "alert/identifier: only text may stand in it",
    ],
  ])("with %s is refused with the element named", (_, changed, expected) => {
    expect(complaints(capMessage(changed))).toContain(expected);
  });

  it.each([
    [
      "urgency",
      "<urgency>Now</urgency>",
      "alert/info[2]/urgency: not one of Immediate, Expected, Future, Past, Unknown",
    ],
    ["category", "", "alert/info[2]/category: missing"],
    ["event", "<event> </event>", "alert/info[2]/event: empty"],
    [
      "area",
      "<area><areaDesc>x</areaDesc><polygon>16,108 17,108 17,109</polygon></area>",
      "alert/info[2]/area[1]/polygon[1]: not a closed ring of latitude,longitude pairs",
    ],
    [
      "area",
      "<area><areaDesc>x</areaDesc><polygon>16,108 97,108 17,109 16,108</polygon></area>",
      "alert/info[2]/area[1]/polygon[1]: not a closed ring of latitude,longitude pairs",
    ],
    [
      "area",
      "<area><areaDesc>x</areaDesc><circle>16,108</circle></area>",
      "alert/info[2]/area[1]/circle[1]: not latitude,longitude and a radius in kilometres",
    ],
    [
      "area",
      "<area><polygon>16,108 17,108 17,109 16,108</polygon></area>",
      "alert/info[2]/area[1]/areaDesc: missing",
    ],
    [
      "area",
      "<area><areaDesc>x</areaDesc><ceiling>9</ceiling></area>",
      "alert/info[2]/area[1]/altitude: missing, and there is a ceiling",
    ],
    [
      "area",
      "<area><areaDesc>x</areaDesc><geocode><value>1</value></geocode></area>",
      "alert/info[2]/area[1]/geocode[1]/valueName: missing",
    ],
    [
      "resource",
      "<resource><mimeType>a/b</mimeType></resource>",
      "alert/info[2]/resource[1]/resourceDesc: missing",
    ],
    [
      "resource",
      "<resource><resourceDesc>x</resourceDesc><mimeType><b/></mimeType></resource>",
      "alert/info[2]/resource[1]/mimeType: only text may stand in it",
    ],
    [
      "resource",
      "<resource><resourceDesc>x</resourceDesc><mimeType>a/b</mimeType><size>2 kB</size></resource>",
      "alert/info[2]/resource[1]/size: not a whole number of bytes",
    ],
    [
      "area",
      "<area><areaDesc>x</areaDesc><altitude>high</altitude></area>",
      "alert/info[2]/area[1]/altitude: not a number of feet above the sea",
    ],
    [
      "area",
      "<area><areaDesc>x</areaDesc><altitude>9</altitude><ceiling>9,5</ceiling></area>",
      "alert/info[2]/area[1]/ceiling: not a number of feet above the sea",
    ],
    ["language", "<language>tiếng Việt</language>", "alert/info[2]/language: not a language such as vi-VN"],
    ["audience", "<audience><b/></audience>", "alert/info[2]/audience: only text may stand in it"],
    [
      "parameter",
      "<parameter><valueName>x</valueName></parameter>",
      "alert/info[2]/parameter[1]/value: missing",
    ],
  ])("names the %s of the second info that is wrong", (name, instead, expected) => {
    expect(complaints(capMessage({ infos: capInfo() + capInfo({ [name]: instead }) }))).toContain(expected);
  });

  it("with its resource, heights and an empty language, which means en-US, is read", () => {
    const resource =
      "<resource><resourceDesc>x</resourceDesc><mimeType>a/b</mimeType><size>2048</size></resource>";
    const area = "<area><areaDesc>x</areaDesc><altitude>-3.5</altitude><ceiling>100</ceiling></area>";
    const alert = read(capMessage({ infos: capInfo({ resource, area, language: "<language/>" }) }));
    expect(alert).toMatchObject({ ok: true, value: { infos: [{ language: "en-US" }] } });
  });

  it("of 1.1, of no namespace, or with another root is refused by name", () => {
    const old = "urn:oasis:names:tc:emergency:cap:1.1";
    expect(complaints(capMessage({ namespace: old }))).toEqual([
      `alert: namespace ${old} is not urn:oasis:names:tc:emergency:cap:1.2`,
    ]);
    expect(complaints("<alert/>")[0]).toContain("(none)");
    expect(complaints("<rss/>")).toEqual(["rss: the root must be alert"]);
  });
});

describe("a document that means harm", () => {
  const entity = capMessage().replace("?>", '?><!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>');
  const laughs = capMessage().replace("?>", '?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>');
  it.each([
    ["an external entity", entity],
    ["a billion laughs", laughs],
  ])("with %s is refused at its DTD", (_, text) => {
    expect(complaints(text)).toEqual(["(document): a document type declaration (DTD) is not allowed"]);
  });

  it("with an entity that nobody defined, a second root, or an end that is missing is refused", () => {
    expect(complaints(capMessage({ identifier: "<identifier>&x;</identifier>" }))[0]).toContain(
      "undefined entity",
    );
    expect(complaints(`${capMessage()}<alert/>`)).toHaveLength(1);
    expect(complaints(capMessage().slice(0, -10))).toHaveLength(1);
    expect(complaints("")).toHaveLength(1);
  });

  it("too large, too deep, of too many elements, or in no UTF-8 is refused in a moment", () => {
    expect(readCap(new Uint8Array(MAX_XML_BYTES + 1))).toMatchObject({
      error: [{ why: `larger than ${MAX_XML_BYTES} bytes` }],
    });
    expect(complaints("<a>".repeat(40))[0]).toContain("deep");
    expect(complaints(`<a>${"<b/>".repeat(60_000)}</a>`)[0]).toContain("more than 50000 elements");
    expect(readCap(Uint8Array.of(0x3c, 0xff, 0xfe))).toMatchObject({ error: [{ why: "not UTF-8" }] });
  });

  it("with a processing instruction is refused, with a comment it is read", () => {
    expect(complaints(capMessage().replace("?>", "?><?php x?>"))[0]).toContain("processing instruction");
    expect(complaints(capMessage().replace("?>", "?><!-- x -->"))).toEqual([]);
  });

  it("with a polygon of a million points costs no more than its size", () => {
    const ring = `16,108 ${"16.5,108.5 ".repeat(150_000)}16,108`;
    const area = `<area><areaDesc>x</areaDesc><polygon>${ring}</polygon></area>`;
    expect(complaints(capMessage({ infos: capInfo({ area }) }))[0]).toContain("polygon[1]");
  });
});
