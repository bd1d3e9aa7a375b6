import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { ByteLink } from "./byte-link.ts";
import type { Urgency } from "./conversation.ts";

export interface LineDoorPorts {
  readonly link: ByteLink;
  readonly clock: Clock;
  readonly log: Log;
}

const FIRST_REOPEN_MS = 1_000;

/** The way to one line: opened when somebody has a question; after a failure it is tried more and more rarely. */
export class LineDoor {
  readonly #ports: LineDoorPorts;
  /** Trying to open never ends, but never gets rarer than this. */
  readonly #maxReopenMs: number;
  #state: "shut" | "open" | "ended" = "shut";
  #openings = 0;
  #reopenMs = FIRST_REOPEN_MS;
  #reopenAt: MonotonicMs;

  /** `onLost`: the link went away by itself. */
  constructor(ports: LineDoorPorts, maxReopenMs: number, onLost: () => void) {
    this.#ports = ports;
    this.#maxReopenMs = maxReopenMs;
    this.#reopenAt = ports.clock.monotonic();
    ports.link.onClose((reason) => {
      if (this.#state === "ended") return;
      this.#state = "shut";
      ports.log.warn("line.closed", { reason });
      onLost();
    });
  }

  isOpen(): boolean {
    return this.#state === "open";
  }

  /** Methods, because the state changes while others wait and the compiler would not believe it. */
  hasEnded(): boolean {
    return this.#state === "ended";
  }

  /** Which opening this is, from 1. */
  openings(): number {
    return this.#openings;
  }

  /** Opens the line if it is shut; answers whether it is open. */
  async letIn(urgency: Urgency): Promise<boolean> {
    const { link, clock, log } = this.#ports;
    if (this.#state !== "shut") return this.isOpen();
    // A write is about to be heard or missed: it may knock before the pause is over.
    if (urgency === "poll" && clock.monotonic() < this.#reopenAt) return false;
    const opened = await link.open();
    if (this.hasEnded()) {
      await link.close();
      return false;
    }
    if (!opened.ok) {
      log.warn("line.not-opened", { reason: opened.error, nextTryMs: this.#reopenMs });
      this.#reopenAt = asMonotonic(clock.monotonic() + this.#reopenMs);
      this.#reopenMs = Math.min(this.#maxReopenMs, this.#reopenMs * 2);
      return false;
    }
    this.#state = "open";
    this.#openings += 1;
    this.#reopenMs = FIRST_REOPEN_MS;
    log.info("line.opened");
    return true;
  }

  /** From now on nobody is let in; the link is closed by whoever has settled what waits. */
  end(): void {
    this.#state = "ended";
  }
}
