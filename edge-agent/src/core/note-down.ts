import type { Memory, Noted } from "./memory.ts";
import type { AgentState } from "./state.ts";

export function withNotes(state: AgentState, notes: readonly Noted[]): AgentState {
  if (notes.length === 0) return state;
  const { memory } = state;
  return { ...state, memory: { ...memory, progress: memory.progress.with(notes) } };
}

export function withMemory(state: AgentState, changed: Partial<Memory>): AgentState {
  return { ...state, memory: { ...state.memory, ...changed } };
}
