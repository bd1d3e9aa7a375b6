import type { Capability, DeviceFailure } from "@loa/shared/device/capability.ts";
import { retryAfterMs } from "@loa/shared/device/poll-schedule.ts";
import type { Profile } from "@loa/shared/device/profile.ts";
import type { SequenceName } from "@loa/shared/device/profile-sequence.ts";
import type { DeviceAlias } from "@loa/shared/device/site-binding.ts";
import type { Clock, Log, Timers } from "@loa/shared/kernel/ambient.ts";
import { asMonotonic, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { DeviceReport, Devices } from "../ports.ts";
import { type AgentLossChore, createAgentLossChore } from "./agent-loss-chore.ts";
import type { Conversation } from "./conversation.ts";
import type { Chore, Desk, ReportBody } from "./desk.ts";
import { createLeaseChore } from "./lease-chore.ts";
import { createPollChore, type PollChore } from "./poll-chore.ts";
import { createReadings } from "./readings.ts";
import { createSafeStateChore } from "./safe-state-chore.ts";
import { createSequenceChore, type SequenceChore } from "./sequence-chore.ts";
import { createSwitchboard } from "./switchboard.ts";
import { createWriteChore, type WriteChore } from "./write-chore.ts";

export interface DeviceDriverPorts {
  readonly alias: DeviceAlias;
  /** As it is wired here (`boundProfile`). */
  readonly profile: Profile;
  /** Closed by the driver. */
  readonly conversation: Conversation;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}
export type ClosableDevice = Devices & {
  /** Writes the profile's safe state if the device answers, then stops asking. */
  close(): Promise<void>;
};

/** Whoever writes to a device that is lost has it tried at once, but not more often than this. */
const TRY_EVERY_MS = 1_000;

/**
 * One device, whatever language it speaks: identified before anything is written, writes before polls, one request at a
 * time. What fails is asked again who it is, because another device may hang there now.
 */
export function createDeviceDriver(ports: DeviceDriverPorts): ClosableDevice {
  return new DeviceDriver(ports);
}

class DeviceDriver implements ClosableDevice {
  readonly #ports: DeviceDriverPorts;
  readonly #listeners: ((report: DeviceReport) => void)[] = [];
  readonly #writes: WriteChore;
  readonly #sequences: SequenceChore;
  readonly #loss: AgentLossChore;
  readonly #polls: PollChore;
  /** In the order in which they go first. */
  readonly #chores: readonly Chore[];
  #isIdentified = false;
  #isBusy = false;
  #hasEnded = false;
  #failures = 0;
  #lastReason: DeviceFailure = "timeout";
  #triedAt: MonotonicMs | null = null;
  /** Whom to tell that something is to be written, while a poll is under way. */
  #onWanted: () => void = () => undefined;
  #retryAt: MonotonicMs;
  #cancelWake: () => void;

  constructor(ports: DeviceDriverPorts) {
    this.#ports = ports;
    const desk: Desk = { ...ports, report: (body) => this.#report(body) };
    const readings = createReadings(ports.profile);
    const switchboard = createSwitchboard(desk, readings);
    this.#writes = createWriteChore(desk, switchboard);
    const safeState = createSafeStateChore(desk, switchboard);
    this.#sequences = createSequenceChore(desk, readings, switchboard, safeState);
    this.#loss = createAgentLossChore(desk, readings, switchboard);
    this.#polls = createPollChore(desk, readings);
    const leases = createLeaseChore(desk, readings, switchboard);
    this.#chores = [safeState, this.#writes, leases, this.#sequences, this.#loss, this.#polls];
    this.#retryAt = ports.clock.monotonic();
    ports.conversation.onNews((values) => {
      if (this.#hasEnded || !this.#isIdentified) return;
      this.#polls.heard(values);
      this.#kick();
    });
    this.#cancelWake = ports.timers.after(0, () => void this.#work());
  }

  write(capability: Capability, value: number): void {
    if (this.#hasEnded || !this.#writes.want(capability, value)) return;
    this.#onWanted();
    this.#kick();
  }

  run(sequence: SequenceName): void {
    if (this.#hasEnded || !this.#ports.profile.sequences.some(({ name }) => name === sequence)) return;
    this.#sequences.begin(sequence);
    this.#kick();
  }

  lookNow(): void {
    this.#polls.lookNow();
    this.#retryAt = this.#now();
    this.#kick();
  }

  pace(pace: "idle" | "sounding"): void {
    this.#polls.pace(pace);
    if (pace === "sounding" && !this.#isIdentified) {
      this.#failures = 0;
      this.#retryAt = this.#now();
    }
    this.#kick();
  }

  onReport(listener: (report: DeviceReport) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#cancelWake();
    const { profile, conversation } = this.#ports;
    if (this.#isIdentified)
      for (const { capability, value } of profile.safeState) await conversation.sendLast(capability, value);
    await conversation.close();
  }

  #kick(): void {
    if (!this.#hasEnded) void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isBusy || this.#hasEnded) return;
    this.#isBusy = true;
    this.#cancelWake();
    while (!this.#hasEnded && (await this.#piece()));
    this.#isBusy = false;
    if (this.#hasEnded) return;
    const waitMs = Math.max(0, this.#nextAt() - this.#now());
    this.#cancelWake = this.#ports.timers.after(waitMs, () => void this.#work());
  }

  /** One piece of work; false: nothing is due. */
  async #piece(): Promise<boolean> {
    if (!this.#isIdentified) return this.#tryAgain();
    const now = this.#now();
    const chore = this.#chores.find((one) => (one.dueAt() ?? Number.POSITIVE_INFINITY) <= now);
    if (chore === undefined) return false;
    if (chore !== this.#polls) this.#polls.flush();
    const failure = chore === this.#polls ? await this.#pollBesideWrites() : await chore.run();
    if (this.#hasEnded) return false;
    if (failure === null) this.#loss.contact();
    else this.#lose(failure);
    return true;
  }

  /**
   * A poll may still wait behind the neighbours on its line: what is to be written meanwhile goes ahead of it. The line
   * serves one question at a time, so whatever the poll has read by then is older than the write, and is told before it.
   */
  async #pollBesideWrites(): Promise<DeviceFailure | null> {
    let isPolling = true;
    const poll = this.#polls.run().then((failure) => {
      isPolling = false;
      if (isWriting) this.#polls.flush();
      return failure;
    });
    let isWriting = false;
    let lost: DeviceFailure | null = null;
    while (isPolling && lost === null && !this.#hasEnded) {
      const wanted = new Promise<void>((resolve) => {
        this.#onWanted = resolve;
      });
      if (!this.#isWriteDue()) await Promise.race([poll, wanted]);
      if (!isPolling || this.#hasEnded || !this.#isWriteDue()) continue;
      this.#polls.flush();
      isWriting = true;
      lost = await this.#writes.run();
      isWriting = false;
    }
    return (await poll) ?? lost;
  }

  #isWriteDue(): boolean {
    return (this.#writes.dueAt() ?? Number.POSITIVE_INFINITY) <= this.#now();
  }

  async #tryAgain(): Promise<boolean> {
    const now = this.#now();
    const isWanted = this.#writes.isWaiting() || this.#sequences.isWanted();
    const mayTry = this.#triedAt === null || now - this.#triedAt >= TRY_EVERY_MS;
    if (now < this.#retryAt && !(isWanted && mayTry)) {
      // Whoever waits hears at once that nobody is there.
      for (const chore of this.#chores) chore.onLost(this.#lastReason);
      return false;
    }
    this.#triedAt = now;
    const isSilent = this.#failures > 0 && this.#lastReason === "timeout";
    const agreed = await this.#ports.conversation.identify(isSilent ? "one-try" : "usual");
    if (this.#hasEnded) return false;
    if (agreed.ok) this.#begin();
    else this.#lose(agreed.error);
    return true;
  }

  #begin(): void {
    const { profile, alias, log } = this.#ports;
    this.#isIdentified = true;
    this.#failures = 0;
    for (const chore of this.#chores) chore.onIdentified();
    log.info("device.identified", { device: alias, profile: profile.id });
    this.#report({
      kind: "identified",
      profileId: profile.id,
      capabilities: [...profile.points].map(({ capability }) => capability),
      sequences: profile.sequences.map(({ name }) => name),
    });
  }

  /** Silence ends everything that waits; after it another device may hang on the line, so it must identify again. */
  #lose(reason: DeviceFailure): void {
    this.#isIdentified = false;
    this.#failures += 1;
    this.#lastReason = reason;
    const retryMs = retryAfterMs(this.#failures, reason);
    this.#retryAt = asMonotonic(this.#now() + retryMs);
    this.#ports.log.warn("device.lost", { device: this.#ports.alias, reason, retryMs });
    for (const chore of this.#chores) chore.onLost(reason);
    this.#report({ kind: "unreachable", reason });
  }

  #nextAt(): number {
    if (!this.#isIdentified) return this.#retryAt;
    return Math.min(...this.#chores.map((chore) => chore.dueAt() ?? Number.POSITIVE_INFINITY));
  }

  #report(body: ReportBody): void {
    if (this.#hasEnded) return;
    const report: DeviceReport = { ...body, device: this.#ports.alias, at: this.#now() };
    for (const listener of this.#listeners) listener(report);
  }

  #now(): MonotonicMs {
    return this.#ports.clock.monotonic();
  }
}
