import type { DeviceFailure } from "@loa/shared/device/capability.ts";
import type { AnyRequest } from "@loa/shared/device/modbus-pdu.ts";
import type { Timing, TransportKind } from "@loa/shared/device/profile-modbus.ts";
import type { Quirk } from "@loa/shared/device/profile-parts.ts";
import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import { fail } from "@loa/shared/kernel/result.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { ByteLink } from "./byte-link.ts";
import { createExchange, type Exchange, type ExchangeOutcome } from "./exchange.ts";
import { LineDoor } from "./line-door.ts";
import { pauseUntil } from "./pause-until.ts";

/**
 * Owns one line. All units on it are asked through here: one queue, urgent questions first, one request on the wire.
 * After a failed request its unit is in quarantine: it is not asked, so that its late answer meets no question of its
 * own; the others are asked meanwhile, and the strict check of the unit keeps a late answer out of theirs.
 */
export interface BusMaster {
  /** Never rejects; `closed` also when the line cannot be opened. */
  ask(question: Question): Promise<ExchangeOutcome>;
  close(): Promise<void>;
}
export interface Question {
  readonly unit: number;
  readonly request: AnyRequest;
  readonly timing: Timing;
  readonly quirks?: readonly Quirk[];
  /** A write and its read-back go ahead of all polls. */
  readonly urgency: "write" | "poll";
}
export interface BusMasterPorts {
  readonly link: ByteLink;
  readonly kind: TransportKind;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** More than this waits only when nobody reads the answers any more: the newest is refused as `timeout`. */
const MAX_WAITING = 64;
/** Trying to open never ends, but never gets rarer than this: an adapter that is plugged in again is soon found. */
const MAX_REOPEN_MS = 10_000;
/** Unasked bytes must have ended this long before a quarantine ends; one that babbles on is used again at the limit. */
const QUIET_MS = 20;
const MAX_QUARANTINE_MS = 15_000;
/** A write whose unit rests no longer than this lets no poll of another unit go first: that would take as long. */
const SHORT_REST_MS = 30;

interface Waiting {
  readonly question: Question;
  readonly settle: (outcome: ExchangeOutcome) => void;
  triesLeft: number;
}
/** A unit that is not asked for now: the gap after its last frame, or its quarantine. */
interface Rest {
  readonly since: MonotonicMs;
  readonly until: MonotonicMs;
  readonly quarantine: {
    readonly reason: DeviceFailure;
    readonly quietMs: number;
    readonly strayBefore: number;
  } | null;
}

export function createBusMaster(ports: BusMasterPorts): BusMaster {
  return new LineMaster(ports);
}

class LineMaster implements BusMaster {
  readonly #ports: BusMasterPorts;
  readonly #exchange: Exchange;
  readonly #door: LineDoor;
  readonly #urgent: Waiting[] = [];
  readonly #polls: Waiting[] = [];
  #isPumping = false;
  readonly #resting = new Map<number, Rest>();
  /** The smallest that a profile on this line asks for; each is at least 3.5 characters of the common baud rate. */
  #lineGapMs = Number.POSITIVE_INFINITY;
  #cancelWake = () => {};

  constructor(ports: BusMasterPorts) {
    this.#ports = ports;
    this.#exchange = createExchange(ports);
    this.#door = new LineDoor(ports, MAX_REOPEN_MS, () => this.#exchange.abort());
  }

  ask(question: Question): Promise<ExchangeOutcome> {
    if (this.#door.hasEnded()) return Promise.resolve(fail("closed"));
    if (this.#urgent.length + this.#polls.length >= MAX_WAITING) return Promise.resolve(fail("timeout"));
    return new Promise((settle) => {
      this.#queueOf(question).push({ question, settle, triesLeft: question.timing.retries });
      void this.#pump();
    });
  }

  async close(): Promise<void> {
    if (this.#door.hasEnded()) return;
    this.#door.end();
    this.#cancelWake();
    this.#exchange.abort();
    for (const waiting of [...this.#urgent.splice(0), ...this.#polls.splice(0)])
      waiting.settle(fail("closed"));
    await this.#ports.link.close();
  }

  #queueOf(question: Question): Waiting[] {
    return question.urgency === "write" ? this.#urgent : this.#polls;
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    this.#cancelWake();
    for (let next = this.#take(); next !== undefined; next = this.#take()) await this.#serve(next);
    this.#isPumping = false;
    this.#wakeForResting();
  }

  /** The first whose unit may be asked; the others let it pass. */
  #take(): Waiting | undefined {
    for (const queue of [this.#urgent, this.#polls]) {
      const index = queue.findIndex(({ question }) => this.#isRested(question.unit));
      if (index >= 0) return queue.splice(index, 1)[0];
    }
    return undefined;
  }

  #isRested(unit: number): boolean {
    const rest = this.#resting.get(unit);
    if (rest === undefined) return true;
    if (this.#ports.clock.monotonic() < this.#endOf(rest)) return false;
    this.#resting.delete(unit);
    if (rest.quarantine !== null) {
      const { reason, strayBefore } = rest.quarantine;
      const thrownAwayBytes = this.#exchange.strayBytes() - strayBefore;
      this.#ports.log.warn("line.quarantined", { reason, unit, thrownAwayBytes });
    }
    return true;
  }

  #endOf({ since, until, quarantine }: Rest): number {
    if (quarantine === null) return until;
    const quietAt = this.#exchange.strayAt() + quarantine.quietMs;
    return Math.min(since + MAX_QUARANTINE_MS, Math.max(until, quietAt));
  }

  /** When the first urgent question may be asked, if it is not worth another unit's poll to wait for it. */
  #urgentSoonAt(): number | null {
    const now = this.#ports.clock.monotonic();
    const ends = this.#urgent.map(({ question }) => {
      const rest = this.#resting.get(question.unit);
      return rest === undefined ? now : this.#endOf(rest);
    });
    const first = Math.min(...ends);
    return first <= now + SHORT_REST_MS ? first : null;
  }

  #wakeForResting(): void {
    const ends = [...this.#urgent, ...this.#polls].flatMap(({ question }) => {
      const rest = this.#resting.get(question.unit);
      return rest === undefined ? [] : [this.#endOf(rest)];
    });
    if (ends.length === 0 || this.#door.hasEnded()) return;
    const waitMs = Math.max(0, Math.min(...ends) - this.#ports.clock.monotonic());
    this.#cancelWake = this.#ports.timers.after(waitMs, () => void this.#pump());
  }

  async #serve(waiting: Waiting): Promise<void> {
    const { question, settle } = waiting;
    const { unit, request, timing, urgency } = question;
    if (!(await this.#door.letIn(urgency))) return settle(fail("closed"));
    this.#lineGapMs = Math.min(this.#lineGapMs, timing.gapMs);
    await pauseUntil(this.#ports, this.#exchange.silenceSince() + this.#lineGapMs);
    if (!this.#door.isOpen()) return settle(fail("closed"));
    // What came during the pause may be more urgent than a poll.
    const urgentAt = this.#urgentSoonAt();
    if (urgency === "poll" && urgentAt !== null) {
      this.#polls.unshift(waiting);
      await pauseUntil(this.#ports, urgentAt);
      return;
    }
    const strayBefore = this.#exchange.strayBytes();
    const outcome = await this.#exchange.run(unit, request, timing.responseMs);
    const now = this.#ports.clock.monotonic();
    const isToRepeat = this.#exchange.wasBusy() && question.quirks?.includes("busy-exception") === true;
    const isFinal = outcome.ok || outcome.error === "exception" || outcome.error === "closed";
    // A busy device has answered: the line is clean. Else MBAP tells answers apart by transaction; RTU cannot.
    const isUnclear = this.#ports.kind === "modbus-rtu" && !outcome.ok && !isFinal;
    this.#resting.set(unit, {
      since: now,
      until: asMonotonic(now + Math.max(timing.gapMs, isUnclear ? timing.quarantineMs : 0)),
      quarantine: isUnclear
        ? { reason: outcome.error, quietMs: Math.max(QUIET_MS, timing.gapMs), strayBefore }
        : null,
    });
    if ((isFinal && !isToRepeat) || waiting.triesLeft === 0 || this.#door.hasEnded()) return settle(outcome);
    waiting.triesLeft -= 1;
    this.#queueOf(question).unshift(waiting);
  }
}
