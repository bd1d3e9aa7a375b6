import { isSaidWhole } from "@loa/shared/broadcast/on-air.ts";
import type { Timers } from "@loa/shared/kernel/ambient.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { Sound, SoundReport } from "../../ports.ts";
import type { OpenedSound, SoundNeeds } from "../create-sound.ts";
import {
  type ActiveSounds,
  noSounds,
  volumeOrders,
  type Wish,
  withPlay,
  withVolume,
  withWish,
} from "./active-sounds.ts";
import type { EngineChild, EngineLoss, StartEngine } from "./engine-child.ts";
import { noted } from "./heard-reports.ts";
import { createHeartbeatWatch, type HeartbeatWatch } from "./heartbeat-watch.ts";
import { reportFromMachine, requestToMachine, timeBaseOf } from "./machine-time.ts";
import type { EngineCommand, EngineMessage, EngineOrder, EngineSetup } from "./messages.ts";
import { recentLosses, waitAfter } from "./restart-pace.ts";
import { createSpare } from "./spare.ts";
import { type Order, ordersAt, type Settled, settledAt, withoutPoison } from "./take-over.ts";

export interface SupervisorOptions extends SoundNeeds {
  readonly setup: EngineSetup;
  readonly startEngine: StartEngine;
  readonly timers: Timers;
}

const SHADOW_AFTER_MS = 1_000;
/** Opening a card may take its time; a hung driver must not take for ever. */
const FIRST_BEAT_WITHIN_MS = 1_000;
/** A dead engine's card is free when the kernel has cleared it away, which takes some milliseconds. */
const BURIED_WITHIN_MS = 1_000;
/** An engine that says what nobody understands so often is of another version, or mad. */
const SENSELESS_LIMIT = 5;
const CLOSE_FADE_MS = 100;
const CLOSE_WITHIN_MS = 1_500;

/** The loudspeaker side in a process of its own: one engine plays, a spare stands by, and this knows what should sound. */
export function createSupervisedSound(options: SupervisorOptions): OpenedSound {
  const { clock, timers, log } = options;
  const base = timeBaseOf(clock);
  const listeners: ((report: SoundReport) => void)[] = [];
  const spare = createSpare({ start: () => options.startEngine(options.setup), timers, log });
  let state: ActiveSounds = noSounds(clock.monotonic());
  let active: { readonly child: EngineChild; readonly watch: HeartbeatWatch; senseless: number } | null =
    null;
  let losses: readonly MonotonicMs[] = [];
  let isTroubled = false;
  let isClosed = false;
  let isShadowing = false;
  let cancelWait = () => {};
  /** Ends the wait for the next engine; null while nobody waits. */
  let hurry: (() => void) | null = null;

  function tell(reports: readonly SoundReport[]): void {
    for (const report of reports) for (const listener of listeners) listener(report);
  }

  function settle({ state: next, reports }: Settled): void {
    state = next;
    tell(reports);
  }

  function command(next: ActiveSounds, say: EngineCommand): void {
    state = next;
    shadowSoon();
    if (active !== null) active.child.send(say);
    else settle(settledAt(state, clock.monotonic()));
  }

  function wish(kind: Wish["kind"], soundId: string, fadeMs: number): void {
    command(withWish(state, soundId, { kind, at: clock.monotonic(), fadeMs }), { kind, soundId, fadeMs });
  }

  function filled(order: Order): EngineOrder {
    const { source } = order.request;
    const clipPath = source.kind === "clip" ? options.clipPath(source.sha256) : null;
    return { ...order, request: requestToMachine(order.request, base), clipPath };
  }

  /** What begins or changes now has the machine for itself; then the spare follows. */
  function shadowSoon(): void {
    if (isShadowing) return;
    isShadowing = true;
    timers.after(SHADOW_AFTER_MS, () => {
      isShadowing = false;
      if (active === null || isClosed) return;
      const now = clock.monotonic();
      const { orders } = ordersAt(settledAt(state, now).state, now);
      spare.follow(orders.filter(({ join }) => join === "in-step").map(filled));
    });
  }

  /** As soon as there is an engine that can. */
  function takeOverNext(): void {
    spare.whenReady((child) => {
      if (isClosed) child.kill();
      else takeOver(child);
    });
  }

  function takeOverAfter(waitMs: number): void {
    const cancel = timers.after(waitMs, go);
    cancelWait = cancel;
    hurry = go;
    function go(): void {
      cancel();
      hurry = null;
      takeOverNext();
    }
  }

  function takeOver(child: EngineChild): void {
    const now = clock.monotonic();
    const watch = watchOf(child);
    active = { child, watch, senseless: 0 };
    child.onMessage((message) => hear(child, message));
    child.onLost((why) => lose(child, why));
    const next = ordersAt(state, now);
    settle(next);
    const volumes = [...volumeOrders(state, now)];
    child.send({ kind: "take-over", volumes, orders: next.orders.map(filled) });
    watch.start(FIRST_BEAT_WITHIN_MS);
  }

  function watchOf(child: EngineChild): HeartbeatWatch {
    return createHeartbeatWatch({
      clock,
      timers,
      vitals: () => child.vitals(),
      onHung() {
        child.kill();
        lose(child, "hung");
      },
    });
  }

  function hear(child: EngineChild, message: EngineMessage | null): void {
    if (active?.child !== child) return;
    active.watch.beat();
    if (message === null) {
      active.senseless += 1;
      log.error("engine.report-senseless", { pid: child.pid, count: active.senseless });
      if (active.senseless < SENSELESS_LIMIT) return;
      child.kill();
      lose(child, "senseless");
    } else if (message.kind === "report") {
      const { state: next, report } = noted(state, reportFromMachine(message.report, base));
      state = next;
      if (report !== null) tell([report]);
      if (message.report.kind !== "level") shadowSoon();
    } else if (message.kind === "log") log[message.level](message.event, message.fields);
    else if (message.kind === "took-over") {
      log.info("engine.took-over", { pid: child.pid });
      setTrouble(false);
      spare.keepOne();
    }
  }

  function setTrouble(isRaised: boolean): void {
    if (isRaised === isTroubled) return;
    isTroubled = isRaised;
    const at = clock.monotonic();
    tell([{ kind: "trouble", soundId: null, at, trouble: "engine-lost", isRaised }]);
  }

  function lose(child: EngineChild, why: EngineLoss): void {
    if (active?.child !== child || isClosed) return;
    active.watch.stop();
    active = null;
    const now = clock.monotonic();
    losses = [...recentLosses(losses, now), now];
    const waitMs = waitAfter(losses, now, state.sounds.some(isAlarm));
    log.error("engine.lost", { pid: child.pid, why, recent: losses.length, waitMs });
    setTrouble(true);
    settle(settledAt(state, now));
    settle(withoutPoison(state, now));
    void buried(child).then(() => {
      if (!isClosed) takeOverAfter(waitMs);
    });
  }

  function buried(child: EngineChild): Promise<void> {
    return Promise.race([child.gone, after(timers, BURIED_WITHIN_MS)]);
  }

  async function close(): Promise<void> {
    isClosed = true;
    cancelWait();
    active?.watch.stop();
    const last = active?.child ?? null;
    last?.send({ kind: "close", fadeMs: CLOSE_FADE_MS });
    const spareGone = spare.close();
    if (last !== null) {
      await Promise.race([last.gone, after(timers, CLOSE_WITHIN_MS)]);
      last.kill();
    }
    await spareGone;
  }

  takeOverNext();
  return {
    play(request) {
      const order: Order = { request, join: "fresh", isPaused: false };
      command(withPlay(state, request, clock.monotonic()), { kind: "play", order: filled(order) });
      if (isAlarm(order)) hurry?.();
    },
    pause: (soundId, fadeMs) => wish("pause", soundId, fadeMs),
    resume: (soundId, fadeMs) => wish("resume", soundId, fadeMs),
    stop: (soundId, fadeMs) => wish("stop", soundId, fadeMs),
    setVolume(gainDb, rampMs) {
      const next = withVolume(state, gainDb, rampMs, clock.monotonic());
      command(next, { kind: "set-volume", volume: { gainDb, rampMs } });
    },
    onReport(listener) {
      listeners.push(listener);
    },
    close,
  } satisfies Sound & { close(): Promise<void> };
}

function isAlarm({ request }: Pick<Order, "request">): boolean {
  return isSaidWhole(request);
}

function after(timers: Timers, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    timers.after(delayMs, resolve);
  });
}
