import { FRAMES_PER_MS } from "../format.ts";
import { endDecoder } from "./end-decoder.ts";
import type { HlsSegment } from "./hls-playlist.ts";
import { mediaTimeBetween, mediaTimeMs } from "./media-time.ts";
import { type RelayDecoder, startRelayDecoder } from "./relay-decoder.ts";
import { type SoundFormat, sniff, withoutId3 } from "./sound-format.ts";
import type { WayEnd, WayEnvironment } from "./way.ts";

/** Segments in, samples out: one decoder as long as they belong together, so that their joins are not heard. */
export interface SegmentFeed {
  add(segment: HlsSegment, init: Buffer | null, bytes: Buffer): Promise<WayEnd | null>;
  /** The next segment does not follow the last one. */
  interrupt(): void;
  take(): void;
  /** The attempt has failed. */
  letGo(): void;
  close(): Promise<void>;
}

/** Where the samples of a decoder lie among all samples, and among the times of the stream. */
interface Origin {
  readonly frame: number;
  readonly mediaMs: number | null;
  /** Sum of the lengths that the playlist gave, for streams without time stamps of their own. */
  lengthMs: number;
}

export function createSegmentFeed(environment: WayEnvironment): SegmentFeed {
  const { buffer, channels, ffmpegPath, timers } = environment;
  let decoder: RelayDecoder | null = null;
  let format: SoundFormat | null = null;
  let init: Buffer | null = null;
  let origin: Origin = { frame: 0, mediaMs: null, lengthMs: 0 };
  let isInterrupted = true;

  async function add(segment: HlsSegment, newInit: Buffer | null, bytes: Buffer): Promise<WayEnd | null> {
    const what = sniff(newInit ?? bytes, true);
    if (what.kind !== "sound") return "wrong-format";
    const isOther = what.format !== format || !isSame(newInit, init);
    const mediaMs = mediaTimeMs(what.format, bytes);
    let running = decoder;
    if (running?.isRunning === false && (await running.ended) === "empty") return "wrong-format";
    if (running?.isRunning !== true || isInterrupted || isOther || segment.isDiscontinuous) {
      running = await startAnew(what.format, mediaMs);
      init = newInit;
      if (init !== null) await running.feed(init);
    }
    markTime(segment, mediaMs);
    // Tags between two segments would only be complaints of the decoder.
    await running.feed(what.format === "aac" || what.format === "mp3" ? withoutId3(bytes) : bytes);
    return null;
  }

  async function startAnew(newFormat: SoundFormat, mediaMs: number | null): Promise<RelayDecoder> {
    await endDecoder(decoder, timers);
    buffer.interrupt();
    isInterrupted = false;
    format = newFormat;
    origin = { frame: buffer.total, mediaMs, lengthMs: 0 };
    decoder = startRelayDecoder(ffmpegPath, { kind: "bytes", format }, channels, buffer);
    return decoder;
  }

  /** Says which sample the capture time of the segment belongs to. */
  function markTime(segment: HlsSegment, mediaMs: number | null): void {
    const sinceMs =
      mediaMs === null || origin.mediaMs === null
        ? origin.lengthMs
        : mediaTimeBetween(origin.mediaMs, mediaMs);
    origin.lengthMs += segment.durationMs;
    if (segment.wallMs !== null) {
      buffer.mark(origin.frame + Math.round(sinceMs * FRAMES_PER_MS), segment.wallMs);
    }
  }

  return {
    add,
    interrupt() {
      isInterrupted = true;
    },
    take: () => decoder?.take(),
    letGo: () => decoder?.letGo(),
    async close() {
      decoder?.kill();
      await decoder?.ended;
    },
  };
}

function isSame(one: Buffer | null, other: Buffer | null): boolean {
  return one === null || other === null ? one === other : one.equals(other);
}
