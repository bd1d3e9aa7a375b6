import type { Capability } from "@loa/shared/device/capability.ts";
import type { DeviceAlias } from "@loa/shared/device/site-binding.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { RosterRoot } from "@loa/shared/trust/roster.ts";

/** What does not change while the agent runs. */
export interface Setup {
  readonly box: BoxId;
  readonly version: string;
  /** Differs after every boot of the machine, not after a crash of the agent. */
  readonly bootId: string;
  /** Differs from one board to the next; undefined where the board does not tell. */
  readonly machine?: string;
  /** Of all devices that are the amplifier together: the longest times. */
  readonly amplifier: AmplifierSetup;
  /** All devices of the cabinet, in the order of its binding. */
  readonly devices: readonly DeviceSetup[];
  /** A smaller move of this point is not worth a sample; a point that is not named tells every move. */
  readonly deadbands: Readonly<Partial<Record<Capability, number>>>;
  /** What becomes of an emergency while nobody has told the box the time; without a word it is accepted. */
  readonly withoutClock?: "accept" | "refuse";
  /** Of the box's image: the first roster must be of this root. */
  readonly rosterRoot?: RosterRoot;
}

export interface DeviceSetup {
  readonly alias: DeviceAlias;
  readonly profile: string;
  /** Its silence is the loudspeaker's; see `wiring.ts`. */
  readonly isAmplifier: boolean;
}

export interface AmplifierSetup {
  readonly profile: string;
  /** From power on to full sound. */
  readonly warmUpMs: number;
  /** How long it stays on after the last sound. */
  readonly holdMs: number;
  /** What its gain can be set to; null when it cannot be set, or nobody wrote down how far. */
  readonly gain: { readonly minDb: number; readonly maxDb: number } | null;
}
