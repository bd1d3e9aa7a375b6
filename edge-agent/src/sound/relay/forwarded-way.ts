import type { DialectListener } from "./dialect.ts";
import { type Forwarder, openForwarder } from "./forwarder.ts";
import { type RelayDecoder, startRelayDecoder } from "./relay-decoder.ts";
import { rtmpDialect } from "./rtmp-dialect.ts";
import { rtspDialect } from "./rtsp-dialect.ts";
import { endOfFetch, type Way, type WayEnd, type WayEnvironment } from "./way.ts";
import { whileWanted } from "./while-wanted.ts";

/** Both protocols keep talking; a server without a publisher is asked again after this. */
const STALL_MS = 10_000;

/** RTSP and RTMP: ffmpeg speaks, we connect. */
export function createForwardedWay(address: URL, environment: WayEnvironment): Way {
  const { buffer, channels, ffmpegPath, gate } = environment;
  const dialect = address.protocol === "rtsp:" ? rtspDialect(address) : rtmpDialect(address);
  let decoder: RelayDecoder | null = null;

  async function run(signal: AbortSignal): Promise<WayEnd> {
    if (!gate.admits(address)) return "not-allowed";
    const target = await gate.resolve(address.hostname);
    if (!target.ok) return endOfFetch[target.error];
    const listener = dialect.listen();
    const forwarder = await openForwarder({
      ...environment,
      target: target.value,
      port: address.port === "" ? dialect.defaultPort : Number(address.port),
      tlsName: dialect.isSecure ? address.hostname : null,
      signal,
      admit: (bytes) => listener.admit(bytes),
    });
    return forwarder === null ? "lost" : decode(forwarder, listener, signal);
  }

  async function decode(
    forwarder: Forwarder,
    listener: DialectListener,
    signal: AbortSignal,
  ): Promise<WayEnd> {
    buffer.interrupt();
    const words = dialect.words(forwarder.port);
    const running = startRelayDecoder(ffmpegPath, { kind: "forwarded", words }, channels, buffer);
    decoder = running;
    const end = await whileWanted(
      signal,
      () => running.kill(),
      () => running.ended,
    );
    forwarder.close();
    if (signal.aborted) return "lost";
    if (end === "no-decoder") return "unavailable";
    return end === "empty" ? listener.silentEnd : "lost";
  }

  return {
    run,
    stallMs: STALL_MS,
    take: () => decoder?.take(),
    async close() {
      decoder?.kill();
      await decoder?.ended;
    },
  };
}
