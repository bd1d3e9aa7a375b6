/** Something that happens at one moment. `run` is null after it was cancelled. */
export interface QueuedEvent {
  readonly time: number;
  run: (() => void | Promise<void>) | null;
}

/** A binary heap by (time, sequence): what was put in first goes first among equals. */
export interface EventQueue {
  push(time: number, run: () => void | Promise<void>): QueuedEvent;
  /** The next event that was not cancelled and is not after `until`; null when there is none. */
  pop(until: number): QueuedEvent | null;
  readonly length: number;
}

export function createEventQueue(): EventQueue {
  return new Heap();
}

/** What is compared lies side by side in lists of numbers: millions of events pass here, each by eight others. */
class Heap implements EventQueue {
  readonly #times: number[] = [];
  readonly #sequences: number[] = [];
  readonly #events: QueuedEvent[] = [];
  #lastSequence = 0;

  get length(): number {
    return this.#events.length;
  }

  push(time: number, run: () => void | Promise<void>): QueuedEvent {
    const event: QueuedEvent = { time, run };
    this.#lastSequence += 1;
    let place = this.#events.length;
    // Nobody in the queue was put in later, so among equals it goes last.
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#timeAt(parent) <= time) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#put(place, time, this.#lastSequence, event);
    return event;
  }

  pop(until: number): QueuedEvent | null {
    for (;;) {
      const first = this.#events[0];
      if (first === undefined) return null;
      if (first.run !== null && first.time > until) return null;
      this.#removeFirst();
      if (first.run !== null) return first;
    }
  }

  #removeFirst(): void {
    const event = this.#events.pop();
    const time = this.#times.pop();
    const sequence = this.#sequences.pop();
    const { length } = this.#events;
    if (event === undefined || time === undefined || sequence === undefined || length === 0) return;
    let place = 0;
    for (let child = 1; child < length; child = 2 * place + 1) {
      if (child + 1 < length && this.#isBefore(child + 1, this.#timeAt(child), this.#sequences[child] ?? 0))
        child += 1;
      if (!this.#isBefore(child, time, sequence)) break;
      this.#move(child, place);
      place = child;
    }
    this.#put(place, time, sequence, event);
  }

  #isBefore(place: number, time: number, sequence: number): boolean {
    const own = this.#timeAt(place);
    return own < time || (own === time && (this.#sequences[place] ?? 0) < sequence);
  }

  #timeAt(place: number): number {
    return this.#times[place] ?? 0;
  }

  #move(from: number, to: number): void {
    const event = this.#events[from];
    if (event !== undefined) this.#put(to, this.#timeAt(from), this.#sequences[from] ?? 0, event);
  }

  #put(place: number, time: number, sequence: number, event: QueuedEvent): void {
    this.#times[place] = time;
    this.#sequences[place] = sequence;
    this.#events[place] = event;
  }
}
