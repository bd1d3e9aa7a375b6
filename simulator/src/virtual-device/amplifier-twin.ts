import type { DeviceReport, Devices } from "@loa/edge-agent/ports.ts";
import {
  type AlarmBook,
  alarmsOf,
  nextTurn,
  type PointAlarms,
  quietBook,
  stepAlarms,
} from "@loa/shared/device/alarm-book.ts";
import type { Capability, DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import { allowsWrite } from "@loa/shared/device/point-write.ts";
import {
  afterRound,
  allDueAt,
  dueClasses,
  nextRoundAt,
  type Pace,
  type PollSchedule,
  retryAfterMs,
} from "@loa/shared/device/poll-schedule.ts";
import { isReadable } from "@loa/shared/device/profile.ts";
import type { ModbusPoint, ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import type { PollClass } from "@loa/shared/device/profile-parts.ts";
import { decodePoint, toleranceOf } from "@loa/shared/device/registers.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import type { Clock, Random, Timers } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { Readings } from "./panel.ts";
import { shownWords } from "./register-file.ts";
import { NOISE_SHARE } from "./slave.ts";
import type { VirtualDevice } from "./virtual-device.ts";

export interface AmplifierTwinPorts {
  readonly device: VirtualDevice<ModbusProfile>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}
export type AmplifierTwin = Devices & { close(): void };

/** Request and answer of a write and of its read-back at 9600 baud. */
const WRITE_MS = 70;
const MAX_WAITING_WRITES = 32;
const classBits: Readonly<Record<PollClass, number>> = { fast: 1, normal: 2, slow: 4 };

/**
 * The amplifier port on a virtual device, without bytes and without promises: rounds, failures and their durations as
 * the driver has them. `tests/contract/amplifier.contract.ts` holds both to the same promises.
 */
export function createAmplifierTwin(ports: AmplifierTwinPorts): AmplifierTwin {
  return new Twin(ports);
}

interface WantedWrite {
  readonly point: ModbusPoint;
  readonly value: number;
}
/** What a round of some classes reads, and how that read the last time. */
interface Round {
  readonly points: readonly ModbusPoint[];
  readings: Readings | null;
  values: readonly PointValue[];
}
type Written = Pick<DeviceReport & { kind: "written" }, "readBack" | "outcome">;

class Twin implements AmplifierTwin {
  readonly #ports: AmplifierTwinPorts;
  readonly #listeners: ((report: DeviceReport) => void)[] = [];
  readonly #writes: WantedWrite[] = [];
  #pace: Pace = "idle";
  #schedule: PollSchedule;
  #failures = 0;
  #isIdentified = false;
  /** While it sounds, most points still show the same. */
  readonly #lastShown = new Map<ModbusPoint, { readonly value: number | null; readonly shown: PointValue }>();
  /** By the classes of a round: an idle device shows the same for hours, and has the same readings, by reference. */
  readonly #rounds: (Round | undefined)[] = [];
  #alarmBook: AlarmBook = quietBook;
  /** The readings that the alarms were last looked at with, and when one of them is to be looked at again. */
  #watched: readonly PointValue[] | null = null;
  #turnAt: MonotonicMs | null = null;
  readonly #alarms: PointAlarms;
  #isBusy = false;
  #hasEnded = false;
  #cancelWake: () => void;

  constructor(ports: AmplifierTwinPorts) {
    this.#ports = ports;
    this.#alarms = alarmsOf(ports.device.profile);
    this.#schedule = allDueAt(ports.clock.monotonic());
    this.#cancelWake = ports.timers.after(0, () => this.#work());
  }

  write(capability: Capability, value: number): void {
    if (this.#hasEnded) return;
    const point = this.#ports.device.profile.points.find((candidate) => candidate.capability === capability);
    if (point === undefined || !allowsWrite(point, value))
      this.#reportWritten(capability, value, { readBack: null, outcome: "not-supported" });
    else if (this.#writes.length >= MAX_WAITING_WRITES)
      this.#reportWritten(capability, value, { readBack: null, outcome: "timeout" });
    else {
      this.#writes.push({ point, value });
      this.#wakeIn(0);
    }
  }

  pace(pace: Pace): void {
    if (pace === this.#pace || this.#hasEnded) return;
    this.#pace = pace;
    if (pace !== "sounding" || !this.#isIdentified) return;
    this.#schedule = allDueAt(this.#now());
    this.#wakeIn(0);
  }

  /** Sequences and looks out of turn come with the driver of all transports. */
  run(): void {}

  lookNow(): void {
    this.#schedule = allDueAt(this.#now());
    this.#wakeIn(0);
  }

  onReport(listener: (report: DeviceReport) => void): void {
    this.#listeners.push(listener);
  }

  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#cancelWake();
    const { device } = this.#ports;
    if (this.#isIdentified && this.#failureOf() === null)
      for (const { capability, value } of device.profile.safeState) device.set(capability, value);
  }

  #wakeIn(delayMs: number): void {
    if (this.#isBusy) return;
    this.#cancelWake();
    this.#cancelWake = this.#ports.timers.after(delayMs, () => this.#work());
  }

  /** One action; what takes time sets `#isBusy` and comes back through `#later`. */
  #work(): void {
    const isDue = nextRoundAt(this.#schedule) <= this.#now();
    if (!this.#isIdentified && (isDue || this.#writes.length > 0)) this.#identify();
    else if (this.#writes.length > 0) this.#writeNext();
    else if (isDue) this.#round();
    if (this.#hasEnded || this.#isBusy) return;
    this.#wakeIn(this.#writes.length > 0 ? 0 : Math.max(0, nextRoundAt(this.#schedule) - this.#now()));
  }

  #later(delayMs: number, run: () => void): void {
    this.#isBusy = true;
    this.#cancelWake = this.#ports.timers.after(delayMs, () => {
      this.#isBusy = false;
      run();
      if (!this.#hasEnded && !this.#isBusy) this.#work();
    });
  }

  #identify(): void {
    const failure = this.#failureOf();
    if (failure !== null) {
      this.#later(this.#failureMs(), () => this.#lose(failure));
      return;
    }
    const { profile } = this.#ports.device;
    const faults = this.#ports.device.faults();
    if (faults.has("wrong-identity") || faults.has("other-firmware")) {
      this.#lose("wrong-identity");
      return;
    }
    this.#isIdentified = true;
    this.#failures = 0;
    this.#schedule = allDueAt(this.#now());
    const capabilities = profile.points.map((point) => point.capability);
    const sequences = profile.sequences.map(({ name }) => name);
    this.#report({
      kind: "identified",
      device: ONLY_DEVICE,
      at: this.#now(),
      profileId: profile.id,
      capabilities,
      sequences,
    });
  }

  #writeNext(): void {
    const wanted = this.#writes.shift();
    if (wanted === undefined) return;
    const { point, value } = wanted;
    const failure = this.#failureOf();
    if (failure !== null) {
      // Only the answer is late: the device has obeyed.
      if (this.#ports.device.faults().has("late-replies")) this.#ports.device.set(point.capability, value);
      this.#later(this.#failureMs(), () => {
        this.#reportWritten(point.capability, value, { readBack: null, outcome: failure });
        this.#lose(failure);
      });
      return;
    }
    this.#later(WRITE_MS, () => this.#obey(point, value));
  }

  #obey(point: ModbusPoint, value: number): void {
    const { device } = this.#ports;
    device.set(point.capability, value);
    const found = this.#shown(point, device.snapshot().values);
    const readBack = found.quality === "good" ? found.value : null;
    const isVerified = readBack !== null && Math.abs(readBack - value) <= toleranceOf(point);
    if (isVerified) this.#reportWritten(point.capability, value, { readBack, outcome: "verified" });
    else
      this.#later(point.write?.verifyWithinMs ?? 0, () =>
        this.#reportWritten(point.capability, value, { readBack, outcome: "not-verified" }),
      );
  }

  #round(): void {
    const startedAt = this.#now();
    const classes: readonly PollClass[] = dueClasses(this.#schedule, this.#pace, startedAt);
    this.#schedule = afterRound(this.#schedule, this.#pace, classes, startedAt);
    const failure = this.#failureOf();
    if (failure !== null) {
      this.#later(this.#failureMs(), () => this.#lose(failure));
      return;
    }
    const values = this.#valuesOf(this.#roundOf(classes), this.#ports.device.snapshot().values);
    this.#report({ kind: "values", device: ONLY_DEVICE, at: startedAt, values });
    this.#watch(values, startedAt);
  }

  /** Alarms with their debounce; what is turning is read again as soon as its debounce is over. */
  #watch(values: readonly PointValue[], at: MonotonicMs): void {
    // The same readings turn nothing that is not turning already.
    if (values === this.#watched && this.#turnAt === null) return;
    this.#watched = values;
    const { book, changes } = stepAlarms(this.#alarms, this.#alarmBook, values, at);
    for (const change of changes) this.#report({ kind: "alarm", device: ONLY_DEVICE, at, ...change });
    if (book === this.#alarmBook && this.#turnAt === null) return;
    this.#alarmBook = book;
    const turn = nextTurn(this.#alarms, book);
    this.#turnAt = turn === null ? null : asMonotonic(Math.max(turn.at, at + 1));
    if (this.#turnAt !== null && this.#turnAt < this.#schedule.fast)
      this.#schedule = { ...this.#schedule, fast: this.#turnAt };
  }

  #valuesOf(round: Round, readings: Readings): readonly PointValue[] {
    if (round.readings !== readings) {
      round.readings = readings;
      round.values = round.points.map((point) => this.#shown(point, readings));
    }
    return round.values;
  }

  #roundOf(classes: readonly PollClass[]): Round {
    const index = classes.reduce((sum, poll) => sum + classBits[poll], 0);
    const known = this.#rounds[index];
    if (known !== undefined) return known;
    const points = this.#ports.device.profile.points.filter(
      (point) => isReadable(point) && classes.includes(point.poll),
    );
    const round: Round = { points, readings: null, values: [] };
    this.#rounds[index] = round;
    return round;
  }

  /** Through the register and back, so that the twin has no finer numbers than the wire. */
  #shown(point: ModbusPoint, values: Readings): PointValue {
    const value = values[point.capability] ?? null;
    const last = this.#lastShown.get(point);
    if (last !== undefined && last.value === value) return last.shown;
    const shown = decodePoint(point, shownWords(point, value));
    this.#lastShown.set(point, { value, shown });
    return shown;
  }

  /** How the next request to this device ends, all its tries together. */
  #failureOf(): DeviceFailure | null {
    const { device, random } = this.#ports;
    const faults = device.faults();
    if (!device.hears() || faults.has("late-replies")) return "timeout";
    const isLost = () => random.next() < NOISE_SHARE ** (device.profile.timing.retries + 1);
    if (faults.has("crc-noise") && isLost()) return "bad-crc";
    return faults.has("half-frames") && isLost() ? "wrong-reply" : null;
  }

  #failureMs(): number {
    const { responseMs, quarantineMs, retries } = this.#ports.device.profile.timing;
    return (responseMs + quarantineMs) * (retries + 1);
  }

  #lose(reason: DeviceFailure): void {
    this.#isIdentified = false;
    this.#failures += 1;
    this.#schedule = allDueAt(asMonotonic(this.#now() + retryAfterMs(this.#failures, reason)));
    for (const { point, value } of this.#writes.splice(0))
      this.#reportWritten(point.capability, value, { readBack: null, outcome: reason });
    this.#report({ kind: "unreachable", device: ONLY_DEVICE, at: this.#now(), reason });
  }

  #reportWritten(capability: Capability, value: number, written: Written): void {
    this.#report({ kind: "written", device: ONLY_DEVICE, at: this.#now(), capability, value, ...written });
  }

  #report(report: DeviceReport): void {
    if (!this.#hasEnded) for (const listener of this.#listeners) listener(report);
  }

  #now(): MonotonicMs {
    return this.#ports.clock.monotonic();
  }
}
