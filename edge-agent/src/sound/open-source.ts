import type { RelaySource } from "@loa/shared/broadcast/relay.ts";
import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import { assertNever } from "@loa/shared/kernel/result.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import type { PlayRequest } from "../ports.ts";
import { openCapture } from "./capture/open-capture.ts";
import { startDecoder } from "./decoder.ts";
import type { ProgrammeChannels } from "./output-layout.ts";
import { failedSource, type PcmSource } from "./pcm-source.ts";
import { openRelay } from "./relay/open-relay.ts";
import type { OpenedSource } from "./source-opener.ts";
import { isOfEmergency } from "./voice.ts";

/** ALSA capture devices: `line` and `fm` are inputs that a relay may name. Null: this box has no such input. */
export interface InputDevices {
  readonly line: string | null;
  readonly fm: string | null;
  /** Hears the loudspeaker itself. */
  readonly microphone: string | null;
}

export const NO_INPUTS: InputDevices = { line: null, fm: null, microphone: null };

export interface SourceSurroundings {
  /** Null when the clip is not on the disk. */
  readonly clipPath: string | null;
  readonly channels: ProgrammeChannels;
  readonly inputs: InputDevices;
  readonly ffmpegPath: string;
  readonly clock: Clock;
  /** When the next block of the mix will be heard: relays with a fixed delay keep to it. */
  readonly hearsAt: () => MonotonicMs;
  readonly log: Log;
}

/** Opens what does not lie in memory. What cannot be opened is a source with an outcome. */
export function openSource(
  source: OpenedSource,
  request: PlayRequest,
  around: SourceSurroundings,
): PcmSource {
  const { ffmpegPath, clipPath } = around;
  switch (source.kind) {
    case "clip":
      if (clipPath === null) return failedSource("clip-missing");
      return startDecoder({
        ffmpegPath,
        path: clipPath,
        offsetMs: request.offsetMs,
        channels: around.channels,
      });
    case "relay":
      return openLive(source.relay, request, around);
    default:
      return assertNever(source);
  }
}

/** The microphone near the loudspeaker, where this box has one. */
export function openMicrophone(
  { microphone }: InputDevices,
  { clock, log }: Pick<SourceSurroundings, "clock" | "log">,
): PcmSource | null {
  return microphone === null ? null : openCapture({ device: microphone, channels: 1, clock, log });
}

function openLive(relay: RelaySource, request: PlayRequest, around: SourceSurroundings): PcmSource {
  if (relay.kind === "stream") {
    const isEmergency = isOfEmergency(request);
    return openRelay({ ...around, source: relay, isEmergency, random: nodeRandom, timers: nodeTimers });
  }
  const device = around.inputs[relay.input];
  return device === null ? failedSource("relay-unavailable") : openCapture({ ...around, device });
}
