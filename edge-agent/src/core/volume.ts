import { isQuiet, nextQuietEdge } from "@loa/shared/broadcast/air-rules.ts";
import type { Volume } from "@loa/shared/broadcast/plan.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { volumeIn } from "./safety.ts";
import type { AmplifierSetup } from "./setup.ts";
import type { AgentState, AmplifierState } from "./state.ts";

/** Without a plan only what is quiet is asked for; an emergency is heard all the same. */
const NO_PLAN: Volume = { gainDb: -40, byHour: [], capDb: -40, emergencyDb: 0 };

/** The gain of the hour, of the quietest span that holds, and never above the cap; an emergency has its own. */
export function wantedGainDb(volume: Volume | null, use: AmplifierState["gainFor"], now: Instant): number {
  const { gainDb, byHour, capDb, emergencyDb } = volume ?? NO_PLAN;
  if (use === "emergency") return emergencyDb;
  const spans = byHour.filter((one) => isQuiet([one.span], now)).map((one) => one.gainDb);
  return Math.min(capDb, spans.length === 0 ? gainDb : Math.min(...spans));
}

/** When the profile of the hours next changes. */
export function nextVolumeEdge(volume: Volume | null, now: Instant): Instant | null {
  return volume === null
    ? null
    : nextQuietEdge(
        volume.byHour.map((one) => one.span),
        now,
      );
}

/** What the amplifier can give of it. One plan is made for many amplifiers: each gives what it can. */
export function amplifierGainDb(wantedDb: number, gain: AmplifierSetup["gain"]): number {
  return gain === null ? wantedDb : Math.min(gain.maxDb, Math.max(gain.minDb, wantedDb));
}

/** What the mixer has to take away, dB (0 or less): all of it where the amplifier has no gain, and what it cannot go down to. */
function restDb(wantedDb: number, { setup, amplifier }: Pick<AgentState, "setup" | "amplifier">): number {
  const hasGain = amplifier.capabilities?.includes("amplifier.gain") === true;
  const givenDb = hasGain ? amplifierGainDb(wantedDb, setup.amplifier.gain) : 0;
  return Math.min(0, wantedDb - givenDb);
}

/** For everything below an emergency. Null while the amplifier is not known yet. */
export function programmeRestDb(state: AgentState, now: Instant): number | null {
  const volume = volumeIn(state.memory);
  if (state.amplifier.capabilities === null || volume === null) return null;
  return restDb(wantedGainDb(volume, "programme", now), state);
}

export function emergencyRestDb(state: AgentState): number {
  const volume = volumeIn(state.memory);
  return state.amplifier.capabilities === null || volume === null ? 0 : restDb(volume.emergencyDb, state);
}
