import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { expect, it } from "vitest";
import { profileFolder } from "../support/profiles.ts";

const file = "loa-reference-amplifier.yaml";
const text = readFileSync(join(profileFolder, file), "utf8");

// Slips of the hand that the schema catches: the change, and all that is said about it.
const slips: readonly { title: string; from: string | RegExp; to: string; said: readonly RegExp[] }[] = [
  {
    title: "a key in another case",
    from: "warmUpMs:",
    to: "warmupMs:",
    said: [
      /: warmUpMs: missing: add it with a number/,
      /:22: warmupMs: there is no such key here: did you mean `warmUpMs`\?/,
    ],
  },
  {
    title: "a key that is made up",
    from: "    deadband: 0.5\n",
    to: "    colour: red\n    deadband: 0.5\n",
    said: [/:61: points\[4\]\.colour: there is no such key here: capability, kind, space, address, .*/],
  },
  {
    title: "a key that is missing",
    from: "baud: 9600, ",
    to: "",
    said: [/:14: transport\.baud: missing: add it with a number/],
  },
  {
    title: "a translation that is missing",
    from: / {2}en: Loa.*\n/,
    to: "",
    said: [/:7: titles\.en: missing: add it with a text/],
  },
  {
    title: "a whole part that is missing",
    from: /sources:\n(?: .*\n)+/,
    to: "",
    said: [/:1: sources: missing: add it with a list/],
  },
  {
    title: "a part that is empty",
    from: /identify:\n[\s\S]*?points:/,
    to: "identify: []\npoints:",
    said: [/:25: identify: too few: at least 1 of them is needed/],
  },
  {
    title: "a decimal comma",
    from: "scale: 0.1\n    invalid",
    to: "scale: 0,1\n    invalid",
    said: [
      /:121: points\[14\]\.scale: `0,1` is a text: write a number, with a point and without unit or quotes/,
    ],
  },
  {
    title: "a page as a number",
    from: "page: whole file",
    to: "page: 26",
    said: [/:12: sources\[0\]\.page: `26` is a number: put quotes around it/],
  },
  {
    title: "half of what must be whole",
    from: "retries: 2",
    to: "retries: 2.5",
    said: [/:19: timing\.retries: `2\.5` is not whole: round it/],
  },
  {
    title: "a list that is one thing",
    from: "models: [LOA-REF-120]",
    to: "models: LOA-REF-120",
    said: [/:9: models: `LOA-REF-120` is a text: write a list/],
  },
  {
    title: "another manual's way to count",
    from: "    space: holding\n    address: 0",
    to: "    space: holding\n    address: 400001",
    said: [/:56: points\[4\]\.address: `400001` is too large: at most 65535/],
  },
  {
    title: "an address that its frames do not ask for",
    from: "    address: 3\n    type: u16",
    to: "    address: 30003\n    type: u16",
    said: [
      /:216: golden\[3\]: meters: `speakerLine\.current` is not among .*: correct its address, or give it a frame/,
      /:224: golden\[4\]: meters without a value: .*: correct its address, or give it a frame/,
    ],
  },
  {
    title: "another language's word",
    from: "type: s16\n    scale: 0.1\n    range",
    to: "type: int16\n    scale: 0.1\n    range",
    said: [/:57: points\[4\]\.type: `int16` is not possible: take one of bit, u16, s16, u32, s32, f32/],
  },
  {
    title: "a letter for a word",
    from: "parity: none",
    to: "parity: E",
    said: [/:14: transport\.parity: `E` is not possible: take one of none, even, odd/],
  },
  {
    title: "a word of a long list",
    from: "capability: zone.2\n    space",
    to: "capability: zones.2\n    space",
    said: [
      /:48: points\[3\]\.capability: `zones\.2` is not in the list: did you mean `zone\.2`\? .*profile\.schema\.json/,
    ],
  },
  {
    title: "a function that only reads",
    from: "function: 5,",
    to: "function: 3,",
    said: [/:35: points\[0\]\.write\.function: `3` is not possible: take one of 5, 6, 15, 16/],
  },
  {
    title: "a number where a form is wanted",
    from: "expect: { oneOf: [1] }",
    to: "expect: 1",
    said: [/:28: identify\[1\]\.expect: write `\{ oneOf: \[…\] \}` or `\{ between: \{ min, max \} \}`/],
  },
  {
    title: "yes and no as words",
    from: "equals: 1",
    to: "equals: true",
    said: [
      /:68: points\[5\]\.alarm\.when: write `\{ equals: … \}`, `\{ above: … \}` or `\{ below: … \}` with a number/,
    ],
  },
  {
    title: "a language that no driver speaks",
    from: "kind: modbus-rtu",
    to: "kind: modbus",
    said: [
      /:14: transport\.kind: `modbus` is not possible: take one of modbus-rtu, modbus-tcp, text-serial, text-tcp, text-udp, gpio/,
    ],
  },
  {
    title: "a file without a line",
    from: /transport:.*\n/,
    to: "",
    said: [/:1: transport: missing: add it with keys below it/],
  },
  {
    title: "a tab",
    from: "  vi: Tăng",
    to: "\tvi: Tăng",
    said: [/:7: a tab before a key: use spaces/],
  },
  {
    title: "a key twice",
    from: "    address: 3\n    type: u16",
    to: "    address: 3\n    address: 4\n    type: u16",
    said: [/:129: this key stands here twice: remove one/],
  },
  {
    title: "a line that is not as far in as its neighbours",
    from: "    address: 3\n    type: u16",
    to: "   address: 3\n    type: u16",
    said: [/:128: .*: look at indentation, brackets and quotes here and in the line before/],
  },
  {
    title: "another kind of file",
    from: /^[\s\S]*$/,
    to: "- a\n- b\n",
    said: [/:1: \(whole file\): this is a list: write keys/],
  },
  { title: "nothing", from: /^[\s\S]*$/, to: "", said: [/:1: \(whole file\): this is empty: write keys/] },
];

it.each(slips)(
  "$title is told with file, line, key and what to do, and with nothing else",
  ({ from, to, said }) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    const parsed = parseProfile(changed, file);
    expect(parsed.ok ? [] : parsed.error).toEqual(said.map((each) => expect.stringMatching(each)));
  },
);
