import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSite } from "@loa/edge-agent/adapters/site-file.ts";
import { expect, test } from "vitest";
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
  const [amplifier, relays, pins] = site.value;
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
])("with %s it says file, line and key, and drives nothing", async (_, text, said) => {
  const site = await load(text);
  expect(site.ok ? "" : site.error.join("\n")).toMatch(said);
});

test("a file that is not there, or is a film, is refused", async () => {
  expect(loadSite("/nowhere/devices.yaml", "hardware-profiles")).toMatchObject({ ok: false });
  expect(await load(`# ${"x".repeat(70_000)}\n${cabinet}`)).toMatchObject({ ok: false });
});
