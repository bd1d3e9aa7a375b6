import { isSaidWhole, type OnAir } from "@loa/shared/broadcast/on-air.ts";
import type { FaultKind } from "@loa/shared/device/fault.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { occurrenceIn } from "./air.ts";
import { sourceOf } from "./air-source.ts";
import { valueNow, type Wish } from "./amplifier.ts";
import type { Effect } from "./effect.ts";
import { SHORT_POINTS } from "./further-lines.ts";
import { heardItems, isHeard } from "./heard.ts";
import { volumeIn } from "./safety.ts";
import type { AgentState } from "./state.ts";
import { amplifierGainDb, programmeRestDb, wantedGainDb } from "./volume.ts";

/** Long enough that nobody jumps, ms. */
const VOLUME_RAMP_MS = 2_000;

/** What the amplifier is asked for while `air` is on, or nothing is. */
export function wishOf(state: AgentState, air: OnAir | null, isOn: boolean, now: Instant): Wish {
  const { plan } = state.memory;
  const isRaised = air?.holder != null && isSaidWhole(air.holder.occurrence);
  const gainFor = isRaised ? "emergency" : "programme";
  const wantedDb = wantedGainDb(volumeIn(state.memory), gainFor, now);
  return {
    isOn,
    zones: plan?.zones ?? (isRaised ? null : []),
    // An emergency is heard on every line that there is: no number in a plan keeps it from a loudspeaker.
    isOnFurther: isRaised,
    isShorted: isRaised && isShorted(state, now),
    gainDb: amplifierGainDb(wantedDb, state.setup.amplifier.gain),
    gainFor,
    isHeard: state.playout.sounding.some(isHeard),
    inputs: openInputs(state),
    isWaking: state.sequences.running?.name === "wake",
  };
}

/** Alarms of other points that say the same. */
const SHORT_FAULTS: ReadonlySet<FaultKind> = new Set(["line-short", "amplifier-short"]);

function isShorted({ amplifier, devices }: AgentState, now: Instant): boolean {
  return (
    SHORT_POINTS.some((point) => valueNow(amplifier, point, now) === 1) ||
    devices.alarms.some(({ fault }) => SHORT_FAULTS.has(fault))
  );
}

/** Inputs of the box that are heard now because a relay asks for them. */
function openInputs(state: AgentState): Wish["inputs"] {
  return heardItems(state.playout).flatMap((one): ("line" | "fm")[] => {
    const item = one.isLive ? occurrenceIn(state, one.occurrenceId)?.items[one.itemIndex] : undefined;
    const source = item === undefined ? null : sourceOf(item, state.memory.plan);
    return source?.kind === "relay" && source.relay.kind === "input" ? [source.relay.input] : [];
  });
}

/** What the amplifier cannot do of the wanted volume is done by the mixer. */
export function mixVolume(
  state: AgentState,
  now: Instant,
): { state: AgentState; effects: readonly Effect[] } {
  const gainDb = programmeRestDb(state, now);
  if (gainDb === null || gainDb === state.playout.volumeDb) return { state, effects: [] };
  const rampMs = state.playout.sounding.some(isHeard) ? VOLUME_RAMP_MS : 0;
  return {
    state: { ...state, playout: { ...state.playout, volumeDb: gainDb } },
    effects: [{ kind: "set-volume", gainDb, rampMs }],
  };
}
