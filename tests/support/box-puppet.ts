import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import type { AckBody, boxEvent } from "@loa/shared/wire/bodies.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import { type Envelope, type EnvelopeKind, openSealed, seal } from "@loa/shared/wire/envelope.ts";
import { type BoxTopicName, boxTopic } from "@loa/shared/wire/topics.ts";
import type { z } from "zod";
import type { BrokerTwin } from "./broker-twin.ts";

/** A box that says what a test tells it to say, signed with its own key. */
export interface BoxPuppet {
  readonly id: BoxId;
  readonly publicKey: string;
  connect(session: number): void;
  /** The broker says, on its behalf, that this connection is gone. */
  dieIn(session: number): void;
  report(changed?: object): void;
  status(body: object): void;
  ack(command: string, changed?: Partial<AckBody>): void;
  /** What older boxes do not tell may be left out. */
  event(stream: string, number: number, event: z.input<typeof boxEvent>): void;
  /** Says something signed by another key in its own name. */
  forge(topic: "ack" | "event", body: unknown): void;
  /** Envelopes that went down to its own topics, oldest first. */
  got(kind: EnvelopeKind): readonly Envelope[];
}

export function createBoxPuppet(id: string, broker: BrokerTwin): BoxPuppet {
  const box = id as BoxId;
  const keys = newKeyPair();
  let sequence = 0;
  let session = 0;
  const say = (name: BoxTopicName, payload: string) =>
    broker.fromBox({ box, topic: boxTopic(box, name), payload });
  const tell = (name: BoxTopicName, body: object) => say(name, JSON.stringify(body));

  function sealed(kind: EnvelopeKind, body: unknown, privateKey = keys.privateKey): string {
    sequence += 1;
    const at = asInstant(Date.UTC(2026, 10, 23));
    return seal(
      {
        v: 1,
        id: newCommandId(at, nodeRandom),
        kind,
        audience: { controller: true },
        issuer: id,
        sequence,
        issuedAt: at,
        notBefore: at,
        expiresAt: null,
        critical: [],
        body,
      },
      { issuer: id, privateKey },
      nodeCrypto,
    );
  }

  return {
    id: box,
    publicKey: keys.publicKey,
    connect(number) {
      session = number;
      broker.connected(box);
      tell("presence", { session, online: true, nonce: `nonce-${number}`, version: "1.0.0" });
    },
    dieIn: (number) => tell("presence", { session: number, online: false, nonce: "", version: "1.0.0" }),
    report: (changed = {}) =>
      tell("reported", {
        session,
        revision: 0,
        profile: null,
        stream: "s",
        lastEvent: 0,
        highest: 0,
        clipsWanted: 0,
        clipsPresent: 0,
        ...changed,
      }),
    status: (body) => tell("status", { n: session, ...body }),
    ack: (command, changed = {}) =>
      say("ack", sealed("ack", { command, state: "accepted", reason: null, highest: 0, ...changed })),
    event: (stream, number, event) => say("event", sealed("event", { stream, number, event })),
    forge: (topic, body) => say(topic, sealed(topic, body, newKeyPair().privateKey)),
    got: (kind) =>
      broker.sent
        .filter(({ topic }) => topic === boxTopic(box, "plan") || topic === boxTopic(box, "command"))
        .filter(({ payload }) => payload !== "")
        .map(({ payload }) => opened(payload, broker))
        .filter((one) => one.kind === kind),
  };
}

/** Opens with the controller's key; throws where the signature is not good. */
export function opened(payload: string, { controllerKey }: BrokerTwin): Envelope {
  const envelope = openSealed(payload, () => controllerKey, nodeCrypto);
  if (!envelope.ok) throw new Error(`not opened: ${envelope.error}`);
  return envelope.value;
}
