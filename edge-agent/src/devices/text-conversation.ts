import type { Capability, DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import { isAsked } from "@loa/shared/device/golden-text.ts";
import { isTextIdentity } from "@loa/shared/device/identity.ts";
import type { TextIdentify, TextPoint, TextProfile } from "@loa/shared/device/profile-text.ts";
import { matchPattern } from "@loa/shared/device/text-pattern.ts";
import {
  decodeLine,
  decodeText,
  isNoValue,
  textToleranceOf,
  writeCommand,
} from "@loa/shared/device/text-point.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { Conversation, Patience, ReadGroup, Urgency } from "./conversation.ts";
import { createTextBelief } from "./text-belief.ts";
import type { TextLine } from "./text-line.ts";
import type { TextSeat } from "./text-seat.ts";

export interface TextConversationPorts {
  readonly profile: TextProfile;
  /** Shared with the other devices on it; whoever made the line closes it. */
  readonly line: TextLine;
  /** The device's own name on a shared line; the profile's where it is left out. */
  readonly unit?: string;
}

/** Points that are asked with the same words in the same round. */
interface AskGroup {
  readonly group: ReadGroup;
  readonly points: readonly TextPoint[];
}

export function createTextConversation(ports: TextConversationPorts): Conversation {
  return new TextConversation(ports);
}

class TextConversation implements Conversation {
  readonly blocks: readonly ReadGroup[];
  readonly timedOn = null;
  readonly #profile: TextProfile;
  readonly #groups: readonly AskGroup[];
  readonly #seat: TextSeat;
  readonly #listeners: ((values: readonly PointValue[]) => void)[] = [];
  readonly #belief: ReturnType<typeof createTextBelief>;
  /** The newest of what is said unasked; some points are told in no other way. */
  readonly #told = new Map<Capability, PointValue>();
  /** Points with news that are being asked. */
  readonly #asking = new Set<Capability>();

  constructor({ profile, line, unit }: TextConversationPorts) {
    this.#profile = unit === undefined ? profile : withUnit(profile, unit);
    this.#groups = groupsOf(this.#profile.points);
    this.blocks = this.#groups.map(({ group }) => group);
    this.#belief = createTextBelief(this.#profile.points);
    this.#seat = line.join(this.#profile, (values) => this.#hear(values));
  }

  async identify(patience: Patience): Promise<Result<void, DeviceFailure>> {
    this.#seat.forget();
    this.#told.clear();
    this.#belief.forget();
    const tries = patience === "one-try" ? { retries: 0 } : {};
    for (const identify of this.#profile.identify) {
      const { ask, match } = identify;
      const isGood = (word: string) => isTextIdentity(identify, word.trim());
      const heard = await this.#seat.ask({
        text: ask,
        awaited: { patterns: [match], isGood },
        urgency: "write",
        insists: true,
        ...tries,
      });
      // A device that does not know the question is another device.
      if (!heard.ok) return fail(heard.error === "exception" ? "wrong-identity" : heard.error);
      if (!heard.value.lines.some((line) => this.#isIdentity(identify, line))) return fail("wrong-identity");
    }
    return ok(undefined);
  }

  async read(group: ReadGroup, urgency: Urgency): Promise<Result<readonly PointValue[], DeviceFailure>> {
    const found = this.#groups.find((candidate) => candidate.group === group);
    return found === undefined ? fail("not-supported") : this.#read(found.points, urgency);
  }

  async readPoint(capability: Capability, urgency: Urgency): Promise<Result<PointValue, DeviceFailure>> {
    const point = this.#profile.points.find((candidate) => candidate.capability === capability);
    if (point === undefined) return fail("not-supported");
    if (!isAsked(point)) return ok(this.#told.get(capability) ?? { capability, quality: "invalid" });
    const values = await this.#read([point], urgency);
    return values.ok ? ok(values.value[0] ?? { capability, quality: "invalid" }) : values;
  }

  async send(capability: Capability, value: number): Promise<Result<void, DeviceFailure>> {
    return this.#write(capability, value, {});
  }

  async sendLast(capability: Capability, value: number): Promise<void> {
    await this.#write(capability, value, { retries: 0 });
  }

  onNews(listener: (values: readonly PointValue[]) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    this.#seat.leave();
  }

  /** What can be asked is asked before it is believed: its news is only a hint that came early. */
  #hear(values: readonly PointValue[]): void {
    for (const value of values) {
      const point = this.#profile.points.find(({ capability }) => capability === value.capability);
      if (point === undefined || this.#asking.has(value.capability)) continue;
      if (isAsked(point)) void this.#lookAt(point);
      else {
        this.#told.set(value.capability, value);
        this.#tell([value]);
      }
    }
  }

  async #lookAt(point: TextPoint): Promise<void> {
    this.#asking.add(point.capability);
    const values = await this.#read([point], "poll");
    this.#asking.delete(point.capability);
    if (values.ok) this.#tell(values.value);
  }

  #tell(values: readonly PointValue[]): void {
    for (const listener of this.#listeners) listener(values);
  }

  async #read(
    points: readonly TextPoint[],
    urgency: Urgency,
  ): Promise<Result<readonly PointValue[], DeviceFailure>> {
    const first = await this.#ask(points, urgency);
    if (!first.ok || !this.#belief.isSurprised(first.value))
      return first.ok ? ok(this.#belief.settle(first.value, null)) : first;
    const second = await this.#ask(points, urgency);
    return second.ok ? ok(this.#belief.settle(first.value, second.value)) : second;
  }

  async #ask(
    points: readonly TextPoint[],
    urgency: Urgency,
  ): Promise<Result<readonly PointValue[], DeviceFailure>> {
    const patterns = points.flatMap(({ match }) => (match === undefined ? [] : [match]));
    const isGood = (word: string) =>
      points.some(
        (point) => decodeText(point, word.trim()).quality === "good" || isNoValue(point, word.trim()),
      );
    const heard = await this.#seat.ask({
      text: points[0]?.ask ?? "",
      awaited: { patterns, isGood },
      isWhole: (lines) => points.every((point) => this.#valueIn(point, lines) !== null),
      urgency,
      insists: true,
    });
    // The device is there and says that it has no such value now.
    const lines = heard.ok ? heard.value.lines : [];
    if (!heard.ok && heard.error !== "exception") return heard;
    return ok(
      points.map(
        (point) => this.#valueIn(point, lines) ?? { capability: point.capability, quality: "invalid" },
      ),
    );
  }

  async #write(
    capability: Capability,
    value: number,
    tries: { readonly retries?: number },
  ): Promise<Result<void, DeviceFailure>> {
    const point = this.#profile.points.find((candidate) => candidate.capability === capability);
    const command =
      point === undefined ? fail("not-supported") : writeCommand(point, value, this.#profile.transport.unit);
    if (point === undefined || !command.ok) return fail("not-supported");
    const reply = point.write?.reply;
    const isGood = (word: string) => !reply?.includes("{value}") || saysValue(point, word.trim(), value);
    const heard = await this.#seat.ask({
      text: command.value,
      awaited: reply === undefined ? null : { patterns: [reply], isGood },
      urgency: "write",
      ...tries,
    });
    if (heard.ok) this.#belief.expect(capability, value);
    return heard.ok ? ok(undefined) : heard;
  }

  #valueIn(point: TextPoint, lines: readonly string[]): PointValue | null {
    const { unit } = this.#profile.transport;
    const values = lines.map((line) => decodeLine(point, point.match, line, unit)).filter(isValue);
    return values.find(({ quality }) => quality === "good") ?? values[0] ?? null;
  }

  #isIdentity(identify: TextIdentify, line: string): boolean {
    const word = matchPattern(identify.match, line, this.#profile.transport.unit);
    return word !== null && isTextIdentity(identify, word.trim());
  }
}

/** The points that are asked with the same words, round by round, in the order of the file. */
function groupsOf(points: readonly TextPoint[]): readonly AskGroup[] {
  const groups = new Map<string, TextPoint[]>();
  for (const point of points) {
    if (!isAsked(point)) continue;
    const key = `${point.poll} ${point.ask}`;
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const capabilities = members.map(({ capability }) => capability);
    return [{ group: { poll: first.poll, capabilities }, points: members }];
  });
}

function withUnit(profile: TextProfile, unit: string): TextProfile {
  return { ...profile, transport: { ...profile.transport, unit } };
}

function saysValue(point: TextPoint, word: string, value: number): boolean {
  const said = decodeText(point, word);
  return said.quality === "good" && Math.abs(said.value - value) <= textToleranceOf(point);
}

function isValue(value: PointValue | null): value is PointValue {
  return value !== null;
}
