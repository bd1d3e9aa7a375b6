import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic } from "@loa/shared/kernel/instants.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { EAGAIN, EPIPE, ESTRPIPE } from "../alsa/pcm-calls.ts";
import { type AvailDelay, type Libasound, loadLibasound, type PcmHandle } from "../alsa/playback-calls.ts";
import { BLOCK_FRAMES, FRAMES_PER_MS, SAMPLE_RATE_HZ, SINK_BUFFER_MS } from "../format.ts";
import type { SinkFailure, SoundSink } from "../sink.ts";

export interface AlsaOptions {
  /** As in `aplay -D`; `plughw:CARD=…` lets ALSA give a stereo-only card both channels. */
  readonly device: string;
  readonly clock: Clock;
  readonly channels?: number;
  readonly bufferMs?: number;
  /** Tests bring their own card. */
  readonly library?: Libasound;
}

/** A card with so much to play is started: what follows is on its way. */
const START_FRAMES = 2 * BLOCK_FRAMES;
/** Longer between two readings of the clock, somebody else had the processor. */
const LONGEST_LOOK_MS = 0.2;
const LOOKS = 4;

// errno of Linux (asm-generic/errno.h)
const ENOENT = 2;
const EBUSY = 16;
const ENODEV = 19;
const EBADFD = 77;

/**
 * The sound card, without blocking: the delay it reports says when the next sample will be heard. An underrun is
 * recovered and counted; a card that is gone is a failure, and the engine opens it again.
 */
export function createAlsaSink(options: AlsaOptions): SoundSink {
  const { clock, device, channels = 1 } = options;
  const bufferMs = options.bufferMs ?? SINK_BUFFER_MS;
  const frames: AvailDelay = { avail: 0, delay: 0 };
  let library: Libasound | null = options.library ?? null;
  let pcm: PcmHandle | null = null;
  let bufferFrames = 0;
  let roomFrames = 0;
  let nextHeardAt = clock.monotonic();
  let underruns = 0;

  function open(): Result<void, SinkFailure> {
    library ??= loadLibasound();
    if (library === null) return fail("no-library");
    const opened = library.open(device);
    if (!opened.ok) return fail(openFailure(opened.error));
    const error =
      library.setParams(opened.value, channels, SAMPLE_RATE_HZ, bufferMs * 1_000) ||
      library.availDelay(opened.value, frames);
    if (error < 0 || frames.avail < 2 * BLOCK_FRAMES) {
      library.close(opened.value);
      return fail(error < 0 ? openFailure(error) : "io");
    }
    pcm = opened.value;
    bufferFrames = frames.avail;
    underruns = 0;
    return ok(undefined);
  }

  /** Recovers once from what a card may do at any time. */
  function recovered(card: Libasound, handle: PcmHandle, error: number): Result<void, SinkFailure> {
    if (error !== -EPIPE && error !== -ESTRPIPE) return fail(runFailure(error));
    underruns += 1;
    const again = card.recover(handle, error);
    return again < 0 ? fail(runFailure(again)) : ok(undefined);
  }

  function poll(): Result<void, SinkFailure> {
    if (library === null || pcm === null) return fail("vanished");
    const error = look(library, pcm);
    if (error < 0) {
      const usable = recovered(library, pcm, error);
      if (!usable.ok) return usable;
      const again = look(library, pcm);
      if (again < 0) return fail(runFailure(again));
    }
    roomFrames = frames.avail;
    return ok(undefined);
  }

  /** The delay and the clock belong together: a look that was interrupted between them is done again. */
  function look(card: Libasound, handle: PcmHandle): number {
    for (let tries = 1; ; tries += 1) {
      const before = clock.monotonic();
      const error = card.availDelay(handle, frames);
      const after = clock.monotonic();
      if (error < 0) return error;
      if (after - before > LONGEST_LOOK_MS && tries < LOOKS) continue;
      nextHeardAt = asMonotonic((before + after) / 2 + Math.max(0, frames.delay) / FRAMES_PER_MS);
      return 0;
    }
  }

  function write(block: Int16Array): Result<void, SinkFailure> {
    if (library === null || pcm === null) return fail("vanished");
    roomFrames -= BLOCK_FRAMES;
    nextHeardAt = asMonotonic(nextHeardAt + BLOCK_FRAMES / FRAMES_PER_MS);
    const taken = library.write(pcm, block, BLOCK_FRAMES);
    if (taken !== BLOCK_FRAMES) {
      const finished = writeRest(library, pcm, block, taken);
      if (!finished.ok) return finished;
    }
    // ALSA starts by itself only when its buffer is full to the last frame, which whole blocks may never reach.
    if (bufferFrames - roomFrames < START_FRAMES || !library.isPrepared(pcm)) return ok(undefined);
    const error = library.start(pcm);
    return error < 0 ? fail(runFailure(error)) : ok(undefined);
  }

  /** `taken` is what the first attempt answered: an error, or fewer frames than the block has. */
  function writeRest(card: Libasound, handle: PcmHandle, block: Int16Array, taken: number) {
    if (taken < 0 && taken !== -EAGAIN) {
      const usable = recovered(card, handle, taken);
      if (!usable.ok) return usable;
    }
    const from = Math.max(0, taken);
    const rest = card.write(handle, block.subarray(from * channels), BLOCK_FRAMES - from);
    return rest < 0 && rest !== -EAGAIN ? fail(runFailure(rest)) : ok(undefined);
  }

  return {
    name: `alsa:${device}`,
    channels,
    clock: "card",
    get roomFrames() {
      return roomFrames;
    },
    get nextHeardAt() {
      return nextHeardAt;
    },
    get underruns() {
      return underruns;
    },
    open,
    poll,
    write,
    close() {
      if (library !== null && pcm !== null) library.close(pcm);
      pcm = null;
    },
  };
}

function openFailure(error: number): SinkFailure {
  if (error === -EBUSY || error === -EAGAIN) return "busy";
  return error === -ENOENT || error === -ENODEV ? "no-device" : "io";
}

function runFailure(error: number): SinkFailure {
  return error === -ENODEV || error === -EBADFD ? "vanished" : "io";
}
