import type { OccurrenceId } from "@loa/shared/kernel/ids.ts";

interface Note {
  readonly id: OccurrenceId;
  readonly isOver: boolean;
}

/**
 * The notes on occurrences, as one value: a change makes another one. The few open ones change at every reading of a
 * meter, so they stand apart from those that are over, of which there are dozens after some days.
 */
export class Notes<One extends Note> {
  readonly #open: ReadonlyMap<OccurrenceId, One>;
  readonly #over: ReadonlyMap<OccurrenceId, One>;

  private constructor(open: ReadonlyMap<OccurrenceId, One>, over: ReadonlyMap<OccurrenceId, One>) {
    this.#open = open;
    this.#over = over;
  }

  static of<One extends Note>(all: readonly One[]): Notes<One> {
    return new Notes(
      new Map(all.filter((one) => !one.isOver).map((one) => [one.id, one])),
      new Map(all.filter((one) => one.isOver).map((one) => [one.id, one])),
    );
  }

  get(id: OccurrenceId): One | null {
    const open = this.#open.size === 0 ? undefined : this.#open.get(id);
    return open ?? this.#over.get(id) ?? null;
  }

  open(): readonly One[] {
    return [...this.#open.values()];
  }

  all(): readonly One[] {
    return [...this.#open.values(), ...this.#over.values()];
  }

  /** Each takes the place of the one of the same occurrence, if there is one. */
  with(changed: readonly One[]): Notes<One> {
    if (changed.length === 0) return this;
    const open = new Map(this.#open);
    const isOverMoved = changed.some((one) => one.isOver || this.#over.has(one.id));
    const over = isOverMoved ? new Map(this.#over) : null;
    for (const one of changed) {
      if (one.isOver) open.delete(one.id);
      else open.set(one.id, one);
      if (one.isOver) over?.set(one.id, one);
      else over?.delete(one.id);
    }
    return new Notes(open, over ?? this.#over);
  }

  without(ids: readonly OccurrenceId[]): Notes<One> {
    return ids.length === 0 ? this : Notes.of(this.all().filter((one) => !ids.includes(one.id)));
  }
}
