import { connect, Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { createFrameWalk } from "@loa/shared/wire/frame-walk.ts";
import type { Outgoing } from "@loa/shared/wire/topics.ts";
import { aroundConnections, aroundMessages } from "@loa/shared/wire/traffic.ts";
import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient, type Packet } from "mqtt";
import type { Bus, BusEvent, BusFailure, BusSession } from "../ports.ts";
import type { DoorKeys } from "../tls-identity.ts";
import { failureOf } from "./bus-failure.ts";
import { requireTrusted, tlsOptions } from "./server-trust.ts";
import { createSocketMeter, type SocketMeter } from "./socket-meter.ts";

export interface MqttBusOptions {
  /** `mqtt://host:port`, or `mqtts://host:port` for TLS. */
  readonly url: string;
  /** Client id and username; the broker wants them equal. */
  readonly box: string;
  readonly password: string;
  /** Asked at each connect to an `mqtts:` address. */
  readonly doors?: () => DoorKeys;
  readonly keepaliveS: number;
}

/** From the first packet to all subscriptions granted; then the attempt has failed with `timeout`. */
const connectLimitMs = 30 * SECOND_MS;
/** Largest frame a broker may send: a plan of 32 KiB with its topic, twice. A larger one ends the connection. */
const maxFrameBytes = 64 * 1024;
/** Publishes without PUBACK, and bytes not yet taken by the network; above either new ones are dropped. */
const maxInFlight = 256;
const maxHeldBytes = 1024 * 1024;
const MQTTS_PORT = 8883;
const answerKinds: ReadonlySet<Packet["cmd"]> = new Set(["connack", "puback", "suback", "pingresp"]);
/** How long a goodbye may take before the connection is cut, which makes the broker publish the will. */
const goodbyeLimitMs = 1 * SECOND_MS;

/**
 * The bus over mqtt.js. Every connect makes a new client, so nothing of an old connection is ever sent again, and a
 * late event of an old one is nobody's. A failed connection reports `disconnected` once; after `disconnect()` there
 * is no more event of it.
 *
 * One message at a time: the next packet is not read before `accept()`, which also lets the PUBACK go. A retained
 * message may come before `connected` (MQTT 3.1.1, 3.8.4).
 */
export function createMqttBus(options: MqttBusOptions): Bus {
  const listeners: ((event: BusEvent) => void)[] = [];
  const emit = (event: BusEvent) => {
    for (const listener of listeners) listener(event);
  };
  const meter = createSocketMeter();
  let messages = 0;
  let answers = 0;
  const count = ({ cmd }: Packet) => {
    if (answerKinds.has(cmd)) answers += 1;
    else messages += 1;
  };
  let link: Link | null = null;
  return {
    connect(session) {
      link?.cut();
      const opened: Link = openLink(openClient(options, session.will, meter, count), session, (event) => {
        if (link !== opened) return;
        if (event.kind === "disconnected") link = null;
        emit(event);
      });
      link = opened;
    },
    disconnect() {
      link?.leave();
      link = null;
    },
    publish: (message) => link?.publish(message),
    onEvent: (listener) => void listeners.push(listener),
    traffic() {
      const { up, down, tls, connections } = meter.total();
      // mqtt.js does not speak of its CONNECT.
      const asked = messages + connections;
      return { up, down, around: tls + aroundMessages(asked, answers) + aroundConnections(connections) };
    },
  };
}

interface Link {
  publish(message: Outgoing): void;
  /** Says goodbye, so that the will is not published. */
  leave(): void;
  cut(): void;
}

/** A TLS socket counts what it carries; the connection below it is opened here, so that it can be counted too. */
function openClient(
  options: MqttBusOptions,
  will: Outgoing,
  meter: SocketMeter,
  count: (packet: Packet) => void,
): MqttClient {
  const url = new URL(options.url);
  const isTls = url.protocol === "mqtts:";
  const carrier = isTls ? connect({ host: hostOf(url), port: Number(url.port || MQTTS_PORT) }) : undefined;
  const doors = isTls ? options.doors?.() : undefined;
  const socket = carrier === undefined ? {} : { socket: carrier };
  const keys = doors === undefined ? {} : tlsOptions(doors);
  const client = mqtt.connect(options.url, { ...clientOptions(options, will), ...keys, ...socket });
  const { stream } = client;
  if (doors !== undefined && stream instanceof TLSSocket) requireTrusted(stream, hostOf(url), doors);
  if (stream instanceof Socket) meter.watch(stream, carrier);
  client.on("packetsend", count);
  client.on("packetreceive", count);
  return client;
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

function openLink(client: MqttClient, session: BusSession, emit: (event: BusEvent) => void): Link {
  const { also = [], perhaps = [] } = session;
  let isOver = false;
  let isReady = false;
  let inFlight = 0;

  const end = () => {
    isOver = true;
    clearTimeout(deadline);
    client.end(true);
  };
  const fail = (reason: BusFailure) => {
    if (isOver) return;
    end();
    emit({ kind: "disconnected", reason });
  };
  const deadline = setTimeout(() => fail("timeout"), connectLimitMs);

  client.on("connect", () => {
    const asked = [...perhaps, ...also, ...session.subscribe];
    if (asked.length === 0) ready(false);
    else client.subscribe(asked, { qos: 1 }, () => {});
  });
  // The answer to SUBSCRIBE is taken here, not in its callback, which mqtt.js calls after later messages.
  client.on("packetreceive", (packet: Packet) => {
    if (packet.cmd !== "suback" || isReady) return;
    const asked: readonly unknown[] = packet.granted.slice(perhaps.length);
    if (asked.slice(also.length).every(isGranted)) ready(!asked.every(isGranted));
    else fail("refused");
  });
  client.on("error", (error) => fail(failureOf(error)));
  client.on("close", () => fail("closed"));
  client.onKeepaliveTimeout = () => fail("timeout");
  // mqtt.js sends PUBACK when this calls back; an `on("message")` handler could not hold it.
  client.handleMessage = (packet, done) => {
    if (!isOver) emit(asMessage(packet, done));
  };
  guardFrames(client, () => fail("protocol"));

  function ready(isPartial: boolean): void {
    if (isOver) return;
    isReady = true;
    clearTimeout(deadline);
    emit({ kind: "connected", isPartial });
  }

  return {
    publish({ topic, payload, qos, retain }) {
      if (!isReady || isOver || !client.connected) return;
      if (inFlight >= maxInFlight || client.stream.writableLength > maxHeldBytes) return;
      inFlight += 1;
      client.publish(topic, payload, { qos, retain }, () => {
        inFlight -= 1;
      });
    },
    leave() {
      if (isOver) return;
      isOver = true;
      clearTimeout(deadline);
      if (!client.connected) return void client.end(true);
      const impatience = setTimeout(() => client.stream.destroy(), goodbyeLimitMs);
      client.end(false, {}, () => clearTimeout(impatience));
    },
    cut() {
      if (!isOver) end();
    },
  };
}

function clientOptions(options: MqttBusOptions, will: Outgoing): IClientOptions {
  return {
    protocolVersion: 4,
    clientId: options.box,
    username: options.box,
    password: options.password,
    keepalive: options.keepaliveS,
    clean: true,
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain },
    // When to try again is the core's decision.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // A box writes a few numbers a minute: a buffer ready for each of the 65,536 is 7 MB.
    writeCache: false,
    // Our own deadline covers the subscriptions too and comes first.
    connectTimeout: 2 * connectLimitMs,
  };
}

function asMessage(packet: IPublishPacket, done: () => void): BusEvent {
  let isAccepted = false;
  return {
    kind: "message",
    topic: packet.topic,
    payload: packet.payload.toString(),
    accept() {
      if (isAccepted) return;
      isAccepted = true;
      done();
    },
  };
}

/** MQTT 3.1.1, 3.9.3: 0x80 is a subscription that was refused. */
function isGranted(code: unknown): boolean {
  return typeof code === "number" && code < 0x80;
}

/** mqtt.js has no size limit below MQTT 5; this cuts a broker off before its parser has collected 256 MB. */
function guardFrames(client: MqttClient, onFault: () => void): void {
  const walk = createFrameWalk(isFromServer);
  const { stream } = client;
  const look = (chunk: Uint8Array) => {
    if (walk.look(chunk, maxFrameBytes) === null) return;
    stream.off("data", look);
    onFault();
  };
  stream.on("data", look);
}

/** MQTT 3.1.1, table 2.1: CONNACK, PUBLISH, PUBACK, SUBACK, UNSUBACK, PINGRESP. */
const serverTypes: ReadonlySet<number> = new Set([2, 3, 4, 9, 11, 13]);

function isFromServer(firstByte: number): boolean {
  return serverTypes.has(firstByte >> 4);
}
