import type { ReportBody } from "@loa/edge-agent/devices/desk.ts";
import type { DeviceReport, Devices } from "@loa/edge-agent/ports.ts";
import type { Capability, DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import { offValueOf } from "@loa/shared/device/lease.ts";
import { allowsValue } from "@loa/shared/device/point-rules.ts";
import {
  afterRound,
  allDueAt,
  dueClasses,
  nextRoundAt,
  type Pace,
  type PollSchedule,
  retryAfterMs,
  WATCH_PERIOD_MS,
} from "@loa/shared/device/poll-schedule.ts";
import { isReadable } from "@loa/shared/device/profile.ts";
import type { ModbusPoint, ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import type { SequenceName } from "@loa/shared/device/profile-sequence.ts";
import { toleranceOf } from "@loa/shared/device/registers.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import {
  afterSent,
  nextWrite,
  nextWriteAt,
  nothingWanted,
  type WantedWrite,
  type WritePace,
  wantWrite,
} from "@loa/shared/device/write-pace.ts";
import type { Clock, Random, Timers } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import { failureMs, failureOf, triesOf } from "./twin-failures.ts";
import { createTwinReadings, type TwinReadings } from "./twin-readings.ts";
import { createTwinSequences, type TwinSequences, type TwinWritten } from "./twin-sequences.ts";
import type { VirtualDevice } from "./virtual-device.ts";

export interface AmplifierTwinPorts {
  readonly device: VirtualDevice<ModbusProfile>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}
export type AmplifierTwin = Devices & { close(): void };

/** Request and answer of a write and of its read-back at 9600 baud, and of a read. */
const WRITE_MS = 70;
const READ_MS = 35;
/** Whoever writes to a device that is lost has it tried at once, but not more often than this. */
const TRY_EVERY_MS = 1_000;
/** A point that does not go off at the end of its lease is tried again after this. */
const OFF_AGAIN_MS = 5_000;

/**
 * The amplifier port on a virtual device, without bytes and without promises: rounds, failures and their durations as
 * the driver has them. `tests/contract/amplifier.contract.ts` holds both to the same promises.
 */
export function createAmplifierTwin(ports: AmplifierTwinPorts): AmplifierTwin {
  return new Twin(ports);
}

class Twin implements AmplifierTwin {
  readonly #ports: AmplifierTwinPorts;
  readonly #profile: ModbusProfile;
  readonly #readings: TwinReadings;
  readonly #sequences: TwinSequences;
  readonly #listeners: ((report: DeviceReport) => void)[] = [];
  #writes: WritePace = nothingWanted;
  #pace: Pace = "idle";
  #schedule: PollSchedule;
  #failures = 0;
  #lastReason: DeviceFailure = "timeout";
  #triedAt: MonotonicMs | null = null;
  #retryAt: MonotonicMs;
  #isIdentified = false;
  #lookedAt: MonotonicMs;
  /** When the driver, which looks every two seconds, would see what has changed; null: nothing has. */
  #watchAt: MonotonicMs | null = null;
  #isBusy = false;
  #hasEnded = false;
  #cancelWake: () => void;
  readonly #wake = (): void => this.#work();

  constructor(ports: AmplifierTwinPorts) {
    this.#ports = ports;
    this.#profile = ports.device.profile;
    this.#readings = createTwinReadings(ports.device);
    this.#sequences = createTwinSequences(this.#profile, {
      now: () => this.#now(),
      write: (capability, value, then) => this.#switch(capability, value, then),
      look: (capability, then) => this.#look(capability, then),
      ran: (sequence, outcome, step) => this.#report({ kind: "ran", sequence, outcome, step }),
    });
    const now = this.#now();
    this.#schedule = allDueAt(now);
    this.#retryAt = now;
    this.#lookedAt = now;
    ports.device.watchedBy(() => this.#watchSoon());
    this.#cancelWake = ports.timers.after(0, this.#wake);
  }

  write(capability: Capability, value: number): void {
    if (this.#hasEnded) return;
    const point = this.#pointOf(capability);
    const isAllowed = point !== undefined && allowsValue(point, value);
    const next = isAllowed ? wantWrite(this.#writes, { capability, value }, this.#intervalOf) : null;
    if (next === null || next === "full") {
      const outcome = next === null ? "not-supported" : "timeout";
      this.#report({ kind: "written", capability, value, readBack: null, outcome });
      return;
    }
    this.#writes = next;
    this.#wakeIn(0);
  }

  run(sequence: SequenceName): void {
    if (this.#hasEnded) return;
    this.#sequences.begin(sequence);
    this.#wakeIn(0);
  }

  pace(pace: Pace): void {
    if (pace === this.#pace || this.#hasEnded) return;
    this.#pace = pace;
    if (pace !== "sounding") return;
    if (!this.#isIdentified) this.#failures = 0;
    this.lookNow();
  }

  lookNow(): void {
    if (this.#hasEnded) return;
    this.#schedule = allDueAt(this.#now());
    this.#retryAt = this.#now();
    this.#wakeIn(0);
  }

  onReport(listener: (report: DeviceReport) => void): void {
    this.#listeners.push(listener);
  }

  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#cancelWake();
    if (this.#isIdentified && this.#failure() === null)
      for (const { capability, value } of this.#profile.safeState) this.#ports.device.set(capability, value);
  }

  #wakeIn(delayMs: number): void {
    if (this.#isBusy) return;
    this.#cancelWake();
    this.#cancelWake = this.#ports.timers.after(delayMs, this.#wake);
  }

  /** One action; what takes time sets `#isBusy` and comes back through `#later`. */
  #work(): void {
    if (this.#isBusy || this.#hasEnded) return;
    const now = this.#now();
    if (this.#isIdentified) this.#act(now);
    else this.#tryAgain();
    if (this.#hasEnded || this.#isBusy) return;
    this.#wakeIn(Math.max(0, this.#nextAt() - now));
  }

  #later(delayMs: number, run: () => void): void {
    this.#isBusy = true;
    this.#cancelWake();
    this.#cancelWake = this.#ports.timers.after(delayMs, () => {
      this.#isBusy = false;
      run();
      this.#work();
    });
  }

  /** In the order in which things go first. */
  #act(now: MonotonicMs): void {
    const wanted = nextWrite(this.#writes, this.#intervalOf, now);
    if (wanted !== null) this.#writeNext(wanted);
    else if (isDue(this.#readings.leaseEnd()?.endsAt, now)) this.#endLease();
    else if (isDue(this.#sequences.dueAt(), now)) this.#sequences.run();
    else if (isDue(nextRoundAt(this.#schedule), now)) this.#round(now);
    else if (isDue(this.#readings.turn()?.at, now)) this.#lookAtTurn();
    else if (isDue(this.#watchAt, now)) this.#watch();
  }

  #nextAt(): number {
    if (!this.#isIdentified) return this.#retryAt;
    const read = earlier(nextRoundAt(this.#schedule), this.#readings.turn()?.at);
    const switched = earlier(read, nextWriteAt(this.#writes, this.#intervalOf));
    const run = earlier(switched, this.#sequences.dueAt());
    return earlier(earlier(run, this.#readings.leaseEnd()?.endsAt), this.#watchAt);
  }

  #tryAgain(): void {
    const now = this.#now();
    const isWanted = this.#writes.waiting.length > 0 || this.#sequences.isWanted();
    const mayTry = this.#triedAt === null || now - this.#triedAt >= TRY_EVERY_MS;
    if (now < this.#retryAt && !(isWanted && mayTry)) {
      // Whoever waits hears at once that nobody is there.
      this.#refuse(this.#lastReason);
      return;
    }
    this.#triedAt = now;
    const failure = this.#failure();
    const isSilent = this.#failures > 0 && this.#lastReason === "timeout";
    const faults = this.#ports.device.faults();
    if (failure !== null && isSilent) this.#later(failureMs(this.#profile, 1), () => this.#lose(failure));
    else if (failure !== null) this.#giveUp(failure);
    else if (faults.has("wrong-identity") || faults.has("other-firmware")) this.#lose("wrong-identity");
    else this.#begin();
  }

  #begin(): void {
    const { id, points, sequences } = this.#profile;
    this.#isIdentified = true;
    this.#failures = 0;
    this.#schedule = allDueAt(this.#now());
    this.#report({
      kind: "identified",
      profileId: id,
      capabilities: points.map(({ capability }) => capability),
      sequences: sequences.map(({ name }) => name),
    });
  }

  #writeNext(wanted: WantedWrite): void {
    const { capability, value } = wanted;
    this.#writes = afterSent(this.#writes, wanted, this.#intervalOf, this.#now());
    this.#switch(capability, value, (written) =>
      this.#report({ kind: "written", capability, value, ...written }),
    );
  }

  /** Writes and reads back, for whoever wants it. A loss is told after `then`. */
  #switch(capability: Capability, value: number, then: (written: TwinWritten) => void): void {
    const { device } = this.#ports;
    const failure = this.#failure();
    if (failure !== null) {
      // Only the answer is late: the device has obeyed.
      if (device.faults().has("late-replies")) device.set(capability, value);
      this.#giveUp(failure, () => then({ readBack: null, outcome: failure }));
      return;
    }
    this.#later(WRITE_MS, () => this.#obey(capability, value, then));
  }

  #obey(capability: Capability, value: number, then: (written: TwinWritten) => void): void {
    this.#ports.device.set(capability, value);
    const point = this.#pointOf(capability);
    if (point === undefined || !isReadable(point)) {
      then({ readBack: null, outcome: "verified" });
      return;
    }
    const found = this.#readings.look(capability);
    const readBack = found?.quality === "good" ? found.value : null;
    const isVerified = readBack !== null && Math.abs(readBack - value) <= toleranceOf(point);
    const finish = () => {
      then({ readBack, outcome: isVerified ? "verified" : "not-verified" });
      if (found === null) return;
      this.#readings.told([found]);
      this.#note([found]);
    };
    if (isVerified) finish();
    else this.#later(point.write?.verifyWithinMs ?? 0, finish);
  }

  #endLease(): void {
    const end = this.#readings.leaseEnd();
    if (end === null) return;
    const { capability } = end;
    this.#switch(capability, offValueOf(this.#profile, capability), ({ readBack, outcome }) => {
      if (outcome !== "verified") {
        this.#readings.leaseNotBefore(asMonotonic(this.#now() + OFF_AGAIN_MS));
        return;
      }
      this.#report({ kind: "lease-ended", capability });
      if (readBack !== null) this.#tell([{ capability, quality: "good", value: readBack }]);
    });
  }

  #look(capability: Capability, then: (found: PointValue | null) => void): void {
    if (this.#isLost()) return;
    this.#later(READ_MS, () => {
      const found = this.#readings.look(capability);
      if (found !== null) this.#note([found]);
      then(found);
    });
  }

  #round(startedAt: MonotonicMs): void {
    const classes = dueClasses(this.#schedule, this.#pace, startedAt);
    this.#schedule = afterRound(this.#schedule, this.#pace, classes, startedAt);
    if (this.#isLost()) return;
    this.#lookedAt = startedAt;
    this.#watchAt = null;
    const values = this.#readings.round(classes);
    this.#tell(values);
    this.#note(values);
  }

  /** What is turning is read again as soon as its debounce is over. */
  #lookAtTurn(): void {
    const turn = this.#readings.turn();
    if (turn === null || this.#isLost()) return;
    const found = this.#readings.look(turn.capability);
    const isBlind = found === null || found.quality === "invalid";
    this.#readings.turnNotBefore(asMonotonic(this.#now() + (isBlind ? WATCH_PERIOD_MS : 1)));
    if (found !== null) this.#tellNews([found]);
  }

  #watch(): void {
    this.#watchAt = null;
    if (this.#isLost()) return;
    this.#lookedAt = this.#now();
    this.#tellNews(this.#readings.watched());
  }

  /** The driver looks every two seconds; here the device says when there is something to see, at that same moment. */
  #watchSoon(): void {
    if (this.#hasEnded || !this.#isIdentified || this.#pace !== "idle" || this.#watchAt !== null) return;
    const periods = Math.ceil((this.#now() - this.#lookedAt) / WATCH_PERIOD_MS);
    this.#watchAt = asMonotonic(this.#lookedAt + periods * WATCH_PERIOD_MS);
    if (this.#watchAt < nextRoundAt(this.#schedule)) this.#wakeIn(Math.max(0, this.#nextAt() - this.#now()));
  }

  #isLost(): boolean {
    const failure = this.#failure();
    if (failure !== null) this.#giveUp(failure);
    return failure !== null;
  }

  #tellNews(values: readonly PointValue[]): void {
    const news = this.#readings.untold(values);
    if (news.length > 0) this.#tell(news);
    this.#note(values);
  }

  #tell(values: readonly PointValue[]): void {
    this.#readings.told(values);
    this.#report({ kind: "values", values });
  }

  #note(values: readonly PointValue[]): void {
    for (const change of this.#readings.note(values, this.#now())) this.#report({ kind: "alarm", ...change });
  }

  #failure(): DeviceFailure | null {
    return failureOf(this.#ports.device, this.#ports.random);
  }

  /** Gives up after all tries, then tells. */
  #giveUp(failure: DeviceFailure, before: () => void = () => {}): void {
    this.#later(failureMs(this.#profile, triesOf(this.#profile)), () => {
      before();
      this.#lose(failure);
    });
  }

  #lose(reason: DeviceFailure): void {
    this.#isIdentified = false;
    this.#failures += 1;
    this.#lastReason = reason;
    this.#watchAt = null;
    this.#retryAt = asMonotonic(this.#now() + retryAfterMs(this.#failures, reason));
    this.#refuse(reason);
    this.#report({ kind: "unreachable", reason });
  }

  #refuse(reason: DeviceFailure): void {
    const refused = this.#writes.waiting;
    this.#writes = { ...this.#writes, waiting: [] };
    for (const { capability, value } of refused)
      this.#report({ kind: "written", capability, value, readBack: null, outcome: reason });
    this.#sequences.lose(reason);
  }

  #pointOf(capability: Capability): ModbusPoint | undefined {
    return this.#profile.points.find((point) => point.capability === capability);
  }

  readonly #intervalOf = (capability: Capability): number =>
    this.#pointOf(capability)?.write?.minIntervalMs ?? 0;

  #report(body: ReportBody): void {
    if (this.#hasEnded) return;
    const report: DeviceReport = { ...body, device: ONLY_DEVICE, at: this.#now() };
    for (const listener of this.#listeners) listener(report);
  }

  #now(): MonotonicMs {
    return this.#ports.clock.monotonic();
  }
}

function isDue(at: MonotonicMs | null | undefined, now: MonotonicMs): boolean {
  return at != null && at <= now;
}

function earlier(a: number, b: MonotonicMs | null | undefined): number {
  return b != null && b < a ? b : a;
}
