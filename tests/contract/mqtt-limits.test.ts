import type { BrokerLimits } from "@loa/controller/bus/broker-limits.ts";
import { HOUR_MS } from "@loa/shared/kernel/time.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { startOpenBroker } from "../support/open-rights.ts";
import { PlainClient } from "../support/plain-client.ts";
import { answerFrame, frame, publishFrame, RawClient, typeOf } from "../support/raw-mqtt.ts";
import { createTestClock } from "../support/test-clock.ts";

describe("a session that is kept has its limits", () => {
  async function world(limits: Partial<BrokerLimits> = {}) {
    const clock = createTestClock();
    const broker = await startOpenBroker({ limits, clock });
    onTestFinished(broker.close);
    const plain = (clientId: string, clean = true) => PlainClient.connected(broker.port, { clientId, clean });
    const leaves = async (clientId: string, topic: string) => {
      const away = await plain(clientId, false);
      await away.subscribe({ [topic]: 1 });
      await away.leave();
    };
    return { broker, clock, plain, leaves };
  }

  test("it is forgotten after its hour, with all that waits in it", async () => {
    const { clock, plain, leaves } = await world();
    await leaves("away", "xa/an");
    const writer = await plain("writer");
    await writer.publish("xa/an", "waits", 1);
    clock.pass(HOUR_MS);
    const back = await plain("away", false);
    expect(back.isSessionThere).toBe(false);
    await back.subscribe({ end: 1 });
    await writer.publish("xa/an", "nobody reads it", 1);
    await writer.publish("end", "end", 1);
    expect(await back.until("end")).toEqual([]);
  });

  test.for<[why: string, limits: Partial<BrokerLimits>]>([
    ["messages", { maxWaiting: 3 }],
    ["bytes", { maxWaitingBytes: 3 * 10 }],
  ])("of too many %s that wait the oldest go, and it is counted", async ([, limits]) => {
    const { broker, plain, leaves } = await world(limits);
    await leaves("away", "xa/an");
    const writer = await plain("writer");
    for (let index = 0; index < 8; index += 1) await writer.publish("xa/an", `${index}`.repeat(10), 1);
    const back = await plain("away", false);
    await back.heard.atLeast(3);
    expect(back.payloads().map((payload) => payload[0])).toEqual(["5", "6", "7"]);
    expect(broker.stats().refused["queue-full"]).toBe(5);
  });

  test("no more are in flight than it may have, and each acknowledgement lets the next one go", async () => {
    const { broker, plain } = await world({ maxInFlight: 2 });
    const reader = await RawClient.accepted(broker.port, { clientId: "reader", clean: false });
    await reader.subscribe(["xa/an"]);
    const writer = await plain("writer");
    for (let index = 0; index < 4; index += 1) await writer.publish("xa/an", `${index}`, 1);
    reader.send(frame(0xc0));
    await reader.next(typeOf.pingresp);
    const published = () => reader.frames().filter(({ type }) => type === typeOf.publish);
    expect(published()).toHaveLength(2);
    const [first] = published();
    reader.send(answerFrame(0x40, first?.body.readUInt16BE(2 + "xa/an".length) ?? 0));
    await reader.next(typeOf.publish, 3);
    expect(published()).toHaveLength(3);
  });

  test("one more session than there may be is refused for the moment; an old one makes room", async () => {
    const { broker, clock, leaves } = await world({ maxSessions: 2 });
    await leaves("first", "xa/an");
    await leaves("second", "xa/an");
    const third = await RawClient.open(broker.port);
    expect(await third.connect({ clientId: "third", clean: false })).toBe(3);
    expect(broker.stats().refused["sessions-full"]).toBe(1);
    const known = await RawClient.open(broker.port);
    expect(await known.connect({ clientId: "second", clean: false })).toBe(0);
    const clean = await RawClient.open(broker.port);
    expect(await clean.connect({ clientId: "third" })).toBe(0);
    clock.pass(HOUR_MS);
    const later = await RawClient.open(broker.port);
    expect(await later.connect({ clientId: "fourth", clean: false })).toBe(0);
  });

  test("QoS 2 messages left half-open end the connection at their limit, and cost nobody anything", async () => {
    const { broker, plain } = await world({ maxHalfOpen: 16 });
    const [reader, honest] = [await plain("reader"), await plain("honest")];
    await reader.subscribe({ "xa/an": 1 });
    const lazy = await RawClient.accepted(broker.port, { clientId: "lazy" });
    for (let id = 1; id <= 17; id += 1) lazy.send(publishFrame("other", "half", 2, id));
    await lazy.closed();
    expect(broker.stats().refused["bad-frame"]).toBe(1);
    // One that releases them may send any number.
    for (let index = 0; index < 40; index += 1) await honest.publish("xa/an", `${index}`, 2);
    await reader.heard.atLeast(40);
  });
});
