import { boxId } from "@loa/shared/kernel/ids.ts";
import { boxTopic, toBox } from "@loa/shared/wire/topics.ts";
import { passwordOf, type TestBroker } from "../support/aedes-network.ts";
import { publishFrame, RawClient, readPublish, typeOf } from "../support/raw-mqtt.ts";

/** A round of the canary may take so long on a machine that does much else, ms; then somebody has disturbed it. */
const limitMs = 5_000;
const pauseMs = 20;

export interface Canary {
  /** Ends its song; throws when a round of it failed. */
  finish(): Promise<void>;
  leave(): void;
}

/** An honest box that exchanges messages with the control room all the time. */
export async function startCanary(broker: TestBroker): Promise<Canary> {
  const box = boxId.parse("canary");
  const heard = new Set<string>();
  let wake: () => void = () => undefined;
  broker.onMessage((message) => {
    if (message.box !== box) return;
    heard.add(message.payload);
    wake();
  });
  const client = await RawClient.accepted(broker.port, { clientId: box, password: passwordOf(box) });
  await client.subscribe([boxTopic(box, "command")]);
  let isOver = false;

  async function sing(): Promise<void> {
    for (let round = 1; !isOver || round === 1; round += 1) {
      const text = `round ${round}`;
      broker.publish(toBox(box, "command", text));
      const frame = await client.forget(typeOf.publish);
      const said = frame === null ? null : readPublish(frame).payload;
      if (said !== text) throw new Error(`the canary heard ${said} instead of ${text}`);
      client.send(publishFrame(boxTopic(box, "event"), text));
      while (!heard.delete(text)) await new Promise<void>((resolve) => (wake = resolve));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  let alarm: NodeJS.Timeout | null = null;
  const song = sing();
  // Looked at by `finish`.
  song.catch(() => undefined);
  return {
    async finish() {
      isOver = true;
      const silence = new Promise<never>((_, reject) => {
        alarm = setTimeout(() => reject(new Error("the canary is silent")), limitMs);
      });
      await Promise.race([song, silence]);
      if (alarm !== null) clearTimeout(alarm);
    },
    leave: () => client.cut(),
  };
}
