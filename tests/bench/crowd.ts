import { connect, type Socket } from "node:net";
import { connectFrame, publishFrame, subscribeFrame } from "../support/raw-mqtt.ts";

/**
 * Many clients in a process of their own, so that they do not take the broker's time. Started by crowd-process.ts;
 * it is told what to do and answers with instants of `process.hrtime`, which all processes of a machine share.
 */
export type CrowdOrder =
  /** Opens connections; with `topic` they are boxes that connect and subscribe, without they are plain sockets. */
  | {
      readonly kind: "join";
      readonly port: number;
      readonly count: number;
      readonly topic: string | null;
      readonly passwordPrefix: string;
    }
  /** Answers when each connection has got so many bytes from now on. */
  | { readonly kind: "await-bytes"; readonly bytes: number }
  /** Each of the first `boxes` sends so many QoS 1 events. */
  | { readonly kind: "send-events"; readonly boxes: number; readonly each: number; readonly payload: string }
  | { readonly kind: "leave" };

export type CrowdAnswer =
  | { readonly kind: "joined"; readonly tookMs: number; readonly failed: number }
  | { readonly kind: "ready" }
  | { readonly kind: "arrived"; readonly atNs: string }
  | { readonly kind: "sent" }
  | { readonly kind: "left" };

const connackBytes = 4;
const subackBytes = 5;

interface Member {
  readonly id: string;
  readonly socket: Socket;
  received: number;
  onBytes: () => void;
}

let members: Member[] = [];

function answer(message: CrowdAnswer): void {
  process.send?.(message);
}

async function join(order: CrowdOrder & { kind: "join" }): Promise<void> {
  const from = performance.now();
  let failed = 0;
  members = await Promise.all(
    Array.from({ length: order.count }, (_, index) => {
      const id = `cum-${index}`;
      const socket = connect({ host: "127.0.0.1", port: order.port, noDelay: true });
      const member: Member = { id, socket, received: 0, onBytes: () => {} };
      socket.on("data", (chunk: Buffer) => {
        member.received += chunk.length;
        member.onBytes();
      });
      return new Promise<Member>((resolve) => {
        const lose = () => {
          failed += 1;
          resolve(member);
        };
        socket.on("error", () => {});
        socket.once("close", lose);
        socket.once("connect", () =>
          enter(member, order, () => {
            socket.off("close", lose);
            resolve(member);
          }),
        );
      });
    }),
  );
  answer({ kind: "joined", tookMs: performance.now() - from, failed });
}

function enter(member: Member, order: CrowdOrder & { kind: "join" }, done: () => void): void {
  const { topic } = order;
  if (topic === null) {
    done();
    return;
  }
  member.socket.write(connectFrame({ clientId: member.id, password: `${order.passwordPrefix}${member.id}` }));
  member.onBytes = () => {
    if (member.received === connackBytes) member.socket.write(subscribeFrame([topic]));
    if (member.received === connackBytes + subackBytes) done();
  };
}

function awaitBytes(bytes: number): void {
  let waiting = members.length;
  for (const member of members) {
    member.received = 0;
    member.onBytes = () => {
      if (member.received < bytes) return;
      member.onBytes = () => {};
      waiting -= 1;
      if (waiting === 0) answer({ kind: "arrived", atNs: `${process.hrtime.bigint()}` });
    };
  }
  answer({ kind: "ready" });
}

function sendEvents(order: CrowdOrder & { kind: "send-events" }): void {
  for (const { id, socket } of members.slice(0, order.boxes)) {
    const topic = `loa/v1/box/${id}/event`;
    const frames = Array.from({ length: order.each }, (_, index) =>
      publishFrame(topic, order.payload, 1, index + 1),
    );
    socket.write(Buffer.concat(frames));
  }
  answer({ kind: "sent" });
}

function leave(): void {
  for (const { socket } of members) socket.destroy();
  members = [];
  answer({ kind: "left" });
}

process.on("message", (order: CrowdOrder) => {
  switch (order.kind) {
    case "join":
      void join(order);
      break;
    case "await-bytes":
      awaitBytes(order.bytes);
      break;
    case "send-events":
      sendEvents(order);
      break;
    case "leave":
      leave();
      break;
  }
});
