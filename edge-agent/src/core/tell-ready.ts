import type { Cause } from "@loa/shared/broadcast/receipt.ts";
import { nextOccurrence } from "./air.ts";
import type { Effect } from "./effect.ts";
import type { Moment } from "./moment.ts";
import { readinessOf } from "./readiness.ts";
import { say } from "./say.ts";
import type { AgentState, Told } from "./state.ts";

/** So many fit into one message; the first of them are the first to be mended. */
const MAX_LACKS = 8;

/** What stands in the way of the next occurrence whenever it changes, and what each look before air has found. */
export function sayReady(state: AgentState, told: Told, { now }: Moment, effects: Effect[]): Told {
  const n = state.memory.session;
  const { found } = state.readiness;
  if (found !== told.found)
    for (const { id, dueAt, stage, lacks } of found)
      if (dueAt > now) say(state, effects, { k: "ready", n, at: now, id, dueAt, stage, lacks: cut(lacks) });
  const next = nextOccurrence(state, now);
  const lacks = cut(readinessOf(state, next, now));
  const what = { id: next?.id ?? null, dueAt: next?.at ?? null, lacks };
  const ready = JSON.stringify(what);
  if (ready === told.ready) return found === told.found ? told : { ...told, found };
  say(state, effects, { k: "ready", n, at: now, stage: "next", ...what });
  return { ...told, ready, found };
}

function cut(lacks: readonly Cause[]): Cause[] {
  return lacks.slice(0, MAX_LACKS);
}
