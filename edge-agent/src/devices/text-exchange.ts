import type { DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import type { TextProfile } from "@loa/shared/device/profile-text.ts";
import { type AwaitedLine, type LineMeaning, meaningOf } from "@loa/shared/device/text-line.ts";
import { matchPattern } from "@loa/shared/device/text-pattern.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { assert, fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { ByteLink } from "./byte-link.ts";
import { bytesOfText, createTextReader } from "./text-reader.ts";

/** One device on the line: how it speaks (its own unit in `transport`), and who wants to hear what it says unasked. */
export interface Speaking {
  readonly profile: TextProfile;
  readonly onNews: (values: readonly PointValue[]) => void;
}

/** What is said, and which lines answer it. */
export interface Said {
  readonly to: Speaking;
  /** Without the line end. */
  readonly text: string;
  /** Null: nothing acknowledges it. What refuses it may still come within the gap. */
  readonly awaited: AwaitedLine | null;
  /** Whether these lines are the whole answer. */
  readonly isWhole: (lines: readonly string[]) => boolean;
}

export interface Heard {
  readonly lines: readonly string[];
  /** The device has answered, but not with a word that the profile knows. */
  readonly isSensible: boolean;
}
export type TextOutcome = Result<Heard, DeviceFailure>;

/** One question and its lines on an open link. What nobody asked for is news, is answered, or is thrown away. */
export interface TextExchange {
  run(said: Said): Promise<TextOutcome>;
  /** The link is gone: whoever waits is told. */
  abort(): void;
  /** While deaf, lines are thrown away: a late answer meets nobody. Only what the device asks of us is answered. */
  setDeaf(isDeaf: boolean): void;
  isMidLine(): boolean;
  /** When the last byte came, and how many lines were thrown away since the start. */
  silenceSince(): MonotonicMs;
  strayLines(): number;
}

export interface TextExchangePorts {
  readonly link: ByteLink;
  readonly replyEnd: string;
  readonly isPacketed: boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  /** All who speak on this line. */
  readonly present: ReadonlySet<Speaking>;
}

/** A device that talks on and on is heard so often; its later news of that second are thrown away, the next poll tells. */
const MAX_UNASKED_PER_SECOND = 20;
const SECOND_MS = 1_000;

export function createTextExchange(ports: TextExchangePorts): TextExchange {
  return new LineExchange(ports);
}

interface Waiting {
  readonly said: Said;
  readonly settle: (outcome: TextOutcome) => void;
  readonly lines: string[];
  isSensible: boolean;
  /** Something came that says nothing to us: another trouble than silence. */
  hasHeardNoise: boolean;
}

class LineExchange implements TextExchange {
  readonly #ports: TextExchangePorts;
  readonly #reader: ReturnType<typeof createTextReader>;
  #waiting: Waiting | null = null;
  #isDeaf = false;
  #strayLines = 0;
  #lastByteAt: MonotonicMs;
  #unasked: { readonly since: MonotonicMs; count: number };

  constructor(ports: TextExchangePorts) {
    this.#ports = ports;
    this.#reader = createTextReader(ports);
    this.#lastByteAt = ports.clock.monotonic();
    this.#unasked = { since: this.#lastByteAt, count: 0 };
    ports.link.onData((bytes) => {
      this.#lastByteAt = ports.clock.monotonic();
      for (const line of this.#reader.take(bytes)) this.#hear(line);
    });
  }

  run(said: Said): Promise<TextOutcome> {
    assert(this.#waiting === null, "one question at a time");
    const { timing } = said.to.profile;
    const limitMs = said.awaited === null ? timing.gapMs : timing.responseMs;
    return new Promise((resolve) => {
      const settle = (outcome: TextOutcome) => {
        if (this.#waiting?.settle !== settle) return;
        this.#waiting = null;
        cancelLimit();
        resolve(outcome);
      };
      const cancelLimit = this.#ports.timers.after(limitMs, () => this.#expire());
      this.#waiting = { said, settle, lines: [], isSensible: false, hasHeardNoise: false };
      this.#say(said.to, said.text);
    });
  }

  abort(): void {
    this.#reader.clear();
    this.#waiting?.settle(fail("closed"));
  }

  setDeaf(isDeaf: boolean): void {
    this.#isDeaf = isDeaf;
    this.#reader.clear();
  }

  isMidLine(): boolean {
    return this.#reader.isMidLine();
  }

  silenceSince(): MonotonicMs {
    return this.#lastByteAt;
  }

  strayLines(): number {
    return this.#strayLines;
  }

  #say({ profile }: Speaking, text: string): void {
    this.#ports.link.write(bytesOfText(`${text}${profile.dialogue.lineEnd}`));
  }

  #expire(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    const { said, settle, lines, hasHeardNoise } = waiting;
    const isSilent = !hasHeardNoise && lines.length === 0 && !this.isMidLine();
    if (said.awaited === null) settle(ok({ lines: [], isSensible: true }));
    else settle(fail(isSilent ? "timeout" : "wrong-reply"));
  }

  /** The one who was asked is understood first; the others on the line may have something to say as well. */
  #hear(line: string): void {
    const waiting = this.#isDeaf ? null : this.#waiting;
    if (waiting !== null && this.#isAnswer(waiting, line)) return;
    for (const speaking of this.#ports.present) {
      const meaning = meaningOf(speaking.profile, null, line);
      if (meaning.kind === "asked" || (meaning.kind === "news" && !this.#isDeaf)) {
        this.#obey(speaking, meaning);
        return;
      }
    }
    this.#strayLines += 1;
    if (waiting !== null) waiting.hasHeardNoise = true;
  }

  /** Whether the line is the business of the one who was asked. */
  #isAnswer(waiting: Waiting, line: string): boolean {
    const { said, settle, lines } = waiting;
    // Where nothing is waited for, a refusal still counts.
    const awaited = said.awaited ?? { patterns: [], isGood: () => false };
    const meaning = meaningOf(said.to.profile, awaited, line);
    if (meaning.kind === "noise") return false;
    if (meaning.kind === "refused") settle(fail("exception"));
    else if (meaning.kind === "answer") {
      lines.push(line);
      waiting.isSensible ||= isSensible(said, awaited, line);
      if (said.isWhole(lines)) settle(ok({ lines, isSensible: waiting.isSensible }));
    } else this.#obey(said.to, meaning);
    return true;
  }

  #obey(speaking: Speaking, meaning: LineMeaning & { readonly kind: "asked" | "news" }): void {
    const now = this.#ports.clock.monotonic();
    if (now - this.#unasked.since >= SECOND_MS) this.#unasked = { since: now, count: 0 };
    this.#unasked.count += 1;
    if (this.#unasked.count > MAX_UNASKED_PER_SECOND) return;
    if (meaning.kind === "asked") this.#say(speaking, meaning.send);
    else speaking.onNews(meaning.values);
  }
}

function isSensible({ to }: Said, awaited: AwaitedLine, line: string): boolean {
  const { unit } = to.profile.transport;
  return awaited.patterns.some((pattern) => {
    const word = matchPattern(pattern, line, unit);
    return word !== null && awaited.isGood(word);
  });
}
