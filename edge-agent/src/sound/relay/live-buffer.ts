import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import { BLOCK_FRAMES, BLOCK_MS, FRAMES_PER_MS } from "../format.ts";
import { createCaptureTimes } from "./capture-times.ts";
import { createLevelServo, RATE_LIMIT } from "./level-servo.ts";
import { createLiveRing, FRAMES_AFTER, FRAMES_BEFORE } from "./live-ring.ts";

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
/** Silence begins and ends over 5 ms, so that nobody hears an edge. */
const EDGE_FRAMES = 5 * FRAMES_PER_MS;
const EDGE_STEP = 1 / EDGE_FRAMES;
/** Nothing for so long is a loss, not a hiccup; the way to the very first sample may take longer. */
const LOST_AFTER_MS = 2_000;
const NEVER_CAME_AFTER_MS = 5_000;
/** A source that ran dry fills for twice as long the next time, twice. */
const PREFILL_GROWTH = 4;
/** A longer delay is wanted for its own sake, not against hiccups. */
const MOST_NEEDED_FRAMES = 1_000 * FRAMES_PER_MS;
/** Nobody reads and nobody drains: the reader is not there yet, and the live edge must not run away. */
const UNREAD_AFTER_MS = 500;
/** Capture time and ear further apart than this are brought together at once, under a fade. */
const JUMP_OVER_MS = 40;
/** Smaller distances are worked off in about so long. */
const ALIGN_WITHIN_MS = 30_000;
/** A capture time that is further off than any buffer reaches says that one of the clocks is wrong. */
const BELIEVED_MS = 60_000;

export function createLiveBuffer(options: LiveBufferOptions): LiveBuffer {
  const { channels, clock, fixedDelayMs } = options;
  const ring = createLiveRing(CAPACITY_FRAMES, channels);
  const fullFrames = options.prefillMs * FRAMES_PER_MS;
  const servo = createLevelServo(Math.min(fullFrames, MOST_NEEDED_FRAMES) / 2);
  const times = createCaptureTimes();
  let prefillFrames = fullFrames;
  /** Place of the next frame to give, in the numbers of the ring. */
  let place = 0;
  let isFilling = true;
  let isFlushing = false;
  let hasGiven = false;
  /** Gain of the edge, and what is done when it has reached zero. */
  let edge = 0;
  let jumpFrames = 0;
  let silentFrames = 0;
  let rate = 1;
  let smoothLateMs = 0;
  let watchedAt: MonotonicMs | null = null;
  let watchedEnd = 0;
  let takenAt: MonotonicMs = clock.monotonic();
  let dryMs = 0;
  let wasDrained = true;

  const level = () => Math.max(0, ring.end - place);
  const readable = () => level() - (isFlushing ? 0 : FRAMES_AFTER);

  function capturedAt(): MonotonicMs | null {
    const wallMs = times.at(place);
    return wallMs === null ? null : asMonotonic(wallMs - clock.now() + clock.monotonic());
  }

  /** How much later than wanted the next frame would be heard; null where there is nothing to keep to. */
  function lateMs(): number | null {
    const captured = fixedDelayMs === null ? null : capturedAt();
    if (captured === null || fixedDelayMs === null) return null;
    const late = options.hearsAt() - captured - fixedDelayMs;
    return Math.abs(late) > BELIEVED_MS ? null : late;
  }

  function settle(): void {
    if (!isFilling || readable() <= 0) return;
    const isFull = readable() >= prefillFrames || ring.end - place >= CAPACITY_FRAMES - BLOCK_FRAMES;
    if (!isFull && !isFlushing) return;
    const late = lateMs();
    // It is here before its time: it waits, as long as there is room to wait in.
    if (late !== null && late < -BLOCK_MS && ring.end - place < CAPACITY_FRAMES / 2) return;
    isFilling = false;
    wasDrained = true;
    edge = 0;
    takenAt = clock.monotonic();
    servo.reset();
  }

  /** Skips or waits so that the next frame is heard at its time; nothing sounds yet, so no fade is needed. */
  function alignSilently(): void {
    wasDrained = false;
    jumpFrames = 0;
    silentFrames = 0;
    edge = 0;
    smoothLateMs = 0;
    const late = lateMs();
    if (late === null) return;
    if (late < 0) silentFrames = Math.round(-late * FRAMES_PER_MS);
    else place += skippable(late * FRAMES_PER_MS);
  }

  /** As many frames as may be skipped without running dry; all or none, since half the way helps nobody. */
  function skippable(frames: number): number {
    return readable() - frames >= BLOCK_FRAMES * 4 ? Math.round(frames) : 0;
  }

  function steer(): void {
    const late = lateMs();
    if (late === null) {
      rate = servo.rate;
      return;
    }
    if (Math.abs(late) > JUMP_OVER_MS) {
      if (late < 0) jumpFrames = Math.round(late * FRAMES_PER_MS);
      else jumpFrames = skippable(late * FRAMES_PER_MS);
      // It cannot be reached: the source is slower than the delay asked for, and goes on as it comes.
      if (jumpFrames === 0) rate = servo.rate;
      return;
    }
    jumpFrames = 0;
    // The ear's time jitters by the tick of the card; the mean over about a second does not.
    smoothLateMs += (late - smoothLateMs) / 50;
    rate = 1 + Math.max(-RATE_LIMIT, Math.min(RATE_LIMIT, smoothLateMs / ALIGN_WITHIN_MS));
  }

  /** The edge is closed: now nobody hears the jump. */
  function jump(): void {
    if (jumpFrames > 0) place += jumpFrames;
    else silentFrames = -jumpFrames;
    jumpFrames = 0;
    smoothLateMs = 0;
  }

  function giveFrame(into: Float32Array, index: number): void {
    if (silentFrames > 0) {
      silentFrames -= 1;
      for (let channel = 0; channel < channels; channel += 1) into[index * channels + channel] = 0;
      return;
    }
    edge = jumpFrames === 0 ? Math.min(1, edge + EDGE_STEP) : Math.max(0, edge - EDGE_STEP);
    // The end of what is there is seen coming.
    edge = Math.min(edge, Math.max(0, readable() - 1) * EDGE_STEP);
    for (let channel = 0; channel < channels; channel += 1) {
      into[index * channels + channel] = edge === 0 ? 0 : ring.valueAt(place, channel) * edge;
    }
    place += rate;
    if (edge === 0 && jumpFrames !== 0) jump();
  }

  /** The usual case: nothing begins and nothing ends. Answers how many frames it gave. */
  function giveSteadily(into: Float32Array, from: number, count: number): number {
    if (edge < 1 || jumpFrames !== 0 || silentFrames > 0) return 0;
    const steady = Math.min(count, Math.floor((readable() - EDGE_FRAMES) / (1 + RATE_LIMIT)));
    for (let index = from; index < from + steady; index += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        into[index * channels + channel] = ring.valueAt(place, channel);
      }
      place += rate;
    }
    return Math.max(0, steady);
  }

  function ranDry(): void {
    isFilling = true;
    // A clock without correction reads whole frames again.
    place = Math.ceil(place);
    const mostFrames = Math.max(fullFrames, PREFILL_GROWTH * Math.min(fullFrames, MOST_NEEDED_FRAMES));
    if (hasGiven) prefillFrames = Math.min(prefillFrames * 2, mostFrames);
  }

  function note(frames: number): void {
    takenAt = clock.monotonic();
    servo.note(level(), frames);
  }

  function skip(frames: number): void {
    place += Math.min(frames, level());
    wasDrained = true;
    if (readable() <= 0) isFilling = true;
  }

  return {
    get available() {
      settle();
      return isFilling ? 0 : Math.max(0, Math.floor(readable() / (1 + RATE_LIMIT)) + silentFrames);
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
    mark: (frame, wallMs) => times.add(frame, wallMs),
    interrupt() {
      // What ran dry was a link that was lost, not one that hiccups.
      prefillFrames = fullFrames;
      times.forget();
      servo.reset();
    },
    flush() {
      isFlushing = true;
    },
    read(into, from, count) {
      settle();
      if (isFilling) return 0;
      if (wasDrained) alignSilently();
      steer();
      let given = giveSteadily(into, from, count);
      while (given < count && (silentFrames > 0 || readable() >= 1)) {
        giveFrame(into, from + given);
        given += 1;
      }
      hasGiven = true;
      dryMs = 0;
      if (given < count) ranDry();
      note(given);
      return given;
    },
    drain(frames) {
      skip(frames);
      note(frames);
    },
    capturedAt,
    watch(now) {
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
    },
  };
}
