import { once } from "node:events";
import { connect } from "node:tls";
import { createMqttBus } from "@loa/edge-agent/adapters/mqtt-bus.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { boxTopic, toBox } from "@loa/shared/wire/topics.ts";
import { expect, onTestFinished, test } from "vitest";
import { keepaliveS, passwordOf, startTestBroker } from "../support/aedes-network.ts";
import { anBox, BoxEnd, binhBox } from "../support/box-end.ts";
import { frame, RawClient, typeOf } from "../support/raw-mqtt.ts";
import { describeWithPart } from "../support/system-part.ts";
import { createTestAuthority } from "../support/test-authority.ts";

describeWithPart("openssl", "TLS", ({ path }) => {
  async function world(kind: "server-only" | "mutual") {
    const authority = await createTestAuthority(path);
    const server = await authority.issue("broker");
    const tls = kind === "mutual" ? { ...server, ca: authority.ca } : server;
    const broker = await startTestBroker({ tls });
    onTestFinished(() => broker.close());
    return { authority, broker };
  }

  function secureBus(port: number, ca: string | undefined, host = "127.0.0.1"): BoxEnd {
    const doors = () => ({
      ca: ca === undefined ? undefined : [ca],
      own: null,
      time: { at: nodeClock.now(), isKnown: true },
    });
    const url = `mqtts://${host}:${port}`;
    const end = new BoxEnd(
      anBox,
      createMqttBus({ url, box: anBox, password: passwordOf(anBox), keepaliveS, doors }),
    );
    onTestFinished(() => end.bus.disconnect());
    return end;
  }

  test("a box that trusts the authority of its broker talks over TLS", async () => {
    const { authority, broker } = await world("server-only");
    const end = secureBus(broker.port, authority.ca);
    expect(await end.connect()).toBe("connected");
    broker.publish(toBox(anBox, "command", "in secret"));
    expect(await end.message(boxTopic(anBox, "command"))).toBe("in secret");
  });

  test("a broker of an unknown authority is not spoken to", async () => {
    const { broker } = await world("server-only");
    expect(await secureBus(broker.port, undefined).connect()).toBe("tls");
  });

  test("a certificate for another host is not spoken to", async () => {
    const { authority, broker } = await world("server-only");
    expect(await secureBus(broker.port, authority.ca, "localhost").connect()).toBe("tls");
  });

  test("a client without TLS gets nothing, and the broker goes on", async () => {
    const { authority, broker } = await world("server-only");
    const plain = await RawClient.open(broker.port);
    expect(await plain.connect({ clientId: anBox, password: passwordOf(anBox) })).toBeNull();
    expect(await secureBus(broker.port, authority.ca).connect()).toBe("connected");
  });

  test("with mutual TLS the name in the certificate is the only id a box may use", async () => {
    const { authority, broker } = await world("mutual");
    const mine = await authority.issue(anBox);
    const open = async () => {
      const socket = connect({ host: "127.0.0.1", port: broker.port, ca: authority.ca, ...mine });
      await once(socket, "secureConnect");
      return RawClient.over(socket);
    };
    expect(await (await open()).connect({ clientId: anBox, password: passwordOf(anBox) })).toBe(0);
    expect(await (await open()).connect({ clientId: binhBox, password: passwordOf(binhBox) })).toBe(5);
    expect(broker.stats()).toMatchObject({ connections: 1, refused: { "bad-certificate": 1 } });
  });

  test("with mutual TLS a box without a certificate stays outside", async () => {
    const { authority, broker } = await world("mutual");
    expect(["tls", "closed"]).toContain(await secureBus(broker.port, authority.ca).connect());
    expect(broker.stats().connections).toBe(0);
  });

  test("handshakes that go no further are over in time, counted, and in nobody's way", async () => {
    const authority = await createTestAuthority(path);
    const tls = { ...(await authority.issue("broker")), ca: authority.ca };
    const limits = { connectTimeoutMs: 500, maxPendingPerAddress: 100 };
    const broker = await startTestBroker({ tls, limits });
    onTestFinished(() => broker.close());
    const mine = await authority.issue(anBox);
    const socket = connect({ host: "127.0.0.1", port: broker.port, ca: authority.ca, ...mine });
    await once(socket, "secureConnect");
    const an = RawClient.over(socket);
    expect(await an.connect({ clientId: anBox, password: passwordOf(anBox) })).toBe(0);
    // The first bytes of a ClientHello of 508 bytes, nothing at all, and what is no TLS.
    const beginnings = [
      Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]),
      Buffer.alloc(0),
      Buffer.from("GET /"),
    ];
    const many = 300;
    const strangers = await Promise.all(Array.from({ length: many }, () => RawClient.open(broker.port)));
    for (const [index, one] of strangers.entries()) one.send(beginnings[index % 3] ?? Buffer.alloc(0));
    for (const one of strangers) await one.closed();
    const { refused, connections } = broker.stats();
    expect(refused["too-many-connections"]).toBeGreaterThanOrEqual(many / 2);
    expect(refused["bad-handshake"] + refused["too-many-connections"]).toBe(many);
    expect(connections).toBe(1);
    an.send(frame(0xc0));
    expect(await an.next(typeOf.pingresp)).not.toBeNull();
  });
});
