import { boxTopic, toBox } from "@loa/shared/wire/topics.ts";
import { expect, onTestFinished, test } from "vitest";
import { passwordOf, startTestBroker } from "../support/aedes-network.ts";
import { anBox } from "../support/box-end.ts";
import { Heard } from "../support/heard.ts";
import { RawClient, typeOf } from "../support/raw-mqtt.ts";

const attempts = 50;
const topic = boxTopic(anBox, "command");

/**
 * In Aedes a connection that ends a moment after its successor was entered takes the successor's entry away: a box
 * that is connected and cannot be reached.
 */
test("a box that connects fifty times at once is online once, and can be reached", async () => {
  const broker = await startTestBroker();
  onTestFinished(() => broker.close());
  const comings = new Heard<string>();
  broker.onClient(({ kind }) => comings.add(kind));
  const clients = await Promise.all(Array.from({ length: attempts }, () => RawClient.open(broker.port)));
  const ends = new Heard<RawClient>();
  for (const client of clients) void client.closed().then(() => ends.add(client));
  const fields = { clientId: anBox, password: passwordOf(anBox) };
  const subscriptions = clients.map(async (client) => {
    await client.connect(fields);
    return client.isClosed ? null : await client.subscribe([topic]);
  });
  await Promise.all(subscriptions);
  await ends.atLeast(attempts - 1);
  const survivor = clients.find(({ isClosed }) => !isClosed);
  expect(broker.stats().connections).toBe(1);
  // Always in turn: nobody is twice online, nobody leaves who was not there.
  const expected = Array.from({ length: 2 * attempts - 1 }, (_, index) =>
    index % 2 === 0 ? "connected" : "disconnected",
  );
  expect(comings.items).toEqual(expected);
  broker.publish(toBox(anBox, "command", "reached"));
  const frame = await survivor?.next(typeOf.publish);
  expect(frame?.body.toString()).toContain("reached");
});
