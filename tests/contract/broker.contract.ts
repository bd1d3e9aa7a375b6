import type { Broker, FromBox } from "@loa/controller/bus/broker-port.ts";
import type { Bus } from "@loa/edge-agent/ports.ts";
import type { AreaId, BoxId } from "@loa/shared/kernel/ids.ts";
import { areaTopic, boxTopic, boxTopics, toBox } from "@loa/shared/wire/topics.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { anBox, BoxEnd, binhBox } from "../support/box-end.ts";
import { Heard } from "../support/heard.ts";

/** A broker with two boxes that it knows, `anBox` and `binhBox`, both below `province`. */
export interface Network {
  readonly broker: Broker;
  /** The bus of a box; `password` other than the box's own to see it refused. */
  bus(box: BoxId, password?: string): Bus;
  /** The cable of a bus is cut: no goodbye, no more bytes. */
  cut(bus: Bus): void;
  /** From now on the credential of a box is bad. */
  revoke(box: BoxId): void;
  stop(): Promise<void>;
}

export interface NetworkKind {
  readonly name: string;
  start(): Promise<Network>;
  /** An external broker keeps it to itself who is connected. */
  readonly tellsWhoIsConnected: boolean;
}

export const province = "khanh-hoa" as AreaId;

/** What every pair of broker and bus must do: Aedes and mqtt.js, mosquitto and mqtt.js, the simulator's twins. */
export function brokerContract(kind: NetworkKind): void {
  describe(`broker: ${kind.name}`, () => {
    async function world() {
      const network = await kind.start();
      onTestFinished(() => network.stop());
      const fromBoxes = new Heard<FromBox>();
      network.broker.onMessage(fromBoxes.add);
      const end = (box: BoxId, password?: string) => new BoxEnd(box, network.bus(box, password));
      return { network, broker: network.broker, fromBoxes, end };
    }

    test("a command reaches its box and nobody else", async () => {
      const { broker, end } = await world();
      const [an, binh] = [end(anBox), end(binhBox)];
      expect(await an.connect()).toBe("connected");
      expect(await binh.connect()).toBe("connected");
      broker.publish(toBox(anBox, "command", "for an"));
      broker.publish(toBox(binhBox, "command", "for binh"));
      expect(await an.message(boxTopic(anBox, "command"))).toBe("for an");
      expect(await binh.message(boxTopic(binhBox, "command"))).toBe("for binh");
      expect(an.messages(boxTopic(binhBox, "command"))).toEqual([]);
      expect(binh.messages(boxTopic(anBox, "command"))).toEqual([]);
    });

    test("one publish reaches every box below an area", async () => {
      const { broker, end } = await world();
      const ends = [end(anBox), end(binhBox)];
      for (const one of ends) await one.connect(one.session([areaTopic(province)]));
      broker.publish({ topic: areaTopic(province), payload: "STOP", qos: 1, retain: false });
      for (const one of ends) expect(await one.message(areaTopic(province))).toBe("STOP");
    });

    test("what a box says arrives with its name, whole and in order", async () => {
      const { fromBoxes, end } = await world();
      const an = end(anBox);
      await an.connect();
      const payloads = Array.from({ length: 50 }, (_, index) => `event ${index}: Xã An, cụm 1`);
      for (const payload of payloads) an.bus.publish(an.says("event", payload));
      await fromBoxes.atLeast(payloads.length);
      expect(fromBoxes.items).toEqual(
        payloads.map((payload) => ({ box: anBox, topic: boxTopic(anBox, "event"), payload })),
      );
    });

    test("a retained plan waits for a box that connects later", async () => {
      const { broker, end } = await world();
      broker.publish(toBox(anBox, "plan", "revision 1"));
      broker.publish(toBox(anBox, "plan", "revision 2"));
      const an = end(anBox);
      await an.connect();
      expect(await an.message(boxTopic(anBox, "plan"))).toBe("revision 2");
      expect(broker.stats().retained).toBe(1);
    });

    test("a retained plan is forgotten when an empty one is published", async () => {
      const { broker, end } = await world();
      broker.publish(toBox(anBox, "plan", "revision 1"));
      broker.publish(toBox(anBox, "plan", ""));
      const an = end(anBox);
      await an.connect();
      broker.publish(toBox(anBox, "command", "after"));
      await an.message(boxTopic(anBox, "command"));
      expect(an.messages(boxTopic(anBox, "plan"))).toEqual([]);
      expect(broker.stats().retained).toBe(0);
    });

    test("a command for an absent box is not kept", async () => {
      const { broker, end } = await world();
      const an = end(anBox);
      await an.connect();
      an.bus.disconnect();
      broker.publish(toBox(anBox, "command", "while away"));
      const back = end(anBox);
      await back.connect();
      broker.publish(toBox(anBox, "command", "after"));
      expect(await back.message(boxTopic(anBox, "command"))).toBe("after");
    });

    test("a mixture of retained, QoS 1 and QoS 0 messages arrives whole", async () => {
      const { broker, end } = await world();
      const an = end(anBox);
      await an.connect();
      const topic = boxTopic(anBox, "command");
      const count = 20;
      for (let round = 0; round < count; round += 1) {
        broker.publish({ topic, payload: `alert ${round}`, qos: 1, retain: false });
        broker.publish(toBox(anBox, "plan", `revision ${round}`));
        broker.publish({ topic, payload: `hint ${round}`, qos: 0, retain: false });
      }
      await an.message(topic, 2 * count);
      await an.message(boxTopic(anBox, "plan"), count);
      const expected = Array.from({ length: count }, (_, round) => [
        `alert ${round}`,
        `hint ${round}`,
      ]).flat();
      expect([...an.messages(topic)].sort()).toEqual(expected.sort());
    });

    test("the will speaks for a box whose cable was cut", async () => {
      const { network, fromBoxes, end } = await world();
      const an = end(anBox);
      await an.connect();
      network.cut(an.bus);
      const will = await fromBoxes.first((message) => message.topic === boxTopic(anBox, "presence"));
      expect(will.payload).toBe(an.session().will.payload);
      expect(await an.disconnected()).toBe("closed");
    });

    test("the will stays silent when a box says goodbye", async () => {
      const { fromBoxes, end } = await world();
      const [an, binh] = [end(anBox), end(binhBox)];
      await an.connect();
      await binh.connect();
      an.bus.disconnect();
      binh.bus.publish(binh.says("event", "still here"));
      const back = end(anBox);
      await back.connect();
      back.bus.publish(back.says("event", "back"));
      await fromBoxes.atLeast(2);
      expect(fromBoxes.items.map(({ payload }) => payload)).toEqual(["still here", "back"]);
    });

    test("a second connection of a box takes over from the first", async () => {
      const { broker, end } = await world();
      const [first, second] = [end(anBox), end(anBox)];
      await first.connect();
      expect(await second.connect()).toBe("connected");
      expect(await first.disconnected()).toBe("closed");
      broker.publish(toBox(anBox, "command", "for the second"));
      expect(await second.message(boxTopic(anBox, "command"))).toBe("for the second");
    });

    test("a wrong password is refused and does not disturb the real box", async () => {
      const { broker, end } = await world();
      const [real, thief] = [end(anBox), end(anBox, "guessed")];
      await real.connect();
      expect(await thief.connect()).toBe("refused");
      broker.publish(toBox(anBox, "command", "still yours"));
      expect(await real.message(boxTopic(anBox, "command"))).toBe("still yours");
      expect(real.heard.items.some(({ kind }) => kind === "disconnected")).toBe(false);
    });

    test.for([
      ["a box hears nothing that is for another box", boxTopic(binhBox, "command")],
      ["a box hears nothing by a pattern", "loa/#"],
    ] as const)("%s", async ([, filter]) => {
      const { broker, end } = await world();
      const [an, binh] = [end(anBox), end(binhBox)];
      await binh.connect();
      // mosquitto grants such a subscription and then delivers nothing; others refuse it.
      const outcome = await an.connect(an.session([filter]));
      expect(["connected", "refused"]).toContain(outcome);
      broker.publish(toBox(binhBox, "command", "for binh"));
      await binh.message(boxTopic(binhBox, "command"));
      if (outcome === "refused") await an.connect();
      broker.publish(toBox(anBox, "command", "for an"));
      broker.publish(toBox(binhBox, "command", "for binh again"));
      await binh.message(boxTopic(binhBox, "command"), 2);
      expect(an.messages(boxTopic(binhBox, "command"))).toEqual([]);
    });

    test("areas that refuse a box leave it its own topics and those of the other areas", async () => {
      const { broker, end } = await world();
      const an = end(anBox);
      const elsewhere = areaTopic("xa-cu" as AreaId);
      expect(await an.connect({ ...an.session(), also: [elsewhere, areaTopic(province)] })).toBe("connected");
      broker.publish(toBox(anBox, "plan", "the new areas"));
      broker.publish({ topic: areaTopic(province), payload: "STOP", qos: 1, retain: false });
      expect(await an.message(boxTopic(anBox, "plan"))).toBe("the new areas");
      expect(await an.message(areaTopic(province))).toBe("STOP");
      expect(an.messages(elsewhere)).toEqual([]);
    });

    test("a box that speaks for another one is not heard", async () => {
      const { broker, fromBoxes, end } = await world();
      const [an, binh] = [end(anBox), end(binhBox)];
      await an.connect();
      await binh.connect();
      an.bus.publish(binh.says("event", "forged"));
      an.bus.publish(toBox(binhBox, "command", "forged"));
      an.bus.publish({ topic: areaTopic(province), payload: "forged", qos: 1, retain: false });
      an.bus.publish(an.says("event", "honest"));
      await fromBoxes.first(({ payload }) => payload === "honest");
      expect(fromBoxes.items).toEqual([{ box: anBox, topic: boxTopic(anBox, "event"), payload: "honest" }]);
      broker.publish(toBox(binhBox, "command", "real"));
      await binh.message(boxTopic(binhBox, "command"));
      expect(binh.messages(boxTopic(binhBox, "command"))).toEqual(["real"]);
    });

    test("a payload above the size of its topic is not heard", async () => {
      const { broker, fromBoxes, end } = await world();
      const an = end(anBox);
      await an.connect();
      an.bus.publish(an.says("event", "x".repeat(boxTopics.event.maxBytes + 1)));
      an.bus.publish(an.says("event", "x".repeat(boxTopics.event.maxBytes)));
      await fromBoxes.atLeast(1);
      expect(fromBoxes.items.map(({ payload }) => payload.length)).toEqual([boxTopics.event.maxBytes]);
      expect(broker.stats().refused["payload-too-big"]).toBe(1);
    });

    test("a plan above its size does not leave", async () => {
      const { broker, end } = await world();
      const an = end(anBox);
      await an.connect();
      broker.publish(toBox(anBox, "plan", "x".repeat(boxTopics.plan.maxBytes + 1)));
      broker.publish(toBox(anBox, "plan", "x".repeat(boxTopics.plan.maxBytes)));
      expect((await an.message(boxTopic(anBox, "plan"))).length).toBe(boxTopics.plan.maxBytes);
      expect(broker.stats().refused["payload-too-big"]).toBe(1);
    });

    test("the control room cannot speak on a topic that comes from boxes", async () => {
      const { broker } = await world();
      broker.publish(toBox(anBox, "event", "forged"));
      expect(broker.stats().refused["topic-denied"]).toBe(1);
    });

    test("a kicked box is off, and stays refused", async () => {
      const { network, broker, end } = await world();
      const an = end(anBox);
      await an.connect();
      network.revoke(anBox);
      broker.kick(anBox);
      expect(await an.disconnected()).toBe("closed");
      expect(await an.connect()).toBe("refused");
    });

    test.runIf(kind.tellsWhoIsConnected)("it says who comes and goes", async () => {
      const { network, broker, end } = await world();
      const clients = new Heard<string>();
      broker.onClient(({ kind: what, box }) => clients.add(`${box} ${what}`));
      const [an, binh] = [end(anBox), end(binhBox)];
      await an.connect();
      await binh.connect();
      expect(broker.stats().connections).toBe(2);
      network.cut(an.bus);
      binh.bus.disconnect();
      await clients.atLeast(4);
      expect(clients.items.slice(0, 2)).toEqual([`${anBox} connected`, `${binhBox} connected`]);
      expect(clients.items.slice(2).sort()).toEqual([`${anBox} disconnected`, `${binhBox} disconnected`]);
      expect(broker.stats().connections).toBe(0);
    });
  });
}
