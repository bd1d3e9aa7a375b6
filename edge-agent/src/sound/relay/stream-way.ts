import { FRAMES_PER_MS } from "../format.ts";
import { endDecoder } from "./end-decoder.ts";
import { type OpenedStream, openStream } from "./opened-stream.ts";
import { type RelayDecoder, startRelayDecoder } from "./relay-decoder.ts";
import type { SoundFormat } from "./sound-format.ts";
import { createSplice, isWholeTail, SPLICE_LIMIT_BYTES, type Splice, tailOf } from "./splice.ts";
import type { Way, WayEnd, WayEnvironment } from "./way.ts";
import { whileWanted } from "./while-wanted.ts";

type SoundStream = Extract<OpenedStream, { kind: "sound" }>;

/** Icecast sends all the time: silence of so long is a dead link. */
const STALL_MS = 6_000;
/** With less sound than this left, we take what there is rather than look for the place where we were. */
const SHORT_FRAMES = 500 * FRAMES_PER_MS;
const SPLICE_WITHIN_MS = 10_000;
const SPLICE_AT_LEAST_MS = 1_000;
/** So much of anything that is sound gives a sample. */
const SILENT_BYTES = 512 * 1_024;

/**
 * Icecast, Shoutcast and everything else that is one long answer. `onHls` is told when the address turns out to be
 * a list of segments instead.
 */
export function createStreamWay(address: URL, environment: WayEnvironment, onHls: (url: URL) => Way): Way {
  const { buffer, clock, ffmpegPath, channels } = environment;
  let decoder: RelayDecoder | null = null;
  let format: SoundFormat | null = null;
  let tail: Buffer = Buffer.alloc(0);
  let other: Way | null = null;

  async function run(signal: AbortSignal): Promise<WayEnd> {
    if (other !== null) return other.run(signal);
    const opened = await openStream(address, environment, signal);
    if (!opened.ok) return opened.error;
    const stream = opened.value;
    if (stream.kind === "hls") {
      other = onHls(stream.url);
      return other.run(signal);
    }
    return whileWanted(
      signal,
      () => decoder?.letGo(),
      () => listen(stream),
    );
  }

  async function listen(stream: SoundStream): Promise<WayEnd> {
    const framesBefore = buffer.total;
    let fedBytes = 0;
    try {
      const { running, fresh } = await goOn(stream);
      for (let chunk: Buffer | null = fresh; chunk !== null; chunk = await stream.next()) {
        tail = tailOf(tail, chunk);
        await running.feed(chunk);
        fedBytes += chunk.length;
        if (!running.isRunning) return await endOfDead(running);
        if (fedBytes > SILENT_BYTES && buffer.total === framesBefore) return "wrong-format";
      }
      return "lost";
    } finally {
      stream.close();
    }
  }

  /** The decoder goes on where the last connection ended; a new one begins where that place is not found. */
  async function goOn(stream: SoundStream): Promise<{ running: RelayDecoder; fresh: Buffer }> {
    const canSplice = decoder?.isRunning === true && format === stream.format && isWholeTail(tail);
    if (decoder === null || !canSplice) return startAnew(stream, stream.head);
    const splice = createSplice(tail);
    const beganAt = clock.monotonic();
    let fresh = splice.add(stream.head);
    while (fresh === null && !isHopeless(splice, clock.monotonic() - beganAt)) {
      const chunk = await stream.next();
      if (chunk === null) break;
      fresh = splice.add(chunk);
    }
    return fresh === null ? startAnew(stream, splice.giveUp()) : { running: decoder, fresh };
  }

  function isHopeless(splice: Splice, searchedMs: number): boolean {
    const isUrgent = buffer.level < SHORT_FRAMES && searchedMs > SPLICE_AT_LEAST_MS;
    return isUrgent || searchedMs > SPLICE_WITHIN_MS || splice.bytes > SPLICE_LIMIT_BYTES;
  }

  async function startAnew(stream: SoundStream, fresh: Buffer) {
    await endDecoder(decoder, environment.timers);
    buffer.interrupt();
    format = stream.format;
    tail = Buffer.alloc(0);
    decoder = startRelayDecoder(ffmpegPath, { kind: "bytes", format }, channels, buffer);
    return { running: decoder, fresh };
  }

  async function endOfDead(dead: RelayDecoder): Promise<WayEnd> {
    const end = await dead.ended;
    if (end === "no-decoder") return "unavailable";
    return end === "empty" ? "wrong-format" : "lost";
  }

  return {
    run,
    get stallMs() {
      return other?.stallMs ?? STALL_MS;
    },
    take() {
      decoder?.take();
      other?.take();
    },
    async close() {
      decoder?.kill();
      await Promise.all([decoder?.ended, other?.close()]);
    },
  };
}
