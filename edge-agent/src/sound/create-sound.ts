import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import type { Sound, SoundReport } from "../ports.ts";
import { createEngine } from "./engine.ts";
import { TICK_MS } from "./format.ts";
import { loadNotices, type Notices } from "./notice.ts";
import { type InputDevices, NO_INPUTS, openMicrophone, openSource } from "./open-source.ts";
import { MONO, type OutputLayout } from "./output-layout.ts";
import type { SoundSink } from "./sink.ts";
import { createSoundMemory } from "./sound-memory.ts";

/** What every loudspeaker side needs of its box. */
export interface SoundNeeds {
  /** Where the whole, verified clip lies; null when it is not on the disk. */
  readonly clipPath: (sha256: Sha256) => string | null;
  readonly clock: Clock;
  readonly log: Log;
}

export interface SoundOptions extends SoundNeeds {
  readonly sink: SoundSink;
  /** As many outputs as the sink has channels; mono when not given. */
  readonly layout?: OutputLayout;
  readonly inputs?: InputDevices;
  /** Where several boxes share a process, they share these too. */
  readonly notices?: Notices;
  readonly ffmpegPath: string;
}

/** A loudspeaker, and how to be rid of it. */
export type OpenedSound = Sound & { close(): Promise<void> };

/** The loudspeaker side with its engine in this process; a box of its own has `process/supervisor.ts`. */
export function createSound(options: SoundOptions): OpenedSound {
  const { sink, clock, log, ffmpegPath, layout = MONO, inputs = NO_INPUTS } = options;
  const listeners: ((report: SoundReport) => void)[] = [];
  const notices = options.notices ?? loadNotices({ ffmpegPath, log });
  const engine = createEngine({
    sink,
    layout,
    clock,
    log,
    memory: createSoundMemory(notices, layout.programme),
    openSource: (source, request) =>
      openSource(source, request, {
        clipPath: source.kind === "clip" ? options.clipPath(source.sha256) : null,
        channels: layout.programme,
        inputs,
        ffmpegPath,
        clock,
        hearsAt: () => sink.nextHeardAt,
        log,
      }),
    microphone: openMicrophone(inputs, { clock, log }),
    onReport(report) {
      for (const listener of listeners) listener(report);
    },
  });
  const timer = setInterval(() => engine.tick(), TICK_MS);
  return {
    play: (request) => engine.play(request),
    pause: (soundId, fadeMs) => engine.pause(soundId, fadeMs),
    resume: (soundId, fadeMs) => engine.resume(soundId, fadeMs),
    stop: (soundId, fadeMs) => engine.stop(soundId, fadeMs),
    setVolume: (gainDb, rampMs) => engine.setVolume(gainDb, rampMs),
    onReport(listener) {
      listeners.push(listener);
    },
    close() {
      clearInterval(timer);
      return engine.close();
    },
  };
}
