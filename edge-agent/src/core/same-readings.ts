import type { DeviceEvent } from "./event.ts";
import { type Moment, toWall } from "./moment.ts";
import { looksRepeated } from "./readings.ts";
import type { AgentState } from "./state.ts";

/**
 * What an idle device says most of the time is what it said before: that makes what is known of it younger, and nobody
 * beside it has to be asked. Null: something of it is new, or somebody waits for it.
 */
export function afterSameReadings(
  state: AgentState,
  event: Extract<DeviceEvent, { kind: "device-values" }>,
  moment: Moment,
): AgentState | null {
  const { amplifier, devices } = state;
  const device = devices.known.get(event.device);
  if (device === undefined || device.trouble !== null || !isIdle(state)) return null;
  const looks = looksRepeated(amplifier.looks, event, toWall(moment, event.at));
  return looks === null ? null : { ...state, amplifier: { ...amplifier, looks } };
}

/** Nothing sounds or has just sounded, and nobody has asked the devices for anything. */
function isIdle({ amplifier, playout, selfTest, readiness, sequences }: AgentState): boolean {
  return (
    amplifier.pace === "idle" &&
    amplifier.silentSince === null &&
    playout.sounding.length === 0 &&
    playout.observedAt === null &&
    selfTest.run === null &&
    readiness.look === null &&
    sequences.running === null
  );
}
