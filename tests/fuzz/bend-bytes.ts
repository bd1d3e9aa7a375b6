import type { SeededRandom } from "@loa/simulator/virtual/random.ts";

type Bend = (bytes: Buffer, random: SeededRandom) => Buffer;

/** Small injuries of the kind that lines, memories and attackers inflict. */
const bends: readonly Bend[] = [
  (bytes, random) => replaced(bytes, random, (byte) => byte ^ (1 << random.integer(0, 7))),
  (bytes, random) => replaced(bytes, random, () => random.integer(0, 255)),
  (bytes, random) => replaced(bytes, random, () => random.pick([0, 1, 0x7f, 0x80, 0xff])),
  (bytes, random) => bytes.subarray(0, random.integer(0, bytes.length)),
  (bytes, random) => {
    const [from, to] = span(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = span(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  (bytes, random) => {
    const at = random.integer(0, bytes.length);
    const more = random.bytes(random.integer(1, 8));
    return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
  },
];

/** The same bytes with one to four injuries. */
export function bentBytes(bytes: Buffer, random: SeededRandom): Buffer {
  let bent = Buffer.from(bytes);
  for (let count = random.integer(1, 4); count > 0; count -= 1)
    bent = Buffer.from(random.pick(bends)(bent, random));
  return bent;
}

/** Texts that have broken somebody's parser before. */
export const hostileTexts: readonly string[] = [
  "",
  "\0",
  "__proto__",
  "constructor",
  "$SYS/broker",
  "#",
  "+",
  "loa/#",
  "loa/+/+",
  "/".repeat(10_000),
  "a".repeat(65_000),
  "../../etc/passwd",
  "%00%n%s",
  "\ufeffbom",
  "\u202eطorder",
  "\ud800",
  "é".normalize("NFD"),
  "Xã Lộc Trì",
];

function replaced(bytes: Buffer, random: SeededRandom, by: (byte: number) => number): Buffer {
  if (bytes.length === 0) return bytes;
  const at = random.integer(0, bytes.length - 1);
  bytes.writeUInt8(by(bytes.readUInt8(at)), at);
  return bytes;
}

function span(bytes: Buffer, random: SeededRandom): readonly [number, number] {
  const from = random.integer(0, bytes.length);
  return [from, random.integer(from, Math.min(bytes.length, from + 32))];
}
