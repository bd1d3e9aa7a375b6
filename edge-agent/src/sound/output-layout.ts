/** Channels of the programme inside the engine: one for horn lines, two where people sit between loudspeakers. */
export type ProgrammeChannels = 1 | 2;

/** What goes to which channel of the card. */
export interface OutputLayout {
  readonly programme: ProgrammeChannels;
  /** One entry a channel of the card, in its order. */
  readonly outputs: readonly Output[];
}

export interface Output {
  /** The loudspeaker line behind this channel; null when the channel feeds all of them. */
  readonly zone: number | null;
  /** The side of a stereo programme that it carries. */
  readonly side: "both" | "left" | "right";
}

export const MONO: OutputLayout = { programme: 1, outputs: [{ zone: null, side: "both" }] };

export const STEREO: OutputLayout = {
  programme: 2,
  outputs: [
    { zone: null, side: "left" },
    { zone: null, side: "right" },
  ],
};

/** Mono lines, one a channel of the card. */
export function linesOf(zones: readonly number[]): OutputLayout {
  return { programme: 1, outputs: zones.map((zone) => ({ zone, side: "both" })) };
}

/** Whether a sound for `zones` (null: all) goes to this output. What feeds all lines gets every sound. */
export function isFor(output: Output, zones: readonly number[] | null): boolean {
  return zones === null || output.zone === null || zones.includes(output.zone);
}

/** Whether two sounds can meet in one loudspeaker. */
export function canMeet(one: readonly number[] | null, other: readonly number[] | null): boolean {
  return one === null || other === null || one.some((zone) => other.includes(zone));
}
