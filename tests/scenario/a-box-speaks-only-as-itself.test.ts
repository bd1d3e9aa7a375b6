import type { FromBox } from "@loa/controller/bus/broker-port.ts";
import { areaTopic, boxTopic } from "@loa/shared/wire/topics.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { province } from "../contract/broker.contract.ts";
import { passwordOf, startTestBroker } from "../support/aedes-network.ts";
import { anBox, binhBox } from "../support/box-end.ts";
import { Heard } from "../support/heard.ts";
import { type ConnectFields, disconnectFrame, publishFrame, RawClient, typeOf } from "../support/raw-mqtt.ts";

async function world() {
  const broker = await startTestBroker();
  onTestFinished(() => broker.close());
  const heard = new Heard<FromBox>();
  broker.onMessage(heard.add);
  const an = () => RawClient.accepted(broker.port, honest);
  return { broker, heard, an };
}

const honest: ConnectFields = { clientId: anBox, password: passwordOf(anBox) };
const longId = "a".repeat(65);

describe("a CONNECT is refused", () => {
  test.for<[why: string, fields: ConnectFields, code: number]>([
    ["without a client id", { clientId: "", username: anBox }, 2],
    ["with a client id of 65 characters", { clientId: longId, password: passwordOf(longId) }, 2],
    ["with capitals and spaces in it", { clientId: "Xa An", password: passwordOf("Xa An") }, 2],
    ["with a path in it", { clientId: "../an", password: passwordOf("../an") }, 2],
    ["with a prototype's name", { clientId: "__proto__", password: passwordOf("__proto__") }, 2],
    ["with another box's username", { ...honest, username: binhBox }, 2],
    ["with a wrong password", { ...honest, password: "guessed" }, 4],
    ["for a session that is kept", { ...honest, clean: false }, 5],
    ["without a keepalive", { ...honest, keepaliveS: 0 }, 5],
    ["with a keepalive of an hour", { ...honest, keepaliveS: 3_600 }, 5],
    ["with a will for another box", willOn(boxTopic(binhBox, "presence")), 5],
    ["with a will on a topic of the control room", willOn(areaTopic(province)), 5],
    ["with a will on $SYS", willOn("$SYS/broker/uptime"), 5],
    ["with a will on a topic that is not UTF-8", willOn(Buffer.from([0x6c, 0xff])), 5],
    [
      "with a will above its size",
      { ...honest, will: { topic: boxTopic(anBox, "presence"), payload: "x".repeat(513) } },
      5,
    ],
  ])("%s", async ([, fields, code]) => {
    const { broker } = await world();
    const client = await RawClient.open(broker.port);
    expect(await client.connect(fields)).toBe(code);
    await client.closed();
    expect(broker.stats().connections).toBe(0);
  });

  function willOn(topic: string | Buffer): ConnectFields {
    return { ...honest, will: { topic, payload: "gone" } };
  }
});

test("what is denied is acknowledged, so that nobody sends it for ever, and reaches nobody", async () => {
  const { broker, heard, an } = await world();
  const client = await an();
  const denied = [
    boxTopic(binhBox, "event"),
    boxTopic(anBox, "command"),
    `${boxTopic(anBox, "event")}/deeper`,
    areaTopic(province),
    "$SYS/broker/uptime",
    "loa/v1/box/xa-an-cum-1/unknown",
  ];
  client.send(...denied.map((topic, index) => publishFrame(topic, "forged", 1, index + 1)));
  client.send(publishFrame(boxTopic(anBox, "event"), "honest", 1, 100));
  await client.next(typeOf.puback, denied.length + 1);
  expect(heard.items.map(({ payload }) => payload)).toEqual(["honest"]);
  expect(broker.stats().refused["topic-denied"]).toBe(denied.length);
});

test("a payload that is not text is not heard", async () => {
  const { broker, heard, an } = await world();
  const client = await an();
  client.send(publishFrame(boxTopic(anBox, "event"), Buffer.from([0xc3, 0x28])));
  client.send(publishFrame(boxTopic(anBox, "event"), "Xã An"));
  await heard.atLeast(1);
  expect(heard.items.map(({ payload }) => payload)).toEqual(["Xã An"]);
  expect(broker.stats().refused["payload-not-text"]).toBe(1);
});

describe("a publish ends the connection", () => {
  test.for<[why: string, topic: string | Buffer]>([
    ["with broken UTF-8 in its topic", Buffer.from([0x6c, 0x6f, 0xff])],
    ["with NUL in its topic", "loa/v1\u0000"],
    ["with an empty topic", ""],
    ["with a pattern as its topic", "loa/#"],
    ["with 10,000 levels", "/".repeat(10_000)],
    ["with a topic of a thousand characters", "a".repeat(1_000)],
  ])("%s", async ([, topic]) => {
    const { heard, an } = await world();
    const client = await an();
    client.send(publishFrame(topic, "x"));
    await client.closed();
    expect(heard.items).toEqual([]);
  });
});

describe("a subscription is refused with 0x80", () => {
  test.for<[why: string, filter: string]>([
    ["for everything", "#"],
    ["for $SYS", "$SYS/#"],
    ["for another box", boxTopic(binhBox, "command")],
    ["for a pattern over the own subtree", `loa/v1/box/${anBox}/+`],
    ["for an area that is not above the box", "loa/v1/area/elsewhere/command"],
    ["for a topic of the own that goes up", boxTopic(anBox, "event")],
  ])("%s", async ([, filter]) => {
    const { broker, an } = await world();
    const client = await an();
    expect(await client.subscribe([boxTopic(anBox, "command"), filter])).toEqual([1, 0x80]);
    expect(broker.stats().refused["subscription-denied"]).toBe(1);
  });

  test("broken UTF-8 ends the connection", async () => {
    const { an } = await world();
    const client = await an();
    expect(await client.subscribe([Buffer.from([0xff, 0xfe])])).toBeNull();
  });
});

test("a hundred wrong passwords for a box leave its connection alone", async () => {
  const { broker, heard, an } = await world();
  const real = await an();
  for (let round = 0; round < 100; round += 1) {
    const thief = await RawClient.open(broker.port);
    expect(await thief.connect({ ...honest, password: `guess ${round}` })).toBe(4);
  }
  real.send(publishFrame(boxTopic(anBox, "event"), "still here"));
  await heard.atLeast(1);
  expect(broker.stats()).toMatchObject({ connections: 1, refused: { "wrong-password": 100 } });
});

test("a will is heard once, and not after a goodbye", async () => {
  const { heard, broker } = await world();
  const topic = boxTopic(anBox, "presence");
  const fields = { ...honest, will: { topic, payload: "gone" } };
  const polite = await RawClient.accepted(broker.port, fields);
  polite.send(disconnectFrame);
  await polite.closed();
  const cut = await RawClient.accepted(broker.port, fields);
  cut.cut();
  await heard.atLeast(1);
  const back = await RawClient.accepted(broker.port, honest);
  back.send(publishFrame(boxTopic(anBox, "event"), "back"));
  await heard.atLeast(2);
  expect(heard.items.map(({ payload }) => payload)).toEqual(["gone", "back"]);
});
