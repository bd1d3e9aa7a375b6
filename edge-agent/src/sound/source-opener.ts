import type { Log } from "@loa/shared/kernel/ambient.ts";
import type { PlayRequest, SoundSource } from "../ports.ts";
import { failedSource, type PcmSource } from "./pcm-source.ts";
import { opensNext } from "./roster.ts";
import type { Voice } from "./voice.ts";

/** What does not lie in memory. */
export type OpenedSource = Extract<SoundSource, { readonly kind: "clip" | "relay" }>;
export type OpenSource = (source: OpenedSource, request: PlayRequest) => PcmSource;

/** Opens what is most important of what is not open yet: starting a decoder may take longer than a block. */
export function openNext(voices: readonly Voice[], openSource: OpenSource, log: Log): void {
  const voice = opensNext(voices);
  const source = voice?.request.source;
  if (voice === null || (source?.kind !== "clip" && source?.kind !== "relay")) return;
  try {
    voice.source = openSource(source, voice.request);
  } catch (error) {
    // A machine without memory for one child more must not take the siren with it.
    log.error("sound.open-failed", { soundId: voice.soundId, error: String(error) });
    voice.source = failedSource("decoder-died");
  }
}
