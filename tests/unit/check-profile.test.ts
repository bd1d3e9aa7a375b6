import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { expect, it } from "vitest";
import { profileFolder } from "../support/profiles.ts";

const file = "loa-reference-amplifier.yaml";
const text = readFileSync(join(profileFolder, file), "utf8");

// What somebody who copies the file may get wrong: the change, and what must stand in a complaint about it.
const mistakes: readonly { title: string; from: string | RegExp; to: string; complaint: RegExp }[] = [
  {
    title: "overlapping registers",
    from: "capability: speakerLine.current\n    space: input\n    address: 3",
    to: "capability: speakerLine.current\n    space: input\n    address: 2",
    complaint:
      /:128: points\[15\]\.address: .*register 2 \(input\) overlaps amplifier\.level at 2 .*own address/,
  },
  {
    title: "a 32-bit value that reaches into its neighbour",
    from: "address: 2\n    type: s16",
    to: "address: 2\n    type: s32",
    complaint: /points\[15\].address: speakerLine\.current: register 3 \(input\) overlaps amplifier\.level/,
  },
  {
    title: "a write to a read-only space",
    from: "capability: zone.2\n    space: coil",
    to: "capability: zone.2\n    space: discrete",
    complaint: /points\[3\]\.write\.function: zone\.2: a discrete is read-only/,
  },
  {
    title: "a capability twice",
    from: "capability: zone.2\n    space",
    to: "capability: zone.1\n    space",
    complaint: /points\[3\]\.capability: zone\.1 is already point 3/,
  },
  {
    title: "a capability that Loa does not know",
    from: "capability: zone.2\n    space",
    to: "capability: zone.9\n    space",
    complaint: /:48: points\[3\]\.capability: `zone.9` is not in the list: did you mean `zone/,
  },
  {
    title: "a golden frame for a changed scale",
    from: "scale: 0.001",
    to: "scale: 0.01",
    complaint: /golden\[3\]: meters: `speakerLine\.current` decodes to 4\.15, not to 0\.415/,
  },
  {
    title: "a mistyped golden frame",
    from: "3D C9",
    to: "3D C8",
    complaint: /golden\[0\]: four coils: `request` is not a whole frame/,
  },
  {
    title: "a point without a golden frame",
    from: "      - { capability: zone.2, value: 0 }\n",
    to: "",
    complaint: /points\[3\]: zone\.2: no golden frame shows its read/,
  },
  {
    title: "no golden frames",
    from: /golden:\n[\s\S]*$/,
    to: "golden: []\n",
    complaint: /golden: no golden frames/,
  },
  {
    title: "an identity that can never agree",
    from: "oneOf: [0x4C41]",
    to: "oneOf: [0x14C41]",
    complaint: /identify\[0\]\.expect: identify: a raw u16 is never outside 0 to 65535/,
  },
  {
    title: "an identity that cannot be reached",
    from: "address: 1, type: u16, expect",
    to: "address: 65535, type: u32, expect",
    complaint: /identify\[1\]\.address: identify: this read cannot be reached/,
  },
  {
    title: "no identity",
    from: /identify:\n[\s\S]*?points:/,
    to: "identify: []\npoints:",
    complaint: /identify: too few: at least 1/,
  },
  {
    title: "a quarantine shorter than an answer",
    from: "quarantineMs: 600",
    to: "quarantineMs: 100",
    complaint: /:1\d: timing\.quarantineMs: a late answer must die/,
  },
  {
    title: "a safe state that cannot be written",
    from: "- { capability: amplifier.power, value: 0 }\ngolden",
    to: "- { capability: amplifier.level, value: 0 }\ngolden",
    complaint: /safeState\[0\]: amplifier\.level cannot be written/,
  },
  {
    title: "a gain beyond the register's limits",
    from: "maxDb: 0 }",
    to: "maxDb: 6 }",
    complaint: /gain: keep `gain` within/,
  },
  {
    title: "an unknown key",
    from: "warmUpMs:",
    to: "warmupMs:",
    complaint: /warmupMs: there is no such key/,
  },
  { title: "broken YAML", from: "models: [", to: "models: [[", complaint: /\.yaml:\d+: / },
  {
    title: "another file name",
    from: "id: loa-",
    to: "id: our-",
    complaint: /:4: id: the file must be called our-/,
  },
];

it.each(mistakes)("$title is refused with file, line, key and what to do", ({ from, to, complaint }) => {
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  const parsed = parseProfile(changed, file);
  expect(parsed.ok ? [] : parsed.error).toEqual(expect.arrayContaining([expect.stringMatching(complaint)]));
  if (!parsed.ok)
    for (const sentence of parsed.error) expect(sentence).toMatch(/^loa-reference-amplifier\.yaml:\d+: /);
});

it("the file as it is shipped is accepted", () => {
  expect(parseProfile(text, file).ok).toBe(true);
});
