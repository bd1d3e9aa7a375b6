import type { SoundReport } from "@loa/edge-agent/ports.ts";
import type { EngineChild, EngineLoss, StartEngine } from "@loa/edge-agent/sound/process/engine-child.ts";
import { timeBaseOf } from "@loa/edge-agent/sound/process/machine-time.ts";
import type { EngineCommand, EngineMessage } from "@loa/edge-agent/sound/process/messages.ts";
import type { Vitals } from "@loa/edge-agent/sound/process/vitals.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import type { TestTime } from "./test-time.ts";

/** A sound process that is played by the test: it is ready after a while, beats, and starts what it is told at once. */
export interface FakeEngine {
  readonly sent: readonly EngineCommand[];
  readonly isAlive: boolean;
  /** Null is something that does not parse. */
  say(message: EngineMessage | null): void;
  /** Of this moment, on the machine's clock. */
  report(report: SoundReport): void;
  die(why?: EngineLoss): void;
  hang(): void;
  vitals: Vitals | null;
}

export interface FakeEngines {
  readonly start: StartEngine;
  /** All that were ever started. */
  readonly all: readonly FakeEngine[];
  /** Those that were told to take over, in that order. */
  readonly players: readonly FakeEngine[];
  /** Called whenever one takes over or is told to play. */
  onCommand: (engine: FakeEngine, command: EngineCommand) => void;
}

const READY_AFTER_MS = 300;
const BEAT_EVERY_MS = 40;
const privileges = { scheduling: "real-time", memory: "locked" } as const;

export function createFakeEngines(time: TestTime): FakeEngines {
  const all: FakeEngine[] = [];
  const players: FakeEngine[] = [];
  const base = timeBaseOf(time.clock);
  const engines: FakeEngines = { start, all, players, onCommand: () => {} };

  function start(): EngineChild {
    const sent: EngineCommand[] = [];
    let hear: (message: EngineMessage | null) => void = () => {};
    let miss: (why: EngineLoss) => void = () => {};
    let isAlive = true;
    let isHung = false;
    let bury = () => {};
    const gone = new Promise<void>((resolve) => {
      bury = resolve;
    });
    const engine: FakeEngine = {
      sent,
      get isAlive() {
        return isAlive;
      },
      vitals: null,
      say(message) {
        if (isAlive && !isHung) hear(message);
      },
      report: (report) =>
        engine.say({ kind: "report", report: { ...report, at: base.toMachine(time.clock.monotonic()) } }),
      die(why = "killed") {
        if (!isAlive) return;
        isAlive = false;
        bury();
        miss(why);
      },
      hang() {
        isHung = true;
      },
    };
    const beat = () => {
      engine.say({ kind: "beat" });
      if (isAlive) time.timers.after(BEAT_EVERY_MS, beat);
    };
    time.timers.after(READY_AFTER_MS, () => engine.say({ kind: "ready", privileges }));
    all.push(engine);
    return {
      pid: all.length,
      gone,
      send(command) {
        if (!isAlive) return;
        sent.push(command);
        if (command.kind === "take-over") {
          players.push(engine);
          time.timers.after(0, () => engine.say({ kind: "took-over" }));
          time.timers.after(0, beat);
        }
        if (command.kind === "close") time.timers.after(command.fadeMs, () => engine.die());
        engines.onCommand(engine, command);
      },
      onMessage(listener) {
        hear = listener;
      },
      onLost(listener) {
        miss = listener;
      },
      vitals: () => engine.vitals,
      kill() {
        isAlive = false;
        bury();
      },
    };
  }

  return engines;
}

/** What an engine was told to play, the newest last. */
export function ordersOf(engine: FakeEngine) {
  return engine.sent.flatMap((command) => {
    if (command.kind === "take-over") return command.orders;
    return command.kind === "play" ? [command.order] : [];
  });
}

export const anyTime = asMonotonic(0);
