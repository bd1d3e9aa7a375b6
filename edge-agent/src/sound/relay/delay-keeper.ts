import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import { FRAMES_PER_MS } from "../format.ts";
import { createCaptureTimes } from "./capture-times.ts";
import { RATE_LIMIT } from "./level-servo.ts";

/** Keeps the time from capture to ear at what was asked for, where the stream tells its capture times. */
export interface DelayKeeper {
  mark(frame: number, wallMs: number): void;
  /** The times told so far say nothing about what follows. */
  forget(): void;
  /** When the next frame was captured, on this box's clock; null where nobody says. */
  capturedAt(): MonotonicMs | null;
  /** How much later than wanted the next frame would be heard; null where there is nothing to keep to. */
  lateMs(): number | null;
  /** What is read next does not follow what was read last. */
  restart(): void;
  /** Asked once a block. */
  steer(): Steering;
}

export interface Steering {
  /** Frames to skip, or (below zero) to wait, at once; 0 when it is near. */
  readonly farFrames: number;
  /** Frames of the source for each of ours; null where the level says it. */
  readonly rate: number | null;
}

export interface DelayOptions {
  readonly fixedDelayMs: number | null;
  readonly clock: Clock;
  /** When the next frame that is read will be heard. */
  readonly hearsAt: () => MonotonicMs;
}

/** Capture time and ear further apart than this are brought together at once, under a fade. */
const JUMP_OVER_MS = 40;
/** Smaller distances are worked off in about so long. */
const ALIGN_WITHIN_MS = 30_000;
/** A capture time that is further off than any buffer reaches says that one of the clocks is wrong. */
const BELIEVED_MS = 60_000;
/** The ear's time jitters by the tick of the card; the mean over about a second does not. */
const SMOOTH_BLOCKS = 50;

const unsteered: Steering = { farFrames: 0, rate: null };

export function createDelayKeeper(options: DelayOptions, place: () => number): DelayKeeper {
  const { clock, fixedDelayMs, hearsAt } = options;
  const times = createCaptureTimes();
  let smoothLateMs = 0;

  function capturedAt(): MonotonicMs | null {
    const wallMs = times.at(place());
    return wallMs === null ? null : asMonotonic(wallMs - clock.now() + clock.monotonic());
  }

  function lateMs(): number | null {
    const captured = fixedDelayMs === null ? null : capturedAt();
    if (captured === null || fixedDelayMs === null) return null;
    const late = hearsAt() - captured - fixedDelayMs;
    return Math.abs(late) > BELIEVED_MS ? null : late;
  }

  return {
    mark: times.add,
    forget: times.forget,
    capturedAt,
    lateMs,
    restart() {
      smoothLateMs = 0;
    },
    steer() {
      const late = lateMs();
      if (late === null) return unsteered;
      if (Math.abs(late) > JUMP_OVER_MS) {
        smoothLateMs = 0;
        return { farFrames: Math.round(late * FRAMES_PER_MS), rate: null };
      }
      smoothLateMs += (late - smoothLateMs) / SMOOTH_BLOCKS;
      const wanted = smoothLateMs / ALIGN_WITHIN_MS;
      return { farFrames: 0, rate: 1 + Math.max(-RATE_LIMIT, Math.min(RATE_LIMIT, wanted)) };
    },
  };
}
