import { type ChildProcess, spawn } from "node:child_process";
import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, MINUTE_MS, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { BLOCK_FRAMES, FRAMES_PER_MS, SAMPLE_RATE_HZ } from "../format.ts";
import type { SinkFailure, SoundSink } from "../sink.ts";
import { createPacer } from "./pacer.ts";

export interface AplayOptions {
  /** As in `aplay -D`. */
  readonly device: string;
  readonly clock: Clock;
  readonly channels?: number;
  readonly bufferMs?: number;
  readonly aplayPath?: string;
  /** Tests bring their own card. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What we write ahead; most of it lies in the buffer of the card. */
const BUFFER_MS = 120;
/** The card's buffer as aplay asks for it: it starts when this is full. */
const CARD_BUFFER_MS = 100;
/** A new aplay has opened its card by then, also on a busy machine: it plays what comes at once. */
const READY_AFTER_MS = 250;
/** From our pipe to its card, measured. */
const ON_THE_WAY_MS = 4;
/** Nobody tells how far the card's crystal has run away meanwhile: 100 ppm are 0.2 s. */
const RENEW_AFTER_MS = 30 * MINUTE_MS;
/** In silence of this length a new aplay is not heard. */
const RENEW_IN_SILENCE_MS = 2_000;
/** More than this waiting for aplay to read, it hangs. */
const STUCK_BYTES = 4 * SAMPLE_RATE_HZ;

/**
 * The sound card where libasound cannot be loaded: raw samples into `aplay`, paced by our own clock. Nobody tells when
 * a sample is heard, so this box starts some milliseconds off its time, drifts, and does not play together with its neighbours.
 */
export function createAplaySink(options: AplayOptions): SoundSink {
  const { clock, device, channels = 1 } = options;
  const pacer = createPacer(clock, options.bufferMs ?? BUFFER_MS);
  let child: ChildProcess | null = null;
  let failure: SinkFailure | null = null;
  let underruns = 0;
  let startedAt: MonotonicMs = clock.monotonic();
  /** Its aplay is ready and the stream runs. */
  let isRunning = false;
  let silentFrames = 0;

  function start(): void {
    const started = spawn(
      options.aplayPath ?? "aplay",
      [
        ...[
          "-q",
          "-D",
          device,
          "-t",
          "raw",
          "-f",
          "S16_LE",
          "-r",
          String(SAMPLE_RATE_HZ),
          "-c",
          String(channels),
        ],
        `--buffer-time=${CARD_BUFFER_MS * 1_000}`,
        "-",
      ],
      { stdio: ["pipe", "ignore", "ignore"], windowsHide: true, env: { ...process.env, ...options.env } },
    );
    child = started;
    failure = null;
    isRunning = false;
    startedAt = clock.monotonic();
    // The pipe breaks when aplay dies: its end says so too.
    started.stdin.on("error", () => {});
    started.on("error", () => {
      if (child === started) failure = "no-library";
    });
    started.on("exit", () => {
      if (child === started) failure ??= "vanished";
    });
  }

  function end(): void {
    const ending = child;
    child = null;
    ending?.kill("SIGKILL");
  }

  function state(): Result<void, SinkFailure> {
    if (child === null) return fail("vanished");
    return failure === null ? ok(undefined) : fail(failure);
  }

  function renewUnheard(block: Int16Array): void {
    silentFrames = block.every((sample) => sample === 0) ? silentFrames + BLOCK_FRAMES : 0;
    if (silentFrames < RENEW_IN_SILENCE_MS * FRAMES_PER_MS) return;
    if (clock.monotonic() - startedAt < RENEW_AFTER_MS) return;
    end();
    start();
  }

  return {
    name: `aplay:${device}`,
    channels,
    clock: "exact",
    get roomFrames() {
      return isRunning ? pacer.roomFrames : 0;
    },
    get nextHeardAt() {
      return asMonotonic((isRunning ? pacer.nextHeardAt : startedAt + READY_AFTER_MS) + ON_THE_WAY_MS);
    },
    get underruns() {
      return underruns;
    },
    open() {
      underruns = 0;
      silentFrames = 0;
      start();
      return ok(undefined);
    },
    poll() {
      if (isRunning) {
        if (pacer.catchUp() > 0) underruns += 1;
      } else if (clock.monotonic() - startedAt >= READY_AFTER_MS) {
        pacer.start();
        isRunning = true;
      }
      return state();
    },
    write(block) {
      const usable = state();
      const stdin = child?.stdin ?? null;
      if (!usable.ok || stdin === null) return usable;
      if (stdin.writableLength > STUCK_BYTES) return fail("io");
      stdin.write(Uint8Array.from(new Uint8Array(block.buffer, block.byteOffset, block.byteLength)));
      pacer.advance();
      renewUnheard(block);
      return ok(undefined);
    },
    close: end,
  };
}
