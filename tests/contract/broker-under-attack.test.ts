import type { BrokerLimits } from "@loa/controller/bus/broker-limits.ts";
import type { FromBox, Refusal } from "@loa/controller/bus/broker-port.ts";
import { boxTopic, toBox } from "@loa/shared/wire/topics.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { passwordOf, startTestBroker } from "../support/aedes-network.ts";
import { anBox, binhBox } from "../support/box-end.ts";
import { Heard } from "../support/heard.ts";
import {
  type ConnectFields,
  connectFrame,
  field,
  frame,
  header,
  publishFrame,
  RawClient,
  subscribeFrame,
  typeOf,
  unsubscribeFrame,
} from "../support/raw-mqtt.ts";

const honest: ConnectFields = { clientId: anBox, password: passwordOf(anBox) };
const ownEvent = boxTopic(anBox, "event");
const ownCommand = boxTopic(anBox, "command");

/** A box that must not notice anything of what is done to the port. */
async function world(limits: Partial<BrokerLimits> = {}) {
  const broker = await startTestBroker({ limits });
  onTestFinished(broker.close);
  const heard = new Heard<FromBox>();
  broker.onMessage(heard.add);
  const canary = await RawClient.accepted(broker.port, { clientId: binhBox, password: passwordOf(binhBox) });
  await canary.subscribe([boxTopic(binhBox, "command")]);
  let rounds = 0;
  return {
    broker,
    heard,
    stranger: () => RawClient.open(broker.port),
    box: () => RawClient.accepted(broker.port, honest),
    async canarySings() {
      rounds += 1;
      broker.publish(toBox(binhBox, "command", `round ${rounds}`));
      await canary.next(typeOf.publish, rounds);
      canary.send(publishFrame(boxTopic(binhBox, "event"), `heard ${rounds}`, 1, rounds));
      await heard.first(({ payload }) => payload === `heard ${rounds}`);
      expect(canary.isClosed).toBe(false);
    },
    /** All that was refused, by reason. */
    refused: () => Object.entries(broker.stats().refused).filter(([, count]) => count > 0),
  };
}

const badTexts: Readonly<Record<string, Buffer>> = {
  NUL: Buffer.from("loa/v1\0"),
  "a lone surrogate": Buffer.from([0x6c, 0xed, 0xa0, 0x80]),
  "two surrogates that are a pair in UTF-16": Buffer.from([0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]),
  "an overlong slash": Buffer.from([0x6c, 0xc0, 0xaf, 0x6c]),
  "UTF-8 that ends too soon": Buffer.from([0x6c, 0xe1, 0xba]),
  "a character beyond Unicode": Buffer.from([0xf4, 0x90, 0x80, 0x80]),
};

describe("what ends the connection of a box, by itself and with its reason", () => {
  const texts = Object.entries(badTexts).flatMap<[string, Buffer, Refusal]>(([name, text]) => [
    [`PUBLISH with ${name} in its topic`, publishFrame(text, "x"), "bad-topic"],
    [`SUBSCRIBE with ${name} in its filter`, subscribeFrame([ownCommand, text]), "bad-topic"],
    [`UNSUBSCRIBE with ${name} in its filter`, unsubscribeFrame([text]), "bad-topic"],
  ]);
  test.for<[string, Buffer, Refusal]>([
    ...texts,
    ["PUBLISH with a topic of 1,000 characters", publishFrame("x".repeat(1_000), "x"), "bad-topic"],
    ["PUBLISH with 10,000 levels", publishFrame("/".repeat(10_000), "x"), "bad-frame"],
    ["SUBSCRIBE with 10,000 levels", subscribeFrame(["/".repeat(10_000)]), "bad-frame"],
    ["UNSUBSCRIBE with 10,000 levels", unsubscribeFrame(["/".repeat(10_000)]), "bad-frame"],
    ["PUBLISH with an empty topic", publishFrame("", "x"), "bad-frame"],
    ["PUBLISH with a pattern for a topic", publishFrame("loa/+/x", "x"), "bad-frame"],
    ["SUBSCRIBE with an empty filter", subscribeFrame([""]), "bad-frame"],
    ["SUBSCRIBE with # in the middle", subscribeFrame(["loa/#/x"]), "bad-frame"],
    ["SUBSCRIBE with + beside a letter", subscribeFrame(["loa/v+/x"]), "bad-frame"],
    ["SUBSCRIBE with a letter beside +", subscribeFrame(["a+"]), "bad-topic"],
    ["SUBSCRIBE without a filter (3.8.3-3)", subscribeFrame([]), "bad-frame"],
    ["SUBSCRIBE for QoS 3 (3.8.3-4)", subscribeFrame([ownCommand], 1, 3), "bad-frame"],
    ["SUBSCRIBE with reserved bits (3.8.3-4)", subscribeFrame([ownCommand], 1, 0x81), "bad-frame"],
    ["SUBSCRIBE with packet id 0 (2.3.1-1)", subscribeFrame([ownCommand], 0), "bad-frame"],
    [
      "SUBSCRIBE with other flags (3.8.1-1)",
      frame(0x80, Buffer.from([0, 1]), field(ownCommand), Buffer.from([1])),
      "bad-frame",
    ],
    ["UNSUBSCRIBE without a filter (3.10.3-2)", unsubscribeFrame([]), "bad-frame"],
    ["UNSUBSCRIBE with packet id 0 (2.3.1-1)", unsubscribeFrame([ownCommand], 0), "bad-frame"],
    ["PUBLISH of QoS 3 (3.3.1-4)", frame(0x36, field(ownEvent), Buffer.from([0, 1])), "bad-frame"],
    ["PUBLISH of QoS 2, which no topic has", publishFrame(ownEvent, "x", 2), "bad-frame"],
    ["PUBLISH with packet id 0 (2.3.1-1)", publishFrame(ownEvent, "x", 1, 0), "bad-frame"],
    ["PUBLISH whose topic is longer than itself", frame(0x30, Buffer.from([0xff, 0xff, 0x6c])), "bad-frame"],
    ["PUBREL without a message", frame(0x62, Buffer.from([0, 1])), "bad-frame"],
    ["PINGREQ with flags (2.2.2-2)", frame(0xc1), "bad-frame"],
    ["a second CONNECT (3.1.0-2)", connectFrame(honest), "bad-frame"],
    ["CONNACK, which only servers send", frame(0x20, Buffer.alloc(2)), "bad-frame"],
    ["a packet of type 0", frame(0x00), "bad-frame"],
    ["a packet of type 15 (AUTH of MQTT 5)", frame(0xf0), "bad-frame"],
    ["a length of five bytes (2.2.3)", Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01]), "bad-frame"],
    ["256 MB announced and no more said", header(0x30, 256 * 1024 * 1024 - 1), "frame-too-big"],
  ])("%s", async ([, bytes, reason]) => {
    const { broker, box, canarySings, refused, heard } = await world();
    const an = await box();
    an.send(bytes);
    await an.closed();
    await canarySings();
    expect(refused()).toEqual([[reason, 1]]);
    expect(heard.items).toHaveLength(1);
    expect(broker.stats().connections).toBe(1);
  });
});

describe("what a CONNECT is refused for, counted, and others go on", () => {
  const willOn = (topic: string | Buffer): ConnectFields => ({ ...honest, will: { topic, payload: "gone" } });
  const version = (level: number) =>
    frame(
      0x10,
      field("MQTT"),
      Buffer.from([level, 0xc2, 0, 60]),
      level === 5 ? Buffer.from([0]) : Buffer.alloc(0),
      field(anBox),
      field(anBox),
      field("x"),
    );
  test.for<[string, Buffer, Refusal, number | null]>([
    ...Object.entries(badTexts).flatMap<[string, Buffer, Refusal, number | null]>(([name, text]) => [
      [`${name} in the client id`, rawConnect(text, anBox), "bad-id", 2],
      [`${name} in the username`, rawConnect(anBox, text), "bad-id", 2],
      [`${name} in the topic of the will`, connectFrame(willOn(text)), "bad-will", 5],
    ]),
    ["a will with 3,000 levels", connectFrame(willOn("/".repeat(3_000))), "bad-will", 5],
    [
      "an empty id with a clean session",
      connectFrame({ ...honest, clientId: "", username: anBox }),
      "bad-id",
      2,
    ],
    [
      "an empty id with a kept session",
      connectFrame({ ...honest, clientId: "", username: anBox, clean: false }),
      "bad-id",
      2,
    ],
    [
      "the id __proto__",
      connectFrame({ clientId: "__proto__", password: passwordOf("__proto__") }),
      "bad-id",
      2,
    ],
    [
      "the id constructor without its password",
      connectFrame({ clientId: "constructor" }),
      "wrong-password",
      4,
    ],
    [
      "the id of a box, with the credentials of another",
      connectFrame({ ...honest, clientId: binhBox, username: anBox }),
      "bad-id",
      2,
    ],
    [
      "id and name of a box, with the password of another",
      connectFrame({ clientId: binhBox, password: passwordOf(anBox) }),
      "wrong-password",
      4,
    ],
    ["MQTT 5 (3.1.2-2)", version(5), "bad-frame", 1],
    ["MQTT 2 (3.1.2-2)", version(2), "bad-frame", null],
    [
      "another protocol (3.1.2-1)",
      frame(0x10, field("HTTP"), Buffer.from([4, 2, 0, 60]), field(anBox)),
      "bad-frame",
      null,
    ],
    [
      "a reserved flag (3.1.2-3)",
      frame(0x10, field("MQTT"), Buffer.from([4, 3, 0, 60]), field(anBox)),
      "bad-frame",
      null,
    ],
    [
      "a will of QoS 3 (3.1.2-14)",
      frame(0x10, field("MQTT"), Buffer.from([4, 0x1e, 0, 60]), field(anBox), field("a"), field("b")),
      "bad-frame",
      null,
    ],
    [
      "a password without a name (3.1.2-22)",
      frame(0x10, field("MQTT"), Buffer.from([4, 0x42, 0, 60]), field(anBox), field("x")),
      "bad-id",
      2,
    ],
    [
      "nothing behind its flags",
      frame(0x10, field("MQTT"), Buffer.from([4, 0xc2, 0, 60])),
      "bad-frame",
      null,
    ],
    ["another packet instead", publishFrame(ownEvent, "early"), "bad-frame", null],
    ["4 kB and more", connectFrame({ ...honest, password: "x".repeat(4_096) }), "connect-too-big", null],
    ["256 MB announced and no more said", header(0x10, 256 * 1024 * 1024 - 1), "connect-too-big", null],
    ["HTTP", Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "bad-frame", null],
    ["TLS on the plain port", Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), "bad-frame", null],
  ])("%s", async ([, bytes, reason, code]) => {
    const { stranger, canarySings, refused, broker } = await world();
    const client = await stranger();
    client.send(bytes);
    await client.closed();
    const [connack] = client.frames();
    expect(connack?.body[1] ?? null).toBe(code);
    await canarySings();
    expect(refused()).toEqual([[reason, 1]]);
    expect(broker.stats().connections).toBe(1);
  });

  function rawConnect(clientId: string | Buffer, username: string | Buffer): Buffer {
    const fixed = Buffer.from([4, 0xc2, 0, 60]);
    return frame(0x10, field("MQTT"), fixed, field(clientId), field(username), field(passwordOf(anBox)));
  }
});

describe("what is tried with patience or in great number", () => {
  test("a CONNECT of one byte after the other ends in time, however often a byte comes", async () => {
    const { stranger, canarySings, refused } = await world({ connectTimeoutMs: 200 });
    const slow = await stranger();
    for (const byte of connectFrame(honest).subarray(0, -1)) {
      slow.send(Buffer.from([byte]));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await slow.closed();
    await canarySings();
    expect(refused()).toEqual([["silent", 1]]);
  });

  test("thousands of half-open connections of one address: the first wait out their time, the others are closed", async () => {
    const limits = { maxPendingPerAddress: 500, connectTimeoutMs: 1_000 };
    const { broker, stranger, canarySings, box } = await world(limits);
    const many = 2_000;
    const all: RawClient[] = [];
    while (all.length < many) all.push(...(await Promise.all(Array.from({ length: 200 }, stranger))));
    await canarySings();
    await Promise.all(all.map((one) => one.closed()));
    const { refused, connections } = broker.stats();
    expect(refused["too-many-connections"] + refused.silent).toBe(many);
    expect(refused["too-many-connections"]).toBeGreaterThanOrEqual(many - 2 * limits.maxPendingPerAddress);
    expect(connections).toBe(1);
    await canarySings();
    // The places are free again.
    await box();
  });

  test("256 MB announced by fifty boxes, and then nothing, hold no memory", async () => {
    const { broker, canarySings } = await world();
    const before = process.memoryUsage().rss;
    for (let index = 0; index < 50; index += 1) {
      const clientId = `cum-${index}`;
      const one = await RawClient.accepted(broker.port, { clientId, password: passwordOf(clientId) });
      one.send(header(0x30, 256 * 1024 * 1024 - 1), Buffer.alloc(60_000));
      await one.closed();
    }
    await canarySings();
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    expect(broker.stats().refused["frame-too-big"]).toBe(50);
  });

  test("a frame of allowed size that never ends is over with the keepalive", async () => {
    const { broker, canarySings } = await world();
    const lazy = await RawClient.accepted(broker.port, { ...honest, keepaliveS: 1 });
    lazy.send(header(0x30, 60_000), Buffer.alloc(59_999));
    await lazy.closed();
    await canarySings();
    expect(broker.stats().connections).toBe(1);
  });

  test("thousands of filters in one SUBSCRIBE are each refused, and none is kept", async () => {
    const { box, canarySings, refused, broker } = await world();
    const an = await box();
    const filters = Array.from({ length: 2_000 }, (_, index) => `__proto__/${index}`);
    expect(await an.subscribe([...filters, "constructor", "hasOwnProperty", ownCommand])).toEqual([
      ...Array.from({ length: 2_002 }, () => 0x80),
      1,
    ]);
    await canarySings();
    expect(refused()).toEqual([["subscription-denied", 2_002]]);
    broker.publish(toBox(anBox, "command", "still here"));
    expect(await an.next(typeOf.publish)).not.toBeNull();
  });

  test("a name of every object is no topic that one may say or read", async () => {
    const { box, canarySings, refused, heard } = await world();
    const an = await box();
    const names = [
      "__proto__",
      "constructor",
      "toString",
      "loa/v1/box/__proto__/event",
      `loa/v1/box/${anBox}/__proto__`,
      `loa/v1/box/${anBox}/constructor`,
    ];
    expect(await an.subscribe(names)).toEqual(names.map(() => 0x80));
    an.send(...names.map((name, index) => publishFrame(name, "x", 1, index + 1)));
    await an.next(typeOf.puback, names.length);
    await canarySings();
    expect(heard.items).toHaveLength(1);
    expect(refused()).toEqual([
      ["topic-denied", names.length],
      ["subscription-denied", names.length],
    ]);
  });

  test("who has the credentials of one box cannot take the place of another, however fast", async () => {
    const { broker, stranger, canarySings } = await world();
    const thieves = await Promise.all(Array.from({ length: 100 }, stranger));
    const codes = await Promise.all(
      thieves.map((one) => one.connect({ clientId: binhBox, password: passwordOf(anBox) })),
    );
    expect(new Set(codes)).toEqual(new Set([4]));
    await canarySings();
    expect(broker.stats()).toMatchObject({ connections: 1, refused: { "wrong-password": 100 } });
  });

  test("a box that takes its own place a hundred times is there once, and hears each message once", async () => {
    const { broker, canarySings } = await world();
    for (let round = 0; round < 100; round += 1) {
      const one = await RawClient.accepted(broker.port, honest);
      await one.subscribe([ownCommand]);
    }
    const last = await RawClient.accepted(broker.port, honest);
    await last.subscribe([ownCommand]);
    const before = broker.stats().messagesOut;
    broker.publish(toBox(anBox, "command", "once"));
    await last.next(typeOf.publish);
    expect(broker.stats().messagesOut - before).toBe(1);
    await canarySings();
    expect(broker.stats().connections).toBe(2);
  });
});
