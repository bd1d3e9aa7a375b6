import type { Log } from "@loa/shared/kernel/ambient.ts";
import { fail } from "@loa/shared/kernel/result.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { BLOCK_FRAMES, TICK_MS } from "./format.ts";
import { createCardStage } from "./output-card.ts";
import { createExactStage } from "./output-exact.ts";
import type { OutputLayout } from "./output-layout.ts";
import type { Mix, OutputStage } from "./output-stage.ts";
import type { SinkFailure, SoundSink } from "./sink.ts";

/** Keeps the sink open and full; what is lost is tried again every second. */
export interface SinkKeeper {
  readonly isOpen: boolean;
  /** Since when nothing is heard; null while it runs well, and before it was tried. */
  readonly lostAt: MonotonicMs | null;
  /** How soon it is to be ticked again. */
  readonly tickMs: number;
  /** Opens it when its time has come, and fills it. `isUrgent`: somebody waits who must be heard at once. */
  tick(now: MonotonicMs, mix: Mix, isUrgent: boolean): void;
  close(): void;
}

export interface SinkKeeperOptions {
  readonly sink: SoundSink;
  readonly layout: OutputLayout;
  readonly log: Log;
  /** Nothing is heard any more. */
  readonly onLost: (now: MonotonicMs) => void;
}

const REOPEN_AFTER_MS = 1_000;
/** Asking for a card that is away costs some milliseconds. */
const URGENT_REOPEN_AFTER_MS = 100;
/** A card that underruns at every start is open in between, and heard no more than one that is away. */
const RUNS_WELL_AFTER_MS = 1_000;
/** A card that takes nothing for so long hangs, and is sometimes brought back by opening it again. */
const STANDS_STILL_MS = 2_000;
/** A card may underrun thirty times a second. */
const SAY_EVERY_MS = 1_000;

export function createSinkKeeper(options: SinkKeeperOptions): SinkKeeper {
  const { sink, log } = options;
  const stage = stageFor(sink, options.layout);
  let isOpen = false;
  let lostBy: SinkFailure | null = null;
  let lostAt: MonotonicMs | null = null;
  let triedAt: MonotonicMs | null = null;
  let knownUnderruns = 0;
  let saidAt = Number.NEGATIVE_INFINITY;
  let hadRoomAt = 0;
  let openedAt = 0;

  function lose(reason: SinkFailure, now: MonotonicMs): void {
    sink.close();
    isOpen = false;
    lostAt ??= now;
    triedAt = now;
    // The card that is missing for a week is said once.
    if (reason !== lostBy) log.warn("sound.sink-failed", { sink: sink.name, reason });
    lostBy = reason;
    options.onLost(now);
  }

  function open(now: MonotonicMs): void {
    const opened = sink.open();
    const polled = opened.ok ? sink.poll() : opened;
    if (!polled.ok) {
      lose(polled.error, now);
      return;
    }
    isOpen = true;
    lostBy = null;
    openedAt = now;
    hadRoomAt = now;
    knownUnderruns = sink.underruns;
    stage.begin();
    log.info("sound.sink-opened", { sink: sink.name });
  }

  function fill(now: MonotonicMs, mix: Mix): void {
    const polled = sink.poll();
    if (sink.roomFrames >= BLOCK_FRAMES) hadRoomAt = now;
    const moving = polled.ok && now - hadRoomAt > STANDS_STILL_MS ? fail("io" as const) : polled;
    const filled = moving.ok ? stage.fill(now, mix) : moving;
    if (!filled.ok) {
      lose(filled.error, now);
      return;
    }
    if (now - openedAt >= RUNS_WELL_AFTER_MS) lostAt = null;
    if (sink.underruns === knownUnderruns || now - saidAt < SAY_EVERY_MS) return;
    log.warn("sound.underrun", { sink: sink.name, count: sink.underruns - knownUnderruns });
    knownUnderruns = sink.underruns;
    saidAt = now;
  }

  return {
    get isOpen() {
      return isOpen;
    },
    get lostAt() {
      return lostAt;
    },
    get tickMs() {
      return isOpen ? stage.tickMs : TICK_MS;
    },
    tick(now, mix, isUrgent) {
      const againAfterMs = isUrgent ? URGENT_REOPEN_AFTER_MS : REOPEN_AFTER_MS;
      if (!isOpen && (triedAt === null || now - triedAt >= againAfterMs)) open(now);
      if (isOpen) fill(now, mix);
    },
    close() {
      if (isOpen) sink.close();
      isOpen = false;
    },
  };
}

function stageFor(sink: SoundSink, layout: OutputLayout): OutputStage {
  return sink.clock === "exact" ? createExactStage(sink, layout) : createCardStage(sink, layout);
}
