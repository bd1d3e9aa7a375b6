import { bytesOfText, createTextReader, textOf } from "@loa/edge-agent/devices/text-reader.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import { isTextIdentity } from "@loa/shared/device/identity.ts";
import type { TextProfile } from "@loa/shared/device/profile-text.ts";
import { fillPattern, matchPattern } from "@loa/shared/device/text-pattern.ts";
import type { Random, Timers } from "@loa/shared/kernel/ambient.ts";
import { NOISE_SHARE } from "./slave.ts";
import { type TextRequest, takeCommands, understand } from "./text-request.ts";
import { linesOf, rightWord, type SaidPoint, wordOf, wrongWord } from "./text-words.ts";
import type { VirtualDevice } from "./virtual-device.ts";

/** The device's side of one line of text, for one who asks. */
export interface TextSpeaker {
  /** Bytes from the line; `send` is called for answers and news, now or later. */
  receive(bytes: Uint8Array): void;
  /** Has been off: knows nobody any more, and says so where the device does. */
  reboot(): void;
  close(): void;
}

export interface TextSpeakerPorts {
  readonly device: VirtualDevice<TextProfile>;
  /** The device's name on a shared line; the profile's where it is left out. */
  readonly unit?: string;
  /** True where each `receive` and `send` is one packet (UDP). */
  readonly isPacketed?: boolean;
  readonly send: (bytes: Uint8Array) => void;
  readonly timers: Timers;
  readonly random: Random;
}

/** How often the device looks whether something is to be told unasked. */
const NEWS_EVERY_MS = 200;
/** As TP-NET's PING: whoever has not answered the last one is forgotten. */
const ASK_EVERY_MS = 10_000;
/** Under `slow`: this share of the time that the profile lets pass. */
const SLOW_SHARE = 0.6;

export function createTextSpeaker(ports: TextSpeakerPorts): TextSpeaker {
  return new Speaker(ports);
}

class Speaker implements TextSpeaker {
  readonly #ports: TextSpeakerPorts;
  /** With the unit of this device. */
  readonly #profile: TextProfile;
  readonly #reader: ReturnType<typeof createTextReader> | null;
  readonly #newsPoints: readonly SaidPoint[];
  #begun = "";
  /** Who has said the whole hello is answered and told the news. */
  #isGreeted: boolean;
  #isWatching = false;
  #isAnswered = true;
  readonly #told = new Map<Capability, string>();
  #hasEnded = false;

  constructor(ports: TextSpeakerPorts) {
    this.#ports = ports;
    const { profile } = ports.device;
    const unit = ports.unit ?? profile.transport.unit;
    this.#profile = unit === undefined ? profile : { ...profile, transport: { ...profile.transport, unit } };
    const { lineEnd, hello } = profile.dialogue;
    const isPacketed = ports.isPacketed ?? false;
    const hasEnds = lineEnd !== "" || isPacketed;
    this.#reader = hasEnds ? createTextReader({ replyEnd: lineEnd, isPacketed }) : null;
    this.#newsPoints = profile.points.flatMap((point) =>
      point.unsolicited === undefined ? [] : [{ point, pattern: point.unsolicited }],
    );
    this.#isGreeted = hello.length === 0;
    if (this.#isGreeted) this.#watch();
  }

  receive(bytes: Uint8Array): void {
    for (const line of this.#take(bytes)) this.#hear(understand(this.#profile, line));
  }

  reboot(): void {
    this.#isGreeted = this.#profile.dialogue.hello.length === 0;
    this.#isAnswered = true;
    const [banner] = this.#profile.dialogue.unsolicited;
    if (banner !== undefined) this.#say([this.#filled(banner)], 0);
  }

  close(): void {
    this.#hasEnded = true;
  }

  #take(bytes: Uint8Array): readonly string[] {
    if (this.#reader !== null) return this.#reader.take(bytes);
    const { commands, rest } = takeCommands(this.#profile, this.#begun + textOf(bytes));
    this.#begun = rest;
    return commands;
  }

  #hear(request: TextRequest): void {
    if (request.kind === "for-another" || !this.#ports.device.hears()) return;
    if (request.kind === "hello") this.#greet(request.isLast);
    else if (!this.#isGreeted) return;
    const lines = this.#answer(request);
    if (lines.length > 0) this.#say(lines, this.#delayMs());
  }

  #answer(request: Exclude<TextRequest, { kind: "for-another" }>): readonly string[] {
    switch (request.kind) {
      case "hello":
      case "heartbeat":
        return request.reply === undefined ? [] : [this.#filled(request.reply)];
      case "here":
        this.#isAnswered = true;
        return [];
      case "unknown":
        return this.#refusal();
      case "ask":
        return this.#reading(request.text);
      case "write":
        return this.#obey(request);
    }
  }

  #reading(text: string): readonly string[] {
    const { points, identify, models, transport } = this.#profile;
    const { unit = "" } = transport;
    const { device } = this.#ports;
    const faults = device.faults();
    const is = (ask: string | undefined) => ask !== undefined && fillPattern(ask, { unit }) === text;
    const marks = identify.filter(({ ask }) => is(ask));
    const isOther = faults.has("wrong-identity") || faults.has("other-firmware");
    if (marks.length > 0 && isOther)
      return marks.map((mark) => fillPattern(mark.match, { value: wrongWord(mark), unit }));
    if (faults.has("other-firmware")) return this.#refusal();
    const said = points.flatMap((point) =>
      is(point.ask) && point.match !== undefined ? [{ point, pattern: point.match }] : [],
    );
    const lines = linesOf(said, device.snapshot().values, unit);
    // Where a point is itself a mark of identity, the device shows what it measures, as long as that agrees.
    const unsaid = marks.filter(
      (mark) => !lines.some((line) => isTextIdentity(mark, matchPattern(mark.match, line, unit) ?? "")),
    );
    const names = unsaid.map((mark) => fillPattern(mark.match, { value: rightWord(mark, models), unit }));
    return names.length > 0 ? names : lines;
  }

  #obey({ point, word, value }: TextRequest & { kind: "write" }): readonly string[] {
    const { device } = this.#ports;
    const { unit } = this.#profile.transport;
    if (device.faults().has("other-firmware")) return this.#refusal();
    device.set(point.capability, value);
    // Whoever has written it is not told again.
    this.#told.set(point.capability, this.#wordNow(point));
    const reply = point.write?.reply;
    return reply === undefined ? [] : [fillPattern(reply, { value: word, unit })];
  }

  #refusal(): readonly string[] {
    const [error] = this.#profile.dialogue.errors;
    return error === undefined ? [] : [this.#filled(error)];
  }

  #greet(isLast: boolean): void {
    if (!isLast) return;
    this.#isGreeted = true;
    this.#isAnswered = true;
    for (const { point } of this.#newsPoints) this.#told.set(point.capability, this.#wordNow(point));
    this.#watch();
  }

  /** Holes say something short. */
  #filled(pattern: string): string {
    const { unit } = this.#profile.transport;
    return fillPattern(pattern.replaceAll("{any}", "{value}"), { value: "10", unit });
  }

  #wordNow(point: SaidPoint["point"]): string {
    return wordOf(point, this.#ports.device.snapshot().values[point.capability] ?? null);
  }

  /** Once started the two clocks go on until the end; what they have to say waits for a hello. */
  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    if (this.#newsPoints.length > 0) this.#every(NEWS_EVERY_MS, () => this.#tellNews());
    if (this.#profile.dialogue.answers.length > 0) this.#every(ASK_EVERY_MS, () => this.#askBack());
  }

  #every(periodMs: number, run: () => void): void {
    this.#ports.timers.after(periodMs, () => {
      if (this.#hasEnded) return;
      if (this.#isGreeted && !this.#ports.device.faults().has("dead")) run();
      this.#every(periodMs, run);
    });
  }

  #tellNews(): void {
    const { unit = "" } = this.#profile.transport;
    const changed = this.#newsPoints.filter(({ point }) => {
      const word = this.#wordNow(point);
      const before = this.#told.get(point.capability);
      this.#told.set(point.capability, word);
      return before !== undefined && before !== word;
    });
    this.#say(linesOf(changed, this.#ports.device.snapshot().values, unit), 0);
  }

  #askBack(): void {
    const { answers, hello } = this.#profile.dialogue;
    if (!this.#isAnswered && hello.length > 0) {
      this.#isGreeted = false;
      return;
    }
    this.#isAnswered = false;
    this.#say(
      answers.map(({ on }) => this.#filled(on)),
      0,
    );
  }

  #say(lines: readonly string[], delayMs: number): void {
    const { timers } = this.#ports;
    const speak = () => {
      if (!this.#hasEnded) for (const line of lines) this.#send(line);
    };
    if (delayMs === 0) speak();
    else timers.after(delayMs, speak);
  }

  #send(line: string): void {
    const { device, random, send } = this.#ports;
    const bytes = bytesOfText(`${line}${this.#profile.dialogue.replyEnd}`);
    const faults = device.faults();
    const isHalf = faults.has("half-frames") && random.next() < NOISE_SHARE;
    if (faults.has("crc-noise") && random.next() < NOISE_SHARE) garble(bytes, random);
    send(isHalf ? bytes.subarray(0, Math.ceil(bytes.length / 2)) : bytes);
  }

  /** Late means: after the driver gave up, and before its quarantine is over. */
  #delayMs(): number {
    const { responseMs, quarantineMs } = this.#profile.timing;
    const faults = this.#ports.device.faults();
    if (!faults.has("late-replies")) return faults.has("slow") ? Math.round(responseMs * SLOW_SHARE) : 0;
    return Math.round(responseMs + quarantineMs * (0.1 + 0.7 * this.#ports.random.next()));
  }
}

/** Lines of text have no checksum: one character becomes another. */
function garble(bytes: Uint8Array, random: Random): void {
  const index = Math.floor(random.next() * bytes.length);
  bytes[index] = (bytes[index] ?? 0) ^ (1 << Math.floor(random.next() * 8));
}
