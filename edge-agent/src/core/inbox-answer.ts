import type { AckBody } from "@loa/shared/wire/bodies.ts";
import {
  afterSeeing,
  EMPTY_WINDOW,
  type Envelope,
  type Refusal,
  type SequenceWindow,
} from "@loa/shared/wire/envelope.ts";
import { type Effect, put, type RecordChange } from "./effect.ts";
import { MAX_COMMANDS, type Memory } from "./memory.ts";
import type { AgentState } from "./state.ts";

/** More keys than a province has in its roster over many years; then the one that was silent longest is forgotten. */
const MAX_ISSUERS = 64;
/** The one record of boxes that did not tell issuers apart. */
const BEFORE_ISSUERS = "window";

export interface InboxStep {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
}

/** Somebody has to do something about these, or the box goes on with an old plan. */
const planFaults: ReadonlySet<Refusal> = new Set<Refusal>([
  "bad-body",
  "unsafe",
  "not-allowed",
  "critical-field",
]);

export function refuse(state: AgentState, contents: Envelope, reason: Refusal, accept: Effect): InboxStep {
  const isBadPlan = contents.kind === "plan" && planFaults.has(reason);
  const health = isBadPlan ? { ...state.health, planRefused: true } : state.health;
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
  const { issuer } = contents;
  const window = afterSeeing(windowOf(memory, issuer), contents.sequence);
  // The issuer that was heard last stands last.
  const sequences = new Map(memory.sequences);
  sequences.delete(issuer);
  sequences.set(issuer, window);
  const [oldest] = sequences.size > MAX_ISSUERS ? sequences.keys() : [];
  if (oldest !== undefined) sequences.delete(oldest);
  const commands = [...memory.commands, contents.id].slice(-MAX_COMMANDS);
  return {
    memory: { ...memory, sequences, commands },
    changes: [
      ...(oldest === undefined ? [] : [{ op: "delete", table: "sequence", key: oldest } as const]),
      put("sequence", issuer, window),
      put("command", "seen", commands),
    ],
  };
}

export function ack(state: AgentState, contents: Envelope, reason: Refusal | null): Effect {
  const body: AckBody = {
    command: contents.id,
    state: reason === null ? "accepted" : "refused",
    reason,
    highest: highestSeen(state.memory, contents.issuer),
  };
  return { kind: "publish-ack", body };
}

/** What was seen of this issuer. */
export function windowOf({ sequences }: Pick<Memory, "sequences">, issuer: string): SequenceWindow {
  return sequences.get(issuer) ?? sequences.get(BEFORE_ISSUERS) ?? EMPTY_WINDOW;
}

export function highestSeen(memory: Pick<Memory, "sequences">, issuer: string): number {
  const { floor, seen } = windowOf(memory, issuer);
  return Math.max(floor, ...seen);
}

export function log(level: "info" | "warn", event: string, fields: Record<string, string | number>): Effect {
  return { kind: "log", level, event, fields };
}
