import { TLSSocket } from "node:tls";
import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { Outgoing } from "@loa/shared/wire/topics.ts";
import { Aedes, type AuthenticateError, type Client, type ConnectPacket } from "aedes";
import { deafEmitter, emptyPersistence } from "./aedes-parts.ts";
import { type BrokerLimits, defaultLimits, maxTopicLevels } from "./broker-limits.ts";
import type {
  AllowedSubscriptions,
  Authenticate,
  Broker,
  ClientEvent,
  FromBox,
  Refusal,
} from "./broker-port.ts";
import { type ByteCap, capBytes } from "./byte-cap.ts";
import { type ConnectVerdict, judgeConnect, returnCodeOf } from "./connect-rules.ts";
import { type Listener, listen, type TlsOptions, type Visitor } from "./listener.ts";
import { createPostOffice, type PostOffice } from "./post-office.ts";
import { createRefusals, type Refusals } from "./refusals.ts";
import { isBrokenTopic, refusalOfPublish } from "./topic-rights.ts";

export interface AedesBrokerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls?: TlsOptions;
  readonly authenticate: Authenticate;
  readonly allowedSubscriptions: AllowedSubscriptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<BrokerLimits>;
}

/** The broker inside the controller: up to about 10,000 boxes on one core. */
export async function startAedesBroker(
  options: AedesBrokerOptions,
): Promise<Broker & { readonly port: number }> {
  const limits = { ...defaultLimits, ...options.limits };
  const room: Room = {
    options,
    limits,
    refusals: createRefusals(options.clock, options.log),
    post: createPostOffice<Client>(limits, (client) => client.conn),
    guests: new WeakMap(),
    online: new Map(),
    onMessage: [],
    onClient: [],
    messagesIn: 0,
    isClosing: false,
  };
  const aedes = await Aedes.createBroker({
    // No queue inside: with Aedes's 100 a burst of 4,000 packets ended the process.
    concurrency: 0,
    mq: deafEmitter,
    persistence: emptyPersistence,
    connectTimeout: limits.connectTimeoutMs,
    drainTimeout: limits.drainTimeoutMs,
    maxTopicLevels,
    preConnect: (client, packet, done) => rememberRequest(room, client, packet, done),
    authenticate: (client, username, password, done) =>
      done(...authenticate(room, client, username, password?.toString("utf8") ?? "")),
    authorizePublish: (client, packet, done) => done(receive(room, client, packet.topic, packet.payload)),
    authorizeSubscribe: (client, subscription, done) => {
      if (isBrokenTopic(subscription.topic)) return done(refuseTopic(room, client));
      done(null, maySubscribe(room, client, subscription.topic) ? subscription : null);
    },
  });
  followClients(room, aedes);
  const listener = await listen(options, limits, {
    onVisitor: (visitor) => welcome(room, aedes, visitor),
    onFull: (address) => room.refusals.refuse("too-many-connections", { address }),
  });
  return asBroker(room, aedes, listener);
}

/** What the parts of one broker share. */
interface Room {
  readonly options: AedesBrokerOptions;
  readonly limits: BrokerLimits;
  readonly refusals: Refusals;
  readonly post: PostOffice<Client>;
  readonly guests: WeakMap<object, Guest>;
  readonly online: Map<BoxId, Client>;
  readonly onMessage: ((message: FromBox) => void)[];
  readonly onClient: ((event: ClientEvent) => void)[];
  messagesIn: number;
  isClosing: boolean;
}

/** What is known of one connection. */
interface Guest {
  readonly visitor: Visitor;
  readonly cap: ByteCap;
  verdict: ConnectVerdict;
  box: BoxId | null;
}

function welcome(room: Room, aedes: Aedes, visitor: Visitor): void {
  const { socket, address } = visitor;
  const cap = capBytes(socket, room.limits, (fault) => room.refusals.refuse(fault, { address }));
  const client = aedes.handle(socket);
  room.guests.set(client, { visitor, cap, verdict: { ok: false, reason: "bad-session" }, box: null });
}

function rememberRequest(
  room: Room,
  client: Client,
  packet: ConnectPacket,
  done: (error: Error | null, isSuccessful: boolean) => void,
): void {
  const guest = room.guests.get(client);
  const { will } = packet;
  if (guest !== undefined) {
    guest.verdict = judgeConnect(
      {
        clientId: packet.clientId,
        username: packet.username,
        clean: packet.clean === true,
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
    // A name is logged only when it has the form of one: strangers do not write into our log.
    const box = guest.verdict.ok ? guest.verdict.box : null;
    room.refusals.refuse(reason, { address: guest.visitor.address, box });
    return [refusedWith(returnCodeOf(reason)), false];
  }
  guest.visitor.place.prove();
  guest.cap.lift();
  return [null, true];
}

function refusalOfConnect(room: Room, guest: Guest, username: string, password: string): Refusal | null {
  const { verdict, visitor } = guest;
  if (!verdict.ok) return verdict.reason;
  if (room.options.tls?.ca !== undefined && commonName(visitor) !== verdict.box) return "bad-certificate";
  const answer = room.options.authenticate(verdict.box, username, password, visitor.address);
  if (answer !== "ok") return answer;
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

/**
 * Consumes a message (or a last will) before its PUBACK leaves. An error ends the connection, so only broken topics
 * answer one; what is merely denied is acknowledged and goes nowhere, since mqtt.js would send it again for ever.
 */
function receive(room: Room, client: Client | null, topic: string, content: string | Buffer): Error | null {
  const box = client === null ? null : (room.guests.get(client)?.box ?? null);
  if (client === null || box === null || room.isClosing) return null;
  if (isBrokenTopic(topic)) return refuseTopic(room, client);
  const payload = Buffer.isBuffer(content) ? content : Buffer.from(content);
  const reason = refusalOfPublish(box, topic, payload);
  if (reason !== null) {
    room.refusals.refuse(reason, { box, topic });
    return null;
  }
  room.messagesIn += 1;
  const message = { box, topic, payload: payload.toString("utf8") };
  for (const listener of room.onMessage) listener(message);
  return null;
}

function refuseTopic(room: Room, client: Client): Error {
  room.refusals.refuse("bad-topic", { box: room.guests.get(client)?.box });
  return new Error("broken topic");
}

function maySubscribe(room: Room, client: Client, topic: string): boolean {
  const box = room.guests.get(client)?.box ?? null;
  if (box !== null && room.options.allowedSubscriptions(box).has(topic)) return true;
  room.refusals.refuse("subscription-denied", { box, topic });
  return false;
}

/** What Aedes answers for a topic that was denied (MQTT 3.1.1, 3.9.3). */
const subscriptionRefused = 128;

function followClients(room: Room, aedes: Aedes): void {
  aedes.on("subscribe", (subscriptions, client) => {
    for (const { topic, qos } of subscriptions) {
      const granted: number = qos;
      if (granted !== subscriptionRefused) room.post.subscribe(client, topic, granted === 0 ? 0 : 1);
    }
  });
  aedes.on("unsubscribe", (topics, client) => {
    for (const topic of topics) room.post.unsubscribe(client, topic);
  });
  aedes.on("client", (client) => {
    const box = room.guests.get(client)?.box ?? null;
    if (box === null) return;
    room.online.set(box, client);
    for (const listener of room.onClient) listener({ kind: "connected", box });
  });
  aedes.on("clientDisconnect", (client) => {
    const box = room.guests.get(client)?.box ?? null;
    if (box === null || room.online.get(box) !== client) return;
    room.online.delete(box);
    if (room.isClosing) return;
    for (const listener of room.onClient) listener({ kind: "disconnected", box });
  });
}

function asBroker(room: Room, aedes: Aedes, listener: Listener): Broker & { readonly port: number } {
  return {
    port: listener.port,
    publish: (message: Outgoing) => {
      const reason = room.post.send(message);
      if (reason !== null) room.refusals.refuse(reason, { topic: message.topic });
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
