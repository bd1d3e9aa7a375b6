import { type Effect, put } from "./effect.ts";
import type { Memory } from "./memory.ts";
import type { Moment } from "./moment.ts";

/** So many crashes in one boot while a plan is on probation, and the plan is taken as the reason. */
const CRASHES_TO_BLAME = 3;

/** After a start: a crash counts against a plan on probation; a power cut does not. */
export function afterStart(memory: Memory, bootId: string): { memory: Memory; effects: readonly Effect[] } {
  const { probation, lastGood } = memory;
  if (probation === null || probation.bootId !== bootId) return { memory, effects: [] };
  const crashes = probation.crashes + 1;
  if (crashes < CRASHES_TO_BLAME || lastGood === null) {
    const counted = { ...probation, crashes };
    return {
      memory: { ...memory, probation: counted },
      effects: [{ kind: "commit", onFailure: "keep", changes: [put("plan", "probation", counted)] }],
    };
  }
  const changes = [
    put("plan", "current", lastGood),
    put("plan", "probation", null),
    put("plan", "bad-revision", probation.revision),
  ];
  return {
    memory: { ...memory, plan: lastGood, probation: null, badRevision: probation.revision },
    effects: [
      { kind: "commit", onFailure: "keep", changes },
      {
        kind: "log",
        level: "warn",
        event: "plan.rolled-back",
        fields: { from: probation.revision, to: lastGood.revision },
      },
    ],
  };
}

/** Two quiet minutes: the plan is good. */
export function afterProbation(
  memory: Memory,
  { now }: Moment,
): { memory: Memory; effects: readonly Effect[] } {
  const { probation } = memory;
  if (probation === null || now < probation.until) return { memory, effects: [] };
  return {
    memory: { ...memory, probation: null, lastGood: null },
    effects: [
      {
        kind: "commit",
        onFailure: "keep",
        changes: [put("plan", "probation", null), put("plan", "last-good", null)],
      },
    ],
  };
}
