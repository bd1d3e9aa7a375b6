import { createHash } from "node:crypto";
import type { PlayRequest, SoundSource } from "@loa/edge-agent/ports.ts";
import { sha256 } from "@loa/shared/kernel/ids.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";

/** A clip whose hash is made from a word. */
export function clipOf(word: string): Extract<SoundSource, { kind: "clip" }> {
  return { kind: "clip", sha256: sha256.parse(createHash("sha256").update(word).digest("hex")) };
}

/** A plain request, with what `how` says otherwise. */
export function requestOf(soundId: string, how: Partial<PlayRequest> = {}): PlayRequest {
  return {
    soundId,
    source: clipOf(soundId),
    rung: "scheduled",
    startAt: asMonotonic(0),
    after: null,
    endAt: null,
    offsetMs: 0,
    gainDb: 0,
    fadeInMs: 0,
    duckDb: null,
    zones: null,
    ...how,
  };
}
