import { toBox } from "@loa/shared/wire/topics.ts";
import type { Status } from "@loa/shared/wire/uplink.ts";
import type { Effect } from "./effect.ts";
import type { AgentState } from "./state.ts";

export function say(state: AgentState, effects: Effect[], body: Status): void {
  effects.push({ kind: "publish", message: toBox(state.setup.box, "status", JSON.stringify(body)) });
}
