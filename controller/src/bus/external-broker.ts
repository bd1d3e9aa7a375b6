import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { boxTopics, type Outgoing, parseTopic } from "@loa/shared/wire/topics.ts";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import type { Broker, FromBox, Refusal } from "./broker-port.ts";
import { createRefusals, type Refusals } from "./refusals.ts";
import { refusalOfPublish, refusalOfSending } from "./topic-rights.ts";

export interface ExternalBrokerOptions {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** PEM of the authority that signed the broker's certificate; without it the system's list is used. */
  readonly ca?: string;
  /**
   * How this deployment makes its broker drop a box: a changed password file and a reload, an admin API. MQTT itself
   * has no word for it.
   */
  readonly endSession: (box: BoxId) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long the start waits for the first connection; then it goes on without and keeps trying. */
const firstConnectLimitMs = 10 * SECOND_MS;
/** One controller, so no jitter. */
const reconnectMs = 2 * SECOND_MS;
const keepaliveS = 20;
/** Bytes not yet taken by the network; above it publishes are refused and the outbox sends them again. */
const maxHeldBytes = 16 * 1024 * 1024;
/** Publishes that the broker has not acknowledged; the same happens above it. */
const maxInFlight = 30_000;

/**
 * A broker that is a program of its own (mosquitto, EMQX, …). Who may say and read what is written in its own access
 * list, by the same table of topics; a box is who its topic says. It does not tell who is connected, so `onClient`
 * never calls: presence messages and the controller's own deadlines speak for the boxes.
 */
export async function startExternalBroker(options: ExternalBrokerOptions): Promise<Broker> {
  const line: Line = {
    options,
    refusals: createRefusals(options.clock, options.log),
    onMessage: [],
    retained: new Set(),
    client: null,
    retry: null,
    messagesIn: 0,
    messagesOut: 0,
    inFlight: 0,
    isClosing: false,
  };
  await Promise.race([dial(line), afterLimit()]);
  return asBroker(line);
}

interface Line {
  readonly options: ExternalBrokerOptions;
  readonly refusals: Refusals;
  readonly onMessage: ((message: FromBox) => void)[];
  /** Topics that this controller has retained; the broker may hold more from before. */
  readonly retained: Set<string>;
  client: MqttClient | null;
  retry: NodeJS.Timeout | null;
  messagesIn: number;
  messagesOut: number;
  /** Of the present connection. */
  inFlight: number;
  isClosing: boolean;
}

function afterLimit(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, firstConnectLimitMs).unref();
  });
}

/** Each connection is a new client: what was on its way in an old one is the outbox's business. Done when it listens or ends. */
function dial(line: Line): Promise<void> {
  const { log } = line.options;
  const client = mqtt.connect(line.options.url, clientOptions(line.options));
  line.client = client;
  line.inFlight = 0;
  return new Promise((resolve) => {
    client.on("connect", () => {
      client.subscribe(upSubscriptions(), (error) => {
        if (error === null) log.info("external-broker.connected", { url: line.options.url });
        else client.end(true);
        resolve();
      });
    });
    client.on("message", (topic, payload) => receive(line, topic, payload));
    client.on("error", (error) => log.warn("external-broker.failed", { error: error.message }));
    client.once("close", () => {
      client.end(true);
      if (line.client === client) line.client = null;
      resolve();
      if (line.isClosing) return;
      log.warn("external-broker.disconnected", { url: line.options.url });
      line.retry = setTimeout(() => void dial(line), reconnectMs);
    });
  });
}

function clientOptions(options: ExternalBrokerOptions): IClientOptions {
  return {
    protocolVersion: 4,
    clientId: options.username,
    username: options.username,
    password: options.password,
    keepalive: keepaliveS,
    clean: true,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  };
}

function upSubscriptions(): Record<string, { qos: 0 | 1 }> {
  const up = Object.entries(boxTopics).filter(([, rule]) => rule.direction === "up");
  return Object.fromEntries(up.map(([name, { qos }]) => [`loa/v1/box/+/${name}`, { qos }]));
}

function receive(line: Line, topic: string, payload: Buffer): void {
  const parsed = parseTopic(topic);
  if (parsed?.kind !== "box" || line.isClosing) return;
  const reason = refusalOfPublish(parsed.box, topic, payload);
  if (reason !== null) {
    line.refusals.refuse(reason, { box: parsed.box, topic });
    return;
  }
  line.messagesIn += 1;
  const message = { box: parsed.box, topic, payload: payload.toString("utf8") };
  for (const listener of line.onMessage) listener(message);
}

function send(line: Line, { topic, payload, qos, retain }: Outgoing): Refusal | null {
  const { client } = line;
  const refusal = refusalOfSending(topic, Buffer.from(payload));
  if (refusal !== null) return refusal;
  if (client === null || !client.connected) return "not-connected";
  if (line.inFlight >= maxInFlight || client.stream.writableLength > maxHeldBytes) return "link-full";
  if (retain && payload === "") line.retained.delete(topic);
  else if (retain) line.retained.add(topic);
  line.messagesOut += 1;
  line.inFlight += 1;
  client.publish(topic, payload, { qos, retain }, () => {
    if (line.client === client) line.inFlight -= 1;
  });
  return null;
}

function asBroker(line: Line): Broker {
  return {
    publish(message) {
      const reason = send(line, message);
      if (reason !== null) line.refusals.refuse(reason, { topic: message.topic });
    },
    onMessage: (listener) => void line.onMessage.push(listener),
    onClient() {},
    kick: (box) => line.options.endSession(box),
    stats: () => ({
      connections: null,
      messagesIn: line.messagesIn,
      messagesOut: line.messagesOut,
      refused: line.refusals.counts(),
      slowReadersKicked: 0,
      retained: line.retained.size,
    }),
    async close() {
      line.isClosing = true;
      if (line.retry !== null) clearTimeout(line.retry);
      await line.client?.endAsync(true);
    },
  };
}
