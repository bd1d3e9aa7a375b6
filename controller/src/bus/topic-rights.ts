import { isUtf8 } from "node:buffer";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { boxTopics, parseTopic, ruleOf } from "@loa/shared/wire/topics.ts";
import { maxTopicLength } from "./broker-limits.ts";
import type { Refusal } from "./broker-port.ts";

/**
 * What a box may say: its own `up` topics and nothing else, so `$SYS`, other boxes and areas are denied without
 * being named. Null when it may.
 */
export function refusalOfPublish(box: BoxId, topic: string, payload: Uint8Array): Refusal | null {
  return refusalOfSize(box, topic, payload.length) ?? (isUtf8(payload) ? null : "payload-not-text");
}

/** The same for a payload of this many bytes that is known to be text. */
export function refusalOfSize(box: BoxId, topic: string, sizeBytes: number): Refusal | null {
  const parsed = parseTopic(topic);
  if (parsed?.kind !== "box" || parsed.box !== box) return "topic-denied";
  const rule = boxTopics[parsed.name];
  if (rule.direction !== "up") return "topic-denied";
  return sizeBytes > rule.maxBytes ? "payload-too-big" : null;
}

/** What the control room may say. Null when it may. */
export function refusalOfSending(topic: string, payload: Uint8Array): Refusal | null {
  const parsed = parseTopic(topic);
  const rule = parsed === null ? null : ruleOf(parsed);
  if (rule?.direction !== "down") return "topic-denied";
  return payload.length > rule.maxBytes ? "payload-too-big" : null;
}

/**
 * A topic that breaks MQTT 3.1.1, 1.5.3 (not UTF-8, or NUL), or that nobody needs. The parser has already put U+FFFD
 * in the place of broken bytes; an honest U+FFFD ends the connection too, and no topic of ours has one.
 */
export function isBrokenTopic(topic: string): boolean {
  // One of ours has no such character, and was looked through when it was read first.
  if (parseTopic(topic) !== null) return false;
  return topic.length > maxTopicLength || topic.includes("\u0000") || topic.includes("\ufffd");
}
