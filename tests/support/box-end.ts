import type { Bus, BusEvent, BusFailure, BusSession } from "@loa/edge-agent/ports.ts";
import { type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import { type BoxTopicName, boxTopic, type Outgoing, toBox } from "@loa/shared/wire/topics.ts";
import { Heard } from "./heard.ts";

export const anBox: BoxId = boxId.parse("xa-an-cum-1");
export const binhBox: BoxId = boxId.parse("xa-binh-cum-1");

/** A box as the bus sees it: everything it hears is accepted at once unless the test says otherwise. */
export class BoxEnd {
  readonly box: BoxId;
  readonly bus: Bus;
  readonly heard = new Heard<BusEvent>();
  /** Messages wait for `accept` by the test. */
  holdsMessages = false;

  constructor(box: BoxId, bus: Bus) {
    this.box = box;
    this.bus = bus;
    bus.onEvent((event) => {
      if (event.kind === "message" && !this.holdsMessages) event.accept();
      this.heard.add(event);
    });
  }

  session(subscribe: readonly string[] = this.ownDownTopics()): BusSession {
    return { subscribe, will: this.says("presence", `{"is":"gone","box":"${this.box}"}`) };
  }

  ownDownTopics(): readonly string[] {
    return [boxTopic(this.box, "plan"), boxTopic(this.box, "command")];
  }

  says(name: BoxTopicName, payload: string): Outgoing {
    return toBox(this.box, name, payload);
  }

  /** Connects and answers when that has worked or failed. */
  async connect(session: BusSession = this.session()): Promise<"connected" | BusFailure> {
    const before = this.heard.items.filter(isLinkEvent).length;
    this.bus.connect(session);
    const event = await this.heard.first(isLinkEvent, before + 1);
    return event.kind === "connected" ? "connected" : event.reason;
  }

  async disconnected(count = 1): Promise<BusFailure> {
    const event = await this.heard.first((one) => one.kind === "disconnected", count);
    return event.kind === "disconnected" ? event.reason : "closed";
  }

  /** The payload of the `count`th message heard on a topic. */
  async message(topic: string, count = 1): Promise<string> {
    const event = await this.heard.first((one) => one.kind === "message" && one.topic === topic, count);
    return event.kind === "message" ? event.payload : "";
  }

  messages(topic: string): readonly string[] {
    return this.heard.items.flatMap((event) =>
      event.kind === "message" && event.topic === topic ? [event.payload] : [],
    );
  }
}

type LinkEvent = Exclude<BusEvent, { kind: "message" }>;

function isLinkEvent(event: BusEvent): event is LinkEvent {
  return event.kind !== "message";
}
