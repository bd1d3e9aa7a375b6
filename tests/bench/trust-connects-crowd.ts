import { connect, type TLSSocket } from "node:tls";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { boxTopic } from "@loa/shared/wire/topics.ts";
import { connectFrame, splitFrames, subscribeFrame, typeOf } from "../support/raw-mqtt.ts";

import { crowdBox } from "./crowd-box.ts";

/**
 * Boxes that come by certificate, each over a raw TLS socket, in a process of their own. Instants are wall time in ms,
 * which all processes of a machine share.
 */
export type StormOrder =
  /** All at once, and nobody tries twice. Says `arrived` when a quarter of them is in. */
  | { readonly kind: "storm"; readonly port: number; readonly area: string; readonly fleet: Fleet }
  /** Until everybody who is in has heard a message on the topic of the area. */
  | { readonly kind: "listen" }
  /** Until the connection of the first box has ended. */
  | { readonly kind: "watch" };

export interface Fleet {
  readonly ca: string;
  /** One for all of them: what a handshake costs is the same. */
  readonly key: string;
  readonly boxes: readonly { readonly id: BoxId; readonly cert: string }[];
}

export type StormAnswer =
  | { readonly kind: "arrived"; readonly atNs: string }
  | { readonly kind: "over"; readonly refused: number; readonly lastAt: number; readonly atNs?: never }
  | { readonly kind: "heard"; readonly boxes: readonly Heard[]; readonly atNs?: never }
  | { readonly kind: "off"; readonly at: number; readonly atNs?: never };

/** When a box was in, and when it heard the first message since; null: not yet. */
export interface Heard {
  readonly inAt: number;
  readonly heardAt: number | null;
}

interface Member {
  readonly id: BoxId;
  readonly socket: TLSSocket;
  inAt: number;
  heardAt: number | null;
}

const KEEPALIVE_S = 300;
const SUBACK_PACKETS = 1;
/** Past it whoever has not heard has missed it. */
const LISTEN_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 100;

let members: Member[] = [];

function answer(message: StormAnswer): void {
  process.send?.(message);
}

async function storm({ port, area, fleet }: StormOrder & { kind: "storm" }): Promise<void> {
  members = [];
  let refused = 0;
  const quarter = Math.ceil(fleet.boxes.length / 4);
  const done = fleet.boxes.map(async ({ id, cert }) => {
    const isIn = await enter(id, { port, area, ca: fleet.ca, key: fleet.key, cert });
    if (!isIn) refused += 1;
    if (members.length === quarter) answer({ kind: "arrived", atNs: `${process.hrtime.bigint()}` });
  });
  await Promise.all(done);
  answer({ kind: "over", refused, lastAt: Math.max(...members.map(({ inAt }) => inAt)) });
}

interface Door {
  readonly port: number;
  readonly area: string;
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

function enter(id: BoxId, { port, area, ca, key, cert }: Door): Promise<boolean> {
  const socket = connect({ host: "127.0.0.1", port, ca, key, cert });
  const member: Member = { id, socket, inAt: 0, heardAt: null };
  let rest: Buffer = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.setNoDelay(true);
  return new Promise((resolve) => {
    socket.once("close", () => resolve(false));
    socket.once("secureConnect", () =>
      socket.write(connectFrame({ clientId: id, password: id, keepaliveS: KEEPALIVE_S })),
    );
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (const { type } of splitFrames(rest)) {
        if (type === typeOf.connack)
          socket.write(subscribeFrame([area, boxTopic(id, "command")], SUBACK_PACKETS));
        if (type === typeOf.publish) member.heardAt ??= Date.now();
        if (type !== typeOf.suback) continue;
        member.inAt = Date.now();
        members.push(member);
        resolve(true);
      }
      rest = withoutWhole(rest);
    });
  });
}

/** What has come of the next frame. */
function withoutWhole(bytes: Buffer): Buffer {
  const whole = splitFrames(bytes).reduce((sum, { body }) => sum + body.length + headerBytes(body.length), 0);
  return bytes.subarray(whole);
}

function headerBytes(length: number): number {
  return length < 128 ? 2 : length < 16_384 ? 3 : 4;
}

async function listen(): Promise<void> {
  const giveUpAt = Date.now() + LISTEN_LIMIT_MS;
  const isWaiting = () => members.some(({ heardAt }) => heardAt === null);
  while (isWaiting() && Date.now() < giveUpAt)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  answer({ kind: "heard", boxes: members.map(({ inAt, heardAt }) => ({ inAt, heardAt })) });
}

function watch(): void {
  const first = members.find(({ id }) => id === crowdBox(0));
  if (first === undefined || first.socket.destroyed) answer({ kind: "off", at: Date.now() });
  else first.socket.once("close", () => answer({ kind: "off", at: Date.now() }));
}

process.on("message", (order: StormOrder) => {
  switch (order.kind) {
    case "storm":
      void storm(order);
      break;
    case "listen":
      void listen();
      break;
    case "watch":
      watch();
      break;
  }
});
