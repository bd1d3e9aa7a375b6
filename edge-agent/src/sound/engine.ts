import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { PlayRequest, SoundReport } from "../ports.ts";
import { BLOCK_FRAMES, BLOCK_MS, FRAMES_PER_MS } from "./format.ts";
import { addToMeter, createMeter, peakDb, resetMeter, rmsDb } from "./meter.ts";
import { createMixer, type MixerEvents } from "./mixer.ts";
import type { PcmSource, SourceOutcome } from "./pcm-source.ts";
import { createReportQueue } from "./report-queue.ts";
import type { SinkFailure, SoundSink } from "./sink.ts";
import { createVoice, fadeOut, type Voice, type VoiceEnd } from "./voice.ts";

export interface EngineOptions {
  readonly sink: SoundSink;
  readonly clock: Clock;
  readonly log: Log;
  /** Opens what a request asks for; a source that failed at once is a source with an outcome. */
  readonly openSource: (request: PlayRequest) => PcmSource;
  readonly onReport: (report: SoundReport) => void;
}

/** Commands in, reports out, both plain data; `tick` is called about every `BLOCK_MS` and does all the work. */
export interface Engine {
  play(request: PlayRequest): void;
  stop(soundId: string, fadeMs: number): void;
  tick(): void;
  /** Resolves when every decoder is gone. Nothing is reported afterwards. */
  close(): Promise<void>;
}

/** Each voice costs up to 2 s of PCM and a child of about 25 MB. The newest wins: it is what should be on air. */
export const VOICE_LIMIT = 8;
/** A sink without pace (ALSA's `null`) would take blocks for ever. */
const BLOCKS_A_TICK_LIMIT = 25;
const REOPEN_AFTER_MS = 1_000;
const LEVEL_PERIOD_BLOCKS = 1_000 / BLOCK_MS;

export function createEngine(options: EngineOptions): Engine {
  const { sink, clock, log } = options;
  const mixer = createMixer();
  const reports = createReportQueue();
  const level = createMeter();
  const closing = new Set<Promise<void>>();
  const endings: { readonly voice: Voice; readonly end: VoiceEnd }[] = [];
  let voices: Voice[] = [];
  let isOpen = false;
  let isClosed = false;
  let lostBy: SinkFailure | null = null;
  let openAt: MonotonicMs = clock.monotonic();
  let knownUnderruns = 0;
  let heardAt: MonotonicMs = openAt;
  let levelBlocks = 0;

  const events: MixerEvents = {
    onStarted(voice, frame) {
      reports.add({ kind: "started", soundId: voice.soundId, at: timeOf(frame) });
    },
    onEnded(voice, end) {
      endings.push({ voice, end });
    },
  };

  function timeOf(frame: number): MonotonicMs {
    return asMonotonic(heardAt + frame / FRAMES_PER_MS);
  }

  function play(request: PlayRequest): void {
    if (isClosed) return;
    if (voices.some((voice) => voice.soundId === request.soundId)) {
      log.warn("sound.play-ignored", { soundId: request.soundId, reason: "already-known" });
      return;
    }
    const oldest = voices.length >= VOICE_LIMIT ? voices[0] : undefined;
    if (oldest !== undefined) {
      log.warn("sound.voice-dropped", { soundId: oldest.soundId, limit: VOICE_LIMIT });
      finish(oldest, "complete", clock.monotonic());
    }
    voices.push(createVoice(request, options.openSource(request)));
  }

  function stop(soundId: string, fadeMs: number): void {
    const voice = voices.find((one) => one.soundId === soundId);
    if (voice === undefined) return;
    if (voice.phase === "waiting") finish(voice, "complete", clock.monotonic());
    else fadeOut(voice, fadeMs);
  }

  function finish(voice: Voice, outcome: SourceOutcome, at: MonotonicMs): void {
    voices = voices.filter((one) => one !== voice);
    const closed = voice.source.close();
    closing.add(closed);
    void closed.then(() => closing.delete(closed));
    const soundId = voice.soundId;
    const playedMs = voice.playedFrames / FRAMES_PER_MS;
    if (outcome === "complete")
      reports.add({ kind: "ended", soundId, at, playedMs, rmsDb: rmsDb(voice.heard) });
    else {
      log.warn("sound.failed", { soundId, reason: outcome, playedMs });
      reports.add({ kind: "failed", soundId, at, playedMs, reason: outcome });
    }
  }

  function renderBlock(): void {
    const sounded = mixer.render(voices, heardAt, events);
    if (!sounded && level.frames === 0) return;
    addToMeter(level, mixer.energy, mixer.peak, BLOCK_FRAMES);
    for (const voice of voices) {
      if (voice.phase !== "waiting") addToMeter(voice.heard, mixer.energy, mixer.peak, 0);
    }
    levelBlocks += 1;
    const ended = endings[0]?.end;
    // A sound shorter than a period has a level too, told before its end.
    if (ended !== undefined && level.energy > 0) reportLevel(timeOf(ended.frame));
    else if (levelBlocks >= LEVEL_PERIOD_BLOCKS) reportLevel(timeOf(BLOCK_FRAMES));
    for (const { voice, end } of endings) finish(voice, end.outcome, timeOf(end.frame));
    endings.length = 0;
  }

  function reportLevel(at: MonotonicMs): void {
    reports.add({ kind: "level", at, rmsDb: rmsDb(level), peakDb: peakDb(level) });
    resetMeter(level);
    levelBlocks = 0;
  }

  function lose(reason: SinkFailure, now: MonotonicMs): void {
    if (isOpen) sink.close();
    isOpen = false;
    openAt = asMonotonic(now + REOPEN_AFTER_MS);
    // The card that is missing for a week is said once.
    if (reason !== lostBy) log.warn("sound.sink-failed", { sink: sink.name, reason });
    lostBy = reason;
    for (const voice of voices) if (voice.phase !== "waiting") finish(voice, "sink-failed", now);
  }

  function openSink(now: MonotonicMs): void {
    const opened = sink.open();
    if (!opened.ok) {
      lose(opened.error, now);
      return;
    }
    isOpen = true;
    lostBy = null;
    knownUnderruns = sink.underruns;
    log.info("sound.sink-opened", { sink: sink.name });
  }

  function fillSink(now: MonotonicMs): void {
    const polled = sink.poll();
    if (!polled.ok) {
      lose(polled.error, now);
      return;
    }
    heardAt = sink.nextHeardAt;
    for (let blocks = 0; sink.roomFrames >= BLOCK_FRAMES && blocks < BLOCKS_A_TICK_LIMIT; blocks += 1) {
      renderBlock();
      const written = sink.write(mixer.output);
      if (!written.ok) {
        lose(written.error, now);
        return;
      }
      heardAt = asMonotonic(heardAt + BLOCK_MS);
    }
    if (sink.underruns === knownUnderruns) return;
    log.warn("sound.underrun", { sink: sink.name, count: sink.underruns - knownUnderruns });
    knownUnderruns = sink.underruns;
  }

  function watchVoices(now: MonotonicMs): void {
    for (const voice of voices) {
      voice.source.watch(now);
      const { outcome, available } = voice.source;
      if (voice.phase !== "waiting") continue;
      if (outcome !== null && outcome !== "complete" && available === 0) finish(voice, outcome, now);
      else if (!isOpen && voice.startAt <= now) finish(voice, "sink-failed", now);
    }
  }

  function tick(): void {
    if (isClosed) return;
    const now = clock.monotonic();
    if (!isOpen && now >= openAt) openSink(now);
    watchVoices(now);
    if (isOpen) fillSink(now);
    reports.deliver(clock.monotonic(), options.onReport);
  }

  async function close(): Promise<void> {
    isClosed = true;
    if (isOpen) sink.close();
    isOpen = false;
    await Promise.all([...closing, ...voices.map((voice) => voice.source.close())]);
    voices = [];
  }

  return { play, stop, tick, close };
}
