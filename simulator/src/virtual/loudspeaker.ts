import type { PlayRequest, SoundFailure, SoundSource } from "@loa/edge-agent/ports.ts";

/** One stretch of sound that left the mixer, in world time. `to` is null while it lasts. */
export interface Stretch {
  readonly soundId: string;
  readonly source: SoundSource;
  readonly offsetMs: number;
  /** Lines it goes to, where the card has an output for each; null: all. */
  readonly zones: PlayRequest["zones"];
  readonly from: number;
  to: number | null;
}

/** The loudspeaker side of one box, over all its boots. */
export interface Loudspeaker {
  readonly stretches: Stretch[];
  /** What happens to every sound at the moment; what lies in memory needs no decoder and fails only with the card. */
  failure: SoundFailure | null;
  /** Nothing begins before this, world time: an engine has to start first. */
  engineFrom: number;
  /** No relay gives anything at the moment. */
  readonly areRelaysLost: boolean;
  setRelaysLost(areLost: boolean): void;
  /** Level of everything below an emergency, dB. */
  volumeDb: number;
  /** Level of the mixed output, dBFS; null in silence. Told to the amplifier, which may measure it. */
  onOutput: (levelDb: number | null) => void;
  onStretch: (stretch: Stretch) => void;
  onRelays: (areLost: boolean) => void;
}

export function createLoudspeaker(): Loudspeaker {
  let areRelaysLost = false;
  const loudspeaker: Loudspeaker = {
    stretches: [],
    failure: null,
    engineFrom: 0,
    get areRelaysLost() {
      return areRelaysLost;
    },
    setRelaysLost(areLost) {
      areRelaysLost = areLost;
      loudspeaker.onRelays(areLost);
    },
    volumeDb: 0,
    onOutput: () => undefined,
    onStretch: () => undefined,
    onRelays: () => undefined,
  };
  return loudspeaker;
}

/** What is known of a source before it is heard; a failure is what becomes of it instead. */
export type KnownSource =
  | { readonly durationMs: number; readonly rmsDb: number }
  | Extract<SoundFailure, "clip-missing" | "not-audio">;
