import type { Clip, Manifest } from "@loa/shared/broadcast/content.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import type { SequenceName } from "@loa/shared/device/profile-sequence.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";

export type BenchKnobs = ReturnType<typeof knobsFor>;

/** What single parts of the bench do; a test turns them as it goes. */
export function knobsFor(clips: readonly Clip[]) {
  return {
    /** From the play request to the first sample that could be heard. */
    decoderMs: 150,
    /** What comes late leaves out what has gone by, as behind a sound process that was late itself. */
    joinsInStep: false,
    /** The mixer was begun anew and knows nothing of what waited in it. */
    hasLostSounds: false,
    /** How much longer than planned a clip really is. */
    overrunMs: 0,
    /** Level of the mixer and of the amplifier's output while something sounds. */
    mixerDb: -20,
    amplifierDb: -20,
    isAmplifierMeasured: true,
    isAmplifierDead: false,
    manifest: { v: 1, clips: [...clips] } as Manifest | null,
    fetch: (_hash: Sha256): string | null => null,
    isBrokerThere: false,
    lineCurrentA: 0.3,
    /** What is read whatever was written; null: read, and invalid. */
    readings: new Map<Capability, number | null>(),
    /** Clips whose bytes are not what they were. */
    rotten: new Set<Sha256>(),
    /** What becomes of a sequence; null: no answer. */
    ran: (_name: SequenceName): "done" | "not-as-expected" | null => "done",
    /** A point whose writes are answered and not obeyed. */
    refuses: null as Capability | null,
  };
}
