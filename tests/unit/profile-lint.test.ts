import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { expect, it } from "vitest";
import { profileFolder } from "../support/profiles.ts";

// What somebody may get wrong in the keys that `check-profile.test.ts` does not touch: the change, and the complaint.
const mistakes: readonly {
  file: string;
  title: string;
  from: string | RegExp;
  to: string;
  complaint: RegExp;
}[] = [
  {
    file: "xy-md02",
    title: "keys in another order",
    from: "    type: s16\n    scale: 0.1",
    to: "    scale: 0.1\n    type: s16",
    complaint: /points\[0\]\.type: `type` stands before `scale` in every file: move it up/,
  },
  {
    file: "peacefair-pzem-016",
    title: "a range in another unit",
    from: "range: { min: 0, max: 1 }",
    to: "range: { min: 0, max: 100 }",
    complaint: /points\[5\]\.range: mains\.powerFactor: in ratio this is between -1 and 1/,
  },
  {
    file: "victron-gx",
    title: "a yes or no from a whole register",
    from: "range: { min: 0, max: 1 }\n    poll: fast\n    write: { function: 6",
    to: "poll: fast\n    write: { function: 6",
    complaint: /points\[0\]\.type: relay\.1: yes or no from a whole register: add `bit`/,
  },
  {
    file: "xy-md02",
    title: "a title that nobody translated",
    from: /vi: Cảm biến.*/,
    to: "vi: Sensor XY-MD02",
    complaint: /titles\.vi: this is not Vietnamese: translate it/,
  },
  {
    file: "waveshare-modbus-rtu-relay-8ch",
    title: "a published frame from nowhere",
    from: "source: Waveshare wiki, Modbus RTU Relay\n",
    to: "source: somebody's forum\n",
    complaint: /golden\[0\]\.source: relay 1 on: `source` begins with none of the titles/,
  },
  {
    file: "peacefair-pzem-016",
    title: "field trust without a recording",
    from: "trust: manual",
    to: "trust: field",
    complaint: /sources: `bench` and `field` want a golden frame that was recorded/,
  },
  {
    file: "waveshare-modbus-rtu-relay-8ch",
    title: "a timed order that is not what the device gets",
    from: "onMs: 700",
    to: "onMs: 900",
    complaint: /agentLoss\.example: agentLoss: relay\.1 for 900 ms makes 01 05 02 00 00 09/,
  },
  {
    file: "monacor-pa-1250d",
    title: "a packed register written without its other bits",
    from: / {6}compose:\n( {8}- .*\n){2}/,
    to: "",
    complaint:
      /points\[0\]\.write\.function: amplifier\.power: the register has other bits too: add `compose`/,
  },
  {
    file: "monacor-pa-1250d",
    title: "copied bits that lie on the value",
    from: "bits: { first: 0, last: 4 }, to: 0",
    to: "bits: { first: 0, last: 4 }, to: 5",
    complaint: /points\[0\]\.write\.compose: amplifier\.power: it lies on the bits of the value itself/,
  },
  {
    file: "monacor-pa-1250d",
    title: "a composed write whose frame does not say what stood there",
    from: / {4}given:\n {6}- \{ space: input, address: 1, word: 0x3201 \}\n/,
    to: "",
    complaint:
      /golden\[2\]: .*writing `amplifier\.power` needs the register before: add `given` with input 1/,
  },
  {
    file: "moxa-iologik-e1214",
    title: "a command that is read back",
    from: "verifyWithinMs: 0, min: 1",
    to: "verifyWithinMs: 500, min: 1",
    complaint: /points\[14\]\.kind: watchdog\.tripped: a command cannot be read back/,
  },
  {
    file: "federal-signal-informer",
    title: "a sequence that writes what cannot be written",
    from: "- write: { capability: siren.message, value: 1 }",
    to: "- write: { capability: siren.message, value: 999 }",
    complaint: /sequences\[1\]\.steps\[1\]: play: siren\.message cannot be written with 999/,
  },
  {
    file: "federal-signal-informer",
    title: "a sequence that looks at a command",
    from: "- expect: { capability: siren.active, value: 0, withinMs: 3000 }",
    to: "- expect: { capability: siren.stop, value: 0, withinMs: 3000 }",
    complaint: /sequences\[2\]\.steps\[1\]: end: siren\.stop is no point that can be read/,
  },
  {
    file: "pulsar-en54c-lcd",
    title: "an alarm that plays a critical fault down",
    from: "raiseAfterMs: 2000, clearAfterMs: 30000, severity: critical",
    to: "raiseAfterMs: 2000, clearAfterMs: 30000, severity: warning",
    complaint: /points\[7\]\.alarm: psu\.fault\.overload: supply-fault is critical everywhere else/,
  },
  {
    file: "loa-reference-amplifier",
    title: "a lease on what cannot be switched",
    from: "lease:\n",
    to: "lease:\n  - { capability: mains.present, maxOnMs: 60000 }\n",
    complaint: /lease\[0\]: mains\.present cannot be switched off/,
  },
  {
    file: "ecler-npa-tp-net",
    title: "a pattern with a slip",
    from: 'match: "DATA POWER {value}"',
    to: 'match: "DATA POWER {valeu}"',
    complaint: /points\[0\]\.match: a pattern has only the holes/,
  },
  {
    file: "ecler-npa-tp-net",
    title: "a command that does not say the value",
    from: 'command: "SET POWER {value}"',
    to: 'command: "SET POWER ON"',
    complaint: /points\[0\]\.write: amplifier\.power: `command` says nothing of the value/,
  },
  {
    file: "australian-monitor-amd",
    title: "a text frame for a changed scale",
    from: "scale: 0.5",
    to: "scale: 0.25",
    complaint: /golden\[2\]: \+12 dB: `amplifier\.gain` decodes to -44\.25, not to 12/,
  },
  {
    file: "australian-monitor-amd",
    title: "a text point without a frame",
    from: / {2}- \{ title: mute, .*\n/,
    to: "",
    complaint: /points\[2\]: amplifier\.mute: no golden frame shows its write/,
  },
  {
    file: "raspberry-pi-gpio",
    title: "two meanings for one line",
    from: "capability: cabinet.button\n    line: 27",
    to: "capability: cabinet.button\n    line: 22",
    complaint: /points\[2\]\.line: cabinet\.button: line 22 is already cabinet\.door/,
  },
  {
    file: "raspberry-pi-gpio",
    title: "a level that means the opposite",
    from: "activeLow: true",
    to: "activeLow: false",
    complaint: /golden\[3\]: button pressed: level 0 means 0, not 1: check `activeLow`/,
  },
];

it.each(mistakes)(
  "$title is refused with file, line, key and what to do",
  ({ file, from, to, complaint }) => {
    const text = readFileSync(join(profileFolder, `${file}.yaml`), "utf8");
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    const parsed = parseProfile(changed, `${file}.yaml`);
    expect(parsed.ok ? [] : parsed.error).toEqual(expect.arrayContaining([expect.stringMatching(complaint)]));
    if (!parsed.ok)
      for (const sentence of parsed.error) expect(sentence).toMatch(/^[a-z0-9-]+\.yaml:\d+: .+: .+/);
  },
);

it("a draft may lack golden frames, and says so itself", () => {
  const text = readFileSync(join(profileFolder, "federal-signal-informer.yaml"), "utf8");
  expect(parseProfile(text, "federal-signal-informer.yaml").ok).toBe(true);
  const shipped = parseProfile(text.replace("draft: true\n", ""), "federal-signal-informer.yaml");
  expect(shipped.ok ? [] : shipped.error).toEqual(
    expect.arrayContaining([expect.stringMatching(/siren\.message: no golden frame shows its read/)]),
  );
});
