import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { asInstant, asMonotonic, type Instant, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import { ok } from "@loa/shared/kernel/result.ts";
import { BLOCK_FRAMES, BLOCK_MS, SAMPLE_RATE_HZ, SINK_BUFFER_MS } from "../format.ts";
import type { SoundSink } from "../sink.ts";
import { createPacer } from "./pacer.ts";

/** 20 ms of what the ear gets, interleaved. `samples` belongs to the sink and is used again: copy what is kept. */
export interface HeardBlock {
  readonly samples: Int16Array;
  /** Wall time of the first sample, as the box's clock had it. */
  readonly at: Instant;
  readonly monotonicAt: MonotonicMs;
}

export interface RingBufferSink extends SoundSink {
  /** The last seconds, oldest block first, as copies. */
  recent(): readonly HeardBlock[];
  /** Every block from now on, about the buffer's length before it is heard. The answer ends it. */
  onBlock(listener: (block: HeardBlock) => void): () => void;
}

export interface RingBufferOptions {
  readonly clock: Clock;
  /** How much is kept; 30 s of it are 2.9 MB. */
  readonly seconds: number;
  readonly channels?: number;
  readonly bufferMs?: number;
}

/** A loudspeaker in memory, for listening in the browser and for tests. Gaps are kept as silence. */
export function createRingBufferSink(options: RingBufferOptions): RingBufferSink {
  const { clock, channels = 1 } = options;
  const blockSamples = BLOCK_FRAMES * channels;
  const pacer = createPacer(clock, options.bufferMs ?? SINK_BUFFER_MS);
  const capacity = Math.ceil((options.seconds * SAMPLE_RATE_HZ) / BLOCK_FRAMES);
  const samples = new Int16Array(capacity * blockSamples);
  const wallTimes = new Float64Array(capacity);
  const monotonicTimes = new Float64Array(capacity);
  const listeners = new Set<(block: HeardBlock) => void>();
  let stored = 0;
  let underruns = 0;

  function blockAt(index: number): HeardBlock {
    const slot = index % capacity;
    return {
      samples: samples.subarray(slot * blockSamples, (slot + 1) * blockSamples),
      at: asInstant(wallTimes[slot] ?? 0),
      monotonicAt: asMonotonic(monotonicTimes[slot] ?? 0),
    };
  }

  /** Null is silence. */
  function store(block: Int16Array | null, monotonicAt: number): void {
    const slot = stored % capacity;
    if (block === null) samples.fill(0, slot * blockSamples, (slot + 1) * blockSamples);
    else samples.set(block, slot * blockSamples);
    wallTimes[slot] = clock.now() + (monotonicAt - clock.monotonic());
    monotonicTimes[slot] = monotonicAt;
    stored += 1;
    if (listeners.size === 0) return;
    const heard = blockAt(stored - 1);
    for (const listener of listeners) listener(heard);
  }

  return {
    name: "ring-buffer",
    channels,
    clock: "exact",
    get roomFrames() {
      return pacer.roomFrames;
    },
    get nextHeardAt() {
      return pacer.nextHeardAt;
    },
    get underruns() {
      return underruns;
    },
    open() {
      pacer.start();
      return ok(undefined);
    },
    poll() {
      const gapAt = pacer.nextHeardAt;
      const missed = pacer.catchUp();
      if (missed === 0) return ok(undefined);
      underruns += 1;
      // Of a gap longer than the ring, only its end is kept.
      for (let index = Math.max(0, missed - capacity); index < missed; index += 1) {
        store(null, gapAt + index * BLOCK_MS);
      }
      return ok(undefined);
    },
    write(block) {
      store(block, pacer.nextHeardAt);
      pacer.advance();
      return ok(undefined);
    },
    close() {},
    recent() {
      const first = Math.max(0, stored - capacity);
      return Array.from({ length: stored - first }, (_, offset) => {
        const block = blockAt(first + offset);
        return { ...block, samples: block.samples.slice() };
      });
    },
    onBlock(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
