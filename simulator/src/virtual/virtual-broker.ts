import type { Broker, ClientEvent, FromBox } from "@loa/controller/bus/broker-port.ts";
import { judgeConnect } from "@loa/controller/bus/connect-rules.ts";
import { createRefusals } from "@loa/controller/bus/refusals.ts";
import { isBrokenTopic, refusalOfSending, refusalOfSize } from "@loa/controller/bus/topic-rights.ts";
import type { BrokerAccess } from "@loa/controller/ports.ts";
import type { Clock } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import type { Outgoing } from "@loa/shared/wire/topics.ts";
import type { Connection, Credentials, NetworkSurroundings } from "./connection.ts";
import { sizeOf } from "./virtual-meter.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** The broker's end of all connections. */
export interface BrokerRoom {
  readonly broker: Omit<Broker, "close">;
  /** Takes the connection in, or says why not. */
  admit(connection: Connection, credentials: Credentials): "ok" | "refused";
  /** Sends what is retained on the topics of a connection that was just admitted. */
  sendRetained(connection: Connection): void;
  /** A publish of a box arrived. */
  receive(connection: Connection, message: Outgoing): void | Promise<void>;
  /** The connection's broker end is over; `goodbye` keeps the will back. */
  leave(connection: Connection, how: "goodbye" | "lost"): void | Promise<void>;
  /** The line of this box was cut or healed: a dead connection is noticed after a while. */
  watchCut(box: BoxId): void;
  /** Loses all connections and retained messages. */
  forget(): void;
  /** The process is gone. */
  end(): void;
}

/** 1.5 × the keepalive of 20 s (MQTT 3.1.1, 3.1.2.10): then the other end is taken for dead. */
export const KEEPALIVE_GRACE_MS = 30_000;

export function createBrokerRoom(network: NetworkSurroundings, access: BrokerAccess): BrokerRoom {
  const connections = new Map<BoxId, Connection>();
  const readers = new Map<string, Set<Connection>>();
  const retained = new Map<string, Outgoing>();
  const onMessage: ((message: FromBox) => void)[] = [];
  const onClient: ((event: ClientEvent) => void)[] = [];
  const refusals = createRefusals(clockOf(network.time), network.log);
  let messagesIn = 0;
  let messagesOut = 0;
  let isOver = false;

  const tell = (event: ClientEvent) => {
    for (const listener of onClient) listener(event);
  };

  function toController(box: BoxId, topic: string, payload: string): void | Promise<void> {
    messagesIn += 1;
    network.overheard("up", box, topic, payload);
    const message = { box, topic, payload };
    for (const listener of onMessage) listener(message);
    return network.afterController();
  }

  function send(connection: Connection, topic: string, payload: string): void {
    messagesOut += 1;
    connection.link.carryMessage("down", connection.isAtBox, () => {
      if (connection.isLiveAtBox) connection.deliverToBox(topic, payload);
    });
  }

  /** Takes it out of the tables; null when it was out already. */
  function remove(connection: Connection): Connection | null {
    if (!connection.isLiveAtBroker) return null;
    connection.isLiveAtBroker = false;
    for (const topic of connection.readable) readers.get(topic)?.delete(connection);
    if (connections.get(connection.box) === connection) connections.delete(connection.box);
    return connection;
  }

  function leave(connection: Connection, how: "goodbye" | "lost"): void | Promise<void> {
    if (isOver || remove(connection) === null) return;
    const { box, will } = connection;
    if (how === "lost" && refusalOfSize(box, will.topic, Buffer.byteLength(will.payload)) === null) {
      if (will.retain) retained.set(will.topic, will);
      toController(box, will.topic, will.payload);
    }
    tell({ kind: "disconnected", box });
    return network.afterController();
  }

  function closeBothEnds(connection: Connection): void {
    if (remove(connection) === null) return;
    connection.link.carry(
      "down",
      () => connection.isLiveAtBox,
      () => connection.closeAtBox("closed"),
    );
  }

  const room: BrokerRoom = {
    broker: {
      publish(message) {
        if (isOver) return;
        const { topic, payload, retain } = message;
        const reason = refusalOfSending(topic, Buffer.from(payload));
        if (reason !== null) return refusals.refuse(reason, { topic });
        if (retain && payload === "") retained.delete(topic);
        else if (retain) retained.set(topic, message);
        for (const reader of readers.get(topic) ?? []) send(reader, topic, payload);
      },
      onMessage: (listener) => void onMessage.push(listener),
      onClient: (listener) => void onClient.push(listener),
      kick(box) {
        const connection = connections.get(box);
        if (connection === undefined) return;
        closeBothEnds(connection);
        tell({ kind: "disconnected", box });
      },
      stats: () => ({
        connections: connections.size,
        messagesIn,
        messagesOut,
        refused: refusals.counts(),
        slowReadersKicked: 0,
        retained: retained.size,
      }),
    },
    admit(connection, { username, password }) {
      const { box, will } = connection;
      const verdict = judgeConnect(
        {
          clientId: box,
          username,
          clean: true,
          keepaliveS: 20,
          will: { topic: will.topic, payload: Buffer.from(will.payload) },
        },
        300,
      );
      if (isOver || !verdict.ok) return "refused";
      if (access.authenticate(box, username, password, "192.0.2.1") !== "ok") return "refused";
      const allowed = access.allowedSubscriptions(box);
      const asked = [...connection.perhaps, ...connection.also, ...connection.subscribe];
      const readable = asked.filter((topic) => allowed.has(topic));
      if (readable.length < asked.length) refusals.refuse("subscription-denied", { box });
      if (!connection.subscribe.every((topic) => allowed.has(topic))) return "refused";
      connection.readable = readable;
      // MQTT 3.1.1, 3.1.4-2: the older connection of the same client is closed, which publishes its will.
      const older = connections.get(box);
      if (older !== undefined) {
        older.link.carry(
          "down",
          () => older.isLiveAtBox,
          () => older.closeAtBox("closed"),
        );
        void leave(older, "lost");
      }
      connection.isLiveAtBroker = true;
      connections.set(box, connection);
      for (const topic of connection.readable) {
        const known = readers.get(topic);
        if (known === undefined) readers.set(topic, new Set([connection]));
        else known.add(connection);
      }
      tell({ kind: "connected", box });
      return "ok";
    },
    receive(connection, { topic, payload, retain }) {
      if (isOver) return;
      const { box } = connection;
      if (isBrokenTopic(topic)) return leave(connection, "lost");
      const reason = refusalOfSize(box, topic, sizeOf(payload));
      if (reason !== null) return refusals.refuse(reason, { box, topic });
      if (retain) retained.set(topic, { topic, payload, qos: 1, retain });
      return toController(box, topic, payload);
    },
    sendRetained(connection) {
      for (const topic of connection.readable) {
        const kept = retained.get(topic);
        if (kept !== undefined) send(connection, topic, kept.payload);
      }
    },
    leave,
    watchCut(box) {
      const connection = connections.get(box);
      if (connection === undefined || connection.link.cut === "none") return;
      const { link } = connection;
      const { cut } = link;
      network.time.after(KEEPALIVE_GRACE_MS, () => {
        if (link.cut !== cut) return;
        connection.closeAtBox("timeout");
        return leave(connection, "lost");
      });
    },
    forget() {
      retained.clear();
      for (const connection of [...connections.values()]) closeBothEnds(connection);
    },
    end() {
      if (isOver) return;
      room.forget();
      isOver = true;
    },
  };

  return room;
}

function clockOf(time: VirtualTime): Clock {
  return { now: time.instant, monotonic: () => asMonotonic(time.now()) };
}
