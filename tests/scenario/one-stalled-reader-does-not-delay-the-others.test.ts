import { areaTopic } from "@loa/shared/wire/topics.ts";
import { expect, onTestFinished, test } from "vitest";
import { province } from "../contract/broker.contract.ts";
import { passwordOf, startTestBroker } from "../support/aedes-network.ts";
import { anBox, binhBox } from "../support/box-end.ts";
import { RawClient, typeOf } from "../support/raw-mqtt.ts";

/** More than the kernel holds for a connection on the loopback (some MB), so that the broker's own buffer fills. */
const mostRounds = 2_000;
const payload = "x".repeat(30 * 1024);

test("one stalled reader does not delay the others, and is cut off", async () => {
  const broker = await startTestBroker();
  onTestFinished(() => broker.close());
  const join = async (clientId: string) => {
    const client = await RawClient.accepted(broker.port, { clientId, password: passwordOf(clientId) });
    await client.subscribe([areaTopic(province)]);
    return client;
  };
  const [healthy, stalled] = [await join(anBox), await join(binhBox)];
  stalled.socket.pause();
  let rounds = 0;
  while (broker.stats().slowReadersKicked === 0 && rounds < mostRounds) {
    rounds += 1;
    broker.publish({ topic: areaTopic(province), payload, qos: 1, retain: false });
    // The next is published only when this one has arrived: a broker that waits for the stalled one never gets on.
    await healthy.forget(typeOf.publish);
  }
  expect(broker.stats()).toMatchObject({ slowReadersKicked: 1 });
  broker.publish({ topic: areaTopic(province), payload: "after", qos: 1, retain: false });
  await healthy.forget(typeOf.publish);
  expect(broker.stats().connections).toBe(1);
});

test("a box that does not take the broker's own answers is cut off too", async () => {
  const broker = await startTestBroker({ limits: { drainTimeoutMs: 200 } });
  onTestFinished(() => broker.close());
  const box = await RawClient.accepted(broker.port, { clientId: anBox, password: passwordOf(anBox) });
  box.socket.pause();
  // Each PINGREQ of two bytes asks for a PINGRESP of two bytes, until no buffer on the way takes more.
  const pings = Buffer.alloc(256 * 1024, Buffer.from([0xc0, 0x00]));
  while (broker.stats().connections !== 0) {
    if (box.socket.write(pings)) continue;
    await new Promise<void>((resolve) => {
      box.socket.once("drain", resolve);
      box.socket.once("close", () => resolve());
    });
  }
  await box.closed();
  expect(broker.stats()).toMatchObject({ slowReadersKicked: 1, refused: { "bad-frame": 0 } });
});
