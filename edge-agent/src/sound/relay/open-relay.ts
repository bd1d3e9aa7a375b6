import type { RelaySource } from "@loa/shared/broadcast/relay.ts";
import type { Clock, Log, Random, Timers } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/instants.ts";
import { SINK_BUFFER_MS } from "../format.ts";
import { failedSource, type PcmSource } from "../pcm-source.ts";
import { createForwardedWay } from "./forwarded-way.ts";
import { createGate, type Resolver } from "./gate.ts";
import { createHlsWay } from "./hls-way.ts";
import { createLiveBuffer } from "./live-buffer.ts";
import { createRelayLine } from "./relay-line.ts";
import { createStreamWay } from "./stream-way.ts";
import type { Way, WayEnvironment } from "./way.ts";

export interface RelayRequest {
  readonly source: Extract<RelaySource, { kind: "stream" }>;
  readonly ffmpegPath: string;
  readonly channels: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly log: Log;
  /** See `GateOptions`. */
  readonly isEmergency: boolean;
  /** When the frame that is read next will be heard; without it, after the usual buffer of the card. */
  readonly hearsAt?: () => MonotonicMs;
  /** Tests bring their own names. */
  readonly resolver?: Resolver;
}

/**
 * How far behind a list of segments is followed when nobody asked for a delay: a loss of 30 s, the time to notice it
 * and to be let in again. The first sound does not wait for it.
 */
const DEPTH_MS = 38_000;
/** Before the first sample is given: a few packets of a jittery link. */
const PREFILL_MS = 1_000;

/** Another station's stream as a source of sound that runs on for ever and comes back by itself. */
export function openRelay(request: RelayRequest): PcmSource {
  const { channels, clock, source } = request;
  const address = URL.parse(source.url);
  if (address === null) return failedSource("relay-not-allowed");
  const isWeb = address.protocol === "http:" || address.protocol === "https:";
  const { fixedDelayMs } = source;
  const buffer = createLiveBuffer({
    channels,
    clock,
    fixedDelayMs,
    // Where no capture time can be had, the delay is what is waited for at the beginning.
    prefillMs: isWeb || fixedDelayMs === null ? PREFILL_MS : fixedDelayMs,
    hearsAt: request.hearsAt ?? (() => asMonotonic(clock.monotonic() + SINK_BUFFER_MS)),
  });
  let receivedBytes = 0;
  const environment: WayEnvironment = {
    ...request,
    buffer,
    gate: createGate({ ...source, ...request }),
    depthMs: fixedDelayMs ?? DEPTH_MS,
    count(bytes) {
      receivedBytes += bytes;
    },
  };
  const line = createRelayLine({ ...request, relayId: source.id, buffer, way: wayTo(address, environment) });
  return {
    get available() {
      return buffer.available;
    },
    get outcome() {
      return line.failure;
    },
    live: {
      get isLost() {
        return buffer.isLost;
      },
      get receivedBytes() {
        return receivedBytes;
      },
      get reconnects() {
        return line.reconnects;
      },
      drain(frames) {
        buffer.drain(frames);
        line.take();
      },
      capturedAt: () => buffer.capturedAt(),
    },
    read(into, from, count) {
      const taken = buffer.read(into, from, count);
      line.take();
      return taken;
    },
    watch(now) {
      buffer.watch(now);
      line.watch(now);
    },
    close: () => line.close(),
  };

  function wayTo(to: URL, around: WayEnvironment): Way {
    if (!isWeb) return createForwardedWay(to, around);
    if (to.pathname.endsWith(".m3u8")) return createHlsWay(to, around);
    return createStreamWay(to, around, (url) => createHlsWay(url, around));
  }
}
