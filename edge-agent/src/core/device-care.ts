import type { OnAir } from "@loa/shared/broadcast/on-air.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { driveAmplifier } from "./amplifier.ts";
import { wishOf } from "./amplifier-wish.ts";
import { afterDevice } from "./devices.ts";
import type { Effect } from "./effect.ts";
import type { DeviceEvent } from "./event.ts";
import { withReading } from "./line-trend.ts";
import { type Moment, sooner } from "./moment.ts";
import { afterAnswer, runReadiness } from "./readiness.ts";
import { runSelfTest } from "./self-test.ts";
import { afterSelfTest } from "./self-test-steps.ts";
import { afterSequence, runSequences } from "./sequences.ts";
import type { AgentState } from "./state.ts";
import type { WarmUp } from "./warm-up.ts";

/** A report is an answer to whoever asked: the sequences of a sound, the test of the night, the look before air. */
export function afterReport(state: AgentState, event: DeviceEvent, moment: Moment): AgentState {
  const sequenced = afterSequence(state, event, moment);
  const known = afterDevice(sequenced, event, moment);
  const tested = afterSelfTest(known, event, moment);
  const looked = afterAnswer(tested, event, moment);
  return event.kind === "device-values" ? withLineReading(looked) : looked;
}

/** What the line draws under a programme is the trend's, as long as it is no failure. */
function withLineReading(state: AgentState): AgentState {
  const { amplifier, playout, selfTest } = state;
  if (playout.sounding.length === 0 || amplifier.silentSince !== null) return state;
  const tally = withReading(selfTest.tally, amplifier);
  return tally === selfTest.tally ? state : { ...state, selfTest: { ...selfTest, tally } };
}

/** Looks before air, the sequences around a sound, the test of the night, and what is written to the amplifier. */
export function careForDevices(
  before: AgentState,
  air: OnAir | null,
  warm: WarmUp,
  moment: Moment,
): { state: AgentState; effects: readonly Effect[]; lookAgainAt: Instant | null } {
  const ready = runReadiness(before, moment);
  const ordered = runSequences(ready.state, warm, moment);
  const tested = runSelfTest(ordered.state, air, warm.isWanted, moment);
  const { state } = tested;
  const effects = [...ready.effects, ...ordered.effects, ...tested.effects];
  const lookAgainAt = sooner(sooner(ready.lookAgainAt, ordered.lookAgainAt), tested.lookAgainAt);
  // While the test has the amplifier nobody else writes to it.
  if (state.selfTest.run !== null) return { state, effects, lookAgainAt };
  const wish = wishOf(state, air, warm.isWanted, moment.now);
  const driven = driveAmplifier(state.amplifier, wish, moment);
  return {
    state: driven.state === state.amplifier ? state : { ...state, amplifier: driven.state },
    effects: [...effects, ...driven.effects],
    lookAgainAt: sooner(lookAgainAt, driven.lookAgainAt),
  };
}
