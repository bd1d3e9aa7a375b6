import { MAX_JSON_DEPTH, parseStrictJson } from "@loa/shared/wire/strict-json.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

describe("strict JSON", () => {
  test("is what JSON is, for everything that one reader and another read alike", () => {
    const value = fc.jsonValue({ maxDepth: 8, stringUnit: "grapheme" });
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, "\t"), (one, space) => {
        const text = JSON.stringify(one, null, space);
        fc.pre(!text.includes("__proto__"));
        // Whole numbers beyond 2^53 are refused, and only they.
        if (hasUnsafeInteger(one)) expect(parseStrictJson(text)).toBeUndefined();
        else expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test("a name that comes twice is refused wherever its object is", () => {
    const nest = fc.array(fc.constantFrom("object", "array"), { maxLength: 10 });
    const name = fc.string({ unit: "grapheme", maxLength: 8 });
    fc.assert(
      fc.property(nest, name, fc.jsonValue({ maxDepth: 2 }), (wrappers, key, between) => {
        const twice = `{${JSON.stringify(key)}:1,"-":${JSON.stringify(between)},${JSON.stringify(key)}:2}`;
        const text = wrappers.reduce(
          (inner, one) => (one === "array" ? `[0,${inner}]` : `{"o":${inner}}`),
          twice,
        );
        expect(() => JSON.parse(text)).not.toThrow();
        expect(parseStrictJson(text)).toBeUndefined();
      }),
    );
  });

  test("the same name in two objects, and the same string as name and value, are not twice", () => {
    for (const text of ['[{"a":1},{"a":2}]', '{"a":{"a":{"a":"a"}},"b":["a","a"]}', '{"a":"b","b":"a"}'])
      expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  test.for([
    ["a name twice, once escaped", String.raw`{"a":1,"\u0061":2}`],
    ["a name twice, over white space", '{"a":1,\n\t"b":[1,2,{}],\r\n "a" :2}'],
    ["a quote in a name", String.raw`{"\"":1,"\u0022":2}`],
    ["the empty name twice", '{"":1,"":2}'],
    ["the name of the prototype", '{"__proto__":{"isAdmin":true}}'],
    ["the name of the prototype, escaped", String.raw`{"\u005f_proto__":1}`],
    ["a lone surrogate in a value", String.raw`["\ud800"]`],
    ["a lone surrogate in a name", String.raw`{"\udc00":1}`],
    ["an infinite number", '{"expiresAt":1e400}'],
    ["a number that has no double", "9007199254740993"],
    ["a number of a thousand digits", "1".repeat(1_000)],
    ["arrays too deep", "[".repeat(MAX_JSON_DEPTH + 1) + "]".repeat(MAX_JSON_DEPTH + 1)],
    ["ten thousand arrays", "[".repeat(10_000) + "]".repeat(10_000)],
    ["objects too deep", `${'{"a":'.repeat(MAX_JSON_DEPTH + 1)}1${"}".repeat(MAX_JSON_DEPTH + 1)}`],
    ["what is no JSON", "{'a':1}"],
    ["two values", "{}{}"],
    ["nothing", ""],
    ["a comment", '{"a":1/**/}'],
    ["a byte order mark", "\ufeff{}"],
  ] as const)("refused: %s", ([, text]) => {
    expect(parseStrictJson(text)).toBeUndefined();
  });

  test("a string of 32 KiB that never ends, or is all backslashes, costs no time", () => {
    for (const text of [`"${"a".repeat(32_768)}`, `"${"\\".repeat(32_768)}`, `"${'\\"'.repeat(16_384)}`])
      expect(parseStrictJson(text)).toBeUndefined();
    expect(parseStrictJson(`"${"\\\\".repeat(16_384)}"`)).toHaveLength(16_384);
  });
});

function hasUnsafeInteger(value: unknown): boolean {
  if (typeof value === "number")
    return Number.isInteger(value) && /^-?\d+$/.test(`${value}`) && !Number.isSafeInteger(value);
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnsafeInteger);
}
