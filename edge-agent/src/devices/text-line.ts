import type { DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import type { TextProfile, TextTiming } from "@loa/shared/device/profile-text.ts";
import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import { fail } from "@loa/shared/kernel/result.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { ByteLink } from "./byte-link.ts";
import { LineDoor } from "./line-door.ts";
import { pauseUntil } from "./pause-until.ts";
import { createTextExchange, type Speaking, type TextExchange, type TextOutcome } from "./text-exchange.ts";
import { createTextSeat, type TextQuestion, type TextSeat } from "./text-seat.ts";

/**
 * Owns one line of text: a serial port, a TCP connection, a UDP socket. All devices on it are asked through here: one
 * question at a time, urgent ones first, and after one that was not answered a quarantine in which lines are thrown
 * away, so that a late answer meets nobody. Answers of text devices carry no number and often not even a name.
 */
export interface TextLine {
  /** A device on this line; `profile` with its own unit in `transport`. */
  join(profile: TextProfile, onNews: (values: readonly PointValue[]) => void): TextSeat;
  close(): Promise<void>;
}

export interface TextLinePorts {
  /** Opened and closed by the line. */
  readonly link: ByteLink;
  /** How lines end here: `dialogue.replyEnd`. All devices of a line end theirs alike. */
  readonly replyEnd: string;
  /** True where the link keeps the boundaries of packets (UDP). */
  readonly isPacketed: boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** More than this waits only when nobody reads the answers any more: the newest is refused as `timeout`. */
const MAX_WAITING = 64;
/** Trying to open never ends, but never gets rarer than this. */
const MAX_REOPEN_MS = 30_000;
/** The line must also be quiet this long before a quarantine ends; one that babbles on is used again at the limit. */
const QUIET_MS = 20;
const MAX_QUARANTINE_MS = 15_000;

interface Waiting {
  readonly question: TextQuestion;
  readonly settle: (outcome: TextOutcome) => void;
  triesLeft: number;
}

export function createTextLine(ports: TextLinePorts): TextLine {
  return new LineOwner(ports);
}

class LineOwner implements TextLine {
  readonly #ports: TextLinePorts;
  readonly #exchange: TextExchange;
  readonly #present = new Set<Speaking>();
  readonly #door: LineDoor;
  readonly #urgent: Waiting[] = [];
  readonly #polls: Waiting[] = [];
  #isPumping = false;
  /** Before this the gap of the last answer is not over. */
  #freeAt: MonotonicMs;

  constructor(ports: TextLinePorts) {
    this.#ports = ports;
    this.#exchange = createTextExchange({ ...ports, present: this.#present });
    this.#freeAt = ports.clock.monotonic();
    this.#door = new LineDoor(ports, MAX_REOPEN_MS, () => this.#exchange.abort());
  }

  join(profile: TextProfile, onNews: (values: readonly PointValue[]) => void): TextSeat {
    const { clock, timers, log, replyEnd } = this.#ports;
    if (profile.dialogue.replyEnd !== replyEnd) log.warn("line.ends-differ", { profile: profile.id });
    const speaking = { profile, onNews };
    this.#present.add(speaking);
    return createTextSeat({
      speaking,
      ask: (question) => this.#ask(question),
      opening: () => (this.#door.isOpen() ? this.#door.openings() : null),
      leave: () => this.#present.delete(speaking),
      clock,
      timers,
      log,
    });
  }

  async close(): Promise<void> {
    if (this.#door.hasEnded()) return;
    this.#door.end();
    this.#exchange.abort();
    for (const waiting of [...this.#urgent.splice(0), ...this.#polls.splice(0)])
      waiting.settle(fail("closed"));
    await this.#ports.link.close();
  }

  #ask(question: TextQuestion): Promise<TextOutcome> {
    if (this.#door.hasEnded()) return Promise.resolve(fail("closed"));
    if (this.#urgent.length + this.#polls.length >= MAX_WAITING) return Promise.resolve(fail("timeout"));
    return new Promise((settle) => {
      this.#queueOf(question).push({ question, settle, triesLeft: question.retries });
      void this.#pump();
    });
  }

  #queueOf(question: TextQuestion): Waiting[] {
    return question.urgency === "write" ? this.#urgent : this.#polls;
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    for (let next = this.#take(); next !== undefined; next = this.#take()) await this.#serve(next);
    this.#isPumping = false;
  }

  #take(): Waiting | undefined {
    return this.#urgent.shift() ?? this.#polls.shift();
  }

  async #serve(waiting: Waiting): Promise<void> {
    const { question, settle } = waiting;
    const { said, urgency, opening, insists } = question;
    const { timing } = said.to.profile;
    if (!(await this.#door.letIn(urgency))) return settle(fail("closed"));
    await pauseUntil(this.#ports, Math.max(this.#freeAt, this.#exchange.silenceSince() + timing.gapMs));
    // The tail of a line that has begun would be taken for the answer.
    if (this.#exchange.isMidLine()) await this.#quarantine(timing, "wrong-reply");
    const isStale = opening !== null && opening !== this.#door.openings();
    if (!this.#door.isOpen() || isStale) return settle(fail("closed"));
    // What came during the pause may be more urgent than a poll.
    if (urgency === "poll" && this.#urgent.length > 0) {
      this.#polls.unshift(waiting);
      return;
    }
    const outcome = await this.#exchange.run(said);
    this.#freeAt = asMonotonic(this.#ports.clock.monotonic() + timing.gapMs);
    const isToRepeat = outcome.ok
      ? insists && !outcome.value.isSensible
      : outcome.error !== "exception" && outcome.error !== "closed";
    if (!isToRepeat) return settle(outcome);
    if (!outcome.ok) await this.#quarantine(timing, outcome.error);
    if (waiting.triesLeft === 0 || this.#door.hasEnded()) return settle(outcome);
    waiting.triesLeft -= 1;
    this.#queueOf(question).unshift(waiting);
  }

  async #quarantine(timing: TextTiming, reason: DeviceFailure): Promise<void> {
    const { clock, log } = this.#ports;
    const strayBefore = this.#exchange.strayLines();
    const start = clock.monotonic();
    let end = start + timing.quarantineMs;
    this.#exchange.setDeaf(true);
    while (clock.monotonic() < end && this.#door.isOpen()) {
      await pauseUntil(this.#ports, end);
      const quietAt = this.#exchange.silenceSince() + Math.max(QUIET_MS, timing.gapMs);
      end = Math.min(start + MAX_QUARANTINE_MS, Math.max(end, quietAt));
    }
    this.#exchange.setDeaf(false);
    log.warn("line.quarantined", { reason, thrownAwayLines: this.#exchange.strayLines() - strayBefore });
  }
}
