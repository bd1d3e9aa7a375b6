import type { BrokerLimits } from "@loa/controller/bus/broker-limits.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { passwordOf, startTestBroker } from "../support/aedes-network.ts";
import { anBox, binhBox } from "../support/box-end.ts";
import { frame, header, RawClient, typeOf } from "../support/raw-mqtt.ts";

const megabyte = 1024 * 1024;

describe("a stranger cannot fill the memory of the broker", () => {
  async function world(limits: Partial<BrokerLimits> = {}) {
    const broker = await startTestBroker({ limits });
    onTestFinished(() => broker.close());
    const stranger = () => RawClient.open(broker.port);
    const box = (id: string) => RawClient.accepted(broker.port, { clientId: id, password: passwordOf(id) });
    return { broker, stranger, box };
  }

  test("a CONNECT of 190 MB is cut off at its announcement", async () => {
    const { broker, stranger } = await world();
    const client = await stranger();
    client.send(header(0x10, 190 * megabyte));
    await client.closed();
    expect(broker.stats().refused["connect-too-big"]).toBe(1);
  });

  test("4 kB before the first acceptance are all there is, in however many packets", async () => {
    const { broker, stranger } = await world();
    const client = await stranger();
    const almost = 3 * 1024;
    client.send(header(0x10, almost), Buffer.alloc(almost - 1), Buffer.alloc(2 * 1024));
    await client.closed();
    expect(broker.stats().refused["connect-too-big"]).toBe(1);
  });

  test("256 MB announced by a box end its connection, not that of the others", async () => {
    const { broker, box } = await world();
    const [an, binh] = [await box(anBox), await box(binhBox)];
    an.send(header(0x30, 256 * megabyte - 1));
    await an.closed();
    expect(broker.stats().refused["frame-too-big"]).toBe(1);
    binh.send(frame(0xc0));
    expect(await binh.next(typeOf.pingresp)).not.toBeNull();
  });

  test("a length of five bytes, and a packet that only servers send, end the connection", async () => {
    const { broker, box } = await world({ frameBytes: 512 * megabyte });
    const faults = [Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01]), frame(0x20, Buffer.alloc(2))];
    for (const fault of faults) {
      const an = await box(anBox);
      an.send(fault);
      await an.closed();
    }
    expect(broker.stats().refused["bad-frame"]).toBe(faults.length);
  });

  test("a QoS 2 message, which the broker would have to keep, ends the connection", async () => {
    const { broker, box } = await world();
    const an = await box(anBox);
    an.send(frame(0x34, Buffer.from([0, 1, 0x61, 0, 1])));
    await an.closed();
    expect(broker.stats().refused["bad-frame"]).toBe(1);
  });

  test("a connection that stays silent is closed", async () => {
    const { stranger } = await world({ connectTimeoutMs: 50 });
    const client = await stranger();
    await client.closed();
    expect(client.frames()).toEqual([]);
  });

  test("connections beyond the limit are closed, and places come back", async () => {
    const { broker, stranger, box } = await world({ maxConnections: 2 });
    const [an] = [await box(anBox), await box(binhBox)];
    const third = await stranger();
    await third.closed();
    expect(broker.stats().refused["too-many-connections"]).toBe(1);
    const gone = new Promise((resolve) => broker.onClient(resolve));
    an.cut();
    await gone;
    expect(await (await stranger()).connect({ clientId: anBox, password: passwordOf(anBox) })).toBe(0);
  });

  test("strangers of one address are limited, boxes that proved who they are do not count", async () => {
    const { broker, stranger, box } = await world({ maxPendingPerAddress: 2 });
    await box(anBox);
    await box(binhBox);
    await stranger();
    await stranger();
    const third = await stranger();
    await third.closed();
    expect(broker.stats().refused["too-many-connections"]).toBe(1);
    expect(broker.stats().connections).toBe(2);
  });
});
