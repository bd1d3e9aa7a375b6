import type { Instant } from "@loa/shared/kernel/time.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { Effect } from "./effect.ts";
import { saidOnAir } from "./said-on-air.ts";
import { saying } from "./say.ts";
import type { AgentState } from "./state.ts";
import type { ToldBeat } from "./told.ts";

/** QoS 0 may be lost: what changed is said by so many heartbeats in a row. */
const SAID_TIMES = 3;

/**
 * A heartbeat says that the box lives; what else it can say is left out while it is as it was.
 *
 * An idle month of 30 days, in bytes of MQTT: 144,000 heartbeats of 2 + 2 + 34 (topic) + 17 are 7.9 MB, and would be
 * 13.1 MB at their full 53; a PINGREQ and its answer every 20 s 0.5 MB. What is left of the 15 MB is for the values
 * and lists that are said anew every quarter of an hour: 2,880 times 1 to 2 kB.
 */
export function heartbeatOf(state: AgentState, now: Instant): { effect: Effect; told: ToldBeat } {
  const { memory, health } = state;
  const revision = memory.plan?.revision ?? 0;
  const faults = health.faults.size;
  const onAir = saidOnAir(state, now) === null ? 0 : 1;
  const before = state.link.told.beat;
  const isSame = before?.revision === revision && before.faults === faults && before.onAir === onAir;
  const isSaid = isSame && before.times >= SAID_TIMES;
  const n = memory.session;
  if (onAir === 0 && isSaid) {
    // Most of all messages: made once, and said as it is for as long as nothing else is to be said.
    const effect = before.idle ?? saying(state, { k: "h", n });
    return { effect, told: before.idle === null ? { ...before, idle: effect } : before };
  }
  const told: ToldBeat = isSaid
    ? before
    : { revision, faults, onAir, times: isSame ? before.times + 1 : 1, idle: null };
  const at = Math.floor(now / SECOND_MS);
  return { effect: saying(state, { k: "h", n, at, r: revision, f: faults, o: onAir }), told };
}
