import type { AlarmChange } from "@loa/shared/device/alarm-book.ts";
import type { Capability, DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import {
  afterRound,
  allDueAt,
  dueClasses,
  nextRoundAt,
  type Pace,
  type PollSchedule,
  WATCH_PERIOD_MS,
} from "@loa/shared/device/poll-schedule.ts";
import { watchedOf } from "@loa/shared/device/watch.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { ReadGroup } from "./conversation.ts";
import type { Chore, Desk } from "./desk.ts";
import type { Readings } from "./readings.ts";

/** Reads everything in its rounds, what is a fault between them, and a turning alarm when its debounce is over. */
export interface PollChore extends Chore {
  pace(pace: Pace): void;
  /** Everything soon, whatever the rounds say. */
  lookNow(): void;
  /** Tells what a round has read so far: an older value never follows the read-back of a write. */
  flush(): void;
  /** What the device said unasked. */
  heard(values: readonly PointValue[]): void;
}

export function createPollChore(desk: Desk, readings: Readings): PollChore {
  return new Polls(desk, readings);
}

class Polls implements PollChore {
  readonly #desk: Desk;
  readonly #readings: Readings;
  readonly #watched: readonly ReadGroup[];
  #pace: Pace = "idle";
  #schedule: PollSchedule;
  #watchAt: MonotonicMs;
  /** A turning alarm whose point has no value now is not asked for again before this. */
  #turnNotBefore: MonotonicMs;
  /** Groups that the round, or the watch, has still to read. */
  #left: ReadGroup[] = [];
  #isRound = false;
  #begunAt: MonotonicMs;
  #values: PointValue[] = [];
  #alarms: AlarmChange[] = [];

  constructor(desk: Desk, readings: Readings) {
    this.#desk = desk;
    this.#readings = readings;
    const watched = watchedOf(desk.profile);
    this.#watched = desk.conversation.blocks.filter(({ capabilities }) =>
      capabilities.some((capability) => watched.has(capability)),
    );
    this.#schedule = allDueAt(desk.clock.monotonic());
    this.#watchAt = desk.clock.monotonic();
    this.#begunAt = desk.clock.monotonic();
    this.#turnNotBefore = desk.clock.monotonic();
  }

  pace(pace: Pace): void {
    if (pace === this.#pace) return;
    this.#pace = pace;
    // A living device is looked at as soon as it sounds.
    if (pace === "sounding") this.lookNow();
  }

  lookNow(): void {
    this.#schedule = allDueAt(this.#now());
  }

  dueAt(): MonotonicMs {
    // Not this moment: a real clock has gone on since the driver looked at it, and nothing would ever be due.
    if (this.#left.length > 0) return this.#begunAt;
    const times = [nextRoundAt(this.#schedule), this.#nextWatchAt(), this.#nextTurn()?.at ?? null];
    return asMonotonic(Math.min(...times.map((at) => at ?? Number.POSITIVE_INFINITY)));
  }

  async run(): Promise<DeviceFailure | null> {
    if (this.#left.length === 0) {
      const turn = this.#nextTurn();
      if (turn !== null && turn.at <= this.#now() && nextRoundAt(this.#schedule) > this.#now())
        return this.#lookAt(turn.capability);
      this.#begin();
    }
    const group = this.#left.shift();
    if (group === undefined) return null;
    const read = await this.#desk.conversation.read(group, "poll");
    if (!read.ok) {
      this.flush();
      return read.error;
    }
    this.#note(read.value);
    if (this.#left.length === 0) this.flush();
    return null;
  }

  flush(): void {
    const values = this.#isRound ? this.#values : this.#readings.untold(this.#values);
    this.#values = [];
    this.#tell(values);
  }

  heard(values: readonly PointValue[]): void {
    this.flush();
    this.#alarms.push(...this.#readings.note(values, this.#now()));
    this.#tell(this.#readings.untold(values));
  }

  onIdentified(): void {
    this.#schedule = allDueAt(this.#now());
    this.#left = [];
  }

  onLost(): void {
    this.#left = [];
    this.#values = [];
    this.#alarms = [];
  }

  /** A round of what is due, else a look at what is watched. */
  #begin(): void {
    const now = this.#now();
    this.#begunAt = now;
    this.#isRound = nextRoundAt(this.#schedule) <= now;
    this.#watchAt = asMonotonic(now + WATCH_PERIOD_MS);
    if (!this.#isRound) {
      this.#left = [...this.#watched];
      return;
    }
    const classes = dueClasses(this.#schedule, this.#pace, now);
    this.#schedule = afterRound(this.#schedule, this.#pace, classes, now);
    this.#left = this.#desk.conversation.blocks.filter(({ poll }) => classes.includes(poll));
  }

  async #lookAt(capability: Capability): Promise<DeviceFailure | null> {
    const read = await this.#desk.conversation.readPoint(capability, "poll");
    if (!read.ok) return read.error;
    if (read.value.quality === "invalid") this.#turnNotBefore = asMonotonic(this.#now() + WATCH_PERIOD_MS);
    this.#alarms.push(...this.#readings.note([read.value], this.#now()));
    this.#tell(this.#readings.untold([read.value]));
    return null;
  }

  #note(values: readonly PointValue[]): void {
    this.#values.push(...values);
    this.#alarms.push(...this.#readings.note(values, this.#now()));
  }

  /** First the values, then the alarms that they have turned. */
  #tell(values: readonly PointValue[]): void {
    this.#readings.tell(values);
    if (values.length > 0) this.#desk.report({ kind: "values", values });
    for (const change of this.#alarms.splice(0)) this.#desk.report({ kind: "alarm", ...change });
  }

  #nextTurn(): { readonly capability: Capability; readonly at: MonotonicMs } | null {
    const turn = this.#readings.nextTurn();
    return turn === null ? null : { ...turn, at: asMonotonic(Math.max(turn.at, this.#turnNotBefore)) };
  }

  /** While it sounds, the rounds themselves are quicker. */
  #nextWatchAt(): MonotonicMs | null {
    return this.#pace === "idle" && this.#watched.length > 0 ? this.#watchAt : null;
  }

  #now(): MonotonicMs {
    return this.#desk.clock.monotonic();
  }
}
