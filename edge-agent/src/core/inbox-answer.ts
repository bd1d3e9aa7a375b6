import type { AckBody } from "@loa/shared/wire/bodies.ts";
import { afterSeeing, type Envelope, type Refusal } from "@loa/shared/wire/envelope.ts";
import { type Effect, put, type RecordChange } from "./effect.ts";
import { MAX_COMMANDS, type Memory } from "./memory.ts";
import type { AgentState } from "./state.ts";

export interface InboxStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
}

export function refuse(state: AgentState, contents: Envelope, reason: Refusal, accept: Effect): InboxStep {
  const health =
    contents.kind === "plan" && reason === "bad-body" ? { ...state.health, planRefused: true } : state.health;
  return {
    state: { ...state, health },
    effects: [
      log("warn", "command.refused", { id: contents.id, kind: contents.kind, reason }),
      accept,
      ack(state, contents, reason),
    ],
  };
}

export function afterCommand(
  memory: Memory,
  contents: Envelope,
): { memory: Memory; changes: readonly RecordChange[] } {
  const sequences = afterSeeing(memory.sequences, contents.sequence);
  const commands = [...memory.commands, contents.id].slice(-MAX_COMMANDS);
  return {
    memory: { ...memory, sequences, commands },
    changes: [put("sequence", "window", sequences), put("command", "seen", commands)],
  };
}

export function ack(state: AgentState, contents: Envelope, reason: Refusal | null): Effect {
  const body: AckBody = {
    command: contents.id,
    state: reason === null ? "accepted" : "refused",
    reason,
    highest: highestSeen(state.memory),
  };
  return { kind: "publish-ack", body };
}

export function highestSeen(memory: Memory): number {
  return Math.max(memory.sequences.floor, ...memory.sequences.seen);
}

export function log(level: "info" | "warn", event: string, fields: Record<string, string | number>): Effect {
  return { kind: "log", level, event, fields };
}
