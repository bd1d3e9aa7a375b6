import { describe, expect, onTestFinished, test } from "vitest";
import { closedTopic } from "../support/open-rights.ts";
import { PlainClient } from "../support/plain-client.ts";
import {
  answerFrame,
  connectFrame,
  disconnectFrame,
  frame,
  publishFrame,
  RawClient,
  readPublish,
  typeOf,
} from "../support/raw-mqtt.ts";

export interface MqttServer {
  readonly port: number;
  stop(): Promise<void>;
}

export interface MqttServerKind {
  readonly name: string;
  start(): Promise<MqttServer>;
  /**
   * `closedTopic` may not be subscribed to, overlapping subscriptions get the highest QoS, and a repeated QoS 2 message
   * its PUBREC again: mosquitto 2.0 does none of these.
   */
  readonly isStrict: boolean;
}

const qosLevels = [0, 1, 2] as const;

/**
 * What MQTT 3.1.1 (OASIS, 29 October 2014) asks of a server, in the order of Eclipse Paho's interoperability tests; the
 * cases are our own. mosquitto passes nearly all of them too, which says that they are right.
 */
export function mqttContract(kind: MqttServerKind): void {
  async function world() {
    const server = await kind.start();
    onTestFinished(server.stop);
    const { port } = server;
    const raw = (clientId: string, clean = true) => RawClient.accepted(port, { clientId, clean });
    return {
      port,
      raw,
      plain: (clientId: string, clean = true) => PlainClient.connected(port, { clientId, clean }),
    };
  }

  describe(`MQTT 3.1.1: ${kind.name}`, () => {
    test("basic exchange: each message comes once, with its QoS and all of its bytes", async () => {
      const { plain } = await world();
      const [reader, writer] = [await plain("reader"), await plain("writer")];
      expect(await reader.subscribe({ "xa/an": 2 })).toEqual([2]);
      for (const qos of qosLevels) {
        await writer.publish("xa/an", `Bản tin ${qos}`, qos);
        await writer.publish("xa/an", "", qos);
        await writer.publish("xa/an", `${qos}`.repeat(60_000), qos);
      }
      await writer.publish("xa/an", "end", 2);
      const heard = await reader.until("end");
      // Within a QoS they come in order (4.6.0-6).
      for (const level of qosLevels)
        expect(heard.filter(({ qos }) => qos === level).map(({ payload }) => payload.slice(0, 10))).toEqual([
          `Bản tin ${level}`,
          "",
          `${level}`.repeat(10),
        ]);
      expect(heard).toHaveLength(9);
    });

    test("basic exchange: nobody gets more than the QoS it asked for", async () => {
      const { plain } = await world();
      const writer = await plain("writer");
      const readers = await Promise.all(qosLevels.map((qos) => plain(`reader-${qos}`)));
      for (const qos of qosLevels) await readers[qos]?.subscribe({ "xa/an": qos });
      for (const qos of qosLevels) await writer.publish("xa/an", `${qos}`, qos);
      await writer.publish("xa/an", "end", 2);
      for (const most of qosLevels) {
        const heard = (await readers[most]?.until("end")) ?? [];
        expect(heard.map(({ payload, qos }) => [payload, qos]).sort()).toEqual(
          qosLevels.map((qos) => [`${qos}`, Math.min(qos, most)]),
        );
      }
    });

    test("a second CONNECT on one connection ends it (3.1.0-2)", async () => {
      const { raw } = await world();
      const client = await raw("one");
      client.send(connectFrame({ clientId: "one" }));
      await client.closed();
    });

    test("what does not begin with CONNECT is not answered (3.1.0-1)", async () => {
      const { port } = await world();
      const client = await RawClient.open(port);
      client.send(publishFrame("xa/an", "early"));
      await client.closed();
      expect(client.frames()).toEqual([]);
    });

    test("a second connection with the same id takes over from the first (3.1.4-2)", async () => {
      const { raw, plain } = await world();
      const first = await raw("one");
      const second = await plain("one");
      await first.closed();
      await second.subscribe({ "xa/an": 1 });
      await second.publish("xa/an", "mine", 1);
      expect((await second.heard.atLeast(1)).map(({ payload }) => payload)).toEqual(["mine"]);
    });

    test("retained: a pattern finds all, with their flag; live copies carry none", async () => {
      const { plain } = await world();
      const writer = await plain("writer");
      const early = await plain("early");
      await early.subscribe({ "+/+": 2 });
      for (const qos of qosLevels) await writer.publish(`xa/an-${qos}`, `kept ${qos}`, qos, true);
      await writer.publish("xa/an-0/deeper", "another level", 1, true);
      await early.heard.atLeast(3);
      expect(early.heard.items.map(({ isRetained }) => isRetained)).toEqual([false, false, false]);
      const late = await plain("late");
      await late.subscribe({ "+/+": 2 });
      await late.heard.atLeast(3);
      const heard = late.heard.items.map(({ topic, payload, qos, isRetained }) => [
        topic,
        payload,
        qos,
        isRetained,
      ]);
      expect(heard.sort()).toEqual(qosLevels.map((qos) => [`xa/an-${qos}`, `kept ${qos}`, qos, true]));
    });

    test("retained: the newest replaces the older one, and an empty one forgets it (3.3.1-5, 3.3.1-10)", async () => {
      const { plain } = await world();
      const writer = await plain("writer");
      await writer.publish("xa/an", "old", 1, true);
      await writer.publish("xa/an", "new", 1, true);
      await writer.publish("xa/binh", "gone", 1, true);
      await writer.publish("xa/binh", "", 1, true);
      await writer.publish("xa/an", "not kept", 1, false);
      const late = await plain("late");
      await late.subscribe({ "xa/#": 1 });
      await writer.publish("xa/an", "end", 1);
      expect((await late.until("end")).map(({ payload }) => payload)).toEqual(["new"]);
    });

    test("will: is said for who is cut off and not for who says goodbye (3.1.2-8, 3.14.4-3)", async () => {
      const { port, plain } = await world();
      const reader = await plain("reader");
      await reader.subscribe({ "will/+": 2 });
      const will = (clientId: string) => ({
        topic: `will/${clientId}`,
        payload: Buffer.from(clientId),
        qos: 2 as const,
        retain: true,
      });
      const polite = await PlainClient.connected(port, { clientId: "polite", will: will("polite") });
      await polite.leave();
      const lost = await PlainClient.connected(port, { clientId: "lost", will: will("lost") });
      lost.cut();
      await reader.heard.atLeast(1);
      expect(reader.heard.items.map(({ payload, qos }) => [payload, qos])).toEqual([["lost", 2]]);
      const late = await plain("late");
      await late.subscribe({ "will/#": 1 });
      expect((await late.heard.atLeast(1)).map(({ payload, isRetained }) => [payload, isRetained])).toEqual([
        ["lost", true],
      ]);
    });

    test("zero-length client id: goes with a clean session, and is refused without one (3.1.3-8)", async () => {
      const { port } = await world();
      const [one, other, bad] = await Promise.all([1, 2, 3].map(() => RawClient.open(port)));
      if (one === undefined || other === undefined || bad === undefined) throw new Error("no client");
      expect(await one.connect({ clientId: "" })).toBe(0);
      expect(await other.connect({ clientId: "" })).toBe(0);
      expect(await bad.connect({ clientId: "", clean: false })).toBe(2);
      await bad.closed();
      // The two are not taken for one.
      one.send(frame(0xc0));
      expect(await one.next(typeOf.pingresp)).not.toBeNull();
    });

    test("offline queueing: QoS 1 and 2 wait for a session that is kept, in order and once", async () => {
      const { plain } = await world();
      const away = await plain("away", false);
      expect(away.isSessionThere).toBe(false);
      await away.subscribe({ "xa/+": 2, "own/exact": 1 });
      await away.leave();
      const writer = await plain("writer");
      for (const qos of qosLevels) await writer.publish("xa/an", `while away ${qos}`, qos);
      await writer.publish("own/exact", "too", 2);
      const back = await plain("away", false);
      expect(back.isSessionThere).toBe(true);
      await writer.publish("xa/an", "end", 2);
      const heard = await back.until("end");
      const ofQos = (level: number) => heard.filter(({ qos }) => qos === level).map(({ payload }) => payload);
      // QoS 0 may wait too (3.1.2.4).
      expect(ofQos(1)).toEqual(["while away 1", "too"]);
      expect(ofQos(2)).toEqual(["while away 2"]);
      await back.leave();
      const again = await plain("away", false);
      await writer.publish("xa/an", "end", 2);
      expect(await again.until("end")).toEqual([]);
    });

    test("offline queueing: a clean session ends the one that was kept (3.1.2-6)", async () => {
      const { plain } = await world();
      const away = await plain("away", false);
      await away.subscribe({ "xa/an": 1 });
      await away.leave();
      const writer = await plain("writer");
      await writer.publish("xa/an", "waits", 1);
      const clean = await plain("away");
      expect(clean.isSessionThere).toBe(false);
      await clean.leave();
      const back = await plain("away", false);
      expect(back.isSessionThere).toBe(false);
      await back.subscribe({ other: 1 });
      await writer.publish("xa/an", "nobody listens", 1);
      await writer.publish("other", "end", 1);
      expect(await back.until("end")).toEqual([]);
    });

    test.runIf(kind.isStrict)(
      "overlapping subscriptions: the first copy has the highest QoS of all that match (3.3.5-1)",
      async () => {
        const { plain } = await world();
        const [reader, writer] = [await plain("reader"), await plain("writer")];
        await reader.subscribe({ "xa/#": 2, "xa/+": 1 });
        await writer.publish("xa/an", "once or twice", 2);
        await writer.publish("xa/an", "end", 2);
        await reader.heard.first(({ payload }) => payload === "end");
        const copies = reader.heard.items.filter(({ payload }) => payload === "once or twice");
        expect([1, 2]).toContain(copies.length);
        expect(Math.max(...copies.map(({ qos }) => qos))).toBe(2);
      },
    );

    test("keepalive: who says nothing for one and a half of it is gone, and its will is said (3.1.2-24)", async () => {
      const { port, plain } = await world();
      const reader = await plain("reader");
      await reader.subscribe({ gone: 1 });
      const startedAt = performance.now();
      const silent = await RawClient.accepted(port, {
        clientId: "silent",
        keepaliveS: 1,
        will: { topic: "gone", payload: "silent" },
      });
      await silent.closed();
      await reader.heard.atLeast(1);
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_000);
      expect(reader.payloads()).toEqual(["silent"]);
    });

    test("keepalive: pings alone keep a connection", async () => {
      const { port } = await world();
      const client = await RawClient.accepted(port, { clientId: "pings", keepaliveS: 2 });
      const startedAt = performance.now();
      for (let count = 1; performance.now() - startedAt < 3_500; count += 1) {
        client.send(frame(0xc0));
        expect(await client.next(typeOf.pingresp, count)).not.toBeNull();
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
      expect(client.isClosed).toBe(false);
    });

    test("redelivery on reconnect: what was not acknowledged comes again, as the same, and marked (4.4.0-1)", async () => {
      const { plain, raw } = await world();
      const first = await raw("reader", false);
      await first.subscribe(["xa/+"], 2);
      const writer = await plain("writer");
      for (const qos of [1, 2] as const) await writer.publish("xa/an", `message ${qos}`, qos);
      await first.next(typeOf.publish, 2);
      first.cut();
      await first.closed();
      const second = await raw("reader", false);
      await second.next(typeOf.publish, 2);
      const sent = (client: RawClient) =>
        client
          .frames()
          .filter(({ type }) => type === typeOf.publish)
          .map(readPublish);
      expect(sent(second)).toEqual(sent(first).map((one) => ({ ...one, isAgain: true })));
      const [once, twice] = sent(second);
      second.send(answerFrame(0x40, once?.packetId ?? 0), answerFrame(0x50, twice?.packetId ?? 0));
      await second.next(typeOf.pubrel);
      second.cut();
      await second.closed();
      // Received, but not completed: only PUBREL comes again.
      const third = await raw("reader", false);
      const released = await third.next(typeOf.pubrel);
      expect(released?.body.readUInt16BE(0)).toBe(twice?.packetId);
      third.send(answerFrame(0x70, twice?.packetId ?? 0), frame(0xc0));
      await third.next(typeOf.pingresp);
      third.send(disconnectFrame);
      await third.closed();
      const fourth = await raw("reader", false);
      await writer.publish("xa/an", "new", 1);
      const next = await fourth.next(typeOf.publish);
      expect(sent(third)).toEqual([]);
      expect(next === null ? null : readPublish(next)).toMatchObject({ payload: "new", isAgain: false });
    });

    test.runIf(kind.isStrict)(
      "QoS 2: a message that is sent twice before it is released is delivered once (4.3.3-2)",
      async () => {
        const { plain, raw } = await world();
        const reader = await plain("reader");
        await reader.subscribe({ "xa/an": 2 });
        const writer = await raw("writer");
        writer.send(publishFrame("xa/an", "once", 2, 7));
        await writer.next(typeOf.pubrec);
        const again = publishFrame("xa/an", "once", 2, 7);
        again.writeUInt8(again.readUInt8(0) | 8, 0);
        writer.send(again);
        await writer.next(typeOf.pubrec, 2);
        writer.send(again);
        await writer.next(typeOf.pubrec, 3);
        writer.send(answerFrame(0x62, 7));
        await writer.next(typeOf.pubcomp);
        // Released: the number means another message now.
        writer.send(publishFrame("xa/an", "another", 2, 7));
        await writer.next(typeOf.pubrec, 4);
        writer.send(answerFrame(0x62, 7));
        await writer.next(typeOf.pubcomp, 2);
        writer.send(publishFrame("xa/an", "end", 2, 8));
        await writer.next(typeOf.pubrec, 5);
        writer.send(answerFrame(0x62, 8));
        expect((await reader.until("end")).map(({ payload }) => payload)).toEqual(["once", "another"]);
      },
    );

    test.runIf(kind.isStrict)(
      "denied subscription: 0x80 for it, and the others of the packet hold (3.9.3-2)",
      async () => {
        const { raw, plain } = await world();
        const client = await raw("reader");
        expect(await client.subscribe(["xa/an", closedTopic, "xa/binh"], 1)).toEqual([1, 0x80, 1]);
        const writer = await plain("writer");
        await writer.publish(closedTopic, "secret", 1);
        await writer.publish("xa/binh", "open", 1);
        const heard = await client.next(typeOf.publish);
        expect(heard === null ? null : readPublish(heard).payload).toBe("open");
      },
    );

    test("dollar topics: patterns that begin with a wildcard do not match them (4.7.2-1)", async () => {
      const { plain } = await world();
      const [reader, writer] = [await plain("reader"), await plain("writer")];
      await reader.subscribe({ "#": 1, "+/an": 1 });
      const exact = await plain("exact");
      await exact.subscribe({ "$xa/+": 1 });
      await writer.publish("$xa/an", "hidden", 1);
      await writer.publish("$xa/an", "hidden and kept", 1, true);
      await writer.publish("xa/an", "end", 1);
      expect(await reader.until("end")).toEqual([]);
      await exact.heard.atLeast(2);
      const late = await plain("late");
      await late.subscribe({ "+/+": 1 });
      await writer.publish("xa/an", "end", 1);
      expect(await late.until("end")).toEqual([]);
    });

    test("unsubscribe: it ends that one and no other, and is answered also when there was none", async () => {
      const { plain } = await world();
      const [reader, writer] = [await plain("reader"), await plain("writer")];
      await reader.subscribe({ "xa/an": 2, "xa/binh": 2, "xa/+/loa": 2 });
      await reader.client.unsubscribeAsync(["xa/an", "never/asked"]);
      for (const topic of ["xa/an", "xa/binh", "xa/an/loa"]) await writer.publish(topic, topic, 1);
      await reader.client.unsubscribeAsync("xa/+/loa");
      await writer.publish("xa/an/loa", "no more", 1);
      await writer.publish("xa/binh", "end", 1);
      expect((await reader.until("end")).map(({ payload }) => payload)).toEqual(["xa/binh", "xa/an/loa"]);
    });

    test("patterns: `+` is one level, also an empty one, and `#` its parent and all below (4.7.1)", async () => {
      const { plain } = await world();
      const writer = await plain("writer");
      const topics = ["xa", "xa/", "/xa", "xa/an", "xa/an/loa", "xa/an/loa/1", "xã/ấp", "a b/c", "XA/an"];
      const matching = {
        "xa/#": ["xa", "xa/", "xa/an", "xa/an/loa", "xa/an/loa/1"],
        "xa/+": ["xa/", "xa/an"],
        "+/xa": ["/xa"],
        "+/+": ["xa/", "/xa", "xa/an", "xã/ấp", "a b/c", "XA/an"],
        "xa/+/loa": ["xa/an/loa"],
        "xa/+/#": ["xa/", "xa/an", "xa/an/loa", "xa/an/loa/1"],
        "xã/+": ["xã/ấp"],
        "#": topics,
      };
      for (const [index, [filter, expected]] of Object.entries(matching).entries()) {
        const reader = await plain(`reader-${index}`);
        await reader.subscribe({ [filter]: 1, end: 1 });
        for (const topic of topics) await writer.publish(topic, topic, 1);
        await writer.publish("end", "end", 1);
        expect((await reader.until("end")).map(({ payload }) => payload)).toEqual(expected);
      }
    });
  });
}
