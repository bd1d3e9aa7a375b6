import type { BuiltInWords } from "@loa/shared/broadcast/built-in-sounds.ts";
import { assertNever } from "@loa/shared/kernel/result.ts";
import type { PlayRequest } from "../ports.ts";
import { renderChime } from "./chime.ts";
import { FRAMES_PER_MS } from "./format.ts";
import { createLaterSource } from "./later-source.ts";
import { createMemorySource } from "./memory-source.ts";
import type { Notices } from "./notice.ts";
import type { ProgrammeChannels } from "./output-layout.ts";
import { failedSource, type PcmSource } from "./pcm-source.ts";
import { renderSiren } from "./siren.ts";
import { createTone } from "./tone.ts";

/** Everything that sounds without a disk and without a decoder. */
export interface SoundMemory {
  /** Null for what has to be opened elsewhere. */
  open(request: PlayRequest): PcmSource | null;
}

export function createSoundMemory(notices: Notices, channels: ProgrammeChannels = 1): SoundMemory {
  const chime = renderChime();
  const sirens = { actual: renderSiren("actual"), exercise: renderSiren("exercise") } as const;
  return {
    open({ source, offsetMs }) {
      switch (source.kind) {
        case "tone":
          return createTone(source.frequencyHz, source.durationMs, offsetMs, channels);
        case "chime":
          return createMemorySource({ pcm: chime, frames: chime.length, offsetMs }, channels);
        case "siren": {
          const frames = Math.round(source.durationMs * FRAMES_PER_MS);
          return createMemorySource({ pcm: sirens[source.severity], frames, offsetMs }, channels);
        }
        case "notice": {
          const look = () => openNotice(notices, source.words, offsetMs, channels);
          return look() ?? createLaterSource(look);
        }
        case "clip":
        case "relay":
          return null;
        default:
          return assertNever(source);
      }
    },
  };
}

function openNotice(
  notices: Notices,
  words: BuiltInWords,
  offsetMs: number,
  channels: ProgrammeChannels,
): PcmSource | null {
  const pcm = notices.pcm(words);
  if (pcm === null) return null;
  if (typeof pcm === "string") return failedSource(pcm);
  return createMemorySource({ pcm, frames: pcm.length, offsetMs }, channels);
}
