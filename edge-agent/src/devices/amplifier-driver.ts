import type { Capability, DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import { allowsWrite } from "@loa/shared/device/point-write.ts";
import { planReads, type ReadBlock, readRequest, wordsOf } from "@loa/shared/device/poll-plan.ts";
import {
  afterRound,
  allDueAt,
  dueClasses,
  nextRoundAt,
  type Pace,
  type PollSchedule,
  retryAfterMs,
} from "@loa/shared/device/poll-schedule.ts";
import type { ModbusPoint, ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { decodePoint } from "@loa/shared/device/registers.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { DeviceReport, Devices } from "../ports.ts";
import type { BusMaster } from "./bus-master.ts";
import { identify } from "./identify.ts";
import { requestFor, type WriteOutcome, writeAndVerify } from "./write-point.ts";

export interface AmplifierDriverPorts {
  readonly profile: ModbusProfile;
  readonly master: BusMaster;
  readonly unit: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}
export type ClosableAmplifier = Devices & {
  /** Writes the profile's safe state if the amplifier answers, then stops asking. */
  close(): Promise<void>;
};

/** The core writes a few points before and after each sound; more waiting means nobody obeys: refused as `timeout`. */
const MAX_WAITING_WRITES = 32;

export function createAmplifierDriver(ports: AmplifierDriverPorts): ClosableAmplifier {
  return new AmplifierDriver(ports);
}

interface WantedWrite {
  readonly point: ModbusPoint;
  readonly value: number;
}

/** One unit: identify, then writes before polls, one request at a time; what fails is asked who it is again. */
class AmplifierDriver implements ClosableAmplifier {
  readonly #ports: AmplifierDriverPorts;
  readonly #blocks: readonly ReadBlock[];
  readonly #listeners: ((report: DeviceReport) => void)[] = [];
  readonly #writes: WantedWrite[] = [];
  #pace: Pace = "idle";
  #schedule: PollSchedule;
  #failures = 0;
  #isIdentified = false;
  #isBusy = false;
  #hasEnded = false;
  #cancelWake: () => void;

  constructor(ports: AmplifierDriverPorts) {
    this.#ports = ports;
    this.#blocks = planReads(ports.profile.points, ports.profile.timing);
    this.#schedule = allDueAt(ports.clock.monotonic());
    this.#cancelWake = ports.timers.after(0, () => void this.#work());
  }

  write(capability: Capability, value: number): void {
    if (this.#hasEnded) return;
    const point = this.#ports.profile.points.find((candidate) => candidate.capability === capability);
    const isAllowed = point !== undefined && allowsWrite(point, value);
    if (!isAllowed) this.#reportWritten(capability, value, { readBack: null, outcome: "not-supported" });
    else if (this.#writes.length >= MAX_WAITING_WRITES)
      this.#reportWritten(capability, value, { readBack: null, outcome: "timeout" });
    else {
      this.#writes.push({ point, value });
      void this.#work();
    }
  }

  pace(pace: Pace): void {
    if (pace === this.#pace || this.#hasEnded) return;
    this.#pace = pace;
    // A dead amplifier keeps its pause; a living one is looked at as soon as it sounds.
    if (pace === "sounding" && this.#isIdentified) this.#schedule = allDueAt(this.#ports.clock.monotonic());
    void this.#work();
  }

  /** Sequences and looks out of turn come with the driver of all transports. */
  run(): void {}

  lookNow(): void {
    this.#schedule = allDueAt(this.#now());
    void this.#work();
  }

  onReport(listener: (report: DeviceReport) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#cancelWake();
    if (!this.#isIdentified) return;
    const { profile, master, unit } = this.#ports;
    const timing = { ...profile.timing, retries: 0 };
    for (const { capability, value } of profile.safeState) {
      const point = profile.points.find((candidate) => candidate.capability === capability);
      const request = point === undefined ? null : await requestFor({ profile, master, unit }, point, value);
      if (request?.ok)
        await master.ask({ unit, timing, quirks: profile.quirks, request: request.value, urgency: "write" });
    }
  }

  async #work(): Promise<void> {
    if (this.#isBusy || this.#hasEnded) return;
    this.#isBusy = true;
    this.#cancelWake();
    while (!this.#hasEnded && (this.#writes.length > 0 || this.#isRoundDue())) {
      if (!this.#isIdentified) await this.#identify();
      else if (this.#writes.length > 0) await this.#writeNext();
      else await this.#round();
    }
    this.#isBusy = false;
    if (this.#hasEnded) return;
    const waitMs = Math.max(0, nextRoundAt(this.#schedule) - this.#now());
    this.#cancelWake = this.#ports.timers.after(waitMs, () => void this.#work());
  }

  async #identify(): Promise<void> {
    const { profile } = this.#ports;
    const agreed = await identify(this.#ports);
    if (this.#hasEnded) return;
    if (!agreed.ok) return this.#lose(agreed.error);
    this.#isIdentified = true;
    this.#failures = 0;
    this.#schedule = allDueAt(this.#now());
    this.#ports.log.info("amplifier.identified", { profile: profile.id, unit: this.#ports.unit });
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

  async #writeNext(): Promise<void> {
    const wanted = this.#writes.shift();
    if (wanted === undefined) return;
    const written = await writeAndVerify(this.#ports, wanted.point, wanted.value);
    this.#reportWritten(wanted.point.capability, wanted.value, written);
    const { outcome } = written;
    if (outcome !== "verified" && outcome !== "not-verified" && outcome !== "exception") this.#lose(outcome);
  }

  async #round(): Promise<void> {
    const startedAt = this.#now();
    const classes = dueClasses(this.#schedule, this.#pace, startedAt);
    this.#schedule = afterRound(this.#schedule, this.#pace, classes, startedAt);
    let values: PointValue[] = [];
    const tell = () => {
      if (values.length > 0) this.#report({ kind: "values", device: ONLY_DEVICE, at: this.#now(), values });
      values = [];
    };
    for (const block of this.#blocks.filter((candidate) => classes.includes(candidate.poll))) {
      const read = await this.#readBlock(block);
      if (this.#hasEnded) return;
      if (read.ok) values.push(...read.value);
      // Told before a write, so that an older value never follows its read-back.
      if (!read.ok || this.#writes.length > 0) tell();
      if (!read.ok) return this.#lose(read.error);
      while (this.#writes.length > 0) await this.#writeNext();
      if (!this.#isIdentified) return;
    }
    tell();
  }

  async #readBlock(block: ReadBlock): Promise<Result<readonly PointValue[], DeviceFailure>> {
    const { master, unit, profile } = this.#ports;
    const request = readRequest(block);
    const answer = await master.ask({
      unit,
      timing: profile.timing,
      quirks: profile.quirks,
      request,
      urgency: "poll",
    });
    if (answer.ok)
      return ok(block.points.map((point) => decodePoint(point, wordsOf(point, block, answer.value))));
    if (answer.error !== "exception") return fail(answer.error);
    // The device is there and says that it has no such value now.
    return ok(block.points.map(({ capability }) => ({ capability, quality: "invalid" })));
  }

  /** Silence ends everything that waits; after it another device may hang on the line, so it must identify again. */
  #lose(reason: DeviceFailure): void {
    if (this.#hasEnded) return;
    this.#isIdentified = false;
    this.#failures += 1;
    const retryMs = retryAfterMs(this.#failures, reason);
    this.#schedule = allDueAt(asMonotonic(this.#now() + retryMs));
    this.#ports.log.warn("amplifier.lost", { reason, unit: this.#ports.unit, retryMs });
    for (const { point, value } of this.#writes.splice(0))
      this.#reportWritten(point.capability, value, { readBack: null, outcome: reason });
    this.#report({ kind: "unreachable", device: ONLY_DEVICE, at: this.#now(), reason });
  }

  #reportWritten(capability: Capability, value: number, written: WriteOutcome): void {
    if (written.outcome !== "verified")
      this.#ports.log.warn("amplifier.not-written", { capability, value, outcome: written.outcome });
    this.#report({ kind: "written", device: ONLY_DEVICE, at: this.#now(), capability, value, ...written });
  }

  #report(report: DeviceReport): void {
    if (!this.#hasEnded) for (const listener of this.#listeners) listener(report);
  }

  #isRoundDue(): boolean {
    return nextRoundAt(this.#schedule) <= this.#now();
  }

  #now(): MonotonicMs {
    return this.#ports.clock.monotonic();
  }
}
