import type { Clock } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import { BLOCK_FRAMES, BLOCK_MS, powerToDb } from "../format.ts";
import type { PcmSource } from "../pcm-source.ts";
import type { ReportQueue } from "../report-queue.ts";
import { COMPARED_SLOTS, follows, MOST_LATE_SLOTS } from "./follows.ts";
import { createLoudness, SLOT_MS } from "./loudness.ts";

/** A microphone near a loudspeaker: once a second, while something sounds, how loud it is there and whether it is ours. */
export interface MicrophoneReports {
  /** The block heard from `heardAt` on, with its sum of squares. Takes as much from the microphone. */
  add(energy: number, sounded: boolean, heardAt: MonotonicMs): void;
  watch(now: MonotonicMs): void;
  close(): Promise<void>;
}

const REPORT_EVERY_MS = 1_000;
/** A block of 20 ms of a card that is just opened, and a little air. */
const KEPT_SLOTS = COMPARED_SLOTS + MOST_LATE_SLOTS + 25;

/** Null: this box has no microphone, and nothing is reported. */
export function createMicrophoneReports(
  reports: ReportQueue,
  microphone: PcmSource | null,
  clock: Clock,
): MicrophoneReports {
  if (microphone === null) return { add() {}, watch() {}, close: () => Promise.resolve() };
  const source = microphone;
  const played = createLoudness(KEPT_SLOTS);
  const heard = createLoudness(KEPT_SLOTS);
  const block = new Float32Array(BLOCK_FRAMES);
  const second = { energy: 0, frames: 0 };
  let reportAt: MonotonicMs | null = null;

  function listen(): void {
    const capturedAt = source.live?.capturedAt(clock.monotonic()) ?? clock.monotonic();
    const frames = source.read(block, 0, BLOCK_FRAMES);
    if (frames === 0) return;
    let energy = 0;
    for (let frame = 0; frame < frames; frame += 1) energy += (block[frame] ?? 0) ** 2;
    heard.add(capturedAt, energy, frames);
    second.energy += energy;
    second.frames += frames;
  }

  function report(at: MonotonicMs): void {
    const rmsDb = second.frames === 0 ? null : powerToDb(second.energy / second.frames);
    second.energy = 0;
    second.frames = 0;
    // A microphone that was pulled out says nothing: that is no proof of silence.
    if (rmsDb === null) return;
    const playedUntil = asMonotonic(at - MOST_LATE_SLOTS * SLOT_MS);
    const match = follows(
      played.before(playedUntil, COMPARED_SLOTS),
      heard.before(at, COMPARED_SLOTS + MOST_LATE_SLOTS),
    );
    reports.add({ kind: "microphone", at, rmsDb, match });
  }

  return {
    add(energy, sounded, heardAt) {
      played.add(heardAt, energy, BLOCK_FRAMES);
      listen();
      if (!sounded) {
        reportAt = null;
        return;
      }
      reportAt ??= asMonotonic(heardAt + REPORT_EVERY_MS);
      if (heardAt + BLOCK_MS < reportAt) return;
      // The card plays ahead of us and the microphone lies behind: what is compared has been both.
      report(clock.monotonic());
      reportAt = asMonotonic(heardAt + REPORT_EVERY_MS);
    },
    watch: (at) => source.watch(at),
    close: () => source.close(),
  };
}
