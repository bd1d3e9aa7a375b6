import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { createMeteredHttp } from "@loa/edge-agent/adapters/metered-http.ts";
import { createMqttBus } from "@loa/edge-agent/adapters/mqtt-bus.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { createBusMeter } from "@loa/simulator/virtual/virtual-meter.ts";
import { createVirtualTime } from "@loa/simulator/virtual/virtual-time.ts";
import { expect, onTestFinished, test } from "vitest";
import { keepaliveS, passwordOf, startTestBroker } from "../support/aedes-network.ts";
import { anBox, BoxEnd } from "../support/box-end.ts";
import { eventuallySo } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { describeWithPart } from "../support/system-part.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { createTestAuthority } from "../support/test-authority.ts";

const said = [
  ["status", '{"k":"h","n":12}'],
  ["status", "x".repeat(300)],
  ["reported", '{"session":12,"revision":3}'],
] as const;

async function talk(end: BoxEnd): Promise<void> {
  expect(await end.connect()).toBe("connected");
  for (const [name, payload] of said) end.bus.publish(end.says(name, payload));
}

test("the bus counts every byte that leaves it, over all its connections, and its twin counts the same", async () => {
  const broker = await startTestBroker({});
  onTestFinished(() => broker.close());
  const cable = await startTcpProxy(broker.port);
  onTestFinished(() => cable.close());
  const url = `mqtt://127.0.0.1:${cable.port}`;
  const end = new BoxEnd(anBox, createMqttBus({ url, box: anBox, password: passwordOf(anBox), keepaliveS }));
  onTestFinished(() => end.bus.disconnect());
  const twin = createBusMeter(createVirtualTime(asInstant(0)));
  for (let connection = 0; connection < 2; connection += 1) {
    await talk(end);
    twin.connected(end.session(), anBox, passwordOf(anBox));
    for (const [name, payload] of said) twin.sent(end.says(name, payload));
    await eventuallySo("all is acknowledged", 5_000, () => end.bus.traffic().down >= twin.total().down);
    expect(end.bus.traffic()).toEqual(twin.total());
    expect(cable.sent().length).toBe(end.bus.traffic().up);
  }
});

test("content counts its requests and their answers with all headers", async () => {
  const server = createServer((_request, response) => void response.end("a".repeat(5_000)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const cable = await startTcpProxy((server.address() as AddressInfo).port);
  onTestFinished(() => cable.close());
  const http = createMeteredHttp();
  onTestFinished(() => http.close());
  for (let count = 0; count < 2; count += 1) {
    const request = get(`http://127.0.0.1:${cable.port}/`, { agent: http.plain });
    const [response] = await once(request, "response");
    for await (const _chunk of response);
  }
  const { up, down } = http.traffic();
  expect(up).toBe(cable.sent().length);
  expect(down).toBeGreaterThan(10_000);
  expect(down).toBeLessThan(10_600);
});

describeWithPart("openssl", "over TLS", ({ path }) => {
  test("the bytes of MQTT are the same, and what TLS puts around them is told beside", async () => {
    const authority = await createTestAuthority(path);
    const broker = await startTestBroker({ tls: await authority.issue("broker") });
    onTestFinished(() => broker.close());
    const cable = await startTcpProxy(broker.port);
    onTestFinished(() => cable.close());
    const url = `mqtts://127.0.0.1:${cable.port}`;
    const time = { at: asInstant(Date.now()), isKnown: true };
    const doors = () => ({ ca: [authority.ca], own: null, time });
    const end = new BoxEnd(
      anBox,
      createMqttBus({ url, box: anBox, password: passwordOf(anBox), keepaliveS, doors }),
    );
    onTestFinished(() => end.bus.disconnect());
    await talk(end);
    const twin = createBusMeter(createVirtualTime(asInstant(0)));
    twin.connected(end.session(), anBox, passwordOf(anBox));
    for (const [name, payload] of said) twin.sent(end.says(name, payload));
    await eventuallySo("all is acknowledged", 5_000, () => end.bus.traffic().down >= twin.total().down);
    expect(end.bus.traffic()).toMatchObject({ up: twin.total().up, down: twin.total().down });
    const records = cable.sent().length - end.bus.traffic().up;
    expect(records).toBeGreaterThan(300);
    expect(end.bus.traffic().around - twin.total().around).toBeGreaterThanOrEqual(records);
  });

  test("a broker that is not there is unreachable", async () => {
    const url = `mqtts://127.0.0.1:${await freePort()}`;
    const end = new BoxEnd(anBox, createMqttBus({ url, box: anBox, password: "", keepaliveS }));
    expect(await end.connect()).toBe("unreachable");
  });
});
