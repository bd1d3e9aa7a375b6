import type { DeviceFailure } from "@loa/shared/device/capability.ts";
import { pointToleranceOf } from "@loa/shared/device/point-rules.ts";
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
import { type Chore, type Desk, isLoss } from "./desk.ts";
import type { Readings } from "./readings.ts";
import type { SafeStateChore } from "./safe-state-chore.ts";
import { pointOf, type Switchboard } from "./switchboard.ts";

/** Ordered steps for devices that obey only in one order, one after the other. */
export interface SequenceChore extends Chore {
  /** Unknown names are not asked for. */
  begin(name: SequenceName): void;
  isWanted(): boolean;
}

export function createSequenceChore(
  desk: Desk,
  readings: Readings,
  switchboard: Switchboard,
  safeState: SafeStateChore,
): SequenceChore {
  return new Sequences(desk, readings, switchboard, safeState);
}

class Sequences implements SequenceChore {
  readonly #desk: Desk;
  readonly #readings: Readings;
  readonly #switchboard: Switchboard;
  readonly #safeState: SafeStateChore;
  readonly #waiting: SequenceName[] = [];
  #run: SequenceRun | null = null;
  #notBefore: MonotonicMs;

  constructor(desk: Desk, readings: Readings, switchboard: Switchboard, safeState: SafeStateChore) {
    this.#desk = desk;
    this.#readings = readings;
    this.#switchboard = switchboard;
    this.#safeState = safeState;
    this.#notBefore = desk.clock.monotonic();
  }

  begin(name: SequenceName): void {
    if (this.#run?.sequence.name !== name && !this.#waiting.includes(name)) this.#waiting.push(name);
  }

  isWanted(): boolean {
    return this.#run !== null || this.#waiting.length > 0;
  }

  dueAt(): MonotonicMs | null {
    return this.isWanted() ? this.#notBefore : null;
  }

  async run(): Promise<DeviceFailure | null> {
    const run = this.#run ?? this.#next();
    if (run === null) return null;
    this.#run = run;
    const now = this.#now();
    const task = taskOf(run);
    switch (task.kind) {
      case "end":
        this.#end("done");
        return null;
      case "wait":
        if (now < task.until) this.#notBefore = task.until;
        else this.#step(run);
        return null;
      case "write": {
        const mayWriteAt = this.#switchboard.mayWriteAt(task.capability);
        if (now < mayWriteAt) {
          this.#notBefore = mayWriteAt;
          return null;
        }
        const { outcome } = await this.#switchboard.write(task.capability, task.value);
        if (outcome === "verified") this.#step(run);
        else return this.#fail(outcome === "not-verified" ? "not-as-expected" : outcome);
        return null;
      }
      case "look":
        return this.#look(run, task.capability);
    }
  }

  onIdentified(): void {}

  onLost(reason: DeviceFailure): void {
    if (this.#run !== null) this.#end(reason);
    for (const sequence of this.#waiting.splice(0))
      this.#desk.report({ kind: "ran", sequence, outcome: reason, step: 0 });
  }

  async #look(run: SequenceRun, capability: Parameters<typeof pointOf>[1]): Promise<DeviceFailure | null> {
    const read = await this.#desk.conversation.readPoint(capability, "write");
    if (!read.ok) return this.#fail(read.error);
    const now = this.#now();
    const changes = this.#readings.note([read.value], now);
    for (const change of changes) this.#desk.report({ kind: "alarm", ...change });
    const value = read.value.quality === "good" ? read.value.value : null;
    const point = pointOf(this.#desk.profile, capability);
    const judged = judgeLook(run, value, point === undefined ? 0 : pointToleranceOf(point), now);
    if (judged === "agrees") this.#step(run);
    else if (judged === "look-again") this.#notBefore = asMonotonic(now + EXPECT_AGAIN_MS);
    else return this.#fail(judged);
    return null;
  }

  /** Loss is told when the driver tells it to all. */
  #fail(outcome: Exclude<SequenceOutcome, "done">): DeviceFailure | null {
    if (isLoss(outcome)) return outcome;
    this.#end(outcome);
    return null;
  }

  #next(): SequenceRun | null {
    const name = this.#waiting.shift();
    const sequence = this.#desk.profile.sequences.find((one) => one.name === name);
    return sequence === undefined ? null : beginSequence(sequence, this.#now());
  }

  #step(run: SequenceRun): void {
    this.#run = nextStep(run, this.#now());
    this.#notBefore = this.#now();
  }

  #end(outcome: SequenceOutcome): void {
    const run = this.#run;
    this.#run = null;
    this.#notBefore = this.#now();
    if (run === null) return;
    const { sequence, step } = run;
    if (outcome !== "done") {
      this.#safeState.owe();
      this.#desk.log.warn("device.sequence-failed", {
        device: this.#desk.alias,
        sequence: sequence.name,
        step,
        outcome,
      });
    }
    this.#desk.report({ kind: "ran", sequence: sequence.name, outcome, step });
  }

  #now(): MonotonicMs {
    return this.#desk.clock.monotonic();
  }
}
