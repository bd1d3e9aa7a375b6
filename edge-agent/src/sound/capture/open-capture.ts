import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import { type CaptureHandle, type LibasoundCapture, loadLibasoundCapture } from "../alsa/capture-calls.ts";
import { EAGAIN, EPIPE, ESTRPIPE } from "../alsa/pcm-calls.ts";
import { SAMPLE_RATE_HZ, SINK_BUFFER_MS } from "../format.ts";
import { failedSource, type PcmSource } from "../pcm-source.ts";
import { createLiveBuffer } from "../relay/live-buffer.ts";

export interface CaptureRequest {
  /** As in `arecord -D`; `plughw:CARD=…` lets ALSA mix two channels to one. */
  readonly device: string;
  readonly channels: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Tests bring their own card. */
  readonly library?: LibasoundCapture;
}

/** What the card keeps for us while our process stands still. */
const CARD_BUFFER_US = 500_000;
/** Periods of the card and our ticks beat against each other; so much is always there. */
const PREFILL_MS = 100;
const REOPEN_AFTER_MS = 1_000;
/** A tenth of a second at a time. */
const READ_FRAMES = SAMPLE_RATE_HZ / 10;
/** The card's buffer, and not more in one look. */
const READS_A_LOOK = 6;
const MARK_EVERY_MS = 1_000;

/**
 * An input of the box, such as an FM receiver at its line socket, as a source that runs on for ever: its crystal
 * is not the one of the loudspeakers, so it goes through the same live buffer as a stream.
 */
export function openCapture(request: CaptureRequest): PcmSource {
  const { channels, clock, device, log } = request;
  const found = request.library ?? loadLibasoundCapture();
  if (found === null) return failedSource("relay-unavailable");
  const library = found;
  const buffer = createLiveBuffer({
    channels,
    clock,
    prefillMs: PREFILL_MS,
    fixedDelayMs: null,
    hearsAt: () => asMonotonic(clock.monotonic() + SINK_BUFFER_MS),
  });
  const samples = new Int16Array(READ_FRAMES * channels);
  const bytes = new Uint8Array(samples.buffer);
  let pcm: CaptureHandle | null = null;
  let openAt: MonotonicMs = clock.monotonic();
  let opens = 0;
  let receivedBytes = 0;
  let isComplaining = false;
  let isClosed = false;
  let markedAt: MonotonicMs | null = null;

  function open(now: MonotonicMs): void {
    opens += 1;
    const opened = library.open(device);
    if (!opened.ok) {
      lose(opened.error, now);
      return;
    }
    pcm = opened.value;
    const set = library.setParams(pcm, channels, SAMPLE_RATE_HZ, CARD_BUFFER_US);
    const error = set < 0 ? set : library.start(pcm);
    if (error < 0) {
      lose(error, now);
      return;
    }
    buffer.interrupt();
    markedAt = null;
    log.info("capture.opened", { device });
  }

  function lose(error: number, now: MonotonicMs): void {
    if (pcm !== null) library.close(pcm);
    pcm = null;
    openAt = asMonotonic(now + REOPEN_AFTER_MS);
    // A receiver that is unplugged for a week is said once.
    if (!isComplaining) log.warn("capture.lost", { device, errno: -error });
    isComplaining = true;
  }

  /** Takes what the card has. */
  function take(now: MonotonicMs): void {
    for (let reads = 0; reads < READS_A_LOOK && pcm !== null; reads += 1) {
      const room = Math.min(READ_FRAMES, buffer.room);
      const taken = room === 0 ? -EAGAIN : library.read(pcm, samples, room);
      if (taken === -EAGAIN) return;
      if (taken < 0) {
        recover(pcm, taken, now);
        return;
      }
      isComplaining = false;
      receivedBytes += taken * channels * 2;
      buffer.push(bytes.subarray(0, taken * channels * 2));
      if (taken < room) mark(now);
      if (taken < READ_FRAMES) return;
    }
  }

  /** The card is empty, so the newest frame is of this moment. */
  function mark(now: MonotonicMs): void {
    if (markedAt !== null && now - markedAt < MARK_EVERY_MS) return;
    markedAt = now;
    buffer.mark(buffer.total, clock.now());
  }

  function recover(handle: CaptureHandle, error: number, now: MonotonicMs): void {
    const isPassing = error === -EPIPE || error === -ESTRPIPE;
    const again = isPassing ? library.recover(handle, error) : error;
    const running = again < 0 ? again : library.start(handle);
    if (running < 0) lose(running, now);
    else log.warn("capture.overrun", { device });
  }

  return {
    get available() {
      return buffer.available;
    },
    outcome: null,
    live: {
      get isLost() {
        return buffer.isLost;
      },
      get receivedBytes() {
        return receivedBytes;
      },
      get reconnects() {
        return Math.max(0, opens - 1);
      },
      drain: (frames) => buffer.drain(frames),
      capturedAt: () => buffer.capturedAt(),
    },
    read: (into, from, count) => buffer.read(into, from, count),
    watch(now) {
      if (isClosed) return;
      if (pcm === null && now >= openAt) open(now);
      take(now);
      buffer.watch(now);
    },
    close() {
      isClosed = true;
      if (pcm !== null) library.close(pcm);
      pcm = null;
      return Promise.resolve();
    },
  };
}
