import { loadLibasound } from "../alsa/playback-calls.ts";
import type { SoundSink } from "../sink.ts";
import { type AlsaOptions, createAlsaSink } from "./alsa.ts";
import { createAplaySink } from "./aplay.ts";

/**
 * The sound card through libasound; through `aplay` where that cannot be loaded. Name the card
 * (`plughw:CARD=Device`, the id in /proc/asound/cards): its number changes with what else is plugged in.
 */
export function createCardSink(options: AlsaOptions): SoundSink {
  const library = options.library ?? loadLibasound();
  if (library !== null) return createAlsaSink({ ...options, library });
  const { device, clock, channels = 1 } = options;
  return createAplaySink({ device, clock, channels });
}
