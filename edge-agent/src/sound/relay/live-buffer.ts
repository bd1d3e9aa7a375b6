import type { Clock } from "@loa/shared/kernel/ambient.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { BLOCK_FRAMES, BLOCK_MS, FRAMES_PER_MS } from "../format.ts";
import { createDelayKeeper } from "./delay-keeper.ts";
import { createLevelServo, RATE_LIMIT } from "./level-servo.ts";
import { createLiveRing, FRAMES_AFTER, FRAMES_BEFORE } from "./live-ring.ts";
import { createReadHead } from "./read-head.ts";

export interface LiveBufferOptions {
  readonly channels: number;
  /** What must be there before the first sample is given. */
  readonly prefillMs: number;
  /** From capture to ear, where the stream tells its capture times. */
  readonly fixedDelayMs: number | null;
  readonly clock: Clock;
  /** When the next frame that is read will be heard. */
  readonly hearsAt: () => MonotonicMs;
}

/**
 * Between a source that has its own clock and a loudspeaker that has another: it swallows what jitters, reads a
 * little faster or slower so that the delay stays, and goes silent and comes back without a click.
 */
export interface LiveBuffer {
  /** Frames that `read` gives now; none while it fills. */
  readonly available: number;
  /** Frames between the reader and the newest. */
  readonly level: number;
  /** Frames that still fit. */
  readonly room: number;
  /** Frames ever put in. */
  readonly total: number;
  /** It has given nothing for a while, and nothing is on the way to the ear. */
  readonly isLost: boolean;
  push(bytes: Uint8Array): void;
  /** Frame number `frame` (as `total` counts) was captured at this wall time. */
  mark(frame: number, wallMs: number): void;
  /** What follows has another history: capture times and level are looked at anew. */
  interrupt(): void;
  /** No more will come: what is there is given without waiting. */
  flush(): void;
  read(into: Float32Array, from: number, count: number): number;
  drain(frames: number): void;
  capturedAt(): MonotonicMs | null;
  watch(now: MonotonicMs): void;
}

/** 60 s: the longest delay that a relay may ask for (30 s), a segment of 10 s, and as much again for a burst. */
const CAPACITY_FRAMES = 60_000 * FRAMES_PER_MS;
/** Nothing for so long is a loss, not a hiccup; the way to the very first sample may take longer. */
const LOST_AFTER_MS = 2_000;
const NEVER_CAME_AFTER_MS = 5_000;
/** A source that ran dry fills for twice as long the next time, twice. */
const PREFILL_GROWTH = 4;
/** A longer delay is wanted for its own sake, not against hiccups. */
const MOST_NEEDED_FRAMES = 1_000 * FRAMES_PER_MS;
/** For the segments between where a list was begun and where the delay wants it to be. */
const CATCH_UP_WITHIN_MS = 2_000;
/** Nobody reads and nobody drains: the reader is not there yet, and the live edge must not run away. */
const UNREAD_AFTER_MS = 500;
export function createLiveBuffer(options: LiveBufferOptions): LiveBuffer {
  const { channels, clock } = options;
  const ring = createLiveRing(CAPACITY_FRAMES, channels);
  const head = createReadHead(ring, channels, readable);
  const fullFrames = options.prefillMs * FRAMES_PER_MS;
  const servo = createLevelServo(Math.min(fullFrames, MOST_NEEDED_FRAMES) / 2);
  const delay = createDelayKeeper(options, () => head.place);
  let prefillFrames = fullFrames;
  let isFilling = true;
  let isFlushing = false;
  let hasGiven = false;
  /** What is read next does not follow what was read last. */
  let isNew = true;
  /** Since when there has been enough to begin. */
  let fullAt: MonotonicMs | null = null;
  let dryMs = 0;
  let watchedAt: MonotonicMs | null = null;
  let watchedEnd = 0;
  let takenAt: MonotonicMs = clock.monotonic();

  function level(): number {
    return Math.max(0, ring.end - head.place);
  }

  function readable(): number {
    return level() - (isFlushing ? 0 : FRAMES_AFTER);
  }

  function settle(): void {
    if (!isFilling || readable() <= 0) return;
    const isFull = readable() >= prefillFrames || level() >= CAPACITY_FRAMES - BLOCK_FRAMES;
    if (!isFull && !isFlushing) return;
    const late = delay.lateMs();
    // It is here before its time: it waits, as long as there is room to wait in.
    if (late !== null && late < -BLOCK_MS && level() < CAPACITY_FRAMES / 2) return;
    // It is from before its time: what belongs here is on the way, or will never be in time.
    const now = clock.monotonic();
    fullAt ??= now;
    const isStale = late !== null && late > BLOCK_MS && skippable(late * FRAMES_PER_MS) === 0;
    if (isStale && !isFlushing && now - fullAt < CATCH_UP_WITHIN_MS) return;
    fullAt = null;
    isFilling = false;
    isNew = true;
    takenAt = now;
    servo.reset();
  }

  /** Skips or waits so that the next frame is heard at its time; nothing sounds yet, so no fade is needed. */
  function begin(): void {
    isNew = false;
    delay.restart();
    const late = (delay.lateMs() ?? 0) * FRAMES_PER_MS;
    head.begin(Math.max(0, Math.round(-late)), late > 0 ? skippable(late) : 0);
  }

  /** As many frames as may be skipped without running dry; all or none, since half the way helps nobody. */
  function skippable(frames: number): number {
    return readable() - frames >= BLOCK_FRAMES * 4 ? Math.round(frames) : 0;
  }

  /** The speed of the next block. What is too far off is brought in place at once, under a fade. */
  function steer(): number {
    const { farFrames, rate } = delay.steer();
    const jumpFrames = farFrames > 0 ? skippable(farFrames) : farFrames;
    head.jumpBy(jumpFrames);
    // What cannot be reached is played as it comes: the source is slower than the delay that was asked for.
    return rate ?? servo.rate;
  }

  function ranDry(): void {
    isFilling = true;
    head.rest();
    const mostFrames = Math.max(fullFrames, PREFILL_GROWTH * Math.min(fullFrames, MOST_NEEDED_FRAMES));
    if (hasGiven) prefillFrames = Math.min(prefillFrames * 2, mostFrames);
  }

  function skip(frames: number): void {
    head.skip(Math.min(frames, level()));
    isNew = true;
    if (readable() <= 0) isFilling = true;
  }

  function read(into: Float32Array, from: number, count: number): number {
    settle();
    if (isFilling) return 0;
    if (isNew) begin();
    const given = head.give(into, from, count, steer());
    hasGiven = true;
    dryMs = 0;
    if (given < count) ranDry();
    takenAt = clock.monotonic();
    servo.note(level(), given);
    return given;
  }

  function watch(now: MonotonicMs): void {
    settle();
    const sinceMs = watchedAt === null ? 0 : now - watchedAt;
    watchedAt = now;
    // What fills, or waits for its time, is not lost.
    const isComing = ring.end !== watchedEnd || readable() >= prefillFrames;
    watchedEnd = ring.end;
    dryMs = isFilling && !isComing ? dryMs + Math.min(sinceMs, UNREAD_AFTER_MS) : 0;
    if (isFilling || now - takenAt < UNREAD_AFTER_MS) return;
    skip((now - takenAt) * FRAMES_PER_MS);
    takenAt = now;
  }

  return {
    get available() {
      settle();
      return isFilling ? 0 : Math.max(0, Math.floor(readable() / (1 + RATE_LIMIT)) + head.silentFrames);
    },
    get level() {
      return level();
    },
    get room() {
      return CAPACITY_FRAMES - Math.ceil(level()) - FRAMES_BEFORE - 1;
    },
    get total() {
      return ring.end;
    },
    get isLost() {
      return dryMs > (hasGiven ? LOST_AFTER_MS : NEVER_CAME_AFTER_MS);
    },
    push: (bytes) => ring.push(bytes),
    mark: (frame, wallMs) => delay.mark(frame, wallMs),
    interrupt() {
      // What ran dry was a link that was lost, not one that hiccups.
      prefillFrames = fullFrames;
      delay.forget();
      servo.reset();
    },
    flush() {
      isFlushing = true;
    },
    read,
    drain(frames) {
      skip(frames);
      takenAt = clock.monotonic();
      servo.note(level(), frames);
    },
    capturedAt: delay.capturedAt,
    watch,
  };
}
