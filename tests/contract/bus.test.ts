import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Broker, FromBox } from "@loa/controller/bus/broker-port.ts";
import { startExternalBroker } from "@loa/controller/bus/external-broker.ts";
import { createMqttBus } from "@loa/edge-agent/adapters/mqtt-bus.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { boxTopic, toBox } from "@loa/shared/wire/topics.ts";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { keepaliveS, passwordOf, startTestBroker } from "../support/aedes-network.ts";
import { anBox, BoxEnd, binhBox } from "../support/box-end.ts";
import { freePort } from "../support/free-port.ts";
import { Heard } from "../support/heard.ts";
import { createLogBook } from "../support/log-book.ts";
import { startMosquitto } from "../support/mosquitto-network.ts";
import { header, splitFrames, typeOf } from "../support/raw-mqtt.ts";
import { describeWithPart } from "../support/system-part.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";

const command = boxTopic(anBox, "command");

function busTo(port: number): BoxEnd {
  const url = `mqtt://127.0.0.1:${port}`;
  const end = new BoxEnd(anBox, createMqttBus({ url, box: anBox, password: passwordOf(anBox), keepaliveS }));
  onTestFinished(() => end.bus.disconnect());
  return end;
}

/** The promises of the box's end of the wire, against a broker that is heard through `broker`. */
function busContract(
  name: string,
  start: () => Promise<{ broker: Broker; port: number; stop(): Promise<void> }>,
): void {
  describe(`bus over mqtt.js to ${name}`, () => {
    async function world() {
      const { broker, port, stop } = await start();
      onTestFinished(stop);
      const cable = await startTcpProxy(port);
      onTestFinished(() => cable.close());
      const heard = new Heard<FromBox>();
      broker.onMessage(heard.add);
      const pubacks = () => splitFrames(cable.sent()).filter(({ type }) => type === typeOf.puback).length;
      return { broker, cable, heard, pubacks, end: busTo(cable.port) };
    }

    test("a PUBACK leaves only after accept", async () => {
      const { broker, heard, pubacks, end } = await world();
      end.holdsMessages = true;
      await end.connect();
      broker.publish(toBox(anBox, "command", "first"));
      broker.publish(toBox(anBox, "command", "second"));
      await end.message(command);
      // What leaves now leaves before any PUBACK that is only late.
      end.bus.publish(end.says("status", "before"));
      await heard.atLeast(1);
      expect(pubacks()).toBe(0);
      expect(end.messages(command)).toEqual(["first"]);
      acceptAll(end);
      await end.message(command, 2);
      end.bus.publish(end.says("status", "after"));
      await heard.atLeast(2);
      expect(pubacks()).toBe(1);
      expect(end.messages(command)).toEqual(["first", "second"]);
    });

    test("accepting twice, or after the connection has gone, does nothing", async () => {
      const { broker, cable, end } = await world();
      end.holdsMessages = true;
      await end.connect();
      broker.publish(toBox(anBox, "command", "first"));
      await end.message(command);
      cable.cut();
      await end.disconnected();
      acceptAll(end);
      acceptAll(end);
      expect(await end.connect()).toBe("connected");
    });

    test("what is published without a connection is dropped, not kept", async () => {
      const { cable, heard, end } = await world();
      end.bus.publish(end.says("event", "before"));
      const attempt = end.connect();
      end.bus.publish(end.says("event", "while connecting"));
      await attempt;
      cable.cut();
      await end.disconnected();
      end.bus.publish(end.says("event", "between"));
      expect(await end.connect()).toBe("connected");
      end.bus.publish(end.says("event", "after"));
      const events = (message: FromBox) => message.topic === boxTopic(anBox, "event");
      await heard.first(events);
      expect(heard.items.filter(events).map(({ payload }) => payload)).toEqual(["after"]);
    });

    test("what was on its way when the cable was cut is not sent again", async () => {
      const { cable, heard, end } = await world();
      await end.connect();
      for (let index = 0; index < 100; index += 1) end.bus.publish(end.says("event", `${index}`));
      cable.cut();
      await end.disconnected();
      await end.connect();
      end.bus.publish(end.says("event", "new"));
      await heard.first(({ payload }) => payload === "new");
      const payloads = heard.items.map(({ payload }) => payload);
      expect(payloads.length).toBe(new Set(payloads).size);
    });

    test("after a cut it connects again when it is told to, and hears its topics again", async () => {
      const { broker, cable, end } = await world();
      for (let round = 1; round <= 3; round += 1) {
        expect(await end.connect()).toBe("connected");
        broker.publish(toBox(anBox, "command", `round ${round}`));
        expect(await end.message(command, round)).toBe(`round ${round}`);
        cable.cut();
        expect(await end.disconnected(round)).toBe("closed");
      }
    });

    test("a new connect replaces the old connection without a word about it", async () => {
      const { broker, end } = await world();
      await end.connect();
      expect(await end.connect()).toBe("connected");
      broker.publish(toBox(anBox, "command", "once"));
      expect(await end.message(command)).toBe("once");
      expect(end.heard.items.map(({ kind }) => kind)).toEqual(["connected", "connected", "message"]);
    });
  });
}

function acceptAll(end: BoxEnd): void {
  for (const event of end.heard.items) if (event.kind === "message") event.accept();
}

busContract("Aedes", async () => {
  const broker = await startTestBroker();
  return { broker, port: broker.port, stop: broker.close };
});

describeWithPart("mosquitto", "external", ({ path }) => {
  busContract("mosquitto", async () => {
    const mosquitto = await startMosquitto(path);
    const broker = await startExternalBroker({
      url: `mqtt://127.0.0.1:${mosquitto.port}`,
      username: "control-room",
      password: passwordOf("control-room"),
      endSession() {},
      clock: nodeClock,
      log: createLogBook(),
    });
    const stop = async () => {
      await broker.close();
      await mosquitto.stop();
    };
    return { broker, port: mosquitto.port, stop };
  });
});

describe("a topic that the broker refuses", () => {
  const foreign = boxTopic(binhBox, "command");

  test.each([
    ["that the box cannot do without: refused", { subscribe: [command, foreign] }, "refused", []],
    [
      "among its areas: it comes in, and asks again later",
      { subscribe: [command], also: [foreign] },
      "connected",
      [true],
    ],
    [
      "of an area that it has left: it comes in, and misses nothing",
      { subscribe: [command], perhaps: [foreign] },
      "connected",
      [false],
    ],
  ] as const)("%s", async (_name, topics, how, partial) => {
    const broker = await startTestBroker();
    onTestFinished(() => broker.close());
    const end = busTo(broker.port);
    expect(await end.connect({ ...end.session(), ...topics })).toBe(how);
    const told = end.heard.items.flatMap((one) => (one.kind === "connected" ? [one.isPartial] : []));
    expect(told).toEqual(partial);
  });
});

describe("a bus says why it has no connection", () => {
  async function serverThat(does: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      does(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    return address !== null && typeof address === "object" ? address.port : 0;
  }

  test("nobody listens: unreachable", async () => {
    expect(await busTo(await freePort()).connect()).toBe("unreachable");
  });

  test("the other side hangs up: closed", async () => {
    expect(await busTo(await serverThat((socket) => socket.destroy())).connect()).toBe("closed");
  });

  test("the other side speaks something else: protocol", async () => {
    const port = await serverThat((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect(await busTo(port).connect()).toBe("protocol");
  });

  test("the other side announces 200 MB: protocol", async () => {
    const port = await serverThat((socket) => socket.write(header(0x30, 200 * 1024 * 1024)));
    expect(await busTo(port).connect()).toBe("protocol");
  });

  test("the other side says nothing: timeout", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    let isReached = () => {};
    const reached = new Promise<void>((resolve) => {
      isReached = resolve;
    });
    const port = await serverThat((socket) => socket.once("data", isReached));
    const outcome = busTo(port).connect();
    await reached;
    vi.advanceTimersByTime(30_000);
    expect(await outcome).toBe("timeout");
  });
});
