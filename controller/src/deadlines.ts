/**
 * Until when each of many may be left alone: whoever is due is found without asking all the others. A binary heap;
 * a deadline that was replaced stays in it until it comes up, so nothing is ever searched for.
 */
export interface Deadlines<Key> {
  /** Takes the place of the one before. */
  set(key: Key, at: number): void;
  delete(key: Key): void;
  /** Takes out all that are due at `now`. */
  due(now: number): readonly Key[];
  /** The first that is not due yet; null: there is none. */
  next(): number | null;
}

/** So many replaced ones for each that counts are kept before all are sorted out. */
const MAX_REPLACED = 3;

interface Entry<Key> {
  readonly key: Key;
  readonly at: number;
}

export function createDeadlines<Key>(): Deadlines<Key> {
  let heap: Entry<Key>[] = [];
  const current = new Map<Key, Entry<Key>>();

  /** The first that still counts. */
  function first(): Entry<Key> | undefined {
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      if (current.get(top.key) === top) return top;
      removeTop(heap);
    }
    return undefined;
  }

  return {
    set(key, at) {
      const entry = { key, at };
      current.set(key, entry);
      insert(heap, entry);
      if (heap.length > (1 + MAX_REPLACED) * (current.size + 1))
        heap = [...current.values()].sort((a, b) => a.at - b.at);
    },
    delete: (key) => void current.delete(key),
    due(now) {
      const found: Key[] = [];
      for (let top = first(); top !== undefined && top.at <= now; top = first()) {
        removeTop(heap);
        current.delete(top.key);
        found.push(top.key);
      }
      return found;
    },
    next: () => first()?.at ?? null,
  };
}

function insert<Key>(heap: Entry<Key>[], entry: Entry<Key>): void {
  let place = heap.length;
  while (place > 0) {
    const above = (place - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || parent.at <= entry.at) break;
    heap[place] = parent;
    place = above;
  }
  heap[place] = entry;
}

function removeTop<Key>(heap: Entry<Key>[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let place = 0;
  for (;;) {
    const left = 2 * place + 1;
    const right = heap[left + 1];
    let below = left;
    let child = heap[left];
    if (child !== undefined && right !== undefined && right.at < child.at) {
      below = left + 1;
      child = right;
    }
    if (child === undefined || last.at <= child.at) break;
    heap[place] = child;
    place = below;
  }
  heap[place] = last;
}
