import { asMonotonic, type Instant } from "@loa/shared/kernel/time.ts";
import type { BoxTime } from "./core/box-time.ts";
import type { Effect, RecordChange } from "./core/effect.ts";
import type { AgentEvent, Refused } from "./core/event.ts";
import { type Moment, toMono } from "./core/moment.ts";
import type { AgentState } from "./core/state.ts";
import { momentOf, step } from "./core/step.ts";
import type { EffectRunner } from "./effect-runner.ts";
import type { AgentPorts, StoreFailure } from "./ports.ts";

/** Events that wait while one is handled. Past it the oldest meter reading goes, which the next one replaces. */
const MAX_QUEUE = 4_096;
/** Records that could not be written yet; as-run and receipts, so none is dropped before this. */
const MAX_UNSAVED = 50_000;
/** PUBACKs that wait for their commit. */
const MAX_TOKENS = 1_024;

/** One event after the other: step, then its effects in order. The only place where state is replaced. */
export class Loop {
  state: AgentState;
  readonly #ports: AgentPorts;
  readonly #runner: EffectRunner;
  readonly #queue: AgentEvent[] = [];
  readonly #tokens = new Map<number, () => void>();
  /** By table and key, the last word on each record: what is written again and again waits once. */
  readonly #unsaved = new Map<string, RecordChange>();
  /** What the alarm is set for, and the time by which it was reckoned; null after it rang. */
  #asked: { readonly at: Instant; readonly time: BoxTime } | null = null;
  #lastToken = 0;
  #isRunning = false;
  #isStopped = false;

  constructor(state: AgentState, ports: AgentPorts, runner: EffectRunner) {
    this.state = state;
    this.#ports = ports;
    this.#runner = runner;
  }

  /** Keeps a PUBACK until its step lets it go. */
  keep(accept: () => void): number {
    this.#lastToken += 1;
    this.#tokens.set(this.#lastToken, accept);
    if (this.#tokens.size > MAX_TOKENS) {
      const [oldest] = this.#tokens.keys();
      if (oldest !== undefined) this.#tokens.delete(oldest);
    }
    return this.#lastToken;
  }

  post(event: AgentEvent): void {
    if (this.#isStopped) return;
    // Others wait while one is handled, and may still do so after a step that was broken off by an exception.
    const mustWait = this.#isRunning || this.#queue.length > 0;
    if (mustWait) {
      if (this.#queue.length >= MAX_QUEUE) this.#dropOne();
      this.#queue.push(event);
    }
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      if (!mustWait) this.#handle(event);
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#handle(next);
    } finally {
      this.#isRunning = false;
    }
  }

  stop(): void {
    this.post({ kind: "shutdown" });
    this.#isStopped = true;
  }

  #handle(event: AgentEvent, isAgain = false): void {
    if (event.kind === "rang") this.#asked = null;
    const before = this.state;
    const mono = this.#ports.clock.monotonic();
    const { state, effects, ringAt } = step(before, event, mono, this.#ports.random.next());
    this.state = state;
    const moment = momentOf(state, mono, 0);
    const failure = this.#perform(effects, moment);
    if (failure !== null) {
      this.state = before;
      this.#takeBack(event, failure, isAgain);
      return;
    }
    if (ringAt !== null && event.kind !== "shutdown") this.#ringAt(ringAt, moment);
  }

  /** Most steps ask for the ring that they asked for already. */
  #ringAt(at: Instant, moment: Moment): void {
    const { time } = this.state;
    if (this.#asked?.at === at && this.#asked.time === time) return;
    this.#asked = { at, time };
    // At least one millisecond ahead, so that a step that asks for «now» cannot keep the loop for itself.
    this.#ports.alarm.set(asMonotonic(Math.max(moment.mono + 1, toMono(moment, at))));
  }

  /** A command is refused. Anything else has happened, whatever the disk says: without new starts it is handled again. */
  #takeBack(event: AgentEvent, reason: StoreFailure, isAgain: boolean): void {
    if (isAgain || event.kind === "commit-failed") {
      this.#ports.log.error("step.dropped", { box: this.state.setup.box, event: event.kind, reason });
      return;
    }
    const refused = refusedOf(event);
    this.#handle({ kind: "commit-failed", reason, refused });
    if (refused === null) this.#handle(event, true);
  }

  /** Runs effects in order; answers the failure of a commit that must take the step back. */
  #perform(effects: readonly Effect[], moment: Moment): StoreFailure | null {
    for (const effect of effects) {
      switch (effect.kind) {
        case "commit": {
          const failure = this.#commit(effect.changes, effect.onFailure);
          if (failure !== null) return failure;
          break;
        }
        case "accept":
          this.#tokens.get(effect.token)?.();
          this.#tokens.delete(effect.token);
          break;
        case "read-manifest":
          this.#queue.push({
            kind: "manifest",
            sha256: effect.sha256,
            manifest: this.#runner.readManifest(effect.sha256),
          });
          break;
        default:
          this.#runner.run(effect, moment);
      }
    }
    return null;
  }

  #commit(changes: readonly RecordChange[], onFailure: "revert" | "keep"): StoreFailure | null {
    const wasBehind = this.#unsaved.size > 0;
    const result = this.#ports.store.commit(wasBehind ? [...this.#unsaved.values(), ...changes] : changes);
    if (result.ok) {
      this.#unsaved.clear();
      if (wasBehind || this.state.health.diskRetryAt !== null) this.#queue.push({ kind: "commit-recovered" });
      return null;
    }
    if (onFailure === "revert") return result.error;
    for (const change of changes) this.#saveLater(change);
    // Said at once, not at the next start: the room must know before it is due.
    if (this.state.health.diskRetryAt === null)
      this.#queue.push({ kind: "commit-failed", reason: result.error, refused: null });
    this.#ports.log.error("store.behind", {
      box: this.state.setup.box,
      reason: result.error,
      changes: this.#unsaved.size,
    });
    return null;
  }

  #saveLater(change: RecordChange): void {
    const name = `${change.table}/${change.key}`;
    if (this.#unsaved.size < MAX_UNSAVED || this.#unsaved.has(name)) this.#unsaved.set(name, change);
  }

  #dropOne(): void {
    const index = this.#queue.findIndex((one) => one.kind === "sound-level" || one.kind === "device-values");
    if (index >= 0) this.#queue.splice(index, 1);
    this.#ports.log.warn("queue.full", { box: this.state.setup.box, waiting: this.#queue.length });
  }
}

/** Emergencies, cancellations and stops are bound to no disk: they are handled again, like what has happened. */
function refusedOf(event: AgentEvent): Refused | null {
  if (event.kind !== "envelope" || !event.opened.ok) return null;
  const { kind, issuer, id: command } = event.opened.value;
  if (kind === "emergency" || kind === "cancel" || kind === "stop") return null;
  return { token: event.token, command, issuer };
}
