import { PassThrough } from "node:stream";
import { defaultLimits } from "@loa/controller/bus/broker-limits.ts";
import { createPostOffice } from "@loa/controller/bus/post-office.ts";
import { createRetainedTopics, type RetainedTopics } from "@loa/controller/bus/retained-topics.ts";
import { type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import { boxTopic, type Outgoing, toBox } from "@loa/shared/wire/topics.ts";
import { describe, expect, test } from "vitest";
import { anBox, binhBox } from "../support/box-end.ts";
import { splitFrames } from "../support/raw-mqtt.ts";

/** Counts what a subscription costs; there is nothing in it that could list topics. */
function counting(inner: RetainedTopics): RetainedTopics & { readonly lookUps: string[] } {
  const lookUps: string[] = [];
  return {
    lookUps,
    keep: inner.keep,
    find(topic) {
      lookUps.push(topic);
      return inner.find(topic);
    },
    get size() {
      return inner.size;
    },
  };
}

function office(limits = defaultLimits) {
  const seats = new Map<BoxId, { readonly socket: PassThrough }>();
  const seatOf = (box: BoxId) => {
    const seat = seats.get(box) ?? { socket: new PassThrough({ highWaterMark: 1024 * 1024 }) };
    seats.set(box, seat);
    return seat;
  };
  const retained = counting(createRetainedTopics(limits.maxRetained));
  const office = createPostOffice(limits, retained);
  const post = {
    stats: office.stats,
    send: ({ payload, ...message }: Outgoing) => office.send({ ...message, payload: Buffer.from(payload) }),
    subscribe: (box: BoxId, topic: string, qos: 0 | 1) => office.subscribe(seatOf(box), topic, qos),
  };
  const socketOf = (box: BoxId) => seatOf(box).socket;
  const received = (box: BoxId) => splitFrames(socketOf(box).read() ?? Buffer.alloc(0));
  return { post, retained, received, socketOf };
}

describe("retained messages", () => {
  test("a subscription looks up one topic, however many are retained", () => {
    const { post, retained, received } = office();
    for (let index = 0; index < 10_000; index += 1) {
      post.send(toBox(boxId.parse(`cum-${index}`), "plan", `plan ${index}`));
    }
    post.send(toBox(anBox, "plan", "the one"));
    expect(post.stats().retained).toBe(10_001);
    post.subscribe(anBox, boxTopic(anBox, "plan"), 1);
    expect(retained.lookUps).toEqual([boxTopic(anBox, "plan")]);
    const frames = received(anBox);
    expect(frames).toHaveLength(1);
    expect(frames[0]?.firstByte).toBe(0x33);
    expect(frames[0]?.body.toString()).toContain("the one");
  });

  test("a newer plan never comes before the retained one", () => {
    const { post, received } = office();
    post.send(toBox(anBox, "plan", "revision 1"));
    post.subscribe(anBox, boxTopic(anBox, "plan"), 1);
    post.send(toBox(anBox, "plan", "revision 2"));
    const frames = received(anBox);
    expect(frames.map(({ body }) => body.toString().slice(-10))).toEqual(["revision 1", "revision 2"]);
    expect(frames.map(({ firstByte }) => firstByte & 1)).toEqual([1, 0]);
  });

  test("beyond the limit a plan is still delivered, and the refusal says that it is not kept", () => {
    const { post, received } = office({ ...defaultLimits, maxRetained: 1 });
    expect(post.send(toBox(anBox, "plan", "kept"))).toBeNull();
    post.subscribe(binhBox, boxTopic(binhBox, "plan"), 1);
    expect(post.send(toBox(binhBox, "plan", "not kept"))).toBe("retained-full");
    expect(post.send(toBox(anBox, "plan", "replaced"))).toBeNull();
    expect(received(binhBox)).toHaveLength(1);
    expect(post.stats().retained).toBe(1);
  });
});

describe("copies", () => {
  test("a message is encoded once for all readers of a QoS", () => {
    const { post, socketOf } = office();
    const topic = boxTopic(anBox, "command");
    for (const reader of [anBox, binhBox]) post.subscribe(reader, topic, 1);
    post.send({ topic, payload: "STOP", qos: 1, retain: false });
    const [one, other]: Buffer[] = [socketOf(anBox).read(), socketOf(binhBox).read()];
    expect(one?.equals(other ?? Buffer.alloc(0))).toBe(true);
    expect(one?.buffer).toBe(other?.buffer);
  });

  test("a reader gets no more than the QoS it asked for, and packet ids differ and never are 0", () => {
    const { post, received } = office();
    const topic = boxTopic(anBox, "command");
    post.subscribe(anBox, topic, 1);
    post.subscribe(binhBox, topic, 0);
    const count = 70_000;
    const ids = new Set<number>();
    for (let round = 0; round < count; round += 1) {
      post.send({ topic, payload: "", qos: 1, retain: false });
      const [frame] = received(anBox);
      ids.add(frame?.body.readUInt16BE(2 + Buffer.byteLength(topic)) ?? 0);
      expect(received(binhBox)[0]?.firstByte).toBe(0x30);
    }
    expect(ids.has(0)).toBe(false);
    expect(ids.size).toBe(65_535);
  });
});
