import { TLSSocket } from "node:tls";
import type { Outgoing } from "@loa/shared/wire/topics.ts";
import { Aedes, type AuthenticateError, type Client, type ConnectPacket } from "aedes";
import type { AedesBrokerOptions } from "./aedes-broker-options.ts";
import { createPersistence, deafEmitter } from "./aedes-parts.ts";
import { defaultLimits, maxTopicLevels } from "./broker-limits.ts";
import {
  endSubscriptions,
  enterSubscriptions,
  judgeSubscription,
  receive,
  receiveOnce,
  send,
} from "./broker-mail.ts";
import type { Broker, Refusal } from "./broker-port.ts";
import {
  countFault,
  createRoom,
  enter,
  type Guest,
  leave,
  newGuest,
  type Room,
  refuseGuest,
  sessionBook,
} from "./broker-room.ts";
import { capBytes } from "./byte-cap.ts";
import { returnCodeOf } from "./connect-rules.ts";
import { type Listener, listen, type Visitor } from "./listener.ts";

/** The broker inside the controller: up to about 10,000 boxes on one core. */
export async function startAedesBroker(
  options: AedesBrokerOptions,
): Promise<Broker & { readonly port: number }> {
  const limits = { ...defaultLimits, ...options.limits };
  const room = createRoom(options, limits);
  const aedes = await Aedes.createBroker({
    // No queue inside: with Aedes's 100 a burst of 4,000 packets ended the process.
    concurrency: 0,
    mq: deafEmitter,
    persistence: createPersistence(sessionBook(room, (client, packet) => receiveOnce(room, client, packet))),
    connectTimeout: limits.connectTimeoutMs,
    drainTimeout: limits.drainTimeoutMs,
    maxInflightInbound: limits.maxHalfOpen,
    maxTopicLevels,
    preConnect: (client, packet, done) => rememberRequest(room, client, packet, done),
    authenticate: (client, username, password, done) =>
      done(...authenticate(room, client, username, password?.toString("utf8") ?? "")),
    authorizePublish: (client, packet, done) => done(receive(room, client, packet)),
    authorizeSubscribe: (client, subscription, done) => {
      const verdict = judgeSubscription(room, client, subscription.topic);
      if (verdict instanceof Error) done(verdict);
      else done(null, verdict ? subscription : null);
    },
  });
  followClients(room, aedes);
  const listener = await listen(options, limits, {
    onVisitor: (visitor) => welcome(room, aedes, visitor),
    onFull: (address) => room.refusals.refuse("too-many-connections", { address }),
    onBadHandshake: (address) => room.refusals.refuse("bad-handshake", { address }),
  });
  return asBroker(room, aedes, listener);
}

function welcome(room: Room, aedes: Aedes, visitor: Visitor): void {
  const cap = capBytes(visitor.socket, room.limits, room.rights.maxQos, (fault) =>
    refuseGuest(room, guest, fault),
  );
  const guest = newGuest(room, visitor, cap);
  room.guests.set(aedes.handle(visitor.socket), guest);
}

function rememberRequest(
  room: Room,
  client: Client,
  packet: ConnectPacket,
  done: (error: Error | null, isSuccessful: boolean) => void,
): void {
  const guest = room.guests.get(client);
  const { will } = packet;
  const willQos: number = will?.qos ?? 0;
  // MQTT 3.1.1, 3.1.2-14; the parser lets it pass.
  if (willQos > 2) {
    done(new Error("no such QoS"), false);
    return;
  }
  if (guest !== undefined) {
    guest.isClean = packet.clean === true;
    guest.verdict = room.rights.connect(
      {
        clientId: packet.clientId,
        username: packet.username,
        clean: guest.isClean,
        keepaliveS: packet.keepalive ?? 0,
        will: will === undefined ? undefined : { topic: will.topic, payload: Buffer.from(will.payload) },
      },
      room.limits.maxKeepaliveS,
    );
  }
  done(null, guest !== undefined);
}

function authenticate(
  room: Room,
  client: Client,
  username: string | undefined,
  password: string,
): [AuthenticateError | null, boolean] {
  const guest = room.guests.get(client);
  if (guest === undefined) return [refusedWith(5), false];
  const reason = refusalOfConnect(room, guest, username ?? "", password);
  if (reason !== null) {
    refuseGuest(room, guest, reason);
    return [refusedWith(returnCodeOf(reason)), false];
  }
  guest.visitor.place.prove();
  guest.cap.lift();
  return [null, true];
}

function refusalOfConnect(room: Room, guest: Guest, username: string, password: string): Refusal | null {
  const { verdict, visitor } = guest;
  if (verdict === null) return "bad-session";
  if (!verdict.ok) return verdict.reason;
  if (room.options.tls?.ca !== undefined && commonName(visitor) !== verdict.box) return "bad-certificate";
  const answer = room.options.authenticate(verdict.box, username, password, visitor.address);
  if (answer !== "ok") return answer;
  if (!guest.isClean && !room.sessions.hasRoomFor(verdict.box)) return "sessions-full";
  guest.box = verdict.box;
  return null;
}

function refusedWith(returnCode: 2 | 3 | 4 | 5): AuthenticateError {
  return Object.assign(new Error("connection refused"), { returnCode });
}

function commonName({ socket }: Visitor): string | null {
  if (!(socket instanceof TLSSocket)) return null;
  const name = socket.getPeerCertificate().subject?.CN;
  return typeof name === "string" ? name : null;
}

function followClients(room: Room, aedes: Aedes): void {
  aedes.on("client", (client) => enter(room, client));
  // CONNACK is out: only now may anything follow it.
  aedes.on("clientReady", (client) => {
    room.guests.get(client)?.session?.attach((frame) => room.post.hand(client.conn, frame));
  });
  aedes.on("subscribe", (granted, client) => enterSubscriptions(room, client, granted));
  aedes.on("unsubscribe", (filters, client) => endSubscriptions(room, client, filters));
  aedes.on("clientDisconnect", (client) => leave(room, client));
  aedes.on("keepaliveTimeout", (client) => {
    const guest = room.guests.get(client);
    if (guest !== undefined) guest.isCounted = true;
  });
  aedes.on("clientError", (client, error) => countFault(room, client, error));
  aedes.on("connectionError", (client, error) => countFault(room, client, error));
}

function asBroker(room: Room, aedes: Aedes, listener: Listener): Broker & { readonly port: number } {
  return {
    port: listener.port,
    publish({ topic, payload: text, qos, retain }: Outgoing) {
      const payload = Buffer.from(text);
      const reason = room.rights.send(topic, payload);
      if (reason === null) send(room, { topic, payload, qos, retain });
      else room.refusals.refuse(reason, { topic });
    },
    onMessage: (added) => void room.onMessage.push(added),
    onClient: (added) => void room.onClient.push(added),
    kick: (box) => void room.online.get(box)?.conn.destroy(),
    stats: () => ({
      connections: room.online.size,
      messagesIn: room.messagesIn,
      refused: room.refusals.counts(),
      ...room.post.stats(),
    }),
    async close() {
      room.isClosing = true;
      await new Promise<void>((resolve) => aedes.close(resolve));
      await listener.close();
    },
  };
}
