import type { Timers } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, BoxId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { BoxRow, ReceiptRow } from "./domain/box-row.ts";

/** What open pages are told. `areaId` is the area of the cluster: a page hears only of areas that it may see. */
export type LiveEvent =
  | { readonly kind: "box"; readonly row: BoxRow }
  | { readonly kind: "receipt"; readonly areaId: AreaId; readonly row: ReceiptRow }
  | {
      readonly kind: "level";
      readonly areaId: AreaId;
      readonly boxId: BoxId;
      readonly rms: number;
      readonly peak: number;
      readonly at: Instant;
    };

export interface LiveFeed {
  /** Cheap when nobody listens; never waits for a reader. */
  publish(event: LiveEvent): void;
  subscribe(sees: (area: AreaId) => boolean): Subscription;
  /** Open pages now. */
  readonly listeners: number;
  /** Ends every subscription: the controller stops. */
  close(): void;
}

/** What one page has not been sent yet: the latest of each box, so a slow page gets fewer, never older, rows. */
export interface Batch {
  readonly changed: readonly BoxRow[];
  readonly receipts: readonly ReceiptRow[];
  readonly levels: readonly Extract<LiveEvent, { kind: "level" }>[];
  /** Receipts were left out: the page must load its list again. */
  readonly missed: boolean;
}

export interface Subscription {
  /** Waits until there is something, at most `BATCH_MS` often; null when closed. */
  next(): Promise<Batch | null>;
  close(): void;
}

/** A page is told of changes at most twice a second. */
export const BATCH_MS = 500;
/** Receipts kept for a slow page; the oldest go first and the batch says `missed`. */
const MAX_PENDING_RECEIPTS = 500;

export function createLiveFeed(timers: Timers): LiveFeed {
  const open = new Set<OpenSubscription>();
  return {
    publish(event) {
      for (const one of open) one.offer(event);
    },
    subscribe(sees) {
      const one = openSubscription(timers, sees, () => open.delete(one));
      open.add(one);
      return one;
    },
    get listeners() {
      return open.size;
    },
    close() {
      for (const one of [...open]) one.close();
    },
  };
}

interface OpenSubscription extends Subscription {
  offer(event: LiveEvent): void;
}

function openSubscription(
  timers: Timers,
  sees: (area: AreaId) => boolean,
  onClose: () => void,
): OpenSubscription {
  let pending = emptyPending();
  let waiting: ((batch: Batch | null) => void) | null = null;
  let resting = false;
  let closed = false;

  function deliver(): void {
    if (waiting === null || resting || isEmpty(pending)) return;
    const resolve = waiting;
    const batch = batchOf(pending);
    waiting = null;
    pending = emptyPending();
    resting = true;
    timers.after(BATCH_MS, () => {
      resting = false;
      deliver();
    });
    resolve(batch);
  }

  return {
    offer(event) {
      if (!sees(event.kind === "box" ? event.row.areaId : event.areaId)) return;
      add(pending, event);
      deliver();
    },
    next() {
      if (closed) return Promise.resolve(null);
      return new Promise((resolve) => {
        waiting = resolve;
        deliver();
      });
    },
    close() {
      closed = true;
      onClose();
      waiting?.(null);
      waiting = null;
    },
  };
}

interface Pending {
  readonly rows: Map<BoxId, BoxRow>;
  readonly levels: Map<BoxId, Extract<LiveEvent, { kind: "level" }>>;
  readonly receipts: ReceiptRow[];
  missed: boolean;
}

function emptyPending(): Pending {
  return { rows: new Map(), levels: new Map(), receipts: [], missed: false };
}

function isEmpty(pending: Pending): boolean {
  return pending.rows.size === 0 && pending.levels.size === 0 && pending.receipts.length === 0;
}

function add(pending: Pending, event: LiveEvent): void {
  if (event.kind === "box") pending.rows.set(event.row.boxId, event.row);
  else if (event.kind === "level") pending.levels.set(event.boxId, event);
  else {
    pending.receipts.push(event.row);
    if (pending.receipts.length <= MAX_PENDING_RECEIPTS) return;
    pending.receipts.shift();
    pending.missed = true;
  }
}

function batchOf(pending: Pending): Batch {
  return {
    changed: [...pending.rows.values()],
    receipts: pending.receipts,
    levels: [...pending.levels.values()],
    missed: pending.missed,
  };
}
