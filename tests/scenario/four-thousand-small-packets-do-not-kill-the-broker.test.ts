import type { FromBox } from "@loa/controller/bus/broker-port.ts";
import { type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import { areaTopic, boxTopic } from "@loa/shared/wire/topics.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { province } from "../contract/broker.contract.ts";
import { passwordOf, startTestBroker } from "../support/aedes-network.ts";
import { anBox, binhBox } from "../support/box-end.ts";
import { Heard } from "../support/heard.ts";
import { publishFrame, RawClient, typeOf } from "../support/raw-mqtt.ts";

/**
 * With Aedes as it comes, 21 kB of such packets end the process in a RangeError, and so does a broadcast whose
 * acknowledgements nobody has subscribed to.
 */
describe("a flood of small messages", () => {
  async function world() {
    const broker = await startTestBroker();
    onTestFinished(() => broker.close());
    const heard = new Heard<FromBox>();
    broker.onMessage(heard.add);
    const box = (id: BoxId) => RawClient.accepted(broker.port, { clientId: id, password: passwordOf(id) });
    return { broker, heard, box };
  }
  const packets = 4_000;

  test("four thousand small packets do not kill the broker", async () => {
    const { broker, heard, box } = await world();
    const [flooder, other] = [await box(anBox), await box(binhBox)];
    // The first hundred have a reader and fill Aedes's queue; the rest have none and run through it in one recursion.
    const own = boxTopic(anBox, "command");
    await flooder.subscribe([own]);
    flooder.send(...Array.from({ length: packets }, (_, index) => publishFrame(index < 200 ? own : "a", "")));
    flooder.send(publishFrame(boxTopic(anBox, "event"), "after the flood"));
    other.send(publishFrame(boxTopic(binhBox, "event"), "still served"));
    await heard.atLeast(2);
    expect(broker.stats().refused["topic-denied"]).toBe(packets);
  });

  test("four thousand events of one box all arrive", async () => {
    const { heard, box } = await world();
    const an = await box(anBox);
    const topic = boxTopic(anBox, "event");
    an.send(...Array.from({ length: packets }, (_, index) => publishFrame(topic, `${index}`, 1, index + 1)));
    await heard.atLeast(packets);
    await an.next(typeOf.puback, packets);
    expect(heard.items.map(({ payload }) => Number(payload))).toEqual(
      Array.from({ length: packets }, (_, index) => index),
    );
  });

  test("the acknowledgements of a broadcast are all heard by the control room alone", async () => {
    const { broker, heard, box } = await world();
    const ids = Array.from({ length: 200 }, (_, index) => boxId.parse(`cum-${index}`));
    const boxes = await Promise.all(ids.map(box));
    await Promise.all(boxes.map((one) => one.subscribe([areaTopic(province)])));
    broker.publish({ topic: areaTopic(province), payload: "STOP", qos: 1, retain: false });
    const answersEach = 20;
    for (const [index, one] of boxes.entries()) {
      await one.next(typeOf.publish);
      const topic = boxTopic(ids[index] ?? anBox, "ack");
      one.send(
        ...Array.from({ length: answersEach }, (_, answer) => publishFrame(topic, "{}", 1, answer + 1)),
      );
    }
    await heard.atLeast(ids.length * answersEach);
    expect(broker.stats().messagesIn).toBe(ids.length * answersEach);
    for (const one of boxes) one.cut();
  });
});
