import type { MonotonicMs } from "../kernel/time.ts";
import type { PointAlarm } from "./profile-parts.ts";

/** Whether an alarm stands, and since when its point says otherwise. Pure; the same in the driver and in its twin. */
export interface AlarmState {
  readonly isRaised: boolean;
  /** Since when the value asks for the other state; null while it agrees. */
  readonly turningSince: MonotonicMs | null;
}

export const quietAlarm: AlarmState = { isRaised: false, turningSince: null };

/**
 * One more reading. A fault is raised when its condition held for `raiseAfterMs`, and cleared when it was gone, by
 * more than the hysteresis, for `clearAfterMs`. An invalid reading (null) says nothing: what stood, stands.
 */
export function stepAlarm(
  alarm: PointAlarm,
  state: AlarmState,
  value: number | null,
  now: MonotonicMs,
): AlarmState {
  if (value === null) return state;
  const wantsTurn = state.isRaised ? isOver(alarm, value) : holds(alarm, value);
  if (!wantsTurn) return state.turningSince === null ? state : { ...state, turningSince: null };
  const turningSince = state.turningSince ?? now;
  const waitMs = state.isRaised ? alarm.clearAfterMs : alarm.raiseAfterMs;
  if (now - turningSince < waitMs) return { ...state, turningSince };
  return { isRaised: !state.isRaised, turningSince: null };
}

function holds({ when }: PointAlarm, value: number): boolean {
  if ("equals" in when) return value === when.equals;
  return "above" in when ? value > when.above : value < when.below;
}

function isOver({ when, hysteresis }: PointAlarm, value: number): boolean {
  if ("equals" in when) return value !== when.equals;
  return "above" in when ? value <= when.above - hysteresis : value >= when.below + hysteresis;
}
