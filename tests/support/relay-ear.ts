import type { PcmSource } from "@loa/edge-agent/sound/pcm-source.ts";
import type { Resolver } from "@loa/edge-agent/sound/relay/gate.ts";
import { openRelay } from "@loa/edge-agent/sound/relay/open-relay.ts";
import { type RelaySource, relaySource } from "@loa/shared/broadcast/relay.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { onTestFinished } from "vitest";
import { eventuallySo } from "./eventually.ts";
import { createFastTime } from "./fast-time.ts";
import { createLogBook, type LogBook } from "./log-book.ts";

export interface RelayEarOptions {
  readonly url: string;
  readonly ffmpegPath: string;
  readonly hosts?: readonly string[];
  readonly isPrivate?: boolean;
  /** It is what an emergency says. */
  readonly isEmergency?: boolean;
  readonly fixedDelayMs?: number | null;
  /** How many times as fast as ours its time runs. */
  readonly factor?: number;
  /** Time of that speed that others run on too. */
  readonly time?: ReturnType<typeof createFastTime>;
  readonly resolver?: Resolver;
}

/** A loudspeaker on a relay: reads a block every 20 ms of its time and keeps what it heard. */
export interface RelayEar {
  readonly source: PcmSource;
  readonly log: LogBook;
  /** What was heard from the first sample on; silence where nothing came. */
  samples(): Float64Array;
  /** Blocks after the first that were not full. */
  readonly dryBlocks: number;
  /** From opening it to the first sample, ms of its time; null before. */
  readonly firstSoundMs: number | null;
  /** What had been received of the stream by then; null before. */
  readonly firstSoundBytes: number | null;
  /** When the first of `samples` was heard, on the clock of its time; null before. */
  readonly firstHeardAt: number | null;
  /** Its time now, ms since it was opened. */
  now(): number;
  /** Reads nothing from now on, as a sound that is interrupted. */
  isPaused: boolean;
  /** Until so many seconds of its time have been heard. */
  heard(seconds: number): Promise<void>;
  /** The word at its end. */
  ended(limitMs?: number): Promise<string>;
}

const BLOCK = 960;
/** From reading to hearing. */
const CARD_MS = 100;

export function listenTo(options: RelayEarOptions): RelayEar {
  const factor = options.factor ?? 1;
  const { clock, timers } = options.time ?? createFastTime(factor);
  const book = createLogBook();
  let firstAt: number | null = null;
  let firstBytes: number | null = null;
  let dueAt = 0;
  const source = openRelay({
    source: streamOf(options),
    ffmpegPath: options.ffmpegPath,
    isEmergency: options.isEmergency ?? false,
    channels: 1,
    clock,
    timers,
    random: { next: () => 0.5, bytes: (length) => new Uint8Array(length) },
    log: book,
    hearsAt: () => asMonotonic((firstAt === null ? clock.monotonic() : dueAt) + CARD_MS),
    ...(options.resolver === undefined ? {} : { resolver: options.resolver }),
  });
  const openedAt = clock.monotonic();
  const heard: Float32Array[] = [];
  const ear = {
    source,
    log: book,
    isPaused: false,
    dryBlocks: 0,
    get firstSoundMs() {
      return firstAt === null ? null : firstAt - openedAt;
    },
    get firstSoundBytes() {
      return firstBytes;
    },
    get firstHeardAt() {
      return firstAt === null ? null : firstAt + CARD_MS;
    },
    now: () => clock.monotonic() - openedAt,
    samples: () => joined(heard),
    async heard(seconds: number) {
      const limitMs = (seconds * 1_000) / factor + 15_000;
      await eventuallySo(`${seconds} s of sound`, limitMs, () => heard.length * BLOCK >= seconds * 48_000);
    },
    async ended(limitMs = 10_000) {
      await eventuallySo("the relay ends", limitMs, () => source.outcome !== null && source.available === 0);
      return source.outcome ?? "";
    },
  };

  function hearBlock(): void {
    if (ear.isPaused) {
      source.live?.drain(BLOCK);
      return;
    }
    const block = new Float32Array(BLOCK);
    const taken = source.read(block, 0, BLOCK);
    if (taken < BLOCK) ear.dryBlocks += 1;
    heard.push(block);
  }

  const timer = setInterval(() => {
    const now = clock.monotonic();
    source.watch(now);
    if (firstAt === null) {
      if (source.available < BLOCK) return;
      firstAt = now;
      firstBytes = source.live?.receivedBytes ?? null;
      dueAt = now;
    }
    for (; dueAt <= now; dueAt += 20) {
      source.watch(clock.monotonic());
      hearBlock();
    }
  }, 4);
  onTestFinished(async () => {
    clearInterval(timer);
    await source.close();
  });
  return ear;
}

function streamOf(options: RelayEarOptions): Extract<RelaySource, { kind: "stream" }> {
  const source = relaySource.parse({
    kind: "stream",
    id: "0199aaaa-0000-7000-8000-000000000001",
    title: "Đài",
    url: options.url,
    hosts: options.hosts ?? [],
    isPrivate: options.isPrivate ?? true,
    fixedDelayMs: options.fixedDelayMs ?? null,
    gainDb: 0,
  });
  if (source.kind !== "stream") throw new Error("not a stream");
  return source;
}

function joined(blocks: readonly Float32Array[]): Float64Array {
  const samples = new Float64Array(blocks.length * BLOCK);
  for (const [index, block] of blocks.entries()) samples.set(block, index * BLOCK);
  return samples;
}
