import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import type { PcmSource } from "../pcm-source.ts";
import type { EngineOrder } from "./messages.ts";

/**
 * Decoders of what another engine plays, beside it and unheard: starting one takes 0.1 s, and far more on a
 * busy box, which is time that a listener hears when that engine is lost.
 */
export interface Shadows {
  /** From now on of these, and of no others. */
  follow(orders: readonly EngineOrder[]): void;
  /** All can go on at once, or never will. */
  areReady(): boolean;
  /** Hands one over; null when there is none. */
  take(soundId: string): PcmSource | null;
  close(): Promise<void>;
}

export interface ShadowOptions {
  readonly open: (order: EngineOrder) => PcmSource;
  readonly clock: Clock;
  readonly timers: Timers;
}

const LOOK_EVERY_MS = 250;
/** So much is there before a card is opened for it: the card's buffer is then filled with sound at once. */
const READY_FRAMES = 7_200;
/** Reports round; a step of this size is none. */
const SAME_WITHIN_MS = 20;

type Shadow = { readonly order: EngineOrder; readonly source: PcmSource };

export function createShadows({ open, clock, timers }: ShadowOptions): Shadows {
  const shadows = new Map<string, Shadow>();
  const closing = new Set<Promise<void>>();
  let cancel: (() => void) | null = null;

  function look(): void {
    cancel = shadows.size === 0 ? null : timers.after(LOOK_EVERY_MS, look);
    const now = clock.monotonic();
    for (const { source } of shadows.values()) source.watch(now);
  }

  function drop(soundId: string, { source }: Shadow): void {
    shadows.delete(soundId);
    const closed = source.close();
    closing.add(closed);
    void closed.then(() => closing.delete(closed));
  }

  return {
    follow(orders) {
      const wanted = new Map(orders.map((order) => [order.request.soundId, order]));
      for (const [soundId, shadow] of shadows) {
        const order = wanted.get(soundId);
        if (order === undefined || !isSame(order, shadow.order)) drop(soundId, shadow);
      }
      for (const [soundId, order] of wanted) {
        if (!shadows.has(soundId)) shadows.set(soundId, { order, source: open(order) });
      }
      if (cancel === null) look();
    },
    areReady: () =>
      [...shadows.values()].every(
        ({ source }) => source.outcome !== null || source.available >= READY_FRAMES,
      ),
    take(soundId) {
      const source = shadows.get(soundId)?.source ?? null;
      shadows.delete(soundId);
      return source;
    },
    async close() {
      cancel?.();
      for (const [soundId, shadow] of shadows) drop(soundId, shadow);
      await Promise.all(closing);
    },
  };
}

/** The same clip, on the same line of time. */
function isSame(one: EngineOrder, other: EngineOrder): boolean {
  return one.clipPath === other.clipPath && Math.abs(beginOf(one) - beginOf(other)) <= SAME_WITHIN_MS;
}

/** When its very first sample would have been heard. */
function beginOf({ request }: EngineOrder): number {
  return request.startAt - request.offsetMs;
}
