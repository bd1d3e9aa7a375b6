import type { Bus, BusEvent, BusFailure } from "@loa/edge-agent/ports.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { Connection } from "./connection.ts";
import { KEEPALIVE_GRACE_MS } from "./virtual-broker.ts";
import { createBusMeter } from "./virtual-meter.ts";
import type { VirtualNetwork } from "./virtual-network.ts";

/** From the first packet to all subscriptions granted, as in the real adapter. */
const CONNECT_LIMIT_MS = 30_000;
/** How soon a modem without a signal says so. */
const NO_SIGNAL_MS = 2_000;

export interface BusIdentity {
  readonly box: BoxId;
  readonly password: string;
}

/** The box's end of the bus, for one run of the agent. */
export interface VirtualBus extends Bus {
  /** The power went: the box is silent, and the broker is not told. */
  die(): void;
  /** The connection broke and both ends saw it: the will is published, the box may connect again. */
  break(): void;
}

export function createVirtualBus(
  network: VirtualNetwork,
  identity: BusIdentity,
  isAlive: () => boolean,
): VirtualBus {
  const { time } = network;
  const { box, password } = identity;
  const link = network.linkOf(box);
  const meter = createBusMeter(time);
  const listeners: ((event: BusEvent) => void)[] = [];
  let current: Connection | null = null;
  let isReady = false;

  const emit = (event: BusEvent) => {
    if (!isAlive()) return;
    for (const listener of listeners) listener(event);
  };

  function open(session: Parameters<Bus["connect"]>[0]): Connection {
    const inbox = createInbox((topic, payload, accept) => {
      if (!isAlive()) return;
      meter.received(topic, payload);
      network.overheard("down", box, topic, payload);
      emit({ kind: "message", topic, payload, accept });
    });
    const connection: Connection = {
      box,
      link,
      subscribe: session.subscribe,
      also: session.also ?? [],
      perhaps: session.perhaps ?? [],
      readable: [],
      will: session.will,
      isLiveAtBroker: false,
      isLiveAtBox: true,
      isAtBroker: () => connection.isLiveAtBroker,
      isAtBox: () => connection.isLiveAtBox,
      closeAtBox: (reason) => close(connection, reason),
      deliverToBox: inbox,
    };
    return connection;
  }

  function close(connection: Connection, reason: BusFailure): void {
    if (!connection.isLiveAtBox) return;
    connection.isLiveAtBox = false;
    if (current !== connection) return;
    current = null;
    isReady = false;
    meter.ended();
    emit({ kind: "disconnected", reason });
  }

  function knock(connection: Connection): void {
    const { room } = network;
    if (!connection.isLiveAtBox) return;
    const verdict = room === null ? "unreachable" : room.admit(connection, { username: box, password });
    answer(connection, () => {
      if (verdict !== "ok") {
        close(connection, verdict);
        return;
      }
      isReady = true;
      meter.connected(connection, box, password);
      const readable = new Set(connection.readable);
      emit({ kind: "connected", isPartial: !connection.also.every((topic) => readable.has(topic)) });
    });
    if (verdict !== "ok") return;
    room?.sendRetained(connection);
    if (link.cut !== "none") room?.watchCut(box);
  }

  function answer(connection: Connection, run: () => void): void {
    link.carry("down", () => connection.isLiveAtBox && current === connection, run);
  }

  /** Ends the current connection; the broker hears of it when the line is open, else by the keepalive. */
  function leave(how: "goodbye" | "lost"): void {
    const connection = current;
    if (connection === null) return;
    current = null;
    isReady = false;
    meter.ended();
    connection.isLiveAtBox = false;
    link.carry(
      "up",
      () => connection.isLiveAtBroker,
      () => network.room?.leave(connection, how),
    );
  }

  return {
    connect(session) {
      if (!isAlive()) return;
      leave("lost");
      const connection = open(session);
      current = connection;
      if (link.cut === "both") return void time.after(NO_SIGNAL_MS, () => close(connection, "unreachable"));
      link.carry(
        "up",
        () => connection.isLiveAtBox,
        () => {
          knock(connection);
          return network.afterController();
        },
      );
      time.after(CONNECT_LIMIT_MS, () => {
        if (current !== connection || isReady) return;
        leave("lost");
        emit({ kind: "disconnected", reason: "timeout" });
      });
    },
    disconnect() {
      if (isAlive()) leave("goodbye");
    },
    publish(message) {
      const connection = current;
      if (connection === null || !isReady || !isAlive()) return;
      meter.sent(message);
      link.carryMessage("up", connection.isAtBroker, () => network.room?.receive(connection, message));
    },
    onEvent: (listener) => void listeners.push(listener),
    traffic: () => meter.total(),
    break() {
      const connection = current;
      leave("lost");
      if (connection !== null) emit({ kind: "disconnected", reason: "closed" });
    },
    die() {
      const connection = current;
      current = null;
      if (connection === null) return;
      connection.isLiveAtBox = false;
      time.after(KEEPALIVE_GRACE_MS, () => network.room?.leave(connection, "lost"));
    },
  };
}

/** One message at a time: the next one waits until the one before was accepted. */
function createInbox(
  hand: (topic: string, payload: string, accept: () => void) => void,
): (topic: string, payload: string) => void {
  const waiting: { readonly topic: string; readonly payload: string }[] = [];
  let isBusy = false;
  const next = (): void => {
    const message = waiting.shift();
    if (message === undefined) return;
    isBusy = true;
    let isAccepted = false;
    hand(message.topic, message.payload, () => {
      if (isAccepted) return;
      isAccepted = true;
      isBusy = false;
      next();
    });
  };
  return (topic, payload) => {
    waiting.push({ topic, payload });
    if (!isBusy) next();
  };
}
