import type { PlayRequest, SoundReport } from "@loa/edge-agent/ports.ts";
import { createEngine, type Engine } from "@loa/edge-agent/sound/engine.ts";
import { SAMPLE_RATE_HZ } from "@loa/edge-agent/sound/format.ts";
import { MONO, type OutputLayout } from "@loa/edge-agent/sound/output-layout.ts";
import { failedSource, type LiveFacts, type PcmSource } from "@loa/edge-agent/sound/pcm-source.ts";
import type { SinkFailure, SoundSink } from "@loa/edge-agent/sound/sink.ts";
import { createRingBufferSink } from "@loa/edge-agent/sound/sinks/ring-buffer.ts";
import { createSoundMemory } from "@loa/edge-agent/sound/sound-memory.ts";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { fail } from "@loa/shared/kernel/result.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import { fromPcm16, type Recording } from "../golden-ear/recording.ts";
import { createTestClock, type TestClock } from "./test-clock.ts";

const BLOCK_MS = 20;

/** What is not said of a request: everything plain. */
export const plainRequest = {
  rung: "scheduled",
  after: null,
  endAt: null,
  offsetMs: 0,
  gainDb: 0,
  fadeInMs: 0,
  duckDb: null,
  zones: null,
} as const satisfies Partial<PlayRequest>;

export interface SoundWorld {
  readonly clock: TestClock;
  readonly engine: Engine;
  readonly reports: readonly (SoundReport & { readonly toldAt: MonotonicMs })[];
  pass(ms: number): void;
  /** A tone of a second at −6 dB, if nothing else is said; a `source` stands for a clip. Answers the start. */
  play(soundId: string, how?: Partial<PlayRequest>, source?: PcmSource): MonotonicMs;
  breakSink(failure: SinkFailure | null): void;
  /** It takes nothing any more. */
  standStill(isStill: boolean): void;
  /** What one output of the card let be heard, the last 30 s. */
  heard(output?: number): Recording;
  told<Kind extends SoundReport["kind"]>(
    kind: Kind,
    soundId?: string,
  ): readonly (Extract<SoundReport, { readonly kind: Kind }> & { readonly toldAt: MonotonicMs })[];
}

/** An engine on a clock that the test moves, with sources that need no decoder, and a loudspeaker of memory. */
export function createSoundWorld(
  layout: OutputLayout = MONO,
  microphone: PcmSource | null = null,
): SoundWorld {
  const clock = createTestClock();
  const channels = layout.outputs.length;
  const ring = createRingBufferSink({ clock, seconds: 30, channels });
  let broken: SinkFailure | null = null;
  let isStill = false;
  const sink: SoundSink = {
    name: "ring",
    channels,
    clock: "exact",
    get roomFrames() {
      return isStill ? 0 : ring.roomFrames;
    },
    get nextHeardAt() {
      return ring.nextHeardAt;
    },
    get underruns() {
      return ring.underruns;
    },
    open: () => (broken === null ? ring.open() : fail(broken)),
    poll: () => (broken === null ? ring.poll() : fail(broken)),
    write: (block) => ring.write(block),
    close: () => ring.close(),
  };
  const reports: (SoundReport & { readonly toldAt: MonotonicMs })[] = [];
  const sources = new Map<string, PcmSource>();
  const engine = createEngine({
    sink,
    layout,
    clock,
    log: { info() {}, warn() {}, error() {} },
    memory: createSoundMemory({ pcm: () => "clip-missing" }, layout.programme),
    openSource: (_, { soundId }) => sources.get(soundId) ?? failedSource("clip-missing"),
    microphone,
    onReport: (report) => reports.push({ ...report, toldAt: clock.monotonic() }),
  });
  return {
    clock,
    engine,
    reports,
    pass(ms) {
      for (let passed = 0; passed < ms; passed += BLOCK_MS) {
        engine.tick();
        clock.pass(BLOCK_MS);
      }
      engine.tick();
    },
    play(soundId, how = {}, source) {
      if (source !== undefined) sources.set(soundId, source);
      const tone = { kind: "tone", frequencyHz: 1_000, durationMs: 1_000 } as const;
      const request: PlayRequest = {
        ...plainRequest,
        soundId,
        source: source === undefined ? tone : { kind: "clip", sha256: sha256.parse("0".repeat(64)) },
        startAt: clock.monotonic(),
        gainDb: source === undefined ? -6 : 0,
        ...how,
      };
      engine.play(request);
      return request.startAt;
    },
    standStill(value) {
      isStill = value;
    },
    breakSink(failure) {
      broken = failure;
    },
    heard(output = 0) {
      const blocks = ring.recent();
      const samples = Int16Array.from(
        blocks.flatMap((block) => [...block.samples].filter((_, index) => index % channels === output)),
      );
      return fromPcm16(samples, SAMPLE_RATE_HZ, blocks[0]?.monotonicAt ?? 0);
    },
    told: (kind, soundId) =>
      reports.filter(
        (report): report is Extract<typeof report, { kind: typeof kind }> =>
          report.kind === kind &&
          (soundId === undefined || ("soundId" in report && report.soundId === soundId)),
      ),
  };
}

/** Plays an array (interleaved where the programme is stereo) as if a decoder had it ready; `isLate` holds it back. */
export function arraySource(
  samples: ArrayLike<number>,
  how: { readonly channels?: number; readonly isLate?: { value: boolean }; readonly live?: LiveFacts } = {},
): PcmSource {
  const { channels = 1, isLate = { value: false }, live = null } = how;
  const frames = samples.length / channels;
  let at = 0;
  const available = () => (isLate.value ? 0 : frames - at);
  return {
    get available() {
      return available();
    },
    get outcome() {
      return isLate.value ? null : "complete";
    },
    live,
    read(into, from, count) {
      const taken = Math.min(count, available());
      for (let index = 0; index < taken * channels; index += 1) {
        into[from * channels + index] = samples[at * channels + index] ?? 0;
      }
      at += taken;
      return taken;
    },
    watch() {},
    close: () => Promise.resolve(),
  };
}

/** `count` samples whose s16 value tells their place: the n-th is n + 1. Below −30 dBFS, as far as 1,000 go. */
export function countedSamples(count: number, from = 0): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => (from + index + 1) / 32_768);
}

/** s16 values that were heard, silence left out at both ends. */
export function heardValues({ samples }: Recording): readonly number[] {
  const values = Array.from(samples, (sample) => Math.round(sample * 32_768));
  const first = values.findIndex((value) => value !== 0);
  return first < 0 ? [] : values.slice(first, values.findLastIndex((value) => value !== 0) + 1);
}

export function asTime(ms: number): MonotonicMs {
  return asMonotonic(ms);
}
