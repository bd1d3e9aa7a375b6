import { rosterChain } from "@loa/shared/trust/roster.ts";
import {
  ackBody,
  cancelBody,
  emergencyBody,
  eventBody,
  localBody,
  planBody,
  receivedBody,
  stopBody,
  testBody,
  timeBody,
  withdrawBody,
} from "@loa/shared/wire/bodies.ts";
import { type Envelope, type EnvelopeKind, envelope } from "@loa/shared/wire/envelope.ts";
import { parseTopic, ruleOf } from "@loa/shared/wire/topics.ts";
import { presence, reported, status } from "@loa/shared/wire/uplink.ts";
import type { ZodType } from "zod";

/** What is wrong with a message that travels, as a third party with the tables of `shared/wire` sees it; null: nothing. */
export function problemOf(topic: string, payload: string): string | null {
  const parsed = parseTopic(topic);
  if (parsed === null) return "not one of our topics";
  const rule = ruleOf(parsed);
  // Three bytes a character at most, so a short text need not be encoded.
  if (payload.length * 3 > rule.maxBytes && Buffer.byteLength(payload) > rule.maxBytes) return "too large";
  if (parsed.kind === "roster") return fits(rosterChain, payload);
  const name = parsed.kind === "box" ? parsed.name : "command";
  switch (name) {
    case "status":
      if (statuses.get(payload) === null) return null;
      if (payload.startsWith('{"k":"h"')) return problemOfHeartbeat(payload);
      return plainLevel.test(payload) ? null : problemOfStatus(payload);
    case "presence":
      return fits(presence, payload);
    case "reported":
      return fits(reported, payload);
    case "plan":
    case "command":
    case "ack":
    case "event":
      return problemOfEnvelope(payload);
  }
}

const MAX_HEARTBEAT_BYTES = 60;
/** Most messages are heartbeats: those that look as they should need no parser. */
const plainHeartbeat = /^\{"k":"h","n":\d{1,9}(,"at":\d{1,12},"r":\d{1,9},"f":\d{1,3},"o":[01])?\}$/;

/** The next most frequent: one in two seconds of sound. */
const plainLevel =
  /^\{"k":"level","n":\d{1,9},"at":\d{1,15},"rms":-?\d{1,3}(\.\d)?,"peak":-?\d{1,3}(\.\d)?\}$/;

/** What was found in those that were seen, by their text without its time: every quarter of an hour a box says the same at another time. */
const statuses = new Map<string, string | null>();
const MAX_STATUSES = 20_000;
const timeOfStatus = /"at":\d{13}(?=[,}])/;

function problemOfStatus(payload: string): string | null {
  const timeless = payload.replace(timeOfStatus, '"at":1');
  const known = statuses.get(timeless);
  if (known !== undefined) return known;
  if (statuses.size >= MAX_STATUSES) statuses.clear();
  const problem = fits(status, payload);
  statuses.set(timeless, problem);
  return problem;
}

function problemOfHeartbeat(payload: string): string | null {
  if (payload.length > MAX_HEARTBEAT_BYTES) return "heartbeat too large";
  if (!plainHeartbeat.test(payload)) return fits(status, payload);
  // Without a time it comes again word by word.
  if (!payload.includes('"at"') && statuses.size < MAX_STATUSES) statuses.set(payload, null);
  return null;
}

const bodies = {
  plan: planBody,
  stop: stopBody,
  test: testBody,
  emergency: emergencyBody,
  cancel: cancelBody,
  local: localBody,
  withdraw: withdrawBody,
  time: timeBody,
  received: receivedBody,
  ack: ackBody,
  event: eventBody,
} satisfies Record<EnvelopeKind, ZodType>;

function fits(schema: ZodType, text: string): string | null {
  return schema.safeParse(json(text)).success ? null : "not in the schema";
}

function problemOfEnvelope(payload: string): string | null {
  const contents = contentsOf(payload);
  if (contents === null) return "not an envelope";
  return bodies[contents.kind].safeParse(contents.body).success
    ? null
    : `body of ${contents.kind} not in the schema`;
}

/** What a sealed message carries, unverified. */
export function contentsOf(sealed: string): Envelope | null {
  const body = sealed.split(".")[1];
  if (body === undefined) return null;
  const parsed = envelope.safeParse(json(Buffer.from(body, "base64url").toString("utf8")));
  return parsed.success ? parsed.data : null;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
