import type { AreaId, BoxId } from "../kernel/ids.ts";

/** One message on its way out. */
export interface Outgoing {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** The only table of topics. MQTT 3.1.1; `down` goes to the box, `up` comes from it. */
export const boxTopics = {
  plan: { direction: "down", qos: 1, retain: true, maxBytes: 32 * 1024 },
  command: { direction: "down", qos: 1, retain: false, maxBytes: 32 * 1024 },
  ack: { direction: "up", qos: 1, retain: false, maxBytes: 2 * 1024 },
  presence: { direction: "up", qos: 1, retain: true, maxBytes: 512 },
  reported: { direction: "up", qos: 1, retain: true, maxBytes: 4 * 1024 },
  status: { direction: "up", qos: 0, retain: false, maxBytes: 400 },
  event: { direction: "up", qos: 1, retain: false, maxBytes: 8 * 1024 },
} as const satisfies Record<string, TopicRule>;

export const areaTopics = {
  command: { direction: "down", qos: 1, retain: false, maxBytes: 32 * 1024 },
} as const satisfies Record<string, TopicRule>;

/** The roster, retained: whoever connects gets it, whatever it has missed. It vouches for itself by its root. */
export const rosterTopic = "loa/v1/roster";
export const rosterTopicRule: TopicRule = { direction: "down", qos: 1, retain: true, maxBytes: 60 * 1024 };

export interface TopicRule {
  readonly direction: "down" | "up";
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** Largest payload, in bytes; larger ones are refused unread. */
  readonly maxBytes: number;
}

export type BoxTopicName = keyof typeof boxTopics;

/** Topics come again with every message: as many of them as a province has are made, and read, once. */
const MAX_KNOWN_TOPICS = 65_536;
const topicsOf = new Map<BoxId, Partial<Record<BoxTopicName, string>>>();

export function boxTopic(box: BoxId, name: BoxTopicName): string {
  let known = topicsOf.get(box);
  if (known === undefined) {
    if (topicsOf.size >= MAX_KNOWN_TOPICS) topicsOf.clear();
    known = {};
    topicsOf.set(box, known);
  }
  const topic = known[name] ?? `loa/v1/box/${box}/${name}`;
  known[name] = topic;
  return topic;
}

export function areaTopic(area: AreaId): string {
  return `loa/v1/area/${area}/command`;
}

export function toBox(box: BoxId, name: BoxTopicName, payload: string): Outgoing {
  const { qos, retain } = boxTopics[name];
  return { topic: boxTopic(box, name), payload, qos, retain };
}

export type ParsedTopic =
  | { readonly kind: "box"; readonly box: BoxId; readonly name: BoxTopicName }
  | { readonly kind: "area"; readonly area: AreaId }
  | { readonly kind: "roster" };

const boxPattern = /^loa\/v1\/box\/([a-z0-9][a-z0-9-]{0,63})\/([a-z]+)$/;
/** The longest of ours, an area's, with room to spare. */
const MAX_TOPIC_LENGTH = 96;
const areaPattern = /^loa\/v1\/area\/([a-z0-9][a-z0-9-]{0,63})\/command$/;

/** A message is asked about at every door it passes. Strangers' topics push out nothing but answers. */
const parsedTopics = new Map<string, ParsedTopic | null>();

/** Null for every string that is not exactly one of ours. */
export function parseTopic(topic: string): ParsedTopic | null {
  const known = parsedTopics.get(topic);
  if (known !== undefined) return known;
  if (parsedTopics.size >= MAX_KNOWN_TOPICS) parsedTopics.clear();
  const parsed = topic.length > MAX_TOPIC_LENGTH ? null : parseAnew(topic);
  if (topic.length <= MAX_TOPIC_LENGTH) parsedTopics.set(topic, parsed);
  return parsed;
}

function parseAnew(topic: string): ParsedTopic | null {
  if (topic === rosterTopic) return { kind: "roster" };
  const ofBox = boxPattern.exec(topic);
  if (ofBox?.[1] !== undefined && ofBox[2] !== undefined && Object.hasOwn(boxTopics, ofBox[2])) {
    return { kind: "box", box: ofBox[1] as BoxId, name: ofBox[2] as BoxTopicName };
  }
  const ofArea = areaPattern.exec(topic);
  if (ofArea?.[1] !== undefined) return { kind: "area", area: ofArea[1] as AreaId };
  return null;
}

export function ruleOf(topic: ParsedTopic): TopicRule {
  switch (topic.kind) {
    case "box":
      return boxTopics[topic.name];
    case "area":
      return areaTopics.command;
    case "roster":
      return rosterTopicRule;
  }
}
