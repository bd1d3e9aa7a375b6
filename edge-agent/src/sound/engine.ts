import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import { assert } from "@loa/shared/kernel/result.ts";
import type { PlayRequest, Sound, SoundReport } from "../ports.ts";
import { givesUp, isUrgent } from "./card-patience.ts";
import { BLOCK_FRAMES, dbToGain, FRAMES_PER_MS } from "./format.ts";
import { rampTo } from "./gain-ramp.ts";
import { createLevelReports } from "./level-reports.ts";
import { createLiveReports } from "./live-reports.ts";
import { addToMeter, rmsDb } from "./meter.ts";
import { createMicrophoneReports } from "./microphone/microphone-reports.ts";
import { createMixer } from "./mixer.ts";
import { MONO, type OutputLayout } from "./output-layout.ts";
import type { MixedBlock } from "./output-stage.ts";
import { createOutputWatch } from "./output-watch.ts";
import type { PcmSource, SourceOutcome } from "./pcm-source.ts";
import { createReportQueue } from "./report-queue.ts";
import { leavesForOthers, VOICE_LIMIT } from "./roster.ts";
import type { SoundSink } from "./sink.ts";
import { createSinkKeeper } from "./sink-keeper.ts";
import type { SoundMemory } from "./sound-memory.ts";
import { type OpenSource, openNext } from "./source-opener.ts";
import { createVoice, fadeOut, isInTheMix, type Voice, type VoiceEnd } from "./voice.ts";

export interface EngineOptions {
  readonly sink: SoundSink;
  /** As many outputs as the sink has channels; mono when not given. */
  readonly layout?: OutputLayout;
  readonly clock: Clock;
  readonly log: Log;
  /** What needs no opening: chime, siren, notices, tones. */
  readonly memory: SoundMemory;
  /**
   * Opens what does not lie in memory, in the layout's programme channels. Called between blocks, one a tick; a
   * source that failed at once is a source with an outcome.
   */
  readonly openSource: OpenSource;
  /** Hears the loudspeaker; null or left out: nobody does. */
  readonly microphone?: PcmSource | null;
  readonly onReport: (report: SoundReport) => void;
}

/** Commands in, reports out, both plain data; `tick` does all the work. */
export interface Engine extends Omit<Sound, "onReport"> {
  /**
   * When the first sample of the block that is being mixed, or is mixed next, will be heard. This is the stream's own
   * time: behind a card it lies up to a block ahead of what the sink says of its next sample.
   */
  readonly nextHeardAt: MonotonicMs;
  /** How soon `tick` is to be called again; more often does no harm. */
  readonly tickMs: number;
  tick(): void;
  /** Resolves when every source is gone. Nothing is reported afterwards. */
  close(): Promise<void>;
}

export function createEngine(options: EngineOptions): Engine {
  const { sink, clock, log } = options;
  const layout = options.layout ?? MONO;
  assert(layout.outputs.length === sink.channels, "engine: an output for each channel of the sink");
  const reports = createReportQueue();
  const levels = createLevelReports(reports);
  const live = createLiveReports(reports);
  const microphone = createMicrophoneReports(reports, options.microphone ?? null, clock);
  const watch = createOutputWatch(reports);
  const mixer = createMixer(layout, {
    onStarted: ({ soundId }, frame) => reports.add({ kind: "started", soundId, at: timeOf(frame) }),
    onResumed: ({ soundId }, frame) => reports.add({ kind: "resumed", soundId, at: timeOf(frame) }),
    onPaused: (voice, frame) => reportPaused(voice, timeOf(frame)),
    onEnded: (voice, end) => endings.push({ voice, end }),
  });
  const keeper = createSinkKeeper({ sink, layout, log, onLost: failWhatSounds });
  const closing = new Set<Promise<void>>();
  const endings: { readonly voice: Voice; readonly end: VoiceEnd }[] = [];
  const block: { buses: MixedBlock["buses"]; isSilent: boolean } = {
    buses: mixer.output.buses,
    isSilent: true,
  };
  let voices: Voice[] = [];
  let isClosed = false;
  let heardAt: MonotonicMs = clock.monotonic();

  function timeOf(frame: number): MonotonicMs {
    return asMonotonic(heardAt + frame / FRAMES_PER_MS);
  }

  function find(soundId: string): Voice | undefined {
    return voices.find((voice) => voice.soundId === soundId);
  }

  function play(request: PlayRequest): void {
    if (isClosed) return;
    if (find(request.soundId) !== undefined) {
      log.warn("sound.play-ignored", { soundId: request.soundId, reason: "already-known" });
      return;
    }
    voices.push(createVoice(request, options.memory.open(request)));
    const dropped = leavesForOthers(voices);
    if (dropped === null) return;
    log.warn("sound.voice-dropped", { soundId: dropped.soundId, limit: VOICE_LIMIT });
    finish(dropped, "complete", clock.monotonic());
  }

  function pause(soundId: string, fadeMs: number): void {
    const voice = find(soundId);
    if (voice === undefined) return;
    if (voice.phase === "waiting") {
      voice.phase = "paused";
      reportPaused(voice, clock.monotonic());
    } else if (voice.phase === "sounding") fadeOut(voice, "pausing", fadeMs);
  }

  function resume(soundId: string, fadeMs: number): void {
    const voice = find(soundId);
    if (voice === undefined) return;
    if (voice.phase === "paused") {
      voice.phase = "waiting";
      voice.resumeFadeMs = fadeMs;
    } else if (voice.phase === "pausing") {
      voice.phase = "sounding";
      rampTo(voice.fade, 1, fadeMs);
      reports.add({ kind: "resumed", soundId, at: heardAt });
    }
  }

  function stop(soundId: string, fadeMs: number): void {
    const voice = find(soundId);
    if (voice === undefined) return;
    if (isInTheMix(voice)) fadeOut(voice, "stopping", fadeMs);
    else finish(voice, "complete", clock.monotonic());
  }

  function reportPaused({ soundId, playedFrames }: Voice, at: MonotonicMs): void {
    reports.add({ kind: "paused", soundId, at, playedMs: playedFrames / FRAMES_PER_MS });
  }

  function finish(voice: Voice, outcome: SourceOutcome, at: MonotonicMs): void {
    voices = voices.filter((one) => one !== voice);
    live.end(voice, at);
    if (voice.source !== null) {
      const closed = voice.source.close();
      closing.add(closed);
      void closed.then(() => closing.delete(closed));
    }
    const soundId = voice.soundId;
    const playedMs = voice.playedFrames / FRAMES_PER_MS;
    if (outcome === "complete")
      reports.add({ kind: "ended", soundId, at, playedMs, rmsDb: rmsDb(voice.heard) });
    else {
      log.warn("sound.failed", { soundId, reason: outcome, playedMs });
      reports.add({ kind: "failed", soundId, at, playedMs, reason: outcome });
    }
  }

  function mixBlock(at: MonotonicMs, isHeard: boolean): MixedBlock {
    heardAt = at;
    // An alarm waits for a moment that is heard; whatever else begins in a lost one is where it should be afterwards.
    const able = isHeard ? voices : voices.filter((voice) => !voice.isEmergency || isInTheMix(voice));
    const sounded = mixer.render(able, heardAt);
    block.isSilent = !sounded;
    for (const voice of voices)
      if (isInTheMix(voice) || voice.phase === "over") addToMeter(voice.heard, mixer.output.figures, 0);
    levels.add(mixer.output, sounded, heardAt, endings[0]?.end.frame ?? null);
    microphone.add(mixer.output.figures.energy, sounded, heardAt);
    watch.add(mixer, voices, heardAt);
    for (const { voice, end } of endings) finish(voice, end.outcome, timeOf(end.frame));
    endings.length = 0;
    heardAt = timeOf(BLOCK_FRAMES);
    return block;
  }

  function failWhatSounds(now: MonotonicMs): void {
    for (const voice of voices) if (isInTheMix(voice)) finish(voice, "sink-failed", now);
  }

  function watchVoices(now: MonotonicMs): void {
    for (const voice of voices) {
      if (voice.source === null) continue;
      voice.source.watch(now);
      live.look(voice, now);
      const { outcome, available } = voice.source;
      if (voice.phase !== "waiting" && voice.phase !== "paused") continue;
      if (outcome !== null && outcome !== "complete" && available === 0) finish(voice, outcome, now);
      else if (!keeper.isOpen && givesUp(voice, keeper.lostAt, now)) finish(voice, "sink-failed", now);
    }
  }

  return {
    get nextHeardAt() {
      return heardAt;
    },
    get tickMs() {
      return keeper.tickMs;
    },
    play,
    pause,
    resume,
    stop,
    setVolume: (gainDb, rampMs) => rampTo(mixer.volume, dbToGain(gainDb), rampMs),
    tick() {
      if (isClosed) return;
      const now = clock.monotonic();
      keeper.tick(
        now,
        mixBlock,
        voices.some((voice) => isUrgent(voice, now)),
      );
      watchVoices(now);
      microphone.watch(now);
      openNext(voices, options.openSource, log);
      reports.deliver(clock.monotonic(), options.onReport);
    },
    async close() {
      isClosed = true;
      keeper.close();
      await Promise.all([microphone.close(), ...closing, ...voices.map((voice) => voice.source?.close())]);
      voices = [];
    },
  };
}
