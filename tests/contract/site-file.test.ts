import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSite } from "@loa/edge-agent/adapters/site-file.ts";
import { canonicalProfile } from "@loa/shared/device/canonical-profile.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { describe, expect, test } from "vitest";
import { anyShippedProfile } from "../support/profiles.ts";
import { testFolder } from "../support/temp-folder.ts";

async function load(text: string) {
  const path = join(await testFolder(), "devices.yaml");
  writeFileSync(path, text);
  return loadSite(path, "hardware-profiles");
}

const cabinet = `devices:
  - alias: amplifier
    profile: monacor-pa-1250d
    line: serial:/dev/serial/by-id/usb-FTDI_A1-if00-port0
    unit: 3
  - alias: relays
    profile: waveshare-modbus-rtu-relay-8ch
    line: serial:/dev/serial/by-id/usb-FTDI_A1-if00-port0
    unit: 1
    wiring: { relay.1: zone.1, relay.2: zone.2 }
  - alias: pins
    profile: raspberry-pi-gpio
    line: "gpio:"
    thresholds: [{ capability: cabinet.door, when: { equals: 0 } }]
`;

test("a cabinet is read with its wires and its limits", async () => {
  const site = await load(cabinet);
  if (!site.ok) throw new Error(site.error.join("\n"));
  const [amplifier, relays, pins] = site.value.devices;
  expect(site.value.leftOut).toEqual([]);
  expect(amplifier).toMatchObject({ alias: "amplifier", unit: 3, profile: { id: "monacor-pa-1250d" } });
  expect([...(relays?.profile.points ?? [])].map(({ capability }) => capability).slice(0, 3)).toEqual([
    "zone.1",
    "zone.2",
    "relay.3",
  ]);
  const door = [...(pins?.profile.points ?? [])].find(({ capability }) => capability === "cabinet.door");
  expect(door?.alarm?.when).toEqual({ equals: 0 });
});

test.each([
  ["a profile that nobody has", cabinet.replace("monacor-pa-1250d", "monacor"), /monacor\.yaml: not in/],
  [
    "a draft",
    cabinet.replace("monacor-pa-1250d", "federal-signal-informer"),
    /devices\.yaml:3: devices\[0\]\.profile: .* is a draft/,
  ],
  [
    "a line that this language is not spoken on",
    cabinet.replace("gpio:", "udp://a:1"),
    /devices\.yaml:13: devices\[2\]\.line: .* speaks gpio/,
  ],
  [
    "an address that is none",
    cabinet.replace('"gpio:"', "COM3"),
    /devices\.yaml:13: devices\[2\]\.line: serial:/,
  ],
  [
    "a wire to nothing",
    cabinet.replace("relay.2: zone.2", "relay.9: zone.2"),
    /devices\.yaml:\d+: devices\[1\]\.wiring/,
  ],
  [
    "a wire to what can only be read",
    cabinet.replace("relay.2: zone.2", "relay.2: cabinet.door"),
    /devices\.yaml:10: devices\[1\]\.wiring\.relay\.2: .*can only be read/,
  ],
  [
    "a limit for what has no alarm",
    cabinet.replace("cabinet.door,", "cabinet.button,"),
    /devices\.yaml:14: .*has no alarm for cabinet\.button/,
  ],
  [
    "two of one name",
    cabinet.replace("alias: relays", "alias: amplifier"),
    /two devices have the same alias/,
  ],
  ["a key that is none", cabinet.replace("unit: 3", "units: 3"), /devices\.yaml:\d+: devices\[0\].*units/],
  ["a key twice", cabinet.replace("unit: 3", "unit: 3\n    unit: 4"), /devices\.yaml:6: /],
  ["no YAML", "devices: [", /devices\.yaml:1: /],
  [
    "a value that is only pointed at",
    cabinet.replace("unit: 3", "unit: &three 3").replace("unit: 1", "unit: *three"),
    /devices\.yaml:9: .*write the value out/,
  ],
])("with %s it says file, line and key, and drives nothing", async (_, text, said) => {
  const site = await load(text);
  expect(site.ok ? "" : site.error.join("\n")).toMatch(said);
});

test("a file that is not there, or is a film, is refused", async () => {
  expect(loadSite("/nowhere/devices.yaml", "hardware-profiles")).toMatchObject({ ok: false });
  expect(await load(`# ${"x".repeat(70_000)}\n${cabinet}`)).toMatchObject({ ok: false });
});

describe("a profile that is pinned to its SHA-256", () => {
  const canonical = canonicalProfile(anyShippedProfile("xy-md02"));
  const promised = nodeCrypto.sha256Hex(canonical);
  const pinned = (sha256: string, profile = "xy-md02") => `devices:
  - alias: heat
    profile: ${profile}
    sha256: "${sha256}"
    line: tcp://10.0.0.9:4001
`;

  async function loadBeside(text: string, beside: Readonly<Record<string, string>>) {
    const folder = await testFolder();
    for (const [name, content] of Object.entries({ "devices.yaml": text, ...beside }))
      writeFileSync(join(folder, name), content);
    return loadSite(join(folder, "devices.yaml"), "hardware-profiles");
  }

  test("is taken in its canonical form, or as YAML that says the same", async () => {
    const inJson = await loadBeside(pinned(promised), { "xy-md02.json": canonical });
    expect(inJson).toMatchObject({
      ok: true,
      value: { devices: [{ profile: { id: "xy-md02" } }], leftOut: [] },
    });
    expect(await load(pinned(promised))).toEqual(inJson);
  });

  /** What is said of the one device that may not be driven. */
  function whyLeftOut(site: Awaited<ReturnType<typeof loadBeside>>): string {
    if (!site.ok) throw new Error(site.error.join("\n"));
    expect(site.value.devices).toEqual([]);
    expect(site.value.leftOut).toMatchObject([{ alias: "heat" }]);
    return site.value.leftOut[0]?.why ?? "";
  }

  test("is not taken with other bytes, whoever wrote them", async () => {
    const other = canonical.replace('"scale":0.1', '"scale":1');
    const inJson = await loadBeside(pinned(promised), { "xy-md02.json": other });
    expect(whyLeftOut(inJson)).toMatch(
      /^devices\.yaml:4: devices\[0\]\.sha256: xy-md02\.json is [0-9a-f]{64}: fetch it again/,
    );
    const inYaml = await load(pinned("0".repeat(64)));
    expect(whyLeftOut(inYaml)).toMatch(
      new RegExp(`^devices\\.yaml:4: devices\\[0\\]\\.sha256: xy-md02\\.yaml is ${promised}: fetch it again`),
    );
  });

  test("is not taken when it passes no check, when it is gone, or when another one came under its name", async () => {
    const bad = canonical.replace('"scale":0.1', '"scale":0');
    const unchecked = await loadBeside(pinned(nodeCrypto.sha256Hex(bad)), { "xy-md02.json": bad });
    expect(whyLeftOut(unchecked)).toMatch(/xy-md02\.json passes no check here/);
    const foreign = await loadBeside(pinned(promised, "mine"), { "mine.json": canonical });
    expect(whyLeftOut(foreign)).toMatch(/mine\.json is the profile xy-md02/);
    expect(whyLeftOut(await load(pinned(promised, "mine")))).toMatch(/mine\.yaml: not in /);
    const unread = await loadBeside(pinned(promised), { "xy-md02.yaml": "id: xy-md02\n" });
    expect(whyLeftOut(unread)).toMatch(/devices\[0\]\.sha256: xy-md02\.yaml:1: /);
  });

  test("and is not the one that lies there leaves only its own device out", async () => {
    const site = await load(
      cabinet.replace("    unit: 3\n", `    unit: 3\n    sha256: "${"0".repeat(64)}"\n`),
    );
    if (!site.ok) throw new Error(site.error.join("\n"));
    expect(site.value.devices.map(({ alias }) => alias)).toEqual(["relays", "pins"]);
    expect(site.value.leftOut).toMatchObject([{ alias: "amplifier", profile: "monacor-pa-1250d" }]);
  });

  test("is the loudspeaker's by what can be read of it, or by its wires; what nobody can read is taken for it", async () => {
    const silences = async (text: string, beside: Readonly<Record<string, string>> = {}) => {
      const site = await loadBeside(text, beside);
      return site.ok ? site.value.leftOut.map(({ isAmplifier }) => isAmplifier) : site.error;
    };
    const wrong = "0".repeat(64);
    expect(await silences(pinned(wrong, "loa-reference-amplifier"))).toEqual([true]);
    expect(await silences(pinned(wrong))).toEqual([false]);
    expect(await silences(pinned(wrong), { "xy-md02.json": canonical })).toEqual([false]);
    const relays = pinned(wrong, "waveshare-modbus-rtu-relay-8ch");
    expect(await silences(relays)).toEqual([false]);
    expect(await silences(`${relays}    wiring: { relay.1: amplifier.power }\n`)).toEqual([true]);
    expect(await silences(pinned(wrong, "mine"))).toEqual([true]);
    expect(await silences(pinned(wrong, "mine"), { "mine.json": "no profile" })).toEqual([true]);
  });
});
