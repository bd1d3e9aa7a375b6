import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";

/** A file to begin with: it passes the check as a draft, and each comment says what to do with the line below. */
export function skeleton(id: string, kind: string): Result<string, readonly string[]> {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(id))
    return fail([`${id}: 1 to 64 of a-z, 0-9 and -, such as maker-model`]);
  const body = bodies[kind];
  if (body === undefined) return fail([`--kind: ${Object.keys(bodies).join(", ")}`]);
  return ok(`${head(id)}${body}`);
}

function head(id: string): string {
  return `# yaml-language-server: $schema=./profile.schema.json
# What is special about this product, for the person who opens this file at night.
id: ${id}
# Grows with every change.
version: 1
# Remove this line when every address comes from a source and every point has golden frames.
draft: true
titles:
  vi: Thiết bị mới ${id}
  en: New device ${id}
# Type names as printed on the product.
models: ["${id}"]
# For which firmware, if not for all:
# firmware: { from: V2.00, tellBy: holding 0x8000 is the version times 100 }
sources:
  - title: Instruction manual of ${id}
    page: "1"
    # url: https://maker.example/manual.pdf
    # derived < manual < bench < field
    trust: manual
# Where public sources disagree:
# conflicts:
#   - about: { vi: "một nấc của số đếm điện năng", en: "one step of the energy counter" }
#     says: ["the manual: 1 Wh", "a template: 10 Wh"]
#     follows: { vi: "sách hướng dẫn", en: "the manual" }
`;
}

const modbusBody = `timing:
  # How long an answer is waited for, and the silence between two frames.
  responseMs: 500
  gapMs: 20
  # Longer than the slowest late answer.
  quarantineMs: 1000
  retries: 1
  maxRead: 20
  maxHole: 0
# From power on to full sound, and how long it stays on after the last sample; 0 for meters.
warmUpMs: 0
holdMs: 0
identify:
  # Registers whose numbers tell this product from others. Nothing is written before all agree.
  - { space: input, address: 0, type: u16, expect: { oneOf: [4660] } }
points:
  # One for each thing that Loa has a word for (shared/src/device/capability.ts). Addresses count from 0:
  # a manual's 40001 is holding 0, its 30011 is input 10.
  - capability: mains.voltage
    space: input
    address: 1
    type: u16
    # value = raw × scale + offset, in the unit of the word
    scale: 0.1
    range: { min: 0, max: 300 }
    # fast: alarms and power; normal: meters; slow: temperature and energy
    poll: normal
    deadband: 3
  - capability: relay.1
    space: coil
    address: 0
    type: bit
    poll: fast
    write: { function: 5, verifyWithinMs: 500, min: 0, max: 1 }
# What may not stay on longer in one go:
# lease:
#   - { capability: relay.1, maxOnMs: 14400000 }
# What is written, in this order, when the agent goes down.
safeState:
  - { capability: relay.1, value: 0 }
# setUp:
#   terminals:
#     - { device: A+, box: A, note: { vi: "Dây xoắn đôi", en: "Twisted pair" } }
#   steps:
#     - vi: Đặt địa chỉ theo phiếu lắp đặt.
#       en: Set the address of the site's sheet.
# Request and reply byte for byte, with the values they mean: one for each reading and one for each writing.
golden: []
`;

const bodies: Readonly<Record<string, string>> = {
  "modbus-rtu": `transport: { kind: modbus-rtu, baud: 9600, dataBits: 8, parity: none, stopBits: 1, unit: 1 }\n${modbusBody}`,
  "modbus-tcp": `transport: { kind: modbus-tcp, port: 502, unit: 1 }\n${modbusBody}`,
  "text-serial": `transport: { kind: text-serial, baud: 9600, dataBits: 8, parity: none, stopBits: 1 }
timing: { responseMs: 500, gapMs: 20, quarantineMs: 1000, retries: 1 }
dialogue:
  # Appended to what we send, and what ends each line of the device. "\\r" is CR, "\\n" LF, "\\e" ESC.
  lineEnd: "\\r"
  replyEnd: "\\r\\n"
  # Lines that refuse what was sent.
  errors: ["ERROR{any}"]
warmUpMs: 1500
holdMs: 5000
identify:
  - { ask: "MODEL?", match: "MODEL {value}", expect: { oneOf: ["XY-100"] } }
points:
  # {value} is the number or the word, {any} whatever stands there.
  - capability: amplifier.power
    ask: "POWER?"
    match: "POWER {value}"
    enum: [{ raw: "ON", value: 1 }, { raw: "OFF", value: 0 }]
    poll: fast
    # Without \`reply\` the command is not acknowledged and only the read-back tells.
    write: { command: "POWER {value}", reply: "OK", verifyWithinMs: 1000, min: 0, max: 1 }
safeState:
  - { capability: amplifier.power, value: 0 }
# Whole exchanges with their line ends.
golden: []
`,
  gpio: `# Labels as \`gpiodetect\` prints them.
transport: { kind: gpio, chips: [pinctrl-bcm2711] }
warmUpMs: 0
holdMs: 0
identify:
  # The line must have this name (\`gpioinfo\`).
  - { line: 17, name: GPIO17 }
points:
  - capability: relay.1
    line: 17
    bias: pull-down
    poll: fast
    write: { verifyWithinMs: 100, min: 0, max: 1 }
safeState:
  - { capability: relay.1, value: 0 }
golden: []
`,
};
