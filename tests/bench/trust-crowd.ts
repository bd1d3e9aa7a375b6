import { connect, type Socket } from "node:net";
import type { SigningKey } from "@loa/shared/kernel/ambient.ts";
import type { BoxId, CommandId } from "@loa/shared/kernel/ids.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import { envelope, seal } from "@loa/shared/wire/envelope.ts";
import { boxTopic } from "@loa/shared/wire/topics.ts";
import {
  answerFrame,
  connectFrame,
  publishFrame,
  readPublish,
  splitFrames,
  subscribeFrame,
  typeOf,
} from "../support/raw-mqtt.ts";
import { crowdBox } from "./crowd-box.ts";

/**
 * Boxes with a raw socket each, in a process of their own, that answer what they are told with signatures of their own;
 * or as many plain sockets. Instants are those of `process.hrtime`, which all processes of a machine share.
 */
export type TrustOrder =
  /** `area`: the topic that they subscribe to; null: plain sockets. */
  | { readonly kind: "join"; readonly port: number; readonly count: number; readonly area: string | null }
  /** Says `arrived` when each connection has got its next message, or so many bytes on a plain socket. */
  | { readonly kind: "await"; readonly plainBytes: number }
  /** Each acknowledges the command that came, signed. */
  | { readonly kind: "acknowledge"; readonly privateKey: SigningKey };

export type TrustAnswer =
  | { readonly kind: "joined"; readonly failed: number; readonly atNs?: never }
  | { readonly kind: "ready"; readonly atNs?: never }
  | { readonly kind: "arrived"; readonly atNs: string }
  | { readonly kind: "acknowledged"; readonly frameBytes: number; readonly atNs?: never };

interface Member {
  readonly id: BoxId;
  readonly socket: Socket;
  chunks: Buffer[];
  received: number;
  sequence: number;
  onBytes: () => void;
}

/** A fleet comes back spread out; and before it proves who it is, an address has 4,096 places. */
const AT_ONCE = 500;
const KEEPALIVE_S = 300;
const CONNACK_BYTES = 4;
const SUBACK_BYTES = 5;
/** Between these the sockets get their turn. */
const SIGNED_A_TURN = 50;

const members: Member[] = [];

function answer(message: TrustAnswer): void {
  process.send?.(message);
}

async function join({ count, port, area }: TrustOrder & { kind: "join" }): Promise<void> {
  let failed = 0;
  for (let from = 0; from < count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => from + index);
    const some = await Promise.all(numbers.map((number) => enter(crowdBox(number), port, area)));
    members.push(...some.filter((one) => one !== null));
    failed += some.filter((one) => one === null).length;
  }
  answer({ kind: "joined", failed });
}

function enter(id: BoxId, port: number, area: string | null): Promise<Member | null> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  const member: Member = { id, socket, chunks: [], received: 0, sequence: 0, onBytes: () => {} };
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    member.received += chunk.length;
    member.chunks.push(chunk);
    member.onBytes();
  });
  return new Promise((resolve) => {
    socket.once("close", () => resolve(null));
    socket.once("connect", () => {
      if (area === null) return resolve(member);
      socket.write(connectFrame({ clientId: id, password: id, keepaliveS: KEEPALIVE_S }));
      member.onBytes = () => {
        if (member.received === CONNACK_BYTES) socket.write(subscribeFrame([area, boxTopic(id, "command")]));
        if (member.received === CONNACK_BYTES + SUBACK_BYTES + 1) resolve(member);
      };
    });
  });
}

function awaitAll(plainBytes: number): void {
  let waiting = members.length;
  for (const member of members) {
    member.received = 0;
    member.chunks = [];
    let wanted = plainBytes;
    member.onBytes = () => {
      if (wanted === 0) wanted = lengthOfFrame(member.chunks[0]);
      if (wanted === 0 || member.received < wanted) return;
      member.onBytes = () => {};
      waiting -= 1;
      if (waiting === 0) answer({ kind: "arrived", atNs: `${process.hrtime.bigint()}` });
    };
  }
  answer({ kind: "ready" });
}

/** Whole, with its header; zero while too little of it has come. */
function lengthOfFrame(start: Buffer | undefined): number {
  let length = 0;
  for (let at = 1; start !== undefined && at < Math.min(5, start.length); at += 1) {
    const byte = start[at] ?? 0;
    length += (byte & 0x7f) * 128 ** (at - 1);
    if (byte < 0x80) return 1 + at + length;
  }
  return 0;
}

async function acknowledge(privateKey: SigningKey): Promise<void> {
  const frameBytes = lengthOfFrame(members[0]?.chunks[0]);
  for (const [index, member] of members.entries()) {
    acknowledgeOne(member, privateKey);
    if (index % SIGNED_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  answer({ kind: "acknowledged", frameBytes });
}

function acknowledgeOne(member: Member, privateKey: SigningKey): void {
  const [first] = splitFrames(Buffer.concat(member.chunks)).filter(({ type }) => type === typeOf.publish);
  if (first === undefined) return;
  const { payload, packetId } = readPublish(first);
  const { id, socket } = member;
  member.sequence += 1;
  const ack = ackOf(commandIn(payload), id, member.sequence, privateKey);
  socket.write(Buffer.concat([answerFrame(0x40, packetId), publishFrame(boxTopic(id, "ack"), ack, 1)]));
}

function commandIn(sealed: string): CommandId {
  const contents = Buffer.from(sealed.split(".")[1] ?? "", "base64url").toString();
  return envelope.parse(JSON.parse(contents)).id;
}

function ackOf(command: CommandId, issuer: BoxId, sequence: number, privateKey: SigningKey): string {
  const at = nodeClock.now();
  const times = { issuedAt: at, notBefore: at, expiresAt: null };
  const body = { command, state: "accepted", reason: null, highest: 1 };
  const id = newCommandId(at, nodeRandom);
  const audience = { controller: true as const };
  const named = { v: 1 as const, id, kind: "ack" as const, audience, issuer, sequence };
  return seal({ ...named, ...times, critical: [], body }, { issuer, privateKey }, nodeCrypto);
}

process.on("message", (order: TrustOrder) => {
  switch (order.kind) {
    case "join":
      void join(order);
      break;
    case "await":
      awaitAll(order.plainBytes);
      break;
    case "acknowledge":
      void acknowledge(order.privateKey);
      break;
  }
});
