import type { Clock, Log, Random, Timers } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, BoxId, CommandId } from "@loa/shared/kernel/ids.ts";
import { asMonotonic, type Instant, MINUTE_MS, type MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { AckBody } from "@loa/shared/wire/bodies.ts";
import type { Refusal } from "@loa/shared/wire/envelope.ts";
import { areaTopic, areaTopics, type Outgoing, toBox } from "@loa/shared/wire/topics.ts";
import { type CommandKind, pauseBeforeResendMs } from "../domain/resend.ts";
import { createPendingCommands, type PendingCommand } from "./pending.ts";
import type { Seal } from "./sealing.ts";
import type { Sequences } from "./sequences.ts";

/** How a row of the outbox ended; the store is told, and may be told twice. */
export interface CommandEnd {
  readonly command: PendingCommand;
  readonly state: "accepted" | "refused" | "expired" | "replaced";
  readonly reason: Refusal | null;
  readonly at: Instant;
}

/** Sends the rows of the outbox until the box itself has answered each. A PUBACK is not an answer. */
export interface Publisher {
  /** Rows that are committed. */
  add(commands: readonly PendingCommand[]): void;
  /** One envelope for everybody in the area; each box has its row, which goes out by itself when this one fails it. */
  publishToArea(area: AreaId, kind: CommandKind, command: CommandId, body: unknown, expiresAt: Instant): void;
  /** The box can hear now: whatever waits for it goes out at once. */
  boxConnected(box: BoxId): void;
  /** These boxes need not hear it any more: something later has taken its place. */
  drop(command: CommandId, boxes: Iterable<BoxId>): void;
  acknowledged(box: BoxId, ack: AckBody): void;
  planPending(box: BoxId): boolean;
  /** The box is revoked: nothing is for it any more. */
  forget(box: BoxId): void;
  readonly pending: number;
  close(): void;
}

export interface PublisherPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly send: (message: Outgoing) => void;
  readonly seal: Seal;
  readonly sequences: Sequences;
  readonly ended: (end: CommandEnd) => void;
}

/** A signed plan takes about 0.2 ms: a slice keeps the event loop for some 5 ms. */
const SENDS_A_SLICE = 25;
/** On a slow or busy machine a slice ends sooner. */
const SLICE_MS = 10;
/** Rows become due at most this often, so that looking through all of them stays cheap. */
const LOOK_PAUSE_MS = 250;
const LONGEST_SLEEP_MS = MINUTE_MS;
/** So often a copy is sent again at once because its sequence was too low; then the pauses count. */
const MAX_PROMPT_ATTEMPTS = 5;

/** A refusal that another copy can heal: by a fresh sequence, when the clock is right, when the disk has room. */
const passing: ReadonlySet<Refusal> = new Set(["replayed", "not-yet-valid", "expired", "not-durable"]);

/** A refusal by what the box knows today: its plan, or the roster that names the keys, may be on its way to it too. */
const early: ReadonlySet<Refusal> = new Set(["wrong-audience", "not-allowed", "not-approved"]);
/** So many of them, and it is one. */
const MAX_EARLY_REFUSALS = 5;

export function createPublisher(ports: PublisherPorts): Publisher {
  const { clock, timers, random, log, seal } = ports;
  const pending = createPendingCommands();
  /** Due and not yet sent; what people press goes before every plan. */
  const ready = { pressing: new Set<PendingCommand>(), plan: new Set<PendingCommand>() };
  const earlyRefusals = new WeakMap<PendingCommand, number>();
  const readyFor = (kind: CommandKind) => (kind === "plan" ? ready.plan : ready.pressing);
  const readyCount = () => ready.pressing.size + ready.plan.size;
  let lookedAt: MonotonicMs | null = null;
  let wakeAt: MonotonicMs | null = null;
  let cancelWake = () => {};
  let isClosed = false;

  function end(command: PendingCommand, state: CommandEnd["state"], reason: Refusal | null): void {
    pending.remove(command);
    readyFor(command.kind).delete(command);
    ports.ended({ command, state, reason, at: clock.now() });
  }

  function send(command: PendingCommand): void {
    const now = clock.monotonic();
    if (isExpired(command, clock.now())) {
      end(command, "expired", null);
      return;
    }
    const { box, kind, body, expiresAt } = command;
    const payload = seal({ kind, audience: { box }, body: body(), command: command.command, expiresAt });
    if (payload === null) {
      command.nextAt = laterBy(now, LOOK_PAUSE_MS);
      return;
    }
    command.attempts += 1;
    command.nextAt = laterBy(now, pauseBeforeResendMs(kind, command.attempts, random.next()));
    ports.send(toBox(box, kind === "plan" ? "plan" : "command", payload));
  }

  /** Sends a slice of what is ready and comes back for the rest; then sleeps until the next row is due. */
  function pump(): void {
    wakeAt = null;
    if (isClosed) return;
    lookForDue();
    const until = laterBy(clock.monotonic(), SLICE_MS);
    let sent = 0;
    for (const set of [ready.pressing, ready.plan]) {
      for (const one of set) {
        if (sent === SENDS_A_SLICE || clock.monotonic() > until) break;
        set.delete(one);
        send(one);
        sent += 1;
      }
    }
    if (readyCount() > 0) wakeIn(0);
    else sleep();
  }

  function lookForDue(): void {
    const now = clock.monotonic();
    const isIdle = readyCount() === 0;
    if (!isIdle && lookedAt !== null && now - lookedAt < LOOK_PAUSE_MS) return;
    lookedAt = now;
    const wallNow = clock.now();
    for (const one of pending.all()) {
      if (one.nextAt <= now || isExpired(one, wallNow)) readyFor(one.kind).add(one);
    }
  }

  function sleep(): void {
    const now = clock.monotonic();
    const wallNow = clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const one of pending.all()) {
      const expiresInMs = one.expiresAt === null ? Number.POSITIVE_INFINITY : one.expiresAt - wallNow;
      next = Math.min(next, one.nextAt - now, expiresInMs);
    }
    if (next < Number.POSITIVE_INFINITY) wakeIn(Math.max(LOOK_PAUSE_MS, next));
  }

  function wakeIn(delayMs: number): void {
    const sleepMs = Math.ceil(Math.min(LONGEST_SLEEP_MS, delayMs));
    const at = laterBy(clock.monotonic(), sleepMs);
    if (isClosed || (wakeAt !== null && wakeAt <= at)) return;
    cancelWake();
    wakeAt = at;
    cancelWake = timers.after(sleepMs, pump);
  }

  function sendNow(commands: Iterable<PendingCommand>): void {
    for (const one of commands) readyFor(one.kind).add(one);
    if (readyCount() > 0) wakeIn(0);
  }

  function isEarly(command: PendingCommand, reason: Refusal): boolean {
    if (!early.has(reason)) return false;
    const count = (earlyRefusals.get(command) ?? 0) + 1;
    earlyRefusals.set(command, count);
    return count < MAX_EARLY_REFUSALS;
  }

  return {
    add(commands) {
      const now = clock.monotonic();
      for (const one of commands) {
        const replaced = pending.add(one);
        if (replaced === null) continue;
        ready.plan.delete(replaced);
        ports.ended({ command: replaced, state: "replaced", reason: null, at: clock.now() });
      }
      sendNow(commands.filter((one) => one.nextAt <= now));
      const next = commands.reduce((least, one) => Math.min(least, one.nextAt), Number.POSITIVE_INFINITY);
      if (next > now && next < Number.POSITIVE_INFINITY) wakeIn(next - now);
    },
    publishToArea(area, kind, command, body, expiresAt) {
      const payload = seal({ kind, audience: { area }, body, command, expiresAt });
      const { qos, retain } = areaTopics.command;
      if (payload !== null) ports.send({ topic: areaTopic(area), payload, qos, retain });
    },
    boxConnected: (box) => sendNow(pending.of(box)),
    drop(command, boxes) {
      for (const box of boxes) {
        const one = pending.find(box, command);
        if (one !== null) end(one, "replaced", null);
      }
    },
    acknowledged(box, ack) {
      const command = pending.find(box, ack.command);
      if (command === null) return;
      if (ack.state === "accepted") {
        end(command, "accepted", null);
        return;
      }
      const reason = ack.reason ?? "malformed";
      log.warn("command.refused", { box, kind: command.kind, reason, attempts: command.attempts });
      if (!passing.has(reason) && !isEarly(command, reason)) {
        end(command, "refused", reason);
        return;
      }
      // The box has seen higher sequences than this controller: its database was restored from a backup.
      const isRaised = reason === "replayed" && ports.sequences.raiseAbove(ack.highest);
      if (isRaised && command.attempts <= MAX_PROMPT_ATTEMPTS) sendNow([command]);
    },
    planPending: (box) => pending.planOf(box) !== null,
    forget(box) {
      for (const one of pending.of(box)) end(one, "replaced", null);
    },
    get pending() {
      return pending.size;
    },
    close() {
      isClosed = true;
      cancelWake();
    },
  };
}

function isExpired(command: PendingCommand, now: Instant): boolean {
  return command.expiresAt !== null && command.expiresAt <= now;
}

function laterBy(now: MonotonicMs, ms: number): MonotonicMs {
  return asMonotonic(now + ms);
}
