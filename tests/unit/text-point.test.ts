import type { TextPoint } from "@loa/shared/device/profile-text.ts";
import { fillPattern, isPattern, matchPattern } from "@loa/shared/device/text-pattern.ts";
import {
  decodeLine,
  decodeText,
  encodeText,
  takeLines,
  writeCommand,
} from "@loa/shared/device/text-point.ts";
import fc from "fast-check";
import { expect, it } from "vitest";

function textPoint(parts: Partial<TextPoint>): TextPoint {
  return {
    capability: "amplifier.gain",
    scale: 1,
    offset: 0,
    invalid: [],
    poll: "normal",
    deadband: 0,
    ...parts,
  };
}

it("what a pattern makes is what it finds again", () => {
  const plain = fc.stringMatching(/^[A-Z *:=]{1,12}$/);
  const value = fc.stringMatching(/^[a-z0-9.-]{1,8}$/);
  fc.assert(
    fc.property(plain, plain, value, (before, after, word) => {
      const line = fillPattern(`${before}{value}${after}`, { value: word });
      expect(matchPattern(`${before}{value}${after}`, line)).toBe(word);
      expect(matchPattern(`${before}{any}${after}`, line)).toBe("");
    }),
  );
});

it("a line that is about something else is no match", () => {
  expect(matchPattern("GAIN {value}", "MUTE 1")).toBeNull();
  expect(matchPattern("GAIN {value}", "GAIN")).toBeNull();
  expect(matchPattern("OK", "OK 1")).toBeNull();
  expect(matchPattern("A{value}Z", "AZ")).toBe("");
  expect(matchPattern("AB{value}BC", "ABC")).toBeNull();
});

it("a device on a shared line is known by its own name", () => {
  expect(matchPattern("{unit} GAIN {value}", "02 GAIN 5", "02")).toBe("5");
  expect(matchPattern("{unit} GAIN {value}", "03 GAIN 5", "02")).toBeNull();
});

it("holes are closed words, and two of them need text between", () => {
  expect(["{value} {any}", "plain", "{unit}:{value}"].every(isPattern)).toBe(true);
  expect(["{value}{any}", "{x}", "{value", "}"].some(isPattern)).toBe(false);
});

it("numbers go out as they come in, decimal, hexadecimal or filled with zeros", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(10 as const, 16 as const),
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 0, max: 65_535 }),
      (base, digits, raw) => {
        const point = textPoint({ number: { base, digits }, scale: 0.5, offset: -100.5 });
        const value = raw * 0.5 - 100.5;
        const text = encodeText(point, value);
        expect(text?.length).toBeGreaterThanOrEqual(digits);
        expect(decodeText(point, text ?? "")).toEqual({
          capability: "amplifier.gain",
          quality: "good",
          value,
        });
      },
    ),
  );
});

it("garbage, unknown words and impossible values are invalid, never a zero", () => {
  const invalid = { capability: "amplifier.gain", quality: "invalid" };
  for (const text of ["", "--", "1x", "0x10", "NaN", "1e3"])
    expect(decodeText(textPoint({}), text)).toEqual(invalid);
  expect(decodeText(textPoint({ enum: [{ raw: "ON", value: 1 }] }), "on")).toEqual(invalid);
  expect(decodeText(textPoint({ range: { min: 0, max: 10 } }), "11")).toEqual(invalid);
  expect(decodeText(textPoint({ invalid: [-9999] }), "-9999")).toEqual(invalid);
});

it("a command is refused outside its limits and without a word for the value", () => {
  const write = { command: "P {value}", verifyWithinMs: 0, min: 0, max: 1, minIntervalMs: 0 };
  const point = textPoint({ enum: [{ raw: "ON", value: 1 }], write });
  expect(writeCommand(point, 1)).toEqual({ ok: true, value: "P ON" });
  expect(writeCommand(point, 0)).toEqual({ ok: false, error: "not-supported" });
  expect(writeCommand(point, 2)).toEqual({ ok: false, error: "not-supported" });
  expect(writeCommand(textPoint({}), 0)).toEqual({ ok: false, error: "not-supported" });
});

it("half a line waits for its end; a packet without line ends is one line", () => {
  const crlf = {
    dialogue: { lineEnd: "", replyEnd: "\r\n", hello: [], answers: [], unsolicited: [], errors: [] },
  };
  expect(takeLines(crlf, "A 1\r\nB 2\r\nC")).toEqual({ lines: ["A 1", "B 2"], rest: "C" });
  const packet = { dialogue: { ...crlf.dialogue, replyEnd: "" } };
  expect(takeLines(packet, "A 1")).toEqual({ lines: ["A 1"], rest: "" });
  expect(decodeLine(textPoint({}), "A {value}", "A 1")).toMatchObject({ value: 1 });
});
