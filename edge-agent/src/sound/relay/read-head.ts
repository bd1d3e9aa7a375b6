import { FRAMES_PER_MS } from "../format.ts";
import { RATE_LIMIT } from "./level-servo.ts";
import type { LiveRing } from "./live-ring.ts";

/** Where in a live ring is read, and how loud: it begins, ends and jumps without a click. */
export interface ReadHead {
  /** Place of the next frame, in the numbers of the ring. */
  readonly place: number;
  /** Silence that comes before it. */
  readonly silentFrames: number;
  /** Begins anew after so much silence, or so many frames further on; what sounded before is over. */
  begin(silentFrames: number, skippedFrames: number): void;
  /** Goes on over there as soon as it has faded out: forward, or (below zero) after silence. Zero: stays. */
  jumpBy(frames: number): void;
  /** Moves on unheard. */
  skip(frames: number): void;
  /** What there was is over: whole frames are read again. */
  rest(): void;
  /** Fills up to `count` frames at `rate` frames of the ring for each, as far as `readable` allows; answers how many. */
  give(into: Float32Array, from: number, count: number, rate: number): number;
}

/** Silence begins and ends over 5 ms, so that nobody hears an edge. */
const EDGE_FRAMES = 5 * FRAMES_PER_MS;
const EDGE_STEP = 1 / EDGE_FRAMES;

/** `readable`: frames from the place on that may be read. */
export function createReadHead(ring: LiveRing, channels: number, readable: () => number): ReadHead {
  let place = 0;
  let edge = 0;
  let jumpFrames = 0;
  let silentFrames = 0;

  /** The edge is closed: nobody hears the jump. */
  function jump(): void {
    if (jumpFrames > 0) place += jumpFrames;
    else silentFrames = -jumpFrames;
    jumpFrames = 0;
  }

  function giveFrame(into: Float32Array, index: number, rate: number): void {
    if (silentFrames > 0) {
      silentFrames -= 1;
      into.fill(0, index * channels, (index + 1) * channels);
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
  function giveSteadily(into: Float32Array, from: number, count: number, rate: number): number {
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

  return {
    get place() {
      return place;
    },
    get silentFrames() {
      return silentFrames;
    },
    begin(silent, skipped) {
      edge = 0;
      jumpFrames = 0;
      silentFrames = silent;
      place += skipped;
    },
    jumpBy(frames) {
      jumpFrames = frames;
    },
    skip(frames) {
      place += frames;
    },
    rest() {
      place = Math.ceil(place);
    },
    give(into, from, count, rate) {
      let given = giveSteadily(into, from, count, rate);
      while (given < count && (silentFrames > 0 || readable() >= 1)) {
        giveFrame(into, from + given, rate);
        given += 1;
      }
      return given;
    },
  };
}
