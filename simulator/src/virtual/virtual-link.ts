import type { SeededRandom } from "./random.ts";
import type { VirtualTime } from "./virtual-time.ts";

export type Direction = "up" | "down";
/** Which way nothing gets through. `both` is a modem without a signal. */
export type Cut = "none" | Direction | "both";

/** Rates are probabilities of one message, in [0, 1]. */
export interface LinkQuality {
  /** One way. */
  readonly latencyMs: number;
  readonly jitterMs: number;
  /** Gone without a word although the broker acknowledged it. */
  readonly lossRate: number;
  readonly doubleRate: number;
  /** Comes up to `lateMs` later, after what was sent later, and even after a reconnect. */
  readonly lateRate: number;
  readonly lateMs: number;
}

export const GOOD_LINK: LinkQuality = {
  latencyMs: 40,
  jitterMs: 20,
  lossRate: 0,
  doubleRate: 0,
  lateRate: 0,
  lateMs: 0,
};

/** The way between one box and the broker. */
export interface VirtualLink {
  quality: LinkQuality;
  readonly cut: Cut;
  setCut(cut: Cut): void;
  /** In order and without loss, as TCP does; waits while the direction is cut. `isCurrent`: does the connection live? */
  carry(direction: Direction, isCurrent: () => boolean, deliver: () => void | Promise<void>): void;
  /** The same for a message, which may get lost, doubled or late. */
  carryMessage(direction: Direction, isCurrent: () => boolean, deliver: () => void | Promise<void>): void;
  isOpen(direction: Direction): boolean;
  /** Called after every change of the cut. */
  onCut(listener: (cut: Cut) => void): void;
}

/** Bytes that wait for a cut to heal, in messages; TCP's send buffer is not endless either. */
const MAX_HELD = 500;

interface Held {
  readonly isCurrent: () => boolean;
  readonly deliver: () => void | Promise<void>;
}

export function createVirtualLink(time: VirtualTime, random: SeededRandom): VirtualLink {
  let quality = GOOD_LINK;
  let cut: Cut = "none";
  const held: Record<Direction, Held[]> = { up: [], down: [] };
  const lastAt: Record<Direction, number> = { up: 0, down: 0 };
  const listeners: ((cut: Cut) => void)[] = [];

  const isOpen = (direction: Direction) => cut !== "both" && cut !== direction;

  function carry(direction: Direction, isCurrent: () => boolean, deliver: () => void | Promise<void>): void {
    if (!isOpen(direction)) {
      if (held[direction].length < MAX_HELD) held[direction].push({ isCurrent, deliver });
      return;
    }
    const at = Math.max(lastAt[direction], time.now() + quality.latencyMs + random.next() * quality.jitterMs);
    lastAt[direction] = at;
    time.at(at, () => {
      // What was on its way when the line was cut is sent again by TCP after it has healed.
      if (!isOpen(direction)) return void held[direction].push({ isCurrent, deliver });
      return isCurrent() ? deliver() : undefined;
    });
  }

  return {
    get quality() {
      return quality;
    },
    set quality(next) {
      quality = next;
    },
    get cut() {
      return cut;
    },
    setCut(next) {
      if (next === cut) return;
      cut = next;
      for (const direction of ["up", "down"] as const) {
        if (!isOpen(direction)) continue;
        for (const one of held[direction].splice(0))
          if (one.isCurrent()) carry(direction, one.isCurrent, one.deliver);
      }
      for (const listener of listeners) listener(cut);
    },
    carry,
    carryMessage(direction, isCurrent, deliver) {
      const { lossRate, doubleRate, lateRate, lateMs } = quality;
      if (lossRate + doubleRate + lateRate > 0) {
        const draw = random.next();
        if (draw < lossRate) return;
        if (draw < lossRate + lateRate) return void time.after(random.between(0, lateMs), deliver);
        if (draw < lossRate + lateRate + doubleRate) carry(direction, isCurrent, deliver);
      }
      carry(direction, isCurrent, deliver);
    },
    isOpen,
    onCut: (listener) => void listeners.push(listener),
  };
}
