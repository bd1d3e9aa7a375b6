import type { LocalOrder } from "@loa/shared/trust/order.ts";
import { localBody } from "@loa/shared/wire/bodies.ts";
import { put } from "./effect.ts";
import type { Raised } from "./emergency-inbox.ts";
import type { OpenedOrder } from "./event.ts";
import { ack, afterCommand, type InboxStep, log, refuse } from "./inbox-answer.ts";
import { isWithin } from "./local-emergencies.ts";
import type { LocalStanding } from "./memory.ts";
import type { AgentState } from "./state.ts";

/** All local emergencies of this box at once: what is not named any more is forgotten. */
export function receiveLocal(state: AgentState, { contents, orders, accept }: Raised): InboxStep {
  const { memory, setup } = state;
  if (!localBody.safeParse(contents.body).success) return refuse(state, contents, "bad-body", accept);
  if (!("box" in contents.audience)) return refuse(state, contents, "wrong-audience", accept);
  const { issuer, sequence } = contents;
  if (issuer === memory.local.issuer && sequence < memory.local.sequence)
    return refuse(state, contents, "stale-revision", accept);
  const standing = orders.flatMap((one) => standingFrom(state, one));
  const ids = new Set(standing.map(({ order }) => order.id));
  if (standing.length < orders.length || ids.size < standing.length)
    return refuse(state, contents, "bad-body", accept);
  if (standing.some(({ order }) => order.box !== setup.box))
    return refuse(state, contents, "wrong-audience", accept);
  const local = { issuer, sequence, all: standing };
  const seen = afterCommand(memory, contents);
  return {
    state: { ...state, memory: { ...seen.memory, local } },
    effects: [
      { kind: "commit", onFailure: "revert", changes: [put("meta", "local", local), ...seen.changes] },
      accept,
      ack(state, contents, null),
      log("info", "local-emergencies.taken", { count: standing.length }),
    ],
  };
}

/** A contact that is closed when the order comes starts nothing: only its next edge does. */
function standingFrom({ memory, amplifier }: AgentState, opened: OpenedOrder): readonly LocalStanding[] {
  if (!opened.ok || opened.value.order.kind !== "local-emergency") return [];
  const order: LocalOrder = opened.value.order;
  const signers = opened.value.signers.map(({ id, publicKey }) => ({ id, publicKey }));
  const known = memory.local.all.find((one) => one.order.id === order.id);
  const value = amplifier.actual[order.trigger.capability]?.value ?? null;
  const isArmed = value !== null && !isWithin(order.trigger, value);
  return [{ order, signers, starts: known?.starts ?? 0, isArmed }];
}
