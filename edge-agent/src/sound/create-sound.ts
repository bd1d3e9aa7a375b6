import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { assertNever } from "@loa/shared/kernel/result.ts";
import type { PlayRequest, Sound, SoundReport } from "../ports.ts";
import { failedSource, startDecoder } from "./decoder.ts";
import { createEngine } from "./engine.ts";
import { BLOCK_MS } from "./format.ts";
import type { PcmSource } from "./pcm-source.ts";
import type { SoundSink } from "./sink.ts";
import { createTone } from "./tone.ts";

export interface SoundOptions {
  /** Where the whole, verified clip lies; null when it is not on the disk. */
  readonly clipPath: (sha256: Sha256) => string | null;
  readonly sink: SoundSink;
  readonly ffmpegPath: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The real loudspeaker side: decoders, mixer and sink in this process, woken every 20 ms. */
export function createSound(options: SoundOptions): Sound & { close(): Promise<void> } {
  const listeners: ((report: SoundReport) => void)[] = [];
  const engine = createEngine({
    sink: options.sink,
    clock: options.clock,
    log: options.log,
    openSource: (request) => openSource(options, request),
    onReport(report) {
      for (const listener of listeners) listener(report);
    },
  });
  const timer = setInterval(() => engine.tick(), BLOCK_MS);
  return {
    play: (request) => engine.play(request),
    stop: (soundId, fadeMs) => engine.stop(soundId, fadeMs),
    onReport(listener) {
      listeners.push(listener);
    },
    close() {
      clearInterval(timer);
      return engine.close();
    },
  };
}

function openSource(options: SoundOptions, request: PlayRequest): PcmSource {
  const { source, offsetMs } = request;
  switch (source.kind) {
    case "tone":
      return createTone(source.frequencyHz, source.durationMs, offsetMs);
    case "clip": {
      const path = options.clipPath(source.sha256);
      if (path === null) return failedSource("clip-missing");
      return startDecoder({ ffmpegPath: options.ffmpegPath, path, offsetMs });
    }
    default:
      return assertNever(source);
  }
}
