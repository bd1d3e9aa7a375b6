import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { Client, Said } from "./broker-client.ts";
import { type Guest, type Room, refuseGuest, seatOf } from "./broker-room.ts";
import type { KeptMessage } from "./kept-session.ts";
import { isGoodFilter } from "./topic-filters.ts";
import { isBrokenTopic } from "./topic-rights.ts";

/**
 * Hands a message (or a last will) on before its PUBACK leaves, which promises nothing: what a box signs is looked at
 * later, and kept or asked for again until it has been answered. An error ends the connection, so only broken topics
 * answer one; what is merely denied is acknowledged and goes nowhere, since mqtt.js would send it again for ever.
 */
export function receive(room: Room, client: Client | null, said: Said): Error | null {
  const guest = client === null ? undefined : room.guests.get(client);
  const box = guest?.box ?? null;
  if (guest === undefined || box === null || room.isClosing) return null;
  if (isBrokenTopic(said.topic)) return refuseTopic(room, guest);
  if (said.qos > 0 && said.messageId === 0) return new Error("no packet id");
  // With QoS 2 it may come twice, and is taken when it is known to be new; a will has no number and comes once.
  if (said.qos !== 2 || said.messageId === undefined) pass(room, box, said);
  return null;
}

/** A QoS 2 message that is new. */
export function receiveOnce(room: Room, client: Client, said: Said): void {
  const box = room.guests.get(client)?.box ?? null;
  if (box !== null && !room.isClosing) pass(room, box, said);
}

function pass(room: Room, box: BoxId, { topic, payload: content, qos, retain }: Said): void {
  const payload = Buffer.isBuffer(content) ? content : Buffer.from(content);
  const reason = room.rights.publish(box, topic, payload);
  if (reason !== null) {
    room.refusals.refuse(reason, { box, topic });
    return;
  }
  room.messagesIn += 1;
  const message = { box, topic, payload: payload.toString("utf8") };
  for (const listener of room.onMessage) listener(message);
  if (room.rights.isRelaying) send(room, { topic, payload, qos, retain });
}

export function send(room: Room, message: KeptMessage): void {
  const reason = room.post.send(message);
  if (reason !== null) room.refusals.refuse(reason, { topic: message.topic });
}

/** An error ends the connection; false is answered with 0x80. */
export function judgeSubscription(room: Room, client: Client, filter: string): Error | boolean {
  const guest = room.guests.get(client);
  if (guest === undefined) return false;
  if (isBrokenTopic(filter) || !isGoodFilter(filter)) return refuseTopic(room, guest);
  const { box } = guest;
  if (box !== null && room.rights.subscribe(box, filter)) return true;
  room.refusals.refuse("subscription-denied", { box, topic: filter });
  if (box !== null) forget(room, room.sessions.find(box), filter);
  return false;
}

/** What a session was once allowed to hear, and is not any more. */
function forget(room: Room, session: ReturnType<Room["sessions"]["find"]>, filter: string): void {
  if (session?.filters.delete(filter) === true) room.post.unsubscribe(session, filter);
}

function refuseTopic(room: Room, guest: Guest): Error {
  refuseGuest(room, guest, "bad-topic");
  return new Error("broken topic");
}

/** What Aedes answers for a topic that was denied (MQTT 3.1.1, 3.9.3). */
const subscriptionRefused = 128;

/** Enters who reads what; Aedes itself delivers nothing. */
export function enterSubscriptions(
  room: Room,
  client: Client,
  granted: readonly { readonly topic: string; readonly qos: number }[],
): void {
  const guest = room.guests.get(client);
  if (guest === undefined) return;
  for (const { topic, qos } of granted) {
    if (qos === subscriptionRefused) continue;
    const asked = qos === 0 || qos === 1 ? qos : 2;
    guest.session?.filters.set(topic, asked);
    room.post.subscribe(seatOf(guest), topic, asked);
  }
}

export function endSubscriptions(room: Room, client: Client, filters: readonly string[]): void {
  const guest = room.guests.get(client);
  if (guest === undefined) return;
  for (const filter of filters) {
    guest.session?.filters.delete(filter);
    room.post.unsubscribe(seatOf(guest), filter);
  }
  if (client.closed || !filters.some(isBrokenTopic)) return;
  refuseGuest(room, guest, "bad-topic");
  client.conn.destroy();
}
