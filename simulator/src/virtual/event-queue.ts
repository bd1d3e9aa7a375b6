/** Something that happens at one moment. `run` is null after it was cancelled. */
export interface QueuedEvent {
  readonly time: number;
  readonly sequence: number;
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
  const heap: QueuedEvent[] = [];
  let sequence = 0;
  return {
    push(time, run) {
      sequence += 1;
      const event: QueuedEvent = { time, sequence, run };
      siftUp(heap, event);
      return event;
    },
    pop(until) {
      for (;;) {
        const first = heap[0];
        if (first === undefined) return null;
        if (first.run !== null && first.time > until) return null;
        removeFirst(heap);
        if (first.run !== null) return first;
      }
    },
    get length() {
      return heap.length;
    },
  };
}

function siftUp(heap: QueuedEvent[], event: QueuedEvent): void {
  let index = heap.length;
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || isBefore(parent, event)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = event;
}

function removeFirst(heap: QueuedEvent[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    if (left === undefined) break;
    const right = heap[2 * index + 2];
    const takesRight = right !== undefined && isBefore(right, left);
    const child = takesRight ? right : left;
    if (isBefore(last, child)) break;
    heap[index] = child;
    index = 2 * index + (takesRight ? 2 : 1);
  }
  heap[index] = last;
}

function isBefore(a: QueuedEvent, b: QueuedEvent): boolean {
  return a.time < b.time || (a.time === b.time && a.sequence < b.sequence);
}
