import { toBox } from "@loa/shared/wire/topics.ts";
import type { Status } from "@loa/shared/wire/uplink.ts";
import type { Effect } from "./effect.ts";
import type { AgentState } from "./state.ts";

export function say(state: AgentState, effects: Effect[], body: Status): void {
  effects.push(saying(state, body));
}

export function saying({ setup }: AgentState, body: Status): Effect {
  return { kind: "publish", message: toBox(setup.box, "status", JSON.stringify(body)) };
}
