import type { PublicKey } from "@loa/shared/kernel/ambient.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { type AckBody, ackBody, type EventBody, eventBody } from "@loa/shared/wire/bodies.ts";
import { isUnderstood, openSealed, type SignedText, signedTextOf } from "@loa/shared/wire/envelope.ts";
import { parseStrictJson } from "@loa/shared/wire/strict-json.ts";
import { boxTopics, parseTopic } from "@loa/shared/wire/topics.ts";
import {
  type Presence,
  presence,
  type Reported,
  reported,
  type Status,
  status,
} from "@loa/shared/wire/uplink.ts";
import type { z } from "zod";
import type { FromBox } from "./broker-port.ts";
import type { OpeningCrypto } from "./signature-checks.ts";

/** A message of a box, parsed once where it comes in. */
export type Incoming =
  | { readonly kind: "presence"; readonly body: Presence }
  | { readonly kind: "reported"; readonly body: Reported }
  | { readonly kind: "status"; readonly body: Status }
  | { readonly kind: "ack"; readonly body: AckBody }
  | { readonly kind: "event"; readonly body: EventBody; readonly envelope: string }
  | { readonly kind: "refused"; readonly reason: DoorRefusal };

/** Why a message goes no further. Nothing of it is believed, so nothing is answered. */
export const doorRefusals = [
  "wrong-topic",
  "too-large",
  "malformed",
  "unknown-key",
  "bad-signature",
  "critical-field",
  "wrong-audience",
  "wrong-kind",
  "bad-body",
] as const;
export type DoorRefusal = (typeof doorRefusals)[number];

/** What is to be looked at before it can be opened; null for all that is not signed, or goes no further anyhow. */
export function signedPartOf({ box, topic, payload }: FromBox): SignedText | null {
  const parsed = parseTopic(topic);
  if (parsed?.kind !== "box" || parsed.box !== box) return null;
  const isSigned = parsed.name === "ack" || parsed.name === "event";
  return isSigned && payload.length <= boxTopics[parsed.name].maxBytes ? signedTextOf(payload) : null;
}

export function openDoor(message: FromBox, key: PublicKey | null, crypto: OpeningCrypto): Incoming {
  const topic = parseTopic(message.topic);
  if (topic?.kind !== "box" || topic.box !== message.box || boxTopics[topic.name].direction !== "up") {
    return { kind: "refused", reason: "wrong-topic" };
  }
  // UTF-16 units are never more than the bytes of UTF-8, which the broker has counted; this keeps other brokers honest.
  if (message.payload.length > boxTopics[topic.name].maxBytes)
    return { kind: "refused", reason: "too-large" };
  switch (topic.name) {
    case "presence":
      return plain(message.payload, presence, (body) => ({ kind: "presence", body }));
    case "reported":
      return plain(message.payload, reported, (body) => ({ kind: "reported", body }));
    case "status":
      return (
        heartbeatOf(message.payload) ??
        levelOf(message.payload) ??
        plain(message.payload, status, (body) => ({ kind: "status", body }))
      );
    case "ack":
      return signed(message, key, crypto, "ack", ackBody, (body) => ({ kind: "ack", body }));
    case "event":
      return signed(message, key, crypto, "event", eventBody, (body) => ({
        kind: "event",
        body,
        envelope: message.payload,
      }));
    case "plan":
    case "command":
      return { kind: "refused", reason: "wrong-topic" };
  }
}

/** Numbers as JSON writes them, all of them exact in a double. */
const plainHeartbeat =
  /^\{"k":"h","n":(0|[1-9]\d{0,14})(?:,"at":(0|[1-9]\d{0,14}),"r":(0|[1-9]\d{0,14}),"f":(0|[1-9]\d{0,14}),"o":([01]))?\}$/;

/** What idle boxes say in every heartbeat of a session, word by word, and what that says: as many as a province has. */
const idleBeats = new Map<string, Incoming>();
const MAX_IDLE_BEATS = 65_536;

/** Nine of ten messages are heartbeats just as our boxes write them: those need no parser. Null for all others. */
function heartbeatOf(payload: string): Incoming | null {
  const known = idleBeats.get(payload);
  if (known !== undefined) return known;
  const found = plainHeartbeat.exec(payload);
  if (found === null) return null;
  const [, n, at, r, f, o] = found;
  // Nothing but that it is there: all is as it was.
  if (at === undefined) {
    const incoming = { kind: "status", body: { k: "h", n: Number(n) } } as const;
    if (idleBeats.size >= MAX_IDLE_BEATS) idleBeats.clear();
    idleBeats.set(payload, incoming);
    return incoming;
  }
  return {
    kind: "status",
    body: { k: "h", n: Number(n), at: Number(at), r: Number(r), f: Number(f), o: o === "1" ? 1 : 0 },
  };
}

const plainLevel =
  /^\{"k":"level","n":(0|[1-9]\d{0,14}),"at":(0|[1-9]\d{0,14}),"rms":(-?(?:0|[1-9]\d{0,2})(?:\.\d)?),"peak":(-?(?:0|[1-9]\d{0,2})(?:\.\d)?)\}$/;

/** The most frequent message of a box that sounds. */
function levelOf(payload: string): Incoming | null {
  const found = plainLevel.exec(payload);
  if (found === null) return null;
  const [, n, at, rms, peak] = found;
  const body = {
    k: "level",
    n: Number(n),
    at: asInstant(Number(at)),
    rms: Number(rms),
    peak: Number(peak),
  } as const;
  return { kind: "status", body };
}

function plain<Body>(payload: string, shape: z.ZodType<Body>, as: (body: Body) => Incoming): Incoming {
  const parsed = shape.safeParse(parseStrictJson(payload));
  return parsed.success ? as(parsed.data) : { kind: "refused", reason: "malformed" };
}

/** What counts as evidence is signed by the box itself, for the controller, and says what its topic says. */
function signed<Body>(
  { box, payload }: FromBox,
  key: PublicKey | null,
  crypto: OpeningCrypto,
  kind: "ack" | "event",
  shape: z.ZodType<Body>,
  as: (body: Body) => Incoming,
): Incoming {
  const opened = openSealed(payload, (issuer) => (issuer === box ? key : null), crypto);
  if (!opened.ok) return { kind: "refused", reason: doorRefusalOf(opened.error) };
  if (!isUnderstood(opened.value)) return { kind: "refused", reason: "critical-field" };
  if (!("controller" in opened.value.audience)) return { kind: "refused", reason: "wrong-audience" };
  if (opened.value.kind !== kind) return { kind: "refused", reason: "wrong-kind" };
  const parsed = shape.safeParse(opened.value.body);
  return parsed.success ? as(parsed.data) : { kind: "refused", reason: "bad-body" };
}

const sealRefusals = ["too-large", "unknown-key", "bad-signature"] as const;

function doorRefusalOf(reason: string): DoorRefusal {
  return sealRefusals.find((one) => one === reason) ?? "malformed";
}
