import { DAY_MS, type Instant, MINUTE_MS, plus, toLocal } from "@loa/shared/kernel/time.ts";
import type { Traffic } from "@loa/shared/wire/traffic.ts";
import { isConfirmed } from "./box-time.ts";
import { put, type RecordChange } from "./effect.ts";
import type { Moment } from "./moment.ts";
import { type MonthUse, NO_USE } from "./month-use.ts";
import type { AgentState } from "./state.ts";

/** An SD card lives longer with fewer writes; a power cut forgets this much at most. */
const SAVE_PACE_MS = 10 * MINUTE_MS;
/** Relays that ended long ago are not heard of again. */
const MAX_RELAYS = 16;

/** The ports' totals, taken into the account of the month that is now. */
export function afterTraffic(
  state: AgentState,
  { bus, content }: { readonly bus: Traffic; readonly content: Traffic },
  moment: Moment,
): { state: AgentState; changes: readonly RecordChange[] } {
  const { counted } = state;
  const account = accountOf(state, moment.now);
  const use: MonthUse = {
    month: account.month,
    up: account.up + grown(bus.up, counted.bus.up) + grown(content.up, counted.content.up),
    down: account.down + grown(bus.down, counted.bus.down) + grown(content.down, counted.content.down),
    sound: account.sound + grown(content.down, counted.content.down),
    around:
      account.around + grown(bus.around, counted.bus.around) + grown(content.around, counted.content.around),
  };
  const next = { ...state, memory: { ...state.memory, use }, counted: { ...counted, bus, content } };
  const { savedAt } = counted;
  const isDue = savedAt === null || moment.mono - savedAt >= SAVE_PACE_MS;
  if (!isDue) return { state: next, changes: [] };
  return {
    state: { ...next, counted: { ...next.counted, saved: use, savedAt: moment.mono } },
    changes: changesOf(next),
  };
}

/** What a relay has cost since it began. */
export function afterRelayUse(state: AgentState, soundId: string, receivedBytes: number): AgentState {
  const { counted, memory } = state;
  const more = grown(receivedBytes, counted.relays.get(soundId) ?? 0);
  if (more === 0) return state;
  const relays = new Map([...counted.relays].slice(-MAX_RELAYS)).set(soundId, receivedBytes);
  const use = { ...memory.use, down: memory.use.down + more, sound: memory.use.sound + more };
  return { ...state, memory: { ...memory, use }, counted: { ...counted, relays } };
}

/** What is not on the disk yet; empty when all is. */
export function changesOf({ memory, counted }: AgentState): readonly RecordChange[] {
  return memory.use === counted.saved ? [] : [put("meta", "data-use", memory.use)];
}

/**
 * A new month begins with nothing. Only a clock that somebody else has told ends a month; one that was corrected by
 * less than a day at midnight does not begin the old one anew.
 */
function accountOf({ memory, time }: AgentState, now: Instant): MonthUse {
  const { use } = memory;
  if (!isConfirmed(time.trust)) return use;
  const month = monthOf(now);
  if (use.month === null) return { ...use, month };
  const isOver = month > use.month || monthOf(plus(now, DAY_MS)) < use.month;
  return isOver ? { ...NO_USE, month } : use;
}

function monthOf(at: Instant): string {
  return toLocal(at).date.slice(0, 7);
}

/** A port that was opened anew counts from nothing again. */
function grown(total: number, before: number): number {
  return total >= before ? total - before : total;
}
