import type { Clock } from "@loa/shared/kernel/ambient.ts";
import type { SoundSink } from "../sink.ts";
import { createCardSink } from "../sinks/card.ts";
import { createNoneSink } from "../sinks/none.ts";
import { createWavFileSink } from "../sinks/wav-file.ts";
import type { SinkSpec } from "./messages.ts";

/** Makes the sink and loads what it needs; it opens nothing yet. */
export function sinkOf(spec: SinkSpec, channels: number, clock: Clock): SoundSink {
  switch (spec.kind) {
    case "alsa":
      return createCardSink({ device: spec.device, channels, clock });
    case "wav":
      return createWavFileSink({ folder: spec.folder, channels, clock });
    case "none":
      return createNoneSink({ channels, clock });
  }
}
