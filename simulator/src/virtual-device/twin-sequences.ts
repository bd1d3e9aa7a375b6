import { isLoss } from "@loa/edge-agent/devices/desk.ts";
import type { DeviceReport } from "@loa/edge-agent/ports.ts";
import type { Capability, DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import { pointToleranceOf } from "@loa/shared/device/point-rules.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import type { SequenceName } from "@loa/shared/device/profile-sequence.ts";
import {
  beginSequence,
  EXPECT_AGAIN_MS,
  judgeLook,
  nextStep,
  type SequenceOutcome,
  type SequenceRun,
  taskOf,
} from "@loa/shared/device/sequence-run.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";

export type TwinWritten = Pick<DeviceReport & { kind: "written" }, "readBack" | "outcome">;

/** What the steps of a sequence ask of the twin; each answers later, and losses are told by the twin itself. */
export interface TwinHands {
  now(): MonotonicMs;
  write(capability: Capability, value: number, then: (written: TwinWritten) => void): void;
  look(capability: Capability, then: (found: PointValue | null) => void): void;
  ran(sequence: SequenceName, outcome: SequenceOutcome, step: number): void;
}

/** One sequence after the other; the steps and their judgement are the driver's own. */
export interface TwinSequences {
  begin(name: SequenceName): void;
  isWanted(): boolean;
  /** Null: none waits. */
  dueAt(): MonotonicMs | null;
  /** One step. */
  run(): void;
  lose(reason: DeviceFailure): void;
}

export function createTwinSequences(profile: ModbusProfile, hands: TwinHands): TwinSequences {
  const waiting: SequenceName[] = [];
  let running: SequenceRun | null = null;
  let notBefore: MonotonicMs = hands.now();

  const next = (): SequenceRun | null => {
    const name = waiting.shift();
    const sequence = profile.sequences.find((one) => one.name === name);
    return sequence === undefined ? null : beginSequence(sequence, hands.now());
  };
  const step = (run: SequenceRun) => {
    running = nextStep(run, hands.now());
    notBefore = hands.now();
  };
  const end = (outcome: SequenceOutcome) => {
    const ended = running;
    running = null;
    notBefore = hands.now();
    if (ended !== null) hands.ran(ended.sequence.name, outcome, ended.step);
  };
  /** What stands half done is worse than what is off. */
  const fail = (outcome: SequenceOutcome, index = 0) => {
    const safe = profile.safeState[index];
    if (safe === undefined) end(outcome);
    else
      hands.write(safe.capability, safe.value, (written) => {
        if (isLoss(written.outcome)) end(outcome);
        else fail(outcome, index + 1);
      });
  };
  const judge = (run: SequenceRun, capability: Capability, found: PointValue | null) => {
    const value = found?.quality === "good" ? found.value : null;
    const point = profile.points.find((one) => one.capability === capability);
    const tolerance = point === undefined ? 0 : pointToleranceOf(point);
    const judged = judgeLook(run, value, tolerance, hands.now());
    if (judged === "agrees") step(run);
    else if (judged === "look-again") notBefore = asMonotonic(hands.now() + EXPECT_AGAIN_MS);
    else fail(judged);
  };

  return {
    begin(name) {
      const isKnown = profile.sequences.some((one) => one.name === name);
      if (isKnown && running?.sequence.name !== name && !waiting.includes(name)) waiting.push(name);
    },
    isWanted: () => running !== null || waiting.length > 0,
    dueAt() {
      return running !== null || waiting.length > 0 ? notBefore : null;
    },
    run() {
      const run = running ?? next();
      if (run === null) return;
      running = run;
      const task = taskOf(run);
      switch (task.kind) {
        case "end":
          return end("done");
        case "wait":
          if (hands.now() < task.until) notBefore = task.until;
          else step(run);
          return;
        case "write":
          return hands.write(task.capability, task.value, ({ outcome }) => {
            if (outcome === "verified") step(run);
            else if (!isLoss(outcome)) fail(outcome === "not-verified" ? "not-as-expected" : outcome);
          });
        case "look":
          return hands.look(task.capability, (found) => judge(run, task.capability, found));
      }
    },
    lose(reason) {
      if (running !== null) end(reason);
      for (const sequence of waiting.splice(0)) hands.ran(sequence, reason, 0);
    },
  };
}
