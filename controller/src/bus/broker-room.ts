import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { AedesBrokerOptions } from "./aedes-broker-options.ts";
import type { SessionBook } from "./aedes-parts.ts";
import { type BrokerRights, boxRights } from "./box-rights.ts";
import type { Client } from "./broker-client.ts";
import type { BrokerLimits } from "./broker-limits.ts";
import type { ClientEvent, FromBox, Refusal } from "./broker-port.ts";
import type { ByteCap } from "./byte-cap.ts";
import type { ConnectVerdict } from "./connect-rules.ts";
import type { KeptSession } from "./kept-session.ts";
import { createKeptSessions, type KeptSessions } from "./kept-sessions.ts";
import type { Visitor } from "./listener.ts";
import { createPostOffice, type PostOffice, type Seat } from "./post-office.ts";
import { createRefusals, type Refusals } from "./refusals.ts";

/** What the parts of one broker share. */
export interface Room {
  readonly options: AedesBrokerOptions;
  readonly rights: BrokerRights;
  readonly limits: BrokerLimits;
  readonly refusals: Refusals;
  readonly post: PostOffice;
  readonly sessions: KeptSessions;
  readonly guests: WeakMap<object, Guest>;
  readonly online: Map<BoxId, Client>;
  readonly onMessage: ((message: FromBox) => void)[];
  readonly onClient: ((event: ClientEvent) => void)[];
  messagesIn: number;
  isClosing: boolean;
}

/** What is known of one connection. */
export interface Guest {
  readonly visitor: Visitor;
  readonly cap: ByteCap;
  readonly arrivedAt: MonotonicMs;
  /** Packet ids of QoS 2 messages that it has not released; a session that is kept has its own. */
  readonly incoming: Set<number>;
  /** Null until its CONNECT was read. */
  verdict: ConnectVerdict | null;
  isClean: boolean;
  box: BoxId | null;
  session: KeptSession | null;
  /** What is wrong with it has been counted. */
  isCounted: boolean;
}

export function createRoom(options: AedesBrokerOptions, limits: BrokerLimits): Room {
  const refusals = createRefusals(options.clock, options.log);
  const post = createPostOffice(limits);
  const sessions = createKeptSessions(limits, options.clock, {
    dropped: () => refusals.refuse("queue-full", {}),
    ended: (session) => {
      for (const filter of session.filters.keys()) post.unsubscribe(session, filter);
    },
  });
  return {
    options,
    rights: options.rights ?? boxRights(options.allowedSubscriptions),
    limits,
    refusals,
    post,
    sessions,
    guests: new WeakMap(),
    online: new Map(),
    onMessage: [],
    onClient: [],
    messagesIn: 0,
    isClosing: false,
  };
}

export function newGuest(room: Room, visitor: Visitor, cap: ByteCap): Guest {
  return {
    visitor,
    cap,
    arrivedAt: room.options.clock.monotonic(),
    incoming: new Set(),
    verdict: null,
    isClean: true,
    box: null,
    session: null,
    isCounted: false,
  };
}

export function refuseGuest(room: Room, guest: Guest, reason: Refusal): void {
  guest.isCounted = true;
  // A name is logged only when it has the form of one: strangers do not write into our log.
  const box = guest.verdict?.ok === true ? guest.verdict.box : null;
  room.refusals.refuse(reason, { address: guest.visitor.address, box });
}

export function seatOf(guest: Guest): Seat {
  return guest.session ?? guest.visitor;
}

/** Aedes has sent CONNACK to this client: from now on it is online, and the connection of its session. */
export function enter(room: Room, client: Client): void {
  const guest = room.guests.get(client);
  const box = guest?.box ?? null;
  if (guest === undefined || box === null) return;
  if (guest.isClean) room.sessions.forget(box);
  else guest.session = room.sessions.open(box);
  room.online.set(box, client);
  for (const listener of room.onClient) listener({ kind: "connected", box });
}

export function leave(room: Room, client: Client): void {
  const guest = room.guests.get(client);
  const box = guest?.box ?? null;
  if (box === null || room.online.get(box) !== client) return;
  room.online.delete(box);
  guest?.session?.detach(room.options.clock.monotonic());
  if (room.isClosing) return;
  for (const listener of room.onClient) listener({ kind: "disconnected", box });
}

/** A timer of Node may ring this much too early for the clock. */
const timerSlackMs = 10;

/** Aedes ends a connection by itself: for what is no MQTT, for silence, or since nobody takes its answers. */
export function countFault(room: Room, client: Client, error: Error): void {
  const guest = room.guests.get(client);
  // Faults of the network carry a code, and what is said of a connection that has ended is no fault.
  if (guest === undefined || guest.isCounted || client.closed || "code" in error) return;
  const waitedMs = room.options.clock.monotonic() - guest.arrivedAt + timerSlackMs;
  if (client.conn.writableLength > 0) {
    guest.isCounted = true;
    room.post.countSlow();
  } else if (guest.verdict === null && waitedMs >= room.limits.connectTimeoutMs)
    refuseGuest(room, guest, "silent");
  else refuseGuest(room, guest, "bad-frame");
}

export function sessionBook(room: Room, takeOnce: SessionBook["takeOnce"]): SessionBook {
  return {
    keptOf: (client) => room.guests.get(client)?.session ?? null,
    findKept: (id) => room.sessions.find(id),
    incomingOf(client) {
      const guest = room.guests.get(client);
      return guest?.session?.incoming ?? guest?.incoming ?? new Set();
    },
    takeOnce,
  };
}
