import { createHash } from "node:crypto";
import type { PlayRequest, SoundReport } from "@loa/edge-agent/ports.ts";
import { createSound } from "@loa/edge-agent/sound/create-sound.ts";
import { SAMPLE_RATE_HZ } from "@loa/edge-agent/sound/format.ts";
import { createRingBufferSink } from "@loa/edge-agent/sound/sinks/ring-buffer.ts";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import { type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { onTestFinished } from "vitest";
import { plainRequest } from "../support/sound-world.ts";
import { fromBlocks, type Recording } from "./recording.ts";

/** A real sound engine whose loudspeaker is memory, and an ear beside it. Times are monotonic ms. */
export interface Loudspeaker {
  /** Gives a file the name that requests use. */
  clip(path: string): Sha256;
  /** Asks for a sound `startInMs` from now; what is not given is plain: a scheduled one, no offset, 0 dB, no fade. */
  play(soundId: string, source: PlayRequest["source"], how?: Partial<HowToPlay>): PlayRequest;
  pause(soundId: string, fadeMs: number): void;
  resume(soundId: string, fadeMs: number): void;
  stop(soundId: string, fadeMs: number): void;
  /** The first report that fits, also when it came before. */
  report<Kind extends SoundReport["kind"]>(kind: Kind, soundId?: string): Promise<ReportOf<Kind>>;
  /** The sound is over, well or badly. */
  over(soundId: string): Promise<ReportOf<"ended"> | ReportOf<"failed">>;
  readonly reports: readonly SoundReport[];
  /** Everything heard so far (at most 30 s). */
  recording(): Recording;
}

export type ReportOf<Kind extends SoundReport["kind"]> = Extract<SoundReport, { readonly kind: Kind }>;

export interface HowToPlay extends Omit<PlayRequest, "soundId" | "source" | "startAt"> {
  readonly startInMs: number;
}

/** Tests share two cores with others: a longer buffer than a box has keeps their stalls out of the recording. */
const BUFFER_MS = 1_000;

export function createLoudspeaker(ffmpegPath: string): Loudspeaker {
  const paths = new Map<string, string>();
  const reports: SoundReport[] = [];
  const watchers = new Set<() => void>();
  const sink = createRingBufferSink({ clock: nodeClock, seconds: 30, bufferMs: BUFFER_MS });
  const sound = createSound({
    clipPath: (name) => paths.get(name) ?? null,
    sink,
    ffmpegPath,
    clock: nodeClock,
    log: quietLog,
  });
  onTestFinished(() => sound.close());
  sound.onReport((report) => {
    reports.push(report);
    for (const watcher of watchers) watcher();
  });

  function first<Report extends SoundReport>(
    fits: (report: SoundReport) => report is Report,
  ): Promise<Report> {
    return new Promise((resolve) => {
      const look = () => {
        const found = reports.find(fits);
        if (found === undefined) return;
        watchers.delete(look);
        resolve(found);
      };
      watchers.add(look);
      look();
    });
  }

  return {
    clip(path) {
      const name = sha256.parse(createHash("sha256").update(path).digest("hex"));
      paths.set(name, path);
      return name;
    },
    play(soundId, source, how = {}) {
      const { startInMs = 0, ...rest } = how;
      const startAt = asMonotonic(nodeClock.monotonic() + startInMs);
      const request: PlayRequest = { ...plainRequest, ...rest, soundId, source, startAt };
      sound.play(request);
      return request;
    },
    pause: (soundId, fadeMs) => sound.pause(soundId, fadeMs),
    resume: (soundId, fadeMs) => sound.resume(soundId, fadeMs),
    stop: (soundId, fadeMs) => sound.stop(soundId, fadeMs),
    report: (kind, soundId) =>
      first((report): report is ReportOf<typeof kind> => report.kind === kind && isOf(report, soundId)),
    over: (soundId) =>
      first(
        (report): report is ReportOf<"ended"> | ReportOf<"failed"> =>
          (report.kind === "ended" || report.kind === "failed") && report.soundId === soundId,
      ),
    reports,
    recording: () => fromBlocks(sink.recent(), SAMPLE_RATE_HZ),
  };
}

function isOf(report: SoundReport, soundId: string | undefined): boolean {
  return soundId === undefined || ("soundId" in report && report.soundId === soundId);
}

const quietLog: Log = { info() {}, warn() {}, error() {} };
