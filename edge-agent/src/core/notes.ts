import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";

interface Note {
  readonly id: OccurrenceId;
  readonly isOver: boolean;
}

/**
 * The notes on occurrences, as one value: a change makes another one. The few open ones change at every reading of a
 * meter, so they stand apart, in a plain list, from those that are over, of which there are dozens after some days.
 */
export class Notes<One extends Note> {
  readonly #open: readonly One[];
  readonly #over: ReadonlyMap<OccurrenceId, One>;

  private constructor(open: readonly One[], over: ReadonlyMap<OccurrenceId, One>) {
    this.#open = open;
    this.#over = over;
  }

  static of<One extends Note>(all: readonly One[]): Notes<One> {
    return new Notes(
      all.filter((one) => !one.isOver),
      new Map(all.filter((one) => one.isOver).map((one) => [one.id, one])),
    );
  }

  get(id: OccurrenceId): One | null {
    for (const one of this.#open) if (one.id === id) return one;
    return this.#over.get(id) ?? null;
  }

  open(): readonly One[] {
    return this.#open;
  }

  all(): readonly One[] {
    return [...this.#open, ...this.#over.values()];
  }

  /** Each takes the place of the one of the same occurrence, if there is one. */
  with(changed: readonly One[]): Notes<One> {
    if (changed.length === 0) return this;
    const open = [...this.#open];
    const isOverMoved = changed.some((one) => one.isOver || this.#over.has(one.id));
    const over = isOverMoved ? new Map(this.#over) : null;
    for (const one of changed) {
      const place = open.findIndex((known) => known.id === one.id);
      if (one.isOver) open.splice(place, place < 0 ? 0 : 1);
      else open[place < 0 ? open.length : place] = one;
      if (one.isOver) over?.set(one.id, one);
      else over?.delete(one.id);
    }
    return new Notes(open, over ?? this.#over);
  }

  without(ids: readonly OccurrenceId[]): Notes<One> {
    return ids.length === 0 ? this : Notes.of(this.all().filter((one) => !ids.includes(one.id)));
  }
}
