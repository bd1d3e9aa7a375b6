import type { ByteLink, LinkFailure } from "@loa/edge-agent/devices/byte-link.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { fail, ok } from "@loa/shared/kernel/result.ts";

/** How fast a serial line is, and what frames one character. */
export interface LinePace {
  readonly baud: number;
  readonly parity: "none" | "even" | "odd";
  readonly stopBits: 1 | 2;
}

/** One master and several slaves on two wires: what two of them say at once is heard by nobody. */
export interface PacedLine {
  /** The end for a bus master in this process. */
  readonly master: ByteLink;
  /** What the master says instead, where it sits behind a port of its own; answers come to `hears`. */
  attachMaster(hears: (bytes: Uint8Array) => void): (bytes: Uint8Array) => void;
  /** A slave; it gets the master's frames whole, 3.5 characters after their last byte. Answers how it speaks. */
  attachSlave(slave: {
    readonly hears: (frame: Uint8Array) => void;
    /** From the end of that silence to its first bit, ms. */
    readonly turnaroundMs: number;
  }): (bytes: Uint8Array) => void;
  /** Pulls the master's plug: opening is refused until it is in again. */
  setPlugged(isPlugged: boolean): void;
  tally(): LineTally;
}

export interface LineTally {
  /** Times at which two spoke at once. */
  readonly collisions: number;
  /** How long somebody spoke, ms. */
  readonly busyMs: number;
}

/** Modbus over Serial Line V1.02, 2.5.1.1: silence that ends a frame. */
export const SILENT_CHARACTERS = 3.5;
/** A UART tells its driver when so many bytes have come, and when a frame is over. */
const FIFO_BYTES = 8;
const DATA_BITS = 8;
const START_BITS = 1;
/** What a collision makes of a byte. */
const GARBLE = 0b0101_0101;

/** One character on the wire with its start, parity and stop bits, ms. */
export function characterMs({ baud, parity, stopBits }: LinePace): number {
  return ((START_BITS + DATA_BITS + (parity === "none" ? 0 : 1) + stopBits) * 1_000) / baud;
}

export function createPacedLine(parts: {
  readonly pace: LinePace;
  readonly clock: Clock;
  readonly timers: Timers;
}): PacedLine {
  return new PacedWire(parts);
}

/** Bytes that one speaker puts on the wire without a pause. */
interface Burst {
  readonly speaker: symbol;
  readonly bytes: Uint8Array;
  readonly startAt: number;
  readonly endAt: number;
}

class PacedWire implements PacedLine {
  readonly master: ByteLink;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #characterMs: number;
  readonly #masterVoice = Symbol("master");
  readonly #slaves: ((frame: Uint8Array) => void)[] = [];
  #onAir: Burst[] = [];
  #masterHears: (bytes: Uint8Array) => void = () => undefined;
  #onPulled: (reason: LinkFailure) => void = () => undefined;
  #isPlugged = true;
  #isOpen = false;
  #collisions = 0;
  #busyMs = 0;

  constructor(parts: { readonly pace: LinePace; readonly clock: Clock; readonly timers: Timers }) {
    this.#clock = parts.clock;
    this.#timers = parts.timers;
    this.#characterMs = characterMs(parts.pace);
    this.master = this.#masterLink();
  }

  attachMaster(hears: (bytes: Uint8Array) => void): (bytes: Uint8Array) => void {
    this.#masterHears = hears;
    return (bytes) => this.#masterSays(bytes);
  }

  attachSlave(slave: { readonly hears: (frame: Uint8Array) => void; readonly turnaroundMs: number }) {
    const voice = Symbol("slave");
    this.#slaves.push((frame) => this.#timers.after(slave.turnaroundMs, () => slave.hears(frame)));
    return (bytes: Uint8Array) => this.#slaveSays(voice, bytes);
  }

  setPlugged(isPlugged: boolean): void {
    this.#isPlugged = isPlugged;
    if (isPlugged || !this.#isOpen) return;
    this.#isOpen = false;
    this.#onPulled("closed");
  }

  tally(): LineTally {
    return { collisions: this.#collisions, busyMs: this.#busyMs };
  }

  #masterLink(): ByteLink {
    return {
      open: async () => {
        this.#isOpen = this.#isPlugged;
        return this.#isPlugged ? ok(undefined) : fail("not-found");
      },
      close: async () => {
        this.#isOpen = false;
      },
      write: (bytes) => {
        if (this.#isOpen) this.#masterSays(bytes);
      },
      onData: (listener) => {
        this.#masterHears = (bytes) => {
          if (this.#isOpen) listener(bytes);
        };
      },
      onClose: (listener) => {
        this.#onPulled = listener;
      },
    };
  }

  #masterSays(bytes: Uint8Array): void {
    const burst = this.#speak(this.#masterVoice, bytes);
    this.#at(burst.endAt + SILENT_CHARACTERS * this.#characterMs, () => {
      for (const hears of this.#slaves) hears(Uint8Array.from(burst.bytes));
    });
  }

  #slaveSays(voice: symbol, bytes: Uint8Array): void {
    const burst = this.#speak(voice, bytes);
    for (let from = 0; from < burst.bytes.length; from += FIFO_BYTES) {
      const to = Math.min(burst.bytes.length, from + FIFO_BYTES);
      this.#at(burst.startAt + to * this.#characterMs, () => this.#masterHears(burst.bytes.slice(from, to)));
    }
  }

  /** A speaker waits for its own last byte, never for others. */
  #speak(speaker: symbol, bytes: Uint8Array): Burst {
    const now = this.#clock.monotonic();
    this.#onAir = this.#onAir.filter(({ endAt }) => endAt > now);
    const own = this.#onAir.filter((burst) => burst.speaker === speaker);
    const startAt = Math.max(now, ...own.map(({ endAt }) => endAt));
    const endAt = startAt + bytes.length * this.#characterMs;
    const burst: Burst = { speaker, bytes: Uint8Array.from(bytes), startAt, endAt };
    const disturbed = this.#onAir.filter((other) => other.speaker !== speaker && other.endAt > startAt);
    for (const other of disturbed)
      garble(other.bytes, Math.ceil((startAt - other.startAt) / this.#characterMs));
    if (disturbed.length > 0) {
      this.#collisions += 1;
      garble(burst.bytes, 0);
    }
    this.#onAir.push(burst);
    this.#busyMs += endAt - startAt;
    return burst;
  }

  #at(when: number, run: () => void): void {
    this.#timers.after(when - this.#clock.monotonic(), run);
  }
}

function garble(bytes: Uint8Array, from: number): void {
  for (let index = Math.max(0, from); index < bytes.length; index += 1)
    bytes[index] = (bytes[index] ?? 0) ^ GARBLE;
}
