import { type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import { areaTopic, boxTopic } from "@loa/shared/wire/topics.ts";
import type { SeededRandom } from "@loa/simulator/virtual/random.ts";
import { province } from "../contract/broker.contract.ts";
import {
  answerFrame,
  connectFrame,
  disconnectFrame,
  frame,
  header,
  publishFrame,
  subscribeFrame,
  unsubscribeFrame,
} from "../support/raw-mqtt.ts";
import { bentBytes, hostileTexts } from "./bend-bytes.ts";

/** Broken UTF-8 beside texts that are only unkind. */
const brokenTexts: readonly Buffer[] = [
  Buffer.from([0xff]),
  Buffer.from([0xc0, 0xaf]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0x6c, 0xe1, 0xba]),
];

const other = boxId.parse("somebody-else");

type Make = (random: SeededRandom, box: BoxId) => Buffer;

/** Packets of every type as a client may send them, mostly good. */
const makers: readonly Make[] = [
  (random, box) =>
    publishFrame(
      topicFor(random, box),
      payloadFor(random),
      random.pick([0, 0, 1, 1, 1, 1, 1, 2]),
      idFrom(random),
    ),
  (random, box) =>
    publishFrame(boxTopic(box, "event"), payloadFor(random), random.integer(0, 1), idFrom(random)),
  (random, box) => subscribeFrame(topicsFor(random, box), idFrom(random), random.integer(0, 2)),
  (random, box) => unsubscribeFrame(topicsFor(random, box), idFrom(random)),
  (random) => answerFrame(random.pick([0x40, 0x40, 0x40, 0x40, 0x50, 0x62, 0x70] as const), idFrom(random)),
  () => frame(0xc0),
];

/** They end a connection, so they come seldom. */
const rudeMakers: readonly Make[] = [
  () => disconnectFrame,
  (random, box) => connectFor(random, box),
  (random) => frame(random.integer(0, 255), Buffer.from(random.bytes(random.integer(0, 40)))),
  (random) =>
    header(random.integer(0, 255), random.pick([0, 127, 128, 16_384, 65_536, 2_097_152, 268_435_455])),
];

/** What one hostile client says, in the pieces in which it is written. */
export function hostileTalk(random: SeededRandom, box: BoxId): readonly Buffer[] {
  const packets = Array.from({ length: random.integer(1, 20) }, () => {
    const made = random.pick(random.chance(0.05) ? rudeMakers : makers)(random, box);
    return random.chance(0.15) ? bentBytes(made, random) : made;
  });
  const all = Buffer.concat(packets);
  if (random.chance(0.5)) return [all];
  const pieces: Buffer[] = [];
  for (let at = 0; at < all.length && pieces.length < 200; ) {
    const size = random.integer(1, 64);
    pieces.push(all.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

export function connectFor(random: SeededRandom, box: BoxId): Buffer {
  const hasWill = random.chance(0.3);
  return connectFrame({
    clientId: random.chance(0.8) ? box : random.pick(hostileTexts.filter(isShort)),
    username: random.chance(0.8) ? box : random.pick(hostileTexts.filter(isShort)),
    password: random.chance(0.8) ? `secret of ${box}` : "guessed",
    clean: random.chance(0.8),
    keepaliveS: random.pick([0, 1, 30, 60, 65_535]),
    ...(hasWill
      ? { will: { topic: topicFor(random, box), payload: payloadFor(random).slice(0, 1_000) } }
      : {}),
  });
}

function isShort({ length }: string): boolean {
  return length < 1_000;
}

function topicsFor(random: SeededRandom, box: BoxId): readonly (string | Buffer)[] {
  return Array.from({ length: random.chance(0.02) ? 0 : random.pick([1, 1, 1, 2, 5, 50]) }, () =>
    topicFor(random, box),
  );
}

function topicFor(random: SeededRandom, box: BoxId): string | Buffer {
  if (random.chance(0.01)) return random.pick(brokenTexts);
  if (random.chance(0.05)) return random.pick(hostileTexts);
  const whose = random.chance(0.7) ? box : other;
  const name = random.pick(["plan", "command", "ack", "presence", "reported", "status", "event"] as const);
  return random.chance(0.9) ? boxTopic(whose, name) : areaTopic(province);
}

function payloadFor(random: SeededRandom): string {
  return random.pick([
    "",
    "{}",
    '{"k":"h","n":1}',
    "x".repeat(random.integer(1, 9_000)),
    random.pick(hostileTexts),
  ]);
}

function idFrom(random: SeededRandom): number {
  return random.chance(0.02) ? 0 : random.pick([1, 1, 2, 3, 255, 256, 65_535, random.integer(1, 65_535)]);
}
