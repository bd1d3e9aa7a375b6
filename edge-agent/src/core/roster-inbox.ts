import type { Roster } from "@loa/shared/trust/roster.ts";
import { earliestNow, timeAt } from "./box-time.ts";
import { type Effect, put, type RecordChange } from "./effect.ts";
import type { AgentEvent } from "./event.ts";
import { type InboxStep, log } from "./inbox-answer.ts";
import type { Moment } from "./moment.ts";
import type { AgentState } from "./state.ts";
import { comeAnew } from "./uplink.ts";

/**
 * A newer roster goes to the disk, and is in force with this step. A disk that cannot be written to keeps no key in
 * force that was taken away.
 */
export function receiveRoster(
  state: AgentState,
  { token, taken, refused }: Extract<AgentEvent, { kind: "roster" }>,
  moment: Moment,
): InboxStep {
  const accept: readonly Effect[] = token === null ? [] : [{ kind: "accept", token }];
  const said = refused === null ? [] : [log("warn", "roster.refused", { reason: refused })];
  const rosterRefused = refused !== null;
  const health =
    state.health.rosterRefused === rosterRefused ? state.health : { ...state.health, rosterRefused };
  const known = state.memory.roster?.contents.version ?? 0;
  if (taken === null || taken.contents.version <= known)
    return { state: { ...state, health }, effects: [...said, ...accept] };
  const { version, keys } = taken.contents;
  const told = withoutTimeOfLostKeys({ ...state, health }, taken.contents, moment);
  return {
    state: { ...told.state, memory: { ...told.state.memory, roster: taken } },
    effects: [
      { kind: "commit", onFailure: "keep", changes: [put("meta", "roster", taken.signed), ...told.changes] },
      ...said,
      ...accept,
      log("info", "roster.taken", { version, before: known, keys: keys.length }),
      ...told.effects,
    ],
  };
}

/**
 * Whoever has stolen the key that tells the time can put the box's clock ahead, and what is told after that would be
 * believed no more, and no emergency said, until that day. With the key its word goes: it is not earlier than when the
 * holders of the root have made the roster without it, and its successor is asked.
 */
function withoutTimeOfLostKeys(
  state: AgentState,
  next: Roster,
  moment: Moment,
): { state: AgentState; effects: readonly Effect[]; changes: readonly RecordChange[] } {
  const { time, memory, link } = state;
  const before = memory.roster?.contents.keys.filter(({ passkey }) => passkey === null) ?? [];
  const areAllNamed = before.every(({ publicKey }) => next.keys.some((one) => one.publicKey === publicKey));
  const { mono } = moment;
  const earliest = earliestNow(time, mono);
  const isAhead = earliest > next.issuedAt || (time.signed !== null && timeAt(time, mono) > next.issuedAt);
  if (areAllNamed || !isAhead) return { state, effects: [], changes: [] };
  const floor = earliest < next.issuedAt ? earliest : next.issuedAt;
  const free = { ...state, time: { ...time, floor, floorMono: mono, signed: null, isDisputed: false } };
  // Whoever follows a time server has not been told by that key, and need not ask.
  const isToAsk = link.phase === "up" && time.trust !== "synced";
  const anew = isToAsk ? comeAnew(free, moment) : { state: free, effects: [] };
  return { ...anew, changes: [put("meta", "floor", floor)] };
}
