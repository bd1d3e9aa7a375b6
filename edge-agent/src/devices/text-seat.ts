import type { AwaitedLine } from "@loa/shared/device/text-line.ts";
import { fillPattern } from "@loa/shared/device/text-pattern.ts";
import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import { ok } from "@loa/shared/kernel/result.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { Urgency } from "./conversation.ts";
import type { Said, Speaking, TextOutcome } from "./text-exchange.ts";

/**
 * One device's place on its line: says the profile's hello before the first question of each opening and after each
 * failure (a device that was switched off in between has forgotten us), and the heartbeat when we were quiet for long.
 */
export interface TextSeat {
  /** Never rejects; `closed` also when the line cannot be opened. */
  ask(asked: TextAsked): Promise<TextOutcome>;
  /** The next question begins with the hello again. */
  forget(): void;
  leave(): void;
}

export interface TextAsked {
  readonly text: string;
  readonly awaited: AwaitedLine | null;
  /** Whether these lines are the whole answer; the first one is where it is left out. */
  readonly isWhole?: Said["isWhole"];
  readonly urgency: Urgency;
  /** As often as the profile says where it is left out. */
  readonly retries?: number;
  readonly insists?: boolean;
}

/** What a seat asks the line: `opening` is the one in which the hello was said, null: it needs none. */
export interface TextQuestion {
  readonly said: Said;
  readonly urgency: Urgency;
  readonly retries: number;
  /** An answer that makes no sense is asked for again: noise has no checksum here. */
  readonly insists: boolean;
  readonly opening: number | null;
}

export interface TextSeatPorts {
  readonly speaking: Speaking;
  readonly ask: (question: TextQuestion) => Promise<TextOutcome>;
  /** Which opening of the line this is; null while it is shut. */
  readonly opening: () => number | null;
  readonly leave: () => void;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

export function createTextSeat(ports: TextSeatPorts): TextSeat {
  return new Seat(ports);
}

const anyWord = () => true;

class Seat implements TextSeat {
  readonly #ports: TextSeatPorts;
  /** In which opening the device knows us. */
  #knownIn: number | null = null;
  #spokeAt: MonotonicMs;
  #cancelBeat: (() => void) | null = null;
  #hasLeft = false;

  constructor(ports: TextSeatPorts) {
    this.#ports = ports;
    this.#spokeAt = ports.clock.monotonic();
  }

  async ask(asked: TextAsked): Promise<TextOutcome> {
    const greeted = await this.#greet(asked);
    if (!greeted.ok) return greeted;
    const { hello } = this.#ports.speaking.profile.dialogue;
    return this.#say(asked, hello.length === 0 ? null : this.#knownIn);
  }

  forget(): void {
    this.#knownIn = null;
  }

  leave(): void {
    this.#hasLeft = true;
    this.#cancelBeat?.();
    this.#ports.leave();
  }

  async #greet({ urgency, retries }: TextAsked): Promise<TextOutcome> {
    const { dialogue } = this.#ports.speaking.profile;
    const isKnown = this.#knownIn !== null && this.#knownIn === this.#ports.opening();
    for (const { send, reply } of isKnown ? [] : dialogue.hello) {
      const awaited = reply === undefined ? null : { patterns: [reply], isGood: anyWord };
      const patience = retries === undefined ? {} : { retries };
      const outcome = await this.#say({ text: send, awaited, urgency, ...patience }, null);
      if (!outcome.ok) return outcome;
    }
    return ok({ lines: [], isSensible: true });
  }

  async #say(asked: TextAsked, opening: number | null): Promise<TextOutcome> {
    const { speaking, ask, clock } = this.#ports;
    const { timing, transport } = speaking.profile;
    const text = fillPattern(asked.text, { unit: transport.unit });
    const { awaited, urgency, insists = false, retries = timing.retries } = asked;
    const said = { to: speaking, text, awaited, isWhole: asked.isWhole ?? anyWord };
    const outcome = await ask({ said, urgency, retries, insists, opening });
    this.#spokeAt = clock.monotonic();
    this.#knownIn = outcome.ok ? this.#ports.opening() : null;
    if (outcome.ok) this.#keepAlive();
    return outcome;
  }

  /** Beats only while the device answers: one that is lost is greeted anew, not reminded of us. */
  #keepAlive(): void {
    const { heartbeat } = this.#ports.speaking.profile.dialogue;
    if (heartbeat === undefined || this.#cancelBeat !== null || this.#hasLeft) return;
    const quietMs = this.#ports.clock.monotonic() - this.#spokeAt;
    this.#cancelBeat = this.#ports.timers.after(Math.max(0, heartbeat.everyMs - quietMs), () => {
      this.#cancelBeat = null;
      if (this.#knownIn === null || this.#knownIn !== this.#ports.opening()) return;
      if (this.#ports.clock.monotonic() - this.#spokeAt < heartbeat.everyMs) this.#keepAlive();
      else void this.#beat(heartbeat.send, heartbeat.reply);
    });
  }

  async #beat(text: string, reply: string | undefined): Promise<void> {
    const awaited = reply === undefined ? null : { patterns: [reply], isGood: anyWord };
    const outcome = await this.#say({ text, awaited, urgency: "poll", retries: 0 }, this.#knownIn);
    const { log, speaking } = this.#ports;
    if (!outcome.ok) log.warn("line.heartbeat-lost", { profile: speaking.profile.id, reason: outcome.error });
  }
}
