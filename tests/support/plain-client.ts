import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from "mqtt";
import { onTestFinished } from "vitest";
import { Heard } from "./heard.ts";

export interface Told {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly isRetained: boolean;
}

/** mqtt.js as anybody would use it: it acknowledges what it gets, and comes back only when it is told to. */
export class PlainClient {
  readonly client: MqttClient;
  readonly heard = new Heard<Told>();
  readonly isSessionThere: boolean;

  private constructor(client: MqttClient, isSessionThere: boolean, early: readonly IPublishPacket[]) {
    this.client = client;
    this.isSessionThere = isSessionThere;
    for (const packet of early) this.heard.add(toldBy(packet));
    client.on("message", (_topic, _payload, packet) => this.heard.add(toldBy(packet)));
  }

  static async connected(port: number, options: IClientOptions): Promise<PlainClient> {
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
      protocolVersion: 4,
      reconnectPeriod: 0,
      username: options.clientId ?? "",
      password: "",
      ...options,
    });
    onTestFinished(() => void client.end(true));
    const early: IPublishPacket[] = [];
    const keepEarly = (_topic: string, _payload: Buffer, packet: IPublishPacket) => void early.push(packet);
    client.on("message", keepEarly);
    const isSessionThere = await new Promise<boolean>((resolve, reject) => {
      client.once("connect", ({ sessionPresent }) => resolve(sessionPresent));
      client.once("error", reject);
      client.once("close", () => reject(new Error("closed")));
    });
    client.off("message", keepEarly);
    return new PlainClient(client, isSessionThere, early);
  }

  async subscribe(filters: Readonly<Record<string, 0 | 1 | 2>>): Promise<readonly number[]> {
    const asked = Object.fromEntries(Object.entries(filters).map(([filter, qos]) => [filter, { qos }]));
    const granted = await this.client.subscribeAsync(asked);
    return granted.map(({ qos }) => qos);
  }

  async publish(topic: string, payload: string, qos: 0 | 1 | 2 = 0, retain = false): Promise<void> {
    await this.client.publishAsync(topic, payload, { qos, retain });
  }

  payloads(): readonly string[] {
    return this.heard.items.map(({ payload }) => payload);
  }

  /** Everything heard before `last`, which somebody has said after all that could still come. */
  async until(last: string): Promise<readonly Told[]> {
    await this.heard.first(({ payload }) => payload === last);
    return this.heard.items.slice(0, this.payloads().indexOf(last));
  }

  async leave(): Promise<void> {
    await this.client.endAsync();
  }

  /** No goodbye. */
  cut(): void {
    this.client.stream.destroy();
  }
}

function toldBy({ topic, payload, qos, retain }: IPublishPacket): Told {
  return { topic, payload: payload.toString(), qos, isRetained: retain };
}
